/**
 * Lowers the rows of one stratum into one query: the needed cells, the order, the keyset and the limit, all in source terms.
 *
 * Limit and keyset are pushed because every conjunct and the order are exact here (semantics.md §6); a mapping that cannot say a
 * conjunct exactly never gets this far. Column positions are the same in every part; `layout` says per branch how cells become values.
 */
import type { RowsTemplate, SelectPart, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { Path } from "../../schema/predicate.ts";
import { type Level, levelChain } from "../../schema/vocabulary.ts";
import { scopeKey } from "../access/permit.ts";
import type { MappedField, OrderLens } from "../mapping/mapping.ts";
import type { Unified } from "../harmonise/unified.ts";
import { type Bindings, lookedUp, type SlotSink, slotSink } from "./bindings.ts";
import { ALWAYS, NEVER, allOf, anyOf, cheapFirst } from "./conditions.ts";
import { levelAtLeast } from "./guards.ts";
import { type Alternative, baseInstance, type Instance, type QueryScope } from "./instance.ts";
import { groupColumn } from "./lowerAggregate.ts";
import { type AtomNote, lowerGuard, lowerIn, lowerTruth, placeAtom, resolvePath } from "./lowerPredicate.ts";
import type { OrderTerm } from "./operationPlan.ts";
import { coFedAttributes } from "./originals.ts";
import type { Lowered, Scan } from "./scan.ts";
import type { Filter } from "./semiJoin.ts";
import type { Stratum } from "./strata.ts";

export interface RowsRequest {
  readonly where: Filter;
  readonly order: readonly OrderTerm[];
  readonly backward: boolean;
  /** Which order values of the cursor are NULL, and where the cursor's source stands to this one; null: no cursor. */
  readonly cursor: { readonly isNull: readonly boolean[]; readonly source: "before" | "same" | "after" } | null;
  /** Of a page in halves: rows with a value in the first order term, or without. */
  readonly half?: Half | undefined;
  /** Attributes whose cells the answer prints or follows. */
  readonly attributes: readonly string[];
  /** Attributes whose original cells are printed (only where CLEAR with all they share columns with). */
  readonly originals: readonly string[];
  readonly lookup: Lookup | null;
  readonly limited: boolean;
  /** Rows are looked up below V as well (publications only); never for an agency's rows. */
}

export type Half = "values" | "nulls";

/** Rows by identity: by locator (bound per locator column), or by the value of an attribute that a link names. */
export type Lookup =
  | { readonly by: "locator" }
  | { readonly by: "attribute"; readonly attribute: string }
  /** An across link: only rows whose value at the path is CLEAR. */
  | { readonly by: "clearPath"; readonly path: Path };

export interface CellReader {
  readonly field: MappedField;
  readonly at: number;
  readonly count: number;
}

/** The cell as the source spells it; its unit stands in the mapping, or in the cell at `unitAt`. */
export interface OriginalReader {
  readonly at: number;
  readonly unit: string | null;
  readonly unitAt: number | null;
  readonly code: string | null;
}

/** How one branch's cells become values. */
export interface BranchLayout {
  readonly branch: number;
  readonly attributes: ReadonlyMap<string, CellReader>;
  readonly originals: ReadonlyMap<string, OriginalReader>;
  readonly order: readonly { readonly at: number; readonly decode: OrderLens["decode"] }[];
  readonly lookupValue: { readonly at: number; readonly decode: (cell: RowCell) => Unified } | null;
}
type RowCell = Parameters<OrderLens["decode"]>[0];

export interface RowsLayout {
  readonly branches: ReadonlyMap<number, BranchLayout>;
  /** Static levels of the stratum, or null: `levelCells` says per row. */
  readonly levels: ReadonlyMap<string, Level> | null;
  /** Guarded scans: per attribute, from loosest to strictest, the column that is 1 where the cell reaches the level. */
  readonly levelCells: ReadonlyMap<string, readonly { readonly level: Level; readonly at: number }[]>;
  readonly locatorAt: number;
  readonly locatorCount: number;
  readonly tieAt: number;
  /** Null: one branch alone. */
  readonly branchAt: number | null;
}

const NULL: SourceExpr = { kind: "constant", value: null };

export function lowerRows(scan: Scan, stratum: Stratum, request: RowsRequest): Lowered<RowsLayout> {
  const slots = slotSink();
  const notes: AtomNote[] = [];
  const { parts } = scan.mapped;
  const needed = request.attributes.filter((name) => stratum.levels === null || printsStatically(stratum, name));
  const originals = request.originals.filter((name) => stratum.levels === null || stratum.levels.get(name) === "CLEAR");
  const width = (of: readonly SourceExpr[][]): number => of.reduce((most, exprs) => Math.max(most, exprs.length), 0);
  const inputWidths = needed.map((name) => width(parts.map((part) => [...(part.fields.get(name)?.inputs ?? [])])));
  const locatorCount = width(parts.map((part) => [...part.locator]));
  const guarded = stratum.levels === null ? guardedLevels(scan, [...new Set([...request.attributes, ...request.originals.flatMap((name) => coFedAttributes(scan.mapped, name))])]) : [];

  const uniform = orderIsUniform(scan, stratum, request);
  const selects: SelectPart[] = [];
  const branches = new Map<number, BranchLayout>();
  let layout: Omit<RowsLayout, "branches"> | null = null;

  for (const part of parts) {
    const query: QueryScope = { context: scan.context, source: scan.source, door: scan.door, slots, joins: [], nextAlias: 0 };
    const instance = baseInstance(query, scan.entity, part, stratum.levels);
    const { row } = instance;
    const where: SourceCond[] = [
      part.base,
      lookupCond(request.lookup, instance, row, slots),
      lowerGuard(stratum.guard, row, slots, notes),
      lowerTruth(request.where, true, instance, slots, notes),
    ];

    const { columns, put, putAll } = columnList(parts.length === 1);
    const attributes = new Map<string, CellReader>();
    needed.forEach((name, index) => {
      const field = part.fields.get(name);
      const at = putAll(Array.from({ length: inputWidths[index] ?? 0 }, (_, input) => field?.inputs[input] ?? NULL));
      if (field !== undefined) attributes.set(name, { field, at, count: field.inputs.length });
    });
    const originalCells = new Map<string, OriginalReader>();
    for (const name of originals) {
      const field = part.fields.get(name);
      const unitInput = field?.original.unitInput ?? null;
      const at = put(field?.inputs[0] ?? NULL);
      // In every part where in one, so that columns stand at the same places.
      const hasUnitCell = parts.some((other) => (other.fields.get(name)?.original.unitInput ?? null) !== null);
      const unitCell = hasUnitCell ? put(unitInput === null ? NULL : (field?.inputs[unitInput] ?? NULL)) : null;
      if (field !== undefined) originalCells.set(name, { at, unit: field.original.unit, unitAt: unitInput === null ? null : unitCell, code: field.original.code });
    }
    const locatorAt = putAll(Array.from({ length: locatorCount }, (_, index) => part.locator[index] ?? NULL));
    const levelCells = new Map<string, { level: Level; at: number }[]>();
    for (const { attribute, levels } of guarded) {
      levelCells.set(
        attribute,
        levels.map(({ level, guard }) => {
          return { level, at: put({ kind: "truth", cond: lowerGuard(guard, row, slots) }) };
        }),
      );
    }
    const order = request.order.map((term, index) => {
      const lens = inHalf(orderColumn(term, instance, uniform), index === 0 ? request.half : undefined);
      if (lens.only !== null) where.push(lens.only);
      return { at: put(lens.expr), decode: lens.decode, lens };
    });
    if (request.cursor !== null) where.push(keyset(request, request.cursor, order.map((term) => term.lens), parts.length === 1 ? null : part.branch, row, slots));
    let lookupValue: BranchLayout["lookupValue"] = null;
    if (request.lookup?.by === "attribute") {
      const group = part.fields.get(request.lookup.attribute)?.group ?? null;
      const at = put(group?.expr ?? NULL);
      if (group !== null) lookupValue = { at, decode: group.decode };
    } else if (request.lookup?.by === "clearPath") {
      const { expr, decode } = groupColumn({ path: request.lookup.path, bucket: null }, instance);
      lookupValue = { at: put(expr), decode };
    }
    const tieAt = put(part.tie);
    // One part has one branch, and its tie is total.
    const branchAt = parts.length === 1 ? null : put({ kind: "constant", value: part.branch });
    branches.set(part.branch, { branch: part.branch, attributes, originals: originalCells, order, lookupValue });
    layout ??= { levels: stratum.levels, levelCells, locatorAt, locatorCount, tieAt, branchAt };
    const cond = cheapFirst(allOf(where));
    if (cond.kind === "false") continue;
    selects.push({ table: part.table, alias: "t", joins: query.joins, where: cond, columns });
  }

  const orderAt = [...branches.values()][0]?.order ?? [];
  const flip = request.backward;
  const template: RowsTemplate = {
    kind: "rows",
    parts: selects,
    order: distinctColumns([
      ...request.order.map((term, index) => ({ column: orderAt[index]?.at ?? 0, descending: term.descending !== flip })),
      ...(layout === null || request.lookup !== null
        ? []
        : [layout.tieAt, ...(layout.branchAt === null ? [] : [layout.branchAt])].map((column) => ({ column, descending: flip }))),
    ]),
    backward: request.backward,
    limitSlot: request.limited ? slots.add((bindings) => bindings.limit) : null,
    slotCount: slots.binders.length,
  };
  const empty = { levels: stratum.levels, levelCells: new Map(), locatorAt: 0, locatorCount: 0, tieAt: 0, branchAt: null };
  return { template, binders: slots.binders, layout: { ...(layout ?? empty), branches }, notes };
}

/** A column that an earlier term orders by already orders nothing. */
const distinctColumns = (order: RowsTemplate["order"]): RowsTemplate["order"] => order.filter((term, index) => order.findIndex((other) => other.column === term.column) === index);

/** Columns of a SELECT. With one part, an expression that stands there already is not fetched twice: each cell costs. */
function columnList(isOnly: boolean): { columns: SourceExpr[]; put(expr: SourceExpr): number; putAll(exprs: readonly SourceExpr[]): number } {
  const columns: SourceExpr[] = [];
  const known = new Map<string, number>();
  const put = (expr: SourceExpr): number => {
    const text = isOnly ? JSON.stringify(expr) : "";
    const at = isOnly ? known.get(text) : undefined;
    if (at !== undefined) return at;
    columns.push(expr);
    known.set(text, columns.length - 1);
    return columns.length - 1;
  };
  return {
    columns,
    put,
    /** Side by side; gives the place of the first. */
    putAll(exprs) {
      const [only] = exprs;
      if (exprs.length === 1 && only !== undefined) return put(only);
      const at = columns.length;
      columns.push(...exprs);
      return at;
    },
  };
}

const printsStatically = (stratum: Stratum, name: string): boolean => (stratum.levels?.get(name) ?? "NULL") !== "NULL";

function guardedLevels(scan: Scan, attributes: readonly string[]): readonly { attribute: string; levels: readonly { level: Level; guard: ReturnType<typeof levelAtLeast> }[] }[] {
  const scope = scan.context.permit.scopes.get(scopeKey(scan.source.id, scan.entity.name, scan.door));
  if (scope === undefined) return [];
  return attributes.flatMap((name) => {
    const attribute = scan.entity.attributes.get(name);
    if (attribute === undefined) return [];
    const levels = levelChain(attribute)
      .slice(1)
      .reverse()
      .map((level) => ({ level, guard: levelAtLeast(scope, scan.entity, name, level) }));
    return [{ attribute: name, levels }];
  });
}

function lookupCond(lookup: Lookup | null, instance: Instance, row: Alternative, slots: SlotSink): SourceCond {
  if (lookup === null) return ALWAYS;
  if (lookup.by === "locator") {
    return allOf(
      row.part.locator.map((column, index) => ({
        kind: "inList" as const,
        left: column,
        list: { kind: "slot" as const, slot: slots.add((bindings) => bindings.lookup[index] ?? []) },
        negated: false,
      })),
    );
  }
  if (lookup.by === "clearPath") return lowerIn(lookup.path, lookedUp, true, instance, slots, []);
  const atom = row.part.fields.get(lookup.attribute)?.filter("in") ?? null;
  return atom === null ? NEVER : placeAtom(atom, row, slots, lookedUp);
}

interface OrderColumn {
  readonly expr: SourceExpr;
  readonly decode: OrderLens["decode"];
  /** Comparison with the cursor's value at the term. */
  compare(operator: "eq" | "lt" | "lte" | "gt" | "gte", term: number, slots: SlotSink): SourceCond;
  readonly canBeNull: boolean;
  readonly split: OrderLens["split"];
}

const inRow = (split: NonNullable<OrderLens["split"]>, row: Alternative): OrderColumn["split"] => ({
  hasValue: row.cond(split.hasValue),
  hasNone: row.cond(split.hasNone),
  expr: row.expr(split.expr),
});

/** The column of a half: its rows are all with a value, or all without. */
function inHalf(column: OrderColumn, half: Half | undefined): OrderColumn & { readonly only: SourceCond | null } {
  const { split, expr } = column;
  switch (half) {
    case undefined:
      return { ...column, only: null };
    case "values":
      if (split === null) return { ...column, only: { kind: "isNull", of: expr, negated: true } };
      return { ...column, expr: split.expr, only: split.hasValue };
    case "nulls":
      if (split === null) return { ...column, only: { kind: "isNull", of: expr, negated: false } };
      return { ...column, expr: NULL, decode: () => null, only: split.hasNone };
  }
}

/**
 * Whether all parts may sort by their own columns: one part, or equal expressions. Else the canonical form. Columns of one name may be
 * spelled unlike (two formats of a time): then their canonical forms differ.
 */
function orderIsUniform(scan: Scan, stratum: Stratum, request: RowsRequest): boolean {
  if (scan.mapped.parts.length <= 1) return true;
  const signatures = new Set<string>();
  for (const part of scan.mapped.parts) {
    const query: QueryScope = { context: scan.context, source: scan.source, door: scan.door, slots: slotSink(), joins: [], nextAlias: 0 };
    const instance = baseInstance(query, scan.entity, part, stratum.levels);
    signatures.add(JSON.stringify(request.order.map((term) => [true, false].map((own) => orderColumn(term, instance, own).expr))));
  }
  return signatures.size <= 1;
}

function orderColumn(term: OrderTerm, instance: Instance, uniform: boolean): OrderColumn {
  // `region.code` ends in `region`, whose cell is the code.
  const { rows, attribute: name } = resolvePath(term.path, instance);
  const columns = rows.flatMap((row) => {
    const field = row.part.fields.get(name);
    const clear = row.clear(name);
    return !field?.order || clear.kind === "false" ? [] : [{ row, isKey: field.attribute.key, lens: field.order, guard: allOf([row.present, clear]) }];
  });
  const [first] = columns;
  if (first === undefined) return { expr: NULL, decode: () => null, compare: () => NEVER, canBeNull: true, split: null };
  // Only the scanned row is there whatever its cells are, and it has one alternative.
  const own = uniform && first.guard.kind === "true";
  const exprs = columns.map(({ row, lens, guard }): SourceExpr => {
    const expr = row.expr(own ? lens.expr : lens.canonical.expr);
    return guard.kind === "true" ? expr : { kind: "when", cond: guard, then: expr, otherwise: NULL };
  });
  return {
    expr: exprs.length === 1 ? (exprs[0] ?? NULL) : { kind: "coalesce", of: exprs },
    decode: own ? first.lens.decode : first.lens.canonical.decode,
    canBeNull: !(own && first.isKey),
    split: own && first.lens.split !== null ? inRow(first.lens.split, first.row) : null,
    compare: (operator, index, slots) =>
      anyOf(columns.map(({ row, lens, guard }) => allOf([guard, placeAtom(lens.compare(operator), row, slots, (bindings) => bindings.cursor?.values[index] ?? null)]))),
  };
}

/**
 * The halves of a page in reading order; the next is asked only for what the ones before leave of the page. `[undefined]`: in one query.
 *
 * What follows a cursor may reach from values into NULLs, or from NULLs into values (backward), by the first term. As one condition
 * that is an OR, for which SQLite reads and sorts all that is left of the table; as two queries each walks its index. A column that
 * is `split` is read in halves always.
 */
export function halvesOf(scan: Scan, request: RowsRequest): readonly (Half | undefined)[] {
  const [first] = request.order;
  if (first === undefined) return [undefined];
  const isSplit = isSplitIn(scan, first);
  if (request.cursor === null) return !isSplit ? [undefined] : request.backward ? ["nulls", "values"] : ["values", "nulls"];
  const isNull = request.cursor.isNull[0] === true;
  if (isNull === request.backward) return request.backward ? ["nulls", "values"] : ["values", "nulls"];
  return !isSplit ? [undefined] : isNull ? ["nulls"] : ["values"];
}

const splitTerms = new WeakMap<Scan, Map<OrderTerm, boolean>>();

function isSplitIn(scan: Scan, term: OrderTerm): boolean {
  let known = splitTerms.get(scan);
  if (known === undefined) {
    known = new Map();
    splitTerms.set(scan, known);
  }
  let isSplit = known.get(term);
  if (isSplit === undefined) {
    // A link, which alone leads to other columns, has no order of its own.
    const [name] = term.path;
    isSplit = scan.mapped.parts.some((part) => (part.fields.get(name)?.order?.split ?? null) !== null);
    known.set(term, isSplit);
  }
  return isSplit;
}

/** Rows strictly after the cursor in reading direction: the lexicographic keyset over (order values, source, tie, branch). */
function keyset(
  request: RowsRequest,
  cursor: NonNullable<RowsRequest["cursor"]>,
  order: readonly OrderColumn[],
  branch: number | null,
  row: Alternative,
  slots: SlotSink,
): SourceCond {
  const tie = tieAfter(request.backward, cursor.source, branch, row, slots);
  let rest = tie;
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const column = order[index];
    const term = request.order[index];
    if (column === undefined || term === undefined) continue;
    const isNull: SourceCond = { kind: "isNull", of: column.expr, negated: false };
    const half = index === 0 ? request.half : undefined;
    // Within a half its own rows are all that is asked for.
    const join = (values: SourceCond, nulls: SourceCond): SourceCond => (half === "values" ? values : half === "nulls" ? nulls : anyOf([values, nulls]));
    if (cursor.isNull[index] === true) {
      const equal = column.canBeNull ? allOf([half === "nulls" ? ALWAYS : isNull, rest]) : NEVER;
      rest = request.backward ? join(half === "values" ? ALWAYS : { kind: "isNull", of: column.expr, negated: true }, equal) : equal;
      continue;
    }
    const ascending = term.descending === request.backward;
    const strictly = column.compare(ascending ? "gt" : "lt", index, slots);
    const orEqual = column.compare(ascending ? "gte" : "lte", index, slots);
    const equal = column.compare("eq", index, slots);
    // The outer range keeps an index usable: `a >= x AND (a > x OR (a = x AND …))`.
    const notNull = allOf([orEqual, anyOf([strictly, allOf([equal, rest])])]);
    rest = request.backward ? notNull : join(notNull, half === "nulls" ? ALWAYS : column.canBeNull ? isNull : NEVER);
  }
  return rest;
}

function tieAfter(backward: boolean, source: "before" | "same" | "after", branch: number | null, row: Alternative, slots: SlotSink): SourceCond {
  // `source`: where this scan's source stands in the order relative to the cursor's.
  if (source !== "same") return (source === "after") !== backward ? ALWAYS : NEVER;
  const value = (pick: (position: NonNullable<Bindings["cursor"]>) => string | number): SourceExpr => ({
    kind: "slot",
    slot: slots.add((bindings) => (bindings.cursor === null ? null : pick(bindings.cursor))),
  });
  const op = backward ? "<" : ">";
  const tie = row.expr(row.part.tie);
  if (branch === null) return { kind: "compare", op, left: tie, right: value((position) => position.tie) };
  const own: SourceExpr = { kind: "constant", value: branch };
  return allOf([
    { kind: "compare", op: backward ? "<=" : ">=", left: tie, right: value((position) => position.tie) },
    anyOf([
      { kind: "compare", op, left: tie, right: value((position) => position.tie) },
      { kind: "compare", op, left: own, right: value((position) => position.branch) },
    ]),
  ]);
}
