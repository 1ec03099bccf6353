/** One field for a source that runs no lens functions. What its type needs and plain SQL cannot say is a gap, which refuses the mapping. */
import type { Cell, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import type { Unified } from "../../harmonise/unified.ts";
import { allOf, compare, constant, isNotTrue, TRUE_COND } from "../conditions.ts";
import { constantField } from "../constantField.ts";
import { hasOnly, stageOf } from "../fieldContext.ts";
import { compileChain } from "../lenses/chain.ts";
import type { FieldPlan, LoweredField } from "../lowerField.ts";
import type { FilterOperator, MappedField } from "../mapping.ts";
import { isDecimal, operatorsOf } from "../unifiedOrder.ts";
import { plainCodes, scaleOfCell } from "./plainCodes.ts";
import { plainDecimal } from "./plainDecimal.ts";
import { plainNumber } from "./plainNumber.ts";
import { type PlainContext, type PlainRewrite, presentCell } from "./plainRewrite.ts";
import { plainText } from "./plainText.ts";
import { plainTime } from "./plainTime.ts";
import { decimalOfSteps, stepsOf, stepsScale } from "./scale.ts";
import type { Decimal } from "../../harmonise/decimal.ts";

export function lowerPlain(plan: FieldPlan, guaranteed: boolean): LoweredField {
  const chain = compileChain(plan.spec);
  if (stageOf(plan.spec, "constant")) return plainConstant(constantField(plan, chain.read([])));
  const context: PlainContext = { type: plan.type, spec: plan.spec, chain, columns: plan.columns, guaranteed };
  const rewrite = rewriteOf(plan, context);
  const isLink = plan.link !== null;
  const isOrdered = !isLink && plan.type.kind !== "object" && plan.type.kind !== "list" && plan.type.kind !== "link";
  const needed = isLink ? [] : [...operatorsOf(plan.type)];
  const missing = rewrite === null ? ["any filter"] : needed.filter((operator) => rewrite.atom(operator) === null).map((operator) => `the filter ${operator}`);
  if (rewrite !== null && isOrdered && rewrite.order === null) missing.push("an order");
  if (rewrite !== null && (isOrdered || plan.link?.by === "attribute") && rewrite.group === null) missing.push("groups");
  const isSummed = plan.type.kind === "decimal" || plan.type.kind === "integer";
  if (rewrite !== null && isOrdered && isSummed && rewrite.sum === null) missing.push("sums");

  const valid = guaranteed ? TRUE_COND : (rewrite?.valid ?? TRUE_COND);
  const presence = (operator: "isNull" | "isNotNull") => ({
    grade: "R" as const,
    cond: operator === "isNotNull" ? valid : isNotTrue(valid),
    bind: [],
    note: operator === "isNotNull" ? "presence of the value" : "absence of the value",
  });
  const taken = rewrite?.taken;
  const group = rewrite?.group ?? null;
  const field: MappedField = {
    attribute: plan.attribute,
    inputs: plan.columns.map(({ expr }) => expr),
    fedBy: [...new Set(plan.columns.map(({ fedBy }) => fedBy))],
    // A unit of the row is refused at load here.
    original: { ...plan.original, unitInput: null },
    constant: undefined,
    read: taken === undefined ? chain.read : (cells: readonly Cell[]): Unified => chain.read(cells.map(taken)),
    readCell: null,
    filter: (operator: FilterOperator) => (operator === "isNull" || operator === "isNotNull" ? presence(operator) : isLink || !operatorsOf(plan.type).has(operator) ? null : (rewrite?.atom(operator) ?? null)),
    order: isOrdered ? (rewrite?.order ?? null) : null,
    group: isOrdered ? group : null,
    sum: isOrdered && isSummed ? (rewrite?.sum ?? null) : null,
    link: linkOf(plan, group),
    filledByElse: stageOf(plan.spec, "else") !== undefined,
  };
  return { field, valid, gaps: missing };
}

function linkOf({ link, columns }: FieldPlan, group: MappedField["group"]): MappedField["link"] {
  if (link === null || link.by === "key") return link;
  return group === null ? null : { ...link, value: group, inputs: columns.map(({ expr }) => expr) };
}

function rewriteOf(plan: FieldPlan, context: PlainContext): PlainRewrite | null {
  if (plan.link?.by === "key") return keyLink(context);
  if (plan.type.kind === "object") return position(context);
  return plainNumber(context) ?? plainDecimal(context) ?? plainCodes(context) ?? plainTime(context) ?? plainText(context);
}

const presenceOnly = (valid: SourceCond): PlainRewrite => ({ valid, atom: () => null, order: null, group: null, sum: null });

/** The key of another row, compared cell by cell as it stands; it is there if all its cells are. */
function keyLink({ columns, spec }: PlainContext): PlainRewrite | null {
  if (spec.stages.some(({ stage }) => stage !== "column" && stage !== "columns" && stage !== "missing")) return null;
  return presenceOnly(allOf(...columns.map((column) => presentCell(column, spec))));
}

/** Longitude and latitude in columns of numbers; of a converted position only the presence is ever asked for. */
function position({ columns, spec }: PlainContext): PlainRewrite | null {
  const take = stageOf(spec, "object");
  if (take?.needs !== "all" || spec.stages.length !== 2 || !stageOf(spec, "crs")) return null;
  const conds: SourceCond[] = [];
  for (const { name, inputs, lens } of take.parts) {
    const column = columns[inputs[0] ?? -1];
    const limit = name === "lon" ? 180 : name === "lat" ? 90 : null;
    if (limit === null || inputs.length !== 1 || !column?.safe || !hasOnly(lens, ["missing"])) return null;
    if (column.kind !== "number" && column.kind !== "integer" && column.kind !== "decimal") return null;
    const context: PlainContext = { type: { kind: "decimal", scale: 12 }, spec: lens, chain: compileChain(lens), columns: [column], guaranteed: false };
    const part = plainNumber(context) ?? plainDecimal(context);
    if (part === null) return null;
    conds.push(part.valid, compare(column.expr, ">=", constant(-limit)), compare(column.expr, "<=", constant(limit)));
  }
  return presenceOnly(allOf(...conds));
}

/** Its order stands beside those of columns in other parts. */
function plainConstant(lowered: LoweredField): LoweredField {
  const { field } = lowered;
  const { order, constant: value, attribute } = field;
  if (order === null) return lowered;
  const isNumber = attribute.type.kind === "decimal" && isDecimal(value ?? null);
  const canonical = isNumber
    ? { expr: constant(stepsOf(value as Decimal)), decode: decimalOfSteps, scale: stepsScale }
    : { ...order.canonical, scale: scaleOfCell(attribute.type.kind) };
  return { ...lowered, field: { ...field, order: { ...order, canonical } } };
}

