/** Runs an aggregation: partial groups of every stratum and branch, converted exactly, merged over sources, filtered and cut. */
import { HubError } from "../../schema/errorCodes.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { decimalText, type Decimal, type Rational, rational } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { bind } from "../plan/bind.ts";
import { type AggregateLayout, lowerAggregate } from "../plan/lowerAggregate.ts";
import type { AggregatePlan, Measure } from "../plan/operationPlan.ts";
import { aggregateRequests } from "../plan/requests.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import { settleAggregate } from "../plan/semiJoin.ts";
import { fetchRows, type Rows } from "./callSource.ts";
import { addRational, divideByCount, multiplyRational, sumOfCell, ZERO } from "./exactSum.ts";
import { type FinishedGroup, holds, printGroups, sortGroups } from "./groups.ts";
import { compareValues } from "./merge.ts";
import { groupsMax, intValue } from "./pageArguments.ts";
import type { Json } from "./printNode.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";
import { readJoins } from "./semiJoins.ts";

interface Accumulator {
  count: number;
  sum: Rational;
  extreme: Unified;
  readonly distinct: Set<string>;
}

interface Group {
  readonly keys: readonly Unified[];
  readonly measures: readonly Accumulator[];
  readonly sources: Set<string>;
}

export async function runAggregate(asked: RunContext, root: AggregatePlan): Promise<Json> {
  const { run, unknown } = await readJoins(asked, root.semiJoins);
  const plan = settleAggregate(root, unknown);
  const merged = new Map<string, Group>();
  const answered = await Promise.all(plan.scans.map((scan) => readGroups(run, plan, scan)));
  // Which rows are counted is not known either while a semi-join is unknown, nor what lies in a source that cannot be asked at all.
  const isWhole = unknown.size === 0 && run.absent.length === 0 && !plan.isTorn && answered.every((groups) => groups !== null);
  for (const groups of answered) for (const [key, group] of groups ?? []) mergeGroup(plan, merged, key, group);
  if (!isWhole && !plan.partial) return printGroups(run, plan, null);
  if (plan.groups.length === 0 && merged.size === 0) merged.set("[]", newGroup(plan, []));
  const finished = [...merged.values()].map((group) => ({ group, finished: finish(plan, group) }));
  const { having } = plan;
  const kept = finished.filter((item) => having === null || holds(run, having, item.finished, plan.measures) === true);
  const first = intValue(run, plan.first, "first");
  const sources = new Map(kept.map((item) => [item.finished, item.group.sources]));
  const sorted = sortGroups(plan, kept.map((item) => item.finished));
  const cut = first === null ? sorted : sorted.slice(0, first);
  for (const group of cut) for (const source of sources.get(group) ?? []) reportOf(run, source).rows += 1;
  return printGroups(run, plan, cut);
}

const newGroup = (plan: AggregatePlan, keys: readonly Unified[]): Group => ({
  keys,
  measures: plan.measures.map(() => ({ count: 0, sum: ZERO, extreme: null, distinct: new Set() })),
  sources: new Set(),
});

/** Groups of one source, or null where it failed: it answers wholly or not at all. */
async function readGroups(run: RunContext, plan: AggregatePlan, scan: Scan): Promise<ReadonlyMap<string, Group> | null> {
  const groups = new Map<string, Group>();
  const bindings = bindingsOf(run, 0, null, []);
  const pending = scan.strata.flatMap((stratum, index) =>
    aggregateRequests(plan).map(async (request) => {
      const { distinctOf } = request;
      const lowered = loweredOnce(scan, `${index} aggregate ${distinctOf ?? ""}`, () => lowerAggregate(scan, stratum, request));
      return { lowered, distinctOf, rows: await fetchRows(run, bind(scan, lowered, bindings, groupsMax), { scan, lowered }) };
    }),
  );
  for (const { lowered, distinctOf, rows } of await Promise.all(pending)) {
    if (rows === null) {
      run.failed.add(scan.source.id);
      if (reportOf(run, scan.source.id).status === "TOO_LARGE") throw new HubError("RESULT_TOO_LARGE", { limit: groupsMax });
      return null;
    }
    addRows(plan, scan, groups, lowered.layout, distinctOf, rows);
  }
  run.contributed.add(scan.source.id);
  return groups;
}

