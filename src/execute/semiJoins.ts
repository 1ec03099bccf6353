/**
 * Reads the keys of semi-joins: of each the distinct values over V of all sources, side by side, inner joins first (semantics.md §3).
 *
 * A join whose keys a source withholds by its absence is unknown, whatever the others found. Throws FILTER_TOO_BROAD where there are
 * more keys than a join may have: a part of them would be a wrong answer.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { compareCodePoints } from "../harmonise/text.ts";
import { bind } from "../plan/bind.ts";
import { lowerAggregate } from "../plan/lowerAggregate.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import { joinsIn, keysRequest, type SemiJoin, semiJoinKeysMax, settleJoin } from "../plan/semiJoin.ts";
import { fetchRows } from "./callSource.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";

export interface JoinsRead {
  /** Binds the keys that were read. */
  readonly run: RunContext;
  /** Numbers of joins of which a source is missing. */
  readonly unknown: ReadonlySet<number>;
}

const none: ReadonlySet<number> = new Set();

export async function readJoins(run: RunContext, joins: readonly SemiJoin[]): Promise<JoinsRead> {
  if (joins.length === 0) return { run, unknown: none };
  if (run.absent.length > 0) return { run, unknown: new Set(joins.map(({ number }) => number)) };
  const keys = new Map<number, readonly string[]>();
  const unknown = new Set<number>();
  const within: RunContext = { ...run, keys };
  const pending = new Map<number, Promise<void>>();
  const read = async (join: SemiJoin): Promise<void> => {
    await Promise.all(joinsIn(join.where).map((inner) => pending.get(inner)));
    const found = join.isTorn ? null : await readKeys(within, settleJoin(join, unknown));
    if (found === null) unknown.add(join.number);
    else keys.set(join.number, found);
  };
  for (const join of joins) pending.set(join.number, read(join));
  await Promise.all(pending.values());
  return { run: within, unknown };
}

/** In one order, whatever order sources answer in; null while a source is missing. */
async function readKeys(run: RunContext, join: SemiJoin): Promise<readonly string[] | null> {
  const answered = await Promise.all(join.scans.map((scan) => readKeysOf(run, join, scan)));
  const keys = new Set(answered.flatMap((found) => (found === null || found === "TOO MANY" ? [] : [...found])));
  if (answered.includes("TOO MANY") || keys.size > semiJoinKeysMax) throw new HubError("FILTER_TOO_BROAD", { argument: join.place, limit: semiJoinKeysMax });
  return answered.includes(null) ? null : [...keys].sort(compareCodePoints);
}

async function readKeysOf(run: RunContext, join: SemiJoin, scan: Scan): Promise<ReadonlySet<string> | "TOO MANY" | null> {
  const request = keysRequest(join);
  const bindings = bindingsOf(run, 0, null, []);
  // One group per key and part: a source that has more has more keys than may be.
  const groupsMax = semiJoinKeysMax * scan.mapped.parts.length;
  const strata = await Promise.all(
    scan.strata.map(async (stratum, index) => {
      const lowered = loweredOnce(scan, `${index} keys`, () => lowerAggregate(scan, stratum, request));
      const rows = await fetchRows(run, bind(scan, lowered, bindings, groupsMax), { scan, lowered });
      return rows?.map((row) => lowered.layout.branches.get(Number(row[lowered.layout.branchAt]))?.groups[0]?.(row[0] ?? null)) ?? null;
    }),
  );
  if (strata.includes(null)) {
    if (!run.excluded.has(scan.source.id) && reportOf(run, scan.source.id).status === "TOO_LARGE") return "TOO MANY";
    run.failed.add(scan.source.id);
    return null;
  }
  run.contributed.add(scan.source.id);
  return new Set(strata.flatMap((values) => values ?? []).filter((value) => typeof value === "string"));
}
