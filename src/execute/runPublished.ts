/**
 * Runs published statistics: each publication at its own grain, suppressed first, then filtered, regrouped and printed from what
 * survived (semantics.md §5).
 */
import { HubError } from "../../schema/errorCodes.ts";
import { type Rational, rational } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { publicationKey } from "../access/permit.ts";
import { bind } from "../plan/bind.ts";
import { lowerPublication, type PublicationLayout, type PublicationScan } from "../plan/lowerPublication.ts";
import type { AggregatePlan } from "../plan/operationPlan.ts";
import type { Lowered } from "../plan/scan.ts";
import { fetchRows, type Rows } from "./callSource.ts";
import { addRational, divideByCount, multiplyRational, sumOfCell, ZERO } from "./exactSum.ts";
import { type FinishedGroup, holds, printGroups, sortGroups } from "./groups.ts";
import type { Json } from "./printNode.ts";
import { groupsMax, intValue } from "./pageArguments.ts";
import { groupKey } from "./runAggregate.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";

/** A surviving row of one owner: keys by attribute, count, and the measures that survived. */
export interface PublishedRow {
  readonly source: string;
  readonly ownerRegion: string;
  readonly keys: ReadonlyMap<string, Unified>;
  readonly count: number;
  readonly measures: ReadonlyMap<string, { readonly sum: Rational; readonly count: number }>;
}

/** Statistics are recomputed at most daily, so that a change cannot be read from two answers of one day. */
const recomputeAfterMs = 86_400_000;

interface Computed {
  readonly atMs: number;
  readonly slice: string;
  readonly rows: readonly PublishedRow[];
}

/** What was computed for whom; one per hub process. */
export type PublicationMemory = Map<string, Computed>;

const loweredPublications = new WeakMap<PublicationScan, Lowered<PublicationLayout>>();

export async function runPublished(run: RunContext, plan: AggregatePlan): Promise<Json> {
  const answered = await Promise.all(plan.publications.map((scan) => publishedRows(run, scan)));
  if (answered.includes(null) || lacksPublisher(run, plan)) return printGroups(run, plan, null);
  const rows = answered.flatMap((of) => of ?? []).filter((row) => isWanted(run, plan, row));
  const groups = regroup(plan, rows);
  const { having } = plan;
  const kept = groups.filter((group) => having === null || holds(run, having, group, plan.measures) === true);
  const first = intValue(run, plan.first, "first");
  const sorted = sortGroups(plan, kept);
  const cut = first === null ? sorted : sorted.slice(0, first);
  for (const source of new Set(rows.map((row) => row.source))) reportOf(run, source).rows += cut.length;
  return printGroups(run, plan, cut);
}

/** A region that publishes the entity to this agency, by its rules, has a source that cannot be asked at all. */
function lacksPublisher(run: RunContext, { entity }: AggregatePlan): boolean {
  const regions = run.permit.published.get(entity.name)?.regions;
  return run.absent.some(({ region }) => region === null || regions?.has(region) === true);
}

async function publishedRows(run: RunContext, scan: PublicationScan): Promise<readonly PublishedRow[] | null> {
  // What is known of its rows, and so what must be suppressed, cannot be told.
  if (scan.source.lost.has(scan.entity.name)) return null;
  const publication = publicationKey(scan.publication);
  const key = `${run.agencyId}\u0001${publication}`;
  const slice = run.permit.figureSlices.get(publication) ?? "";
  const known = run.publications.get(key);
  if (known !== undefined && run.nowMs - known.atMs < recomputeAfterMs && run.nowMs >= known.atMs) {
    // A permit that changed within the day, or another purpose under which other rows are hidden: the difference of two computations
    // could be one row. Withheld until recomputed.
    return known.slice === slice ? known.rows : [];
  }
  let lowered = loweredPublications.get(scan);
  if (lowered === undefined) {
    lowered = lowerPublication(scan);
    loweredPublications.set(scan, lowered);
  }
  // Kept for a day, so no old rows.
  const cells = await fetchRows(run, bind(scan, lowered, bindingsOf(run, 0, null, []), groupsMax), { scan, lowered }, false);
  if (cells === null) {
    run.failed.add(scan.source.id);
    if (reportOf(run, scan.source.id).status === "TOO_LARGE") throw new HubError("RESULT_TOO_LARGE", { limit: groupsMax });
    return null;
  }
  run.contributed.add(scan.source.id);
  const rows = survivors(scan, lowered.layout, cells);
  run.publications.set(key, { atMs: run.nowMs, slice, rows });
  return rows;
}

