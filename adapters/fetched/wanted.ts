/**
 * What a condition demands of a table's columns, as alternatives that a web API may be asked for: every row that makes the condition
 * TRUE meets at least one of them. More rows may: exactness comes later, from the query itself.
 */
import type { BoundValue, Cell, SourceCond, SourceExpr } from "../contract/sourceQuery.ts";
import type { Bound, ColumnWant } from "./fetchedSource.ts";

/** Columns that it does not name may be anything. */
export type Alternative = ReadonlyMap<string, ColumnWant>;

/** None: no row can meet the condition. One that names no column: any row might. */
export type Alternatives = readonly Alternative[];

const anything: Alternatives = [new Map()];

/** More are joined into their hull; a query with more is not narrowed any further by asking more often. */
const alternativesMax = 16;

export interface WantedInput {
  readonly cond: SourceCond;
  readonly alias: string;
  readonly values: readonly BoundValue[];
  /** Columns that may be narrowed by; those of a supersession key alone where rows supersede one another. */
  isOpen(column: string): boolean;
}

export function wantedBy({ cond, alias, values, isOpen }: WantedInput): Alternatives {
  const columnOf = (expr: SourceExpr): string | null => (expr.kind === "column" && expr.alias === alias && isOpen(expr.column) ? expr.column : null);
  const valueOf = (expr: SourceExpr): { readonly value: BoundValue } | null =>
    expr.kind === "constant" ? { value: expr.value } : expr.kind === "slot" ? { value: values[expr.slot] ?? null } : null;
  const only = (column: string, want: ColumnWant): Alternatives => [new Map([[column, want]])];

  const visit = (at: SourceCond): Alternatives => {
    switch (at.kind) {
      case "false":
        return [];
      case "and":
        return at.of.reduce<Alternatives>((sofar, one) => bothOf(sofar, visit(one)), anything);
      case "or":
        return anyOf(at.of.flatMap(visit));
      case "isTrue":
        return visit(at.of);
      case "compare": {
        const turned = columnOf(at.left) === null;
        const column = columnOf(turned ? at.right : at.left);
        const other = valueOf(turned ? at.left : at.right);
        if (column === null || other === null) return anything;
        const text = spelt(other.value);
        // NULL compares with nothing; a list or a blob stands here by mistake and narrows nothing.
        if (other.value === null) return [];
        if (text === null) return anything;
        return comparison(column, turned ? mirrored[at.op] : at.op, text, only);
      }
      case "inList": {
        const column = columnOf(at.left);
        if (column === null || at.negated) return anything;
        const list: BoundValue | undefined = at.list.kind === "constants" ? at.list.values : valueOf(at.list)?.value;
        if (list === undefined || !isList(list)) return anything;
        const texts = list.filter((value) => value !== null).map(spelt);
        if (texts.some((text) => text === null)) return anything;
        return texts.length === 0 ? [] : only(column, { kind: "values", values: [...new Set(texts as string[])].sort(byCodePoints) });
      }
      default:
        return anything;
    }
  };
  return visit(cond);
}

type Compare = "=" | "<>" | "<" | "<=" | ">" | ">=";
const mirrored: Readonly<Record<Compare, Compare>> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparison(column: string, op: Compare, value: string, only: (column: string, want: ColumnWant) => Alternatives): Alternatives {
  switch (op) {
    case "=":
      return only(column, { kind: "values", values: [value] });
    case "<>":
      return anything;
    case "<":
    case "<=":
      return only(column, { kind: "range", low: null, high: { value, inclusive: op === "<=" } });
    case ">":
    case ">=":
      return only(column, { kind: "range", low: { value, inclusive: op === ">=" }, high: null });
  }
}

const isList = (value: BoundValue): value is readonly Cell[] => Array.isArray(value);

/** As a TEXT column would compare it; null where it has no such spelling that is sure. */
function spelt(value: BoundValue): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

/** Not UTF-16's order, in which U+1D11E comes before U+FF5E. */
export const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const meetsLow = (value: string, low: Bound | null): boolean => low === null || byCodePoints(value, low.value) >= (low.inclusive ? 0 : 1);
const meetsHigh = (value: string, high: Bound | null): boolean => high === null || byCodePoints(high.value, value) >= (high.inclusive ? 0 : 1);

