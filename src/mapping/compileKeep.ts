/** `keep`: the query language's filters on a source's own columns, compared as they stand. A row stays where it IS TRUE. */
import type { Cell, SourceCond } from "../../adapters/contract/sourceQuery.ts";
import type { ColumnRef, PartColumns } from "./columns.ts";
import { allOf, anyOf, compare, constant, inConstants, isNotNull, isNull } from "./conditions.ts";
import { asMap, asText, asTexts, didYouMean, fault, type Word } from "./fault.ts";
import { cellsOf } from "./rewriteCodes.ts";
import type { Place, YamlNode } from "./yamlFile.ts";

const operators = ["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull", "startsWith", "contains"] as const;
type Operator = (typeof operators)[number];
const symbols = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;
const opposite = { eq: "ne", ne: "eq", lt: "gte", lte: "gt", gt: "lte", gte: "lt" } as const;

interface KeepContext {
  readonly columns: PartColumns;
  warn(at: Place, text: string): void;
}

function cells(word: Word, column: ColumnRef): readonly Cell[] {
  const found = cellsOf(word.text, column);
  if (found.length === 0) fault(word.at, `column \`${column.name}\` holds numbers; \`${word.text}\` is none as the source writes it.`);
  return found;
}

/** `negated`: under an odd number of `not`s; three-valued, so operators are turned round rather than the whole. */
function atom(column: ColumnRef, operator: Operator, value: YamlNode, negated: boolean, context: KeepContext, at: Place): SourceCond {
  const { expr } = column;
  const operand = (): Word => asText(value, `\`${operator}\``);
  switch (operator) {
    case "isNull": {
      const { text } = operand();
      if (text !== "true" && text !== "false") fault(value.at, "`isNull` is true or false.");
      return (text === "true") === negated ? isNotNull(expr) : isNull(expr);
    }
    case "in":
      return inConstants(expr, asTexts(value, "`in`").flatMap((word) => cells(word, column)), negated);
    case "eq":
    case "ne": {
      const turned = (negated ? opposite[operator] : operator) === "ne";
      if (turned && column.nullable) {
        context.warn(at, `\`ne\` on \`${column.name}\` also drops rows in which it is NULL; write \`or: [{ ${column.name}: { isNull: true } }, …]\` to keep them.`);
      }
      return inConstants(expr, cells(operand(), column), turned);
    }
    case "startsWith":
    case "contains": {
      if (column.kind !== "text") fault(at, `\`${operator}\` needs a column of text; \`${column.name}\` is none.`);
      const cond: SourceCond = { kind: operator, text: expr, part: constant(operand().text) };
      return negated ? allOf(isNotNull(expr), { kind: "isNotTrue", of: cond }) : cond;
    }
    default: {
      if (column.kind === "any" || column.kind === "loose") {
        fault(at, `\`${operator}\` needs a column with a type of text or numbers; the source gives \`${column.name}\` none. Use \`eq\`, \`in\`, or a view.`);
      }
      const [cell] = cells(operand(), column);
      return compare(expr, symbols[negated ? opposite[operator] : operator], constant(cell ?? null));
    }
  }
}

function compile(node: YamlNode, negated: boolean, context: KeepContext): SourceCond {
  const conds: SourceCond[] = [];
  const join = (of: readonly SourceCond[], kind: "and" | "or"): SourceCond => ((kind === "and") !== negated ? allOf(...of) : anyOf(...of));
  for (const [name, { key, value }] of asMap(node, "`keep`")) {
    if (name === "and" || name === "or") {
      if (value.kind !== "list") fault(value.at, `\`${name}\` is a list of filters.`);
      conds.push(join(value.items.map((item) => compile(item, negated, context)), name));
      continue;
    }
    if (name === "not") {
      conds.push(compile(value, !negated, context));
      continue;
    }
    const column = context.columns.find({ text: name, at: key });
    if (value.kind !== "map") fault(value.at, `a filter is \`{ operator: value }\`, e.g. \`${name}: { eq: … }\`.`);
    const atoms = [...value.entries].map(([operator, entry]) => {
      const known = operators.find((candidate) => candidate === operator);
      if (!known) fault(entry.key, `\`${operator}\` is no filter; ${didYouMean(operator, operators)}`);
      return atom(column, known, entry.value, negated, context, entry.key);
    });
    conds.push(join(atoms, "and"));
  }
  return join(conds, "and");
}

export const compileKeep = (node: YamlNode, context: KeepContext): SourceCond => compile(node, false, context);
