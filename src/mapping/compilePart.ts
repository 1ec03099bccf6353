/** One part of an entity: its base relation, locator, tie and fields; once per unpivoted column. */
import type { Capabilities, TableInfo } from "../../adapters/contract/adapter.ts";
import type { SourceCond } from "../../adapters/contract/sourceQuery.ts";
import { findTable, isUniqueBy, partColumns, type ColumnRef, type PartColumns } from "./columns.ts";
import { compileKeep } from "./compileKeep.ts";
import { TRUE_COND, allOf, anyOf, compare, constant, inConstants, isNotNull, isTrue } from "./conditions.ts";
import { fault } from "./fault.ts";
import { readsNumbersOnly, stageOf } from "./fieldContext.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import { lowerField, type FieldPlan, type LensTools, type LoweredField } from "./lowerField.ts";
import type { MappedField, MappedPart } from "./mapping.ts";
import { presentCell } from "./plain/plainRewrite.ts";
import { planFields, type PartEnvironment } from "./planFields.ts";
import { cellsOf } from "./rewriteCodes.ts";
import { presentText } from "./rewriteText.ts";
import type { PartSyntax } from "./sourceSyntax.ts";

export interface PartInput {
  readonly tables: readonly TableInfo[];
  readonly capabilities: Capabilities;
  readonly tools: LensTools;
  readonly environment: Omit<PartEnvironment, "columns" | "unpivoted">;
}

function joinsOf(part: PartSyntax, columns: PartColumns, tables: readonly TableInfo[]): MappedPart["joins"] {
  return [...part.joins].map(([alias, join]) => {
    const table = findTable(tables, join.from);
    const joined = join.on.map(({ joined: word }) => {
      if (!table.columns.some(({ name }) => name === word.text)) fault(word.at, `table \`${table.name}\` has no column \`${word.text}\`; \`on\` is { COLUMN_OF_${table.name}: COLUMN_HERE }.`);
      return word.text;
    });
    if (!isUniqueBy(table, joined)) {
      fault(join.at, `a join is to-one, and (${joined.join(", ")}) is not unique in \`${table.name}\`; join on a unique key, or write a view.`);
    }
    const on = join.on.map(({ joined: there, own }) =>
      compare({ kind: "column", alias, column: there.text }, "=", columns.findOwn(own, "`on`").expr),
    );
    return { alias, table: table.name, on: allOf(...on) };
  });
}

const hasIdentity = (table: TableInfo): boolean =>
  table.unique.some((list) => list.length > 0 && list.every((name) => table.columns.some((column) => column.name === name && !column.nullable)));

function tieOf(part: PartSyntax, columns: PartColumns, key: readonly ColumnRef[], capabilities: Capabilities): MappedPart["tie"] {
  if (part.tie) {
    const column = columns.findOwn(part.tie, "`tie`");
    if (!isUniqueBy(columns.own, [column.name])) fault(part.tie.at, `\`tie\` must be unique, and \`${column.name}\` is not; name a unique column, or leave it out.`);
    return column.expr;
  }
  const [only] = key;
  if (part.key.public && key.length === 1 && only) return only.expr;
  if (columns.own.rowid ?? capabilities.rowid) return { kind: "rowid", alias: "t" };
  const open = key.find(({ nullable }) => nullable);
  if (capabilities.keyHash === true && open === undefined) return { kind: "keyHash", alias: "t", columns: key.map(({ name }) => name) };
  const why = capabilities.keyHash === true && open !== undefined ? `, and its key is not always there (\`${open.name}\` may be NULL)` : "";
  fault(part.key.at, `\`${columns.own.name}\` has no row number to order equal rows by${why}; name a unique column that tells nothing with \`tie\`.`);
}

/** The unpivoted cell is there: not NULL, not blank, no missing marker. Garbage is there, and reads as NULL. */
function presenceOf(plan: FieldPlan, lowered: LoweredField, tools: LensTools): SourceCond {
  const [column] = plan.columns;
  if (!column) return TRUE_COND;
  if (!tools.lensFunctions) return column.kind === "text" || lowered.valid.kind === "true" ? presentCell(column, plan.spec) : lowered.valid;
  if (column.safe && (column.kind === "number" || column.kind === "integer") && lowered.valid.kind !== "true") return lowered.valid;
  const missing = stageOf(plan.spec, "missing");
  const spec: LensSpec = { stages: [{ stage: "column" }, ...(missing ? [missing] : [])], result: { kind: "text" }, timeZone: "UTC" };
  const byLens = isNotNull({ kind: "lens", lens: tools.register(spec), form: "printed", args: [column.expr] });
  if (column.kind === "text") return presentText(column, missing?.texts ?? [], byLens);
  if (!readsNumbersOnly(column)) return byLens;
  const markers = (missing?.texts ?? []).flatMap((text) => cellsOf(text, column));
  return anyOf(allOf({ kind: "hasType", of: column.expr, type: "number" }, markers.length > 0 ? inConstants(column.expr, markers, true) : TRUE_COND), byLens);
}