const tighter = (a: Bound | null, b: Bound | null, sign: 1 | -1): Bound | null => {
  if (a === null || b === null) return a ?? b;
  const order = byCodePoints(a.value, b.value) * sign;
  return order > 0 || (order === 0 && !a.inclusive) ? a : b;
};

/** Null: nothing is both. */
function both(a: ColumnWant, b: ColumnWant): ColumnWant | null {
  if (a.kind === "values" || b.kind === "values") {
    const [list, other] = a.kind === "values" ? [a, b] : [b as Extract<ColumnWant, { kind: "values" }>, a];
    const values = list.values.filter((value) => (other.kind === "values" ? other.values.includes(value) : meetsLow(value, other.low) && meetsHigh(value, other.high)));
    return values.length === 0 ? null : { kind: "values", values };
  }
  const [low, high] = [tighter(a.low, b.low, 1), tighter(a.high, b.high, -1)];
  if (low !== null && high !== null) {
    const order = byCodePoints(low.value, high.value);
    if (order > 0 || (order === 0 && !(low.inclusive && high.inclusive))) return null;
  }
  return { kind: "range", low, high };
}

export function bothOf(left: Alternatives, right: Alternatives): Alternatives {
  // Either side alone is still a superset of both.
  if (left.length * right.length > alternativesMax) return left.length <= right.length ? left : right;
  return anyOf(left.flatMap((a) => right.flatMap((b) => intersection(a, b) ?? [])));
}

function intersection(a: Alternative, b: Alternative): Alternative | null {
  const result = new Map(a);
  for (const [column, want] of b) {
    const known = result.get(column);
    const met = known === undefined ? want : both(known, want);
    if (met === null) return null;
    result.set(column, met);
  }
  return result;
}

/** A union: joined where two differ in the values of one column alone, and bounded by its hull. */
export function anyOf(all: Alternatives): Alternatives {
  if (all.some((alternative) => alternative.size === 0)) return anything;
  const kept: Alternative[] = [];
  for (const alternative of all) {
    const place = kept.findIndex((known) => joined(known, alternative) !== null);
    if (place < 0) kept.push(alternative);
    else kept[place] = joined(kept[place] as Alternative, alternative) as Alternative;
  }
  return kept.length > alternativesMax ? anyOf([hull(kept)]) : kept;
}

function joined(a: Alternative, b: Alternative): Alternative | null {
  if (a.size !== b.size) return null;
  const different = [...a].filter(([column, want]) => JSON.stringify(b.get(column)) !== JSON.stringify(want));
  const [only] = different;
  if (only === undefined) return a;
  const [column, want] = only;
  const other = b.get(column);
  if (different.length > 1 || want.kind !== "values" || other?.kind !== "values") return null;
  return new Map(a).set(column, { kind: "values", values: [...new Set([...want.values, ...other.values])].sort(byCodePoints) });
}

/** One alternative around all of them. */
function hull(all: Alternatives): Alternative {
  const [first, ...others] = all;
  const result = new Map<string, ColumnWant>();
  for (const [column, want] of first ?? []) {
    let around: ColumnWant | null = want;
    for (const other of others) {
      const more = other.get(column);
      around = more === undefined || around === null ? null : aroundBoth(around, more);
    }
    if (around !== null) result.set(column, around);
  }
  return result;
}

function aroundBoth(a: ColumnWant, b: ColumnWant): ColumnWant | null {
  if (a.kind === "values" && b.kind === "values") return { kind: "values", values: [...new Set([...a.values, ...b.values])].sort(byCodePoints) };
  const [x, y] = [rangeOf(a), rangeOf(b)];
  const low = x.low === null || y.low === null ? null : tighter(x.low, y.low, -1);
  const high = x.high === null || y.high === null ? null : tighter(x.high, y.high, 1);
  return low === null && high === null ? null : { kind: "range", low: low && { ...low, inclusive: true }, high: high && { ...high, inclusive: true } };
}

/** The range around a list's values, which are sorted. */
export function rangeOf(want: ColumnWant): Extract<ColumnWant, { kind: "range" }> {
  if (want.kind === "range") return want;
  const bound = (value: string | undefined): Bound | null => (value === undefined ? null : { value, inclusive: true });
  return { kind: "range", low: bound(want.values[0]), high: bound(want.values.at(-1)) };
}