interface Raw {
  readonly keys: ReadonlyMap<string, Unified>;
  count: number;
  unknown: number;
  readonly measures: Map<string, { sum: Rational; count: number; unknown: number }>;
}

function survivors(scan: PublicationScan, layout: PublicationLayout, cells: Rows): readonly PublishedRow[] {
  const { minGroup } = scan.publication;
  const raw = new Map<string, Raw>();
  for (const row of cells) {
    const branch = layout.branches.get(Number(row[layout.branchAt]));
    if (branch === undefined) continue;
    const keys = layout.by.map((_, index) => branch.by[index]?.(row[index] ?? null) ?? null);
    const key = groupKey(keys);
    const group: Raw = raw.get(key) ?? { keys: new Map(layout.by.map((name, index) => [name, keys[index] ?? null])), count: 0, unknown: 0, measures: new Map() };
    raw.set(key, group);
    const first = layout.branchAt + 1;
    group.count += Number(row[first] ?? 0);
    group.unknown += Number(row[first + 1] ?? 0);
    layout.measures.forEach((name, index) => {
      const at = first + 3 + 4 * index;
      const measure = group.measures.get(name) ?? { sum: ZERO, count: 0, unknown: 0 };
      group.measures.set(name, measure);
      const sum = sumOfCell(row[at] ?? null);
      const count = Number(row[at + 1] ?? 0);
      const reader = branch.sums[index];
      const linear = reader?.linear(reader.splitAt.map((split) => row[split] ?? null)) ?? null;
      if (sum !== null && linear !== null && count > 0) {
        measure.sum = addRational(measure.sum, addRational(multiplyRational(sum, linear.factor), multiplyRational(linear.offset, rational(BigInt(count)))));
        measure.count += count;
        measure.unknown += Number(row[at + 2] ?? 0);
      }
    });
  }
  return [...raw.values()]
    .filter((group) => group.unknown >= minGroup)
    .map((group) => ({
      source: scan.source.id,
      ownerRegion: scan.publication.region,
      keys: group.keys,
      count: group.count,
      measures: new Map([...group.measures].filter(([, measure]) => measure.unknown >= minGroup)),
    }));
}

const attributeNames = (plan: AggregatePlan): readonly string[] => [...plan.entity.attributes.keys()];

function isWanted(run: RunContext, plan: AggregatePlan, row: PublishedRow): boolean {
  if (plan.publishedWhere === null) return true;
  const group: FinishedGroup = { ownerRegion: row.ownerRegion, keys: attributeNames(plan).map((name) => row.keys.get(name) ?? null), measures: [] };
  return holds(run, plan.publishedWhere, group, []) === true;
}

/** Coarser groups add up surviving rows only; a `by` that an owner does not publish is NULL in its rows. */
function regroup(plan: AggregatePlan, rows: readonly PublishedRow[]): FinishedGroup[] {
  const byOwner = plan.groups.some((group) => group.attribute === null);
  const groups = new Map<string, { ownerRegion: string | null; keys: readonly Unified[]; rows: PublishedRow[] }>();
  for (const row of rows) {
    const ownerRegion = byOwner ? row.ownerRegion : null;
    const keys = plan.groups.map((group) => (group.attribute === null ? row.ownerRegion : (row.keys.get(group.name) ?? row.keys.get(group.path[0]) ?? null)));
    const key = groupKey([ownerRegion, ...keys]);
    const group = groups.get(key) ?? { ownerRegion, keys, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  if (plan.groups.length === 0 && groups.size === 0) groups.set("", { ownerRegion: null, keys: [], rows: [] });
  return [...groups.values()].map((group) => ({
    ownerRegion: group.ownerRegion,
    keys: group.keys,
    measures: plan.measures.map((measure): Unified => {
      if (measure.attribute === null) return group.rows.reduce((total, row) => total + row.count, 0);
      const name = measure.attribute.name;
      const parts = group.rows.flatMap((row) => row.measures.get(name) ?? []);
      const count = parts.reduce((total, part) => total + part.count, 0);
      if (count === 0) return null;
      const sum = parts.reduce((total, part) => addRational(total, part.sum), ZERO);
      return measure.fn === "sum" ? sum : divideByCount(sum, BigInt(count));
    }),
  }));
}

