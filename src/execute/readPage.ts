/** One page of a list: rows of every stratum of every source, merged in one order and cut. */
import type { CursorPosition } from "../plan/bindings.ts";
import type { ConnectionPlan } from "../plan/operationPlan.ts";
import { pageRequest, sourceRelation } from "../plan/requests.ts";
import type { Scan } from "../plan/scan.ts";
import { type HubRow, tieOf } from "./hubRow.ts";
import { mergeRows, orderValues } from "./merge.ts";
import { readScan, readStratum } from "./readScan.ts";
import { bindingsOf, type RunContext } from "./runContext.ts";

export interface Paging {
  readonly backward: boolean;
  readonly limit: number;
  readonly cursor: CursorPosition | null;
}

export interface Page {
  readonly rows: readonly HubRow[];
  readonly hasMore: boolean;
  readonly backward: boolean;
  readonly isAfterCursor: boolean;
}

/** Reads at most `limit` + 1 rows of each stratum: the one beyond the page tells whether there is a next page. */
export async function readPage(run: RunContext, plan: ConnectionPlan, paging: Paging): Promise<Page> {
  const { backward, limit, cursor } = paging;
  const merged = await readMerged(run, plan, paging);
  const hasMore = merged.length > limit;
  const kept = hasMore ? merged.slice(0, limit) : merged;
  return { rows: backward ? [...kept].reverse() : kept, hasMore, backward, isAfterCursor: cursor !== null };
}

/** What was read of one stratum. */
interface Stretch {
  readonly scan: Scan;
  readonly stratum: number;
  rows: readonly HubRow[];
  /** Nothing of the page lies beyond it. */
  isWhole: boolean;
}

async function readMerged(run: RunContext, plan: ConnectionPlan, { backward, limit, cursor }: Paging): Promise<readonly HubRow[]> {
  const wanted = limit + 1;
  const read = async (scan: Scan): Promise<readonly Stretch[]> => {
    const share = shareOf(run, scan, wanted);
    const lists = await readScan(run, scan, pageRequest(plan, scan, backward, cursor), pageVariant(scan, backward, cursor), bindingsOf(run, share, cursor, []));
    return (lists ?? []).map((rows, stratum) => ({ scan, stratum, rows, isWhole: share === wanted || rows.length < share }));
  };
  let stretches = (await Promise.all(plan.scans.map(read))).flat();
  for (;;) {
    const merged = mergeRows(stretches.map(({ rows }) => rows), plan.order, backward, wanted);
    // A row of such a stretch may come before what the merge took after its last one.
    const tooShort = stretches.find(({ rows, isWhole }) => !isWhole && merged.includes(rows.at(-1) as HubRow));
    if (tooShort === undefined) return merged;
    const rest = await readOn(run, plan, tooShort, backward, wanted);
    if (rest === null) stretches = stretches.filter(({ scan }) => scan !== tooShort.scan);
    else {
      tooShort.rows = [...tooShort.rows, ...rest];
      tooShort.isWhole = true;
    }
  }
}

/** A large page of a source that answers at once is not asked whole of each stratum: most strata give their share of it. */
const wholeUpTo = 64;
const shareOf = (run: RunContext, scan: Scan, wanted: number): number => {
  const strata = scan.strata.length;
  if (strata < 2 || wanted <= wholeUpTo || run.source(scan.source.id)?.adapter.rowsNow === undefined) return wanted;
  return Math.min(wanted, Math.ceil(wanted / strata + 2 * Math.sqrt(wanted)));
};

/** What follows a stretch in its stratum, up to the page's end. */
function readOn(run: RunContext, plan: ConnectionPlan, { scan, stratum, rows }: Stretch, backward: boolean, wanted: number): Promise<readonly HubRow[] | null> {
  const last = rows.at(-1) as HubRow;
  const from: CursorPosition = { values: orderValues(last), source: scan.source.id, tie: tieOf(last), branch: last.branch.branch };
  return readStratum(run, scan, stratum, pageRequest(plan, scan, backward, from), pageVariant(scan, backward, from), bindingsOf(run, wanted - rows.length, from, []));
}

const pageVariant = (scan: Scan, backward: boolean, cursor: CursorPosition | null): string =>
  cursor === null ? `page ${backward}` : `page ${backward} ${sourceRelation(scan, cursor)} ${cursor.values.map((value) => (value === null ? "n" : "v")).join("")}`;
