/**
 * Filters on across links, `penaltyDecisionRecords: { some: { amount: { gt: 100 } } }`, as bounded semi-joins (semantics.md §3): first the
 * distinct keys of the rows that meet the inner filter, from V of every source, then their membership as a condition of each source.
 *
 * Three-valued as every filter: `some` is the OR of the inner filter over the rows that the link lists, `none` its NOT. A row whose own
 * key is NULL lists nothing that could be known, so both are UNKNOWN there; so they are everywhere while a source is missing.
 */
import type { Path, Predicate } from "../../schema/predicate.ts";
import { UNKNOWN } from "../../schema/predicate.ts";
import type { AcrossLinkDef } from "../../schema/vocabulary.ts";
import type { AggregateRequest } from "./lowerAggregate.ts";
import type { AggregatePlan, ConnectionPlan } from "./operationPlan.ts";
import type { Scan } from "./scan.ts";

/** The value at the path is a key of the semi-join; `none` is its `not`. */
export interface SemiJoinAtom {
  readonly kind: "semiJoin";
  readonly path: Path;
  /** `SemiJoin.number`. */
  readonly join: number;
}

/** A query's `where`. Rules have none of its atoms: their predicates are row-local. */
export type Filter = Predicate<SemiJoinAtom>;

export interface SemiJoin {
  /** Among the semi-joins of the operation; inner ones have lower numbers. */
  readonly number: number;
  readonly link: AcrossLinkDef;
  /** In the caller's own words, for messages. */
  readonly place: string;
  /** Of the rows that the link lists. */
  readonly where: Filter;
  /**
   * Which rows' keys are asked for. The filter is to be TRUE as a whole, so under an even number of NOTs the atom must be TRUE: some row
   * meets `where`; under an odd number it must be FALSE: no row meets it, nor may any.
   */
  readonly rows: "TRUE" | "NOT FALSE";
  readonly scans: readonly Scan[];
  /** The tables of a source changed so that it cannot give all keys (lostParts.ts). */
  readonly isTorn: boolean;
}

/**
 * Most distinct keys of one semi-join, over all sources; beyond it the filter is refused, never cut. Only rows of V are counted, so that
 * the bound tells nothing of hidden ones.
 */
export const semiJoinKeysMax = 10_000;

/** The distinct keys of one scan. A row whose key is not CLEAR is in no link, whatever it holds. */
export const keysRequest = ({ link, where, rows }: SemiJoin): AggregateRequest => {
  const hasKey: Filter = { kind: "isNull", path: link.targetKey, isNull: false };
  return {
    where: rows === "TRUE" ? { kind: "and", of: [hasKey, where] } : hasKey,
    ...(rows === "TRUE" ? {} : { notFalse: where }),
    groups: [{ name: link.name, path: link.targetKey, attribute: null, bucket: null }],
    measures: [],
    distinctOf: null,
  };
};

/** Semi-joins whose atoms stand in a filter. */
export function joinsIn(filter: Filter): readonly number[] {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.of.flatMap(joinsIn);
    case "not":
      return joinsIn(filter.of);
    case "semiJoin":
      return [filter.join];
    case "compare":
    case "isNull":
    case "true":
    case "false":
    case "unknown":
      return [];
  }
}

function withUnknown(filter: Filter, unknown: ReadonlySet<number>): Filter {
  switch (filter.kind) {
    case "and":
    case "or":
      return { kind: filter.kind, of: filter.of.map((of) => withUnknown(of, unknown)) };
    case "not":
      return { kind: "not", of: withUnknown(filter.of, unknown) };
    case "semiJoin":
      return unknown.has(filter.join) ? UNKNOWN : filter;
    case "compare":
    case "isNull":
    case "true":
    case "false":
    case "unknown":
      return filter;
  }
}

/** What was lowered for the filter as it stood is not for the filter as it stands now. */
const anew = (scans: readonly Scan[]): readonly Scan[] => scans.map((scan) => ({ ...scan, lowered: new Map() }));

const settled = new WeakMap<object, Map<string, unknown>>();

function settledOnce<Value extends { readonly where: Filter }>(value: Value, unknown: ReadonlySet<number>, make: () => Value): Value {
  const missing = joinsIn(value.where).filter((join) => unknown.has(join));
  if (missing.length === 0) return value;
  const known = settled.get(value) ?? new Map<string, unknown>();
  settled.set(value, known);
  const key = missing.join();
  const made = (known.get(key) as Value | undefined) ?? make();
  known.set(key, made);
  return made;
}

/** The semi-join with UNKNOWN in the place of those inner ones whose keys a source withheld by its absence. */
export const settleJoin = (join: SemiJoin, unknown: ReadonlySet<number>): SemiJoin =>
  settledOnce(join, unknown, () => ({ ...join, where: withUnknown(join.where, unknown), scans: anew(join.scans) }));

/** The same of a root; kept with it, so that its queries are lowered once for each set of absent joins. */
export const settleConnection = (plan: ConnectionPlan, unknown: ReadonlySet<number>): ConnectionPlan =>
  settledOnce(plan, unknown, () => ({ ...plan, where: withUnknown(plan.where, unknown), scans: anew(plan.scans), count: plan.count === null ? null : anew(plan.count) }));

export const settleAggregate = (plan: AggregatePlan, unknown: ReadonlySet<number>): AggregatePlan =>
  settledOnce(plan, unknown, () => ({ ...plan, where: withUnknown(plan.where, unknown), scans: anew(plan.scans) }));