function addRows(plan: AggregatePlan, scan: Scan, groups: Map<string, Group>, layout: AggregateLayout, distinctOf: number | null, rows: Rows): void {
  const groupCells = layout.distinctAt === null ? layout.branchAt + 1 : layout.distinctAt + 1;
  for (const row of rows) {
    const branch = layout.branches.get(Number(row[layout.branchAt]));
    if (branch === undefined) throw new Error("a source answered a branch that the plan does not have");
    // An aggregate without groups answers one row even over no rows; it counts nothing.
    const keys = plan.groups.map((_, index) => branch.groups[index]?.(row[index] ?? null) ?? null);
    const key = groupKey(keys);
    let group = groups.get(key);
    if (group === undefined) {
      group = newGroup(plan, keys);
      groups.set(key, group);
    }
    group.sources.add(scan.source.id);
    if (distinctOf !== null) {
      const value = branch.distinct?.(row[layout.distinctAt ?? 0] ?? null) ?? null;
      if (value !== null) group.measures[distinctOf]?.distinct.add(groupKey([value]));
      continue;
    }
    plan.measures.forEach((measure, index) => {
      const into = group.measures[index];
      const reader = branch.measures[index];
      const at = groupCells + (layout.measureAt[index] ?? 0);
      if (into === undefined || reader === undefined) return;
      switch (reader.kind) {
        case "nothing":
          break;
        case "count":
          if (measure.fn === "count") into.count += Number(row[at] ?? 0);
          break;
        case "extreme":
          into.extreme = furthest(measure, into.extreme, reader.decode(row[at] ?? null));
          break;
        case "sum":
          addSum(into, row[at] ?? null, Number(row[at + 1] ?? 0), reader.linear(reader.splitAt.map((split) => row[split] ?? null)));
          break;
      }
    });
  }
}

/** Linear lenses: Σ(ax + b) = a·Σx + b·n. */
function addSum(into: Accumulator, cell: Cell, count: number, linear: { factor: Rational; offset: Rational } | null): void {
  const sum = sumOfCell(cell);
  if (sum === null || linear === null || count === 0) return;
  into.count += count;
  into.sum = addRational(into.sum, addRational(multiplyRational(sum, linear.factor), multiplyRational(linear.offset, rational(BigInt(count)))));
}

function furthest(measure: Measure, a: Unified, b: Unified): Unified {
  if (a === null) return b;
  if (b === null) return a;
  return compareValues(b, a) < 0 === (measure.fn === "min") ? b : a;
}

function mergeGroup(plan: AggregatePlan, merged: Map<string, Group>, key: string, group: Group): void {
  const into = merged.get(key);
  if (into === undefined) {
    merged.set(key, group);
    return;
  }
  for (const source of group.sources) into.sources.add(source);
  plan.measures.forEach((measure, index) => {
    const a = into.measures[index];
    const b = group.measures[index];
    if (a === undefined || b === undefined) return;
    a.count += b.count;
    a.sum = addRational(a.sum, b.sum);
    a.extreme = furthest(measure, a.extreme, b.extreme);
    for (const value of b.distinct) a.distinct.add(value);
  });
}

function finish(plan: AggregatePlan, group: Group): FinishedGroup {
  const measures = plan.measures.map((measure, index): Unified => {
    const of = group.measures[index];
    if (of === undefined) return null;
    switch (measure.fn) {
      case "count":
        return of.count;
      case "countDistinct":
        return of.distinct.size;
      case "min":
      case "max":
        return of.extreme;
      case "sum":
        return of.count === 0 ? null : of.sum;
      case "avg":
        return of.count === 0 ? null : divideByCount(of.sum, BigInt(of.count));
    }
  });
  return { ownerRegion: null, keys: group.keys, measures };
}

/** Equal printed values are one key, whatever source they come from. */
export const groupKey = (keys: readonly Unified[]): string =>
  JSON.stringify(keys.map((value) => (value === null || typeof value === "string" || typeof value === "boolean" ? value : isDecimal(value) ? { d: decimalText(value) } : value)));

const isDecimal = (value: Unified): value is Decimal => typeof value === "number" || (typeof value === "object" && value !== null && "n" in value && "d" in value);