export function compilePart(part: PartSyntax, input: PartInput, nextBranch: () => number): readonly MappedPart[] {
  const { capabilities, tools } = input;
  const table = findTable(input.tables, part.from);
  for (const column of part.unpivot.keys()) {
    // a clear message for a misspelt column, at its own place
    partColumns(table, part.joins, input.tables, null).findOwn({ text: column, at: part.unpivot.get(column)?.at ?? part.at }, "unpivoted names");
  }
  const branches: readonly (string | null)[] = part.unpivot.size > 0 ? [...part.unpivot.keys()] : [null];
  return branches.map((cell) => {
    const columns = partColumns(table, part.joins, input.tables, cell);
    const key = part.key.columns.map((word) => columns.findOwn(word, "`key`"));
    const names = key.map(({ name }) => name);
    if (part.latest.length === 0 && !isUniqueBy(table, names)) {
      fault(part.key.at, `(${names.join(", ")}) is not unique in \`${table.name}\`; name the columns of a unique index, or say with \`latest: COLUMN\` which of several rows counts.`);
    }
    if (part.latest.length > 0 && !(table.rowid ?? capabilities.rowid) && !hasIdentity(table)) {
      fault(part.key.at, `\`latest\` needs something that tells the rows of \`${table.name}\` apart where all else is equal; give the table a unique key without NULLs.`);
    }
    const latest: SourceCond =
      part.latest.length > 0
        ? { kind: "isLatest", table: table.name, alias: "t", key: names, by: part.latest.map((word) => columns.findOwn(word, "`latest`").name) }
        : TRUE_COND;
    const unpivot = cell === null ? undefined : part.unpivot.get(cell);
    const environment: PartEnvironment = {
      ...input.environment,
      columns,
      unpivoted: cell !== null && unpivot ? { column: cell, syntax: unpivot } : null,
    };
    const keep = part.keep ? isTrue(compileKeep(part.keep, { columns, warn: environment.warn })) : TRUE_COND;
    const plans = planFields(part, environment);
    for (const attribute of environment.entity.attributes.values()) {
      if (attribute.key && !plans.has(attribute.name)) {
        fault(part.at, `\`${attribute.name}\` is part of the key of ${environment.entity.name}, and nothing maps it: no row could be one. Map it.`);
      }
    }
    const { fields, conds } = lowerFields(plans, cell, tools, columns, (name, gaps) => refuseGaps(part, environment.entity.name, name, plans.get(name), gaps));
    return {
      branch: nextBranch(),
      table: table.name,
      joins: joinsOf(part, columns, input.tables),
      locator: [...key.map(({ expr }) => expr), ...(cell === null ? [] : [constant(cell)])],
      tie: tieOf(part, columns, key, capabilities),
      base: allOf(latest, keep, ...conds),
      fields,
    };
  });
}

/** A source that runs no lens functions can say some chains and not others; a filter or a rule over the rest would not be exact. */
function refuseGaps(part: PartSyntax, entity: string, name: string, plan: FieldPlan | undefined, gaps: readonly string[]): never {
  const lenses = (plan?.spec.stages ?? []).map(({ stage }) => stage).filter((stage) => stage !== "column");
  const columns = (plan?.columns ?? []).map((column) => `\`${column.name}\` (${column.kind})`).join(", ");
  const said = lenses.length === 0 ? `a plain ${columns}` : `${lenses.join(", ")} on ${columns}`;
  fault(
    part.fields.get(name)?.key ?? part.at,
    `\`${entity}.${name}\` from ${said}: this source runs no lens functions, and plain SQL cannot do ${gaps.join(", ")} exactly, so no filter or rule on it could be trusted. Give the column the attribute's own type in a view, or mirror the source.`,
  );
}

/** Fields, and what the base relation asks for their sake: the unpivoted cell is there, vocabulary keys are not NULL. */
function lowerFields(
  plans: ReadonlyMap<string, FieldPlan>,
  cell: string | null,
  tools: LensTools,
  columns: PartColumns,
  refuse: (name: string, gaps: readonly string[]) => void,
): { fields: ReadonlyMap<string, MappedField>; conds: readonly SourceCond[] } {
  const fields = new Map<string, MappedField>();
  const conds: SourceCond[] = [];
  const isCell = (plan: FieldPlan): boolean => cell !== null && plan.columns[0]?.fedBy === `${columns.own.name}.${cell}` && plan.columns[0].name === cell;
  for (const [name, plan] of plans) {
    const loose = lowerField(plan, false, tools);
    if (loose.gaps !== undefined && loose.gaps.length > 0) refuse(name, loose.gaps);
    let guaranteed = false;
    if (isCell(plan)) {
      const presence = presenceOf(plan, loose, tools);
      conds.push(isTrue(presence));
      guaranteed = presence === loose.valid;
    }
    if (plan.attribute.key && !guaranteed) {
      conds.push(loose.valid);
      guaranteed = true;
    }
    fields.set(name, guaranteed ? lowerField(plan, true, tools).field : loose.field);
  }
  const seen = new Set<string>();
  const distinct = conds.filter((cond) => {
    const text = JSON.stringify(cond);
    return !seen.has(text) && seen.add(text);
  });
  return { fields, conds: distinct };
}
