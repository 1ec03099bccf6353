/**
 * Rows at the other end of across links, and their counts, by DataLoaders keyed by source, entity and key (design.md §6): each key is asked
 * for once in an operation, and a batch of them by one query per source, all sources side by side.
 *
 * Every row is found through V of its own source, by a key that is CLEAR in it; a source that did not answer has no rows here, and the
 * run notes that it failed.
 */
import DataLoader from "dataloader";
import type { AcrossLinkDef } from "../../schema/vocabulary.ts";
import { bind } from "../plan/bind.ts";
import { lowerAggregate } from "../plan/lowerAggregate.ts";
import type { NodeField, PlanContext } from "../plan/operationPlan.ts";
import { acrossCountRequest, acrossRequest } from "../plan/requests.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import { fetchRows } from "./callSource.ts";
import type { HubRow } from "./hubRow.ts";
import { byTie, lookupValueOf, ownerOf, targetScan, type Wanted } from "./linkTargets.ts";
import { groupsMax } from "./pageArguments.ts";
import { readScan } from "./readScan.ts";
import { bindingsOf, type RunContext } from "./runContext.ts";

type AcrossField = Extract<NodeField, { kind: "across" }>;

/** Keys of one query: with `rowsMax` rows for all of them, each may have some forty. */
export const batchKeysMax = 500;

interface AcrossKey {
  readonly source: string;
  readonly entity: string;
  readonly key: string;
}

/** Per key the rows of all sources, in the order of (source, tie), at most `first`. */
export async function loadRows(run: RunContext, context: PlanContext, field: AcrossField, keys: readonly string[], first: number): Promise<ReadonlyMap<string, readonly HubRow[]>> {
  const request = acrossRequest(field);
  const scans = scansOf(context, field, field.link, { attributes: [...new Set([...request.attributes, field.link.targetKey[0]])], originals: request.originals });
  const load = loaderOf<readonly HubRow[]>(run, field, scans, async (scan, asked) => {
    const lists = await readScan(run, scan, request, "across", bindingsOf(run, 0, null, [asked]));
    const byKey = Map.groupBy((lists ?? []).flat().sort(byTie), lookupValueOf);
    return asked.map((key) => byKey.get(key) ?? []);
  });
  return allOf(keys, scans, field.link.target, load, (lists) => lists.flat().slice(0, first));
}

/** How many rows of V a key has in all sources; `failed`: some source is missing from the sum. */
export interface AcrossCount {
  readonly rows: number;
  readonly failed: boolean;
}

export async function loadCounts(run: RunContext, context: PlanContext, link: AcrossLinkDef, keys: readonly string[]): Promise<ReadonlyMap<string, AcrossCount>> {
  const owner = ownerOf(context, link, "count");
  const scans = scansOf(context, owner, link, { attributes: [link.targetKey[0]], originals: [] });
  const load = loaderOf<number | null>(run, owner, scans, async (scan, asked) => {
    const counts = await countByKey(run, scan, link, asked);
    return asked.map((key) => (counts === null ? null : (counts.get(key) ?? 0)));
  });
  return allOf(keys, scans, link.target, load, (counts) => ({ rows: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0), failed: run.absent.length > 0 || counts.includes(null) }));
}

/** Null where the source failed: it answers wholly or not at all. */
async function countByKey(run: RunContext, scan: Scan, link: AcrossLinkDef, keys: readonly string[]): Promise<ReadonlyMap<string, number> | null> {
  const request = acrossCountRequest(link);
  const bindings = bindingsOf(run, 0, null, [keys]);
  const counts = new Map<string, number>();
  const strata = await Promise.all(
    scan.strata.map(async (stratum, index) => {
      const lowered = loweredOnce(scan, `${index} across count`, () => lowerAggregate(scan, stratum, request));
      const { layout } = lowered;
      const rows = await fetchRows(run, bind(scan, lowered, bindings, groupsMax), { scan, lowered });
      for (const row of rows ?? []) {
        const key = String(layout.branches.get(Number(row[layout.branchAt]))?.groups[0]?.(row[0] ?? null));
        counts.set(key, (counts.get(key) ?? 0) + Number(row[row.length - 1]));
      }
      return rows !== null;
    }),
  );
  if (strata.includes(false)) {
    run.failed.add(scan.source.id);
    return null;
  }
  run.contributed.add(scan.source.id);
  return counts;
}

const scansOf = (context: PlanContext, owner: object, { target }: AcrossLinkDef, wanted: Wanted): readonly Scan[] => {
  const entity = context.vocabulary.entities.get(target);
  return entity === undefined ? [] : context.sources.flatMap((source) => targetScan(owner, context, source, entity, wanted) ?? []);
};

type Load<Value> = (key: AcrossKey) => Promise<Value>;

async function allOf<Value, All>(keys: readonly string[], scans: readonly Scan[], entity: string, load: Load<Value>, gather: (of: readonly Value[]) => All): Promise<ReadonlyMap<string, All>> {
  return new Map(await Promise.all(keys.map(async (key) => [key, gather(await Promise.all(scans.map(({ source }) => load({ source: source.id, entity, key }))))] as const)));
}

/** Made anew for every run, by the set that all its roots share: what one agency was told is nothing to another. */
const loaders = new WeakMap<RunContext["contributed"], Map<object, unknown>>();

function loaderOf<Value>(run: RunContext, owner: object, scans: readonly Scan[], read: (scan: Scan, keys: readonly string[]) => Promise<readonly Value[]>): Load<Value> {
  const ofRun = loaders.get(run.contributed) ?? new Map<object, unknown>();
  loaders.set(run.contributed, ofRun);
  const known = ofRun.get(owner) as DataLoader<AcrossKey, Value, string> | undefined;
  const loader =
    known ??
    new DataLoader<AcrossKey, Value, string>((batch) => loadBatch(batch, scans, read), {
      cacheKeyFn: ({ source, entity, key }) => `${source}\u0001${entity}\u0001${key}`,
      // Keys are asked of all sources in turn, so a full batch has as many of each.
      maxBatchSize: Math.max(1, batchKeysMax * scans.length),
    });
  ofRun.set(owner, loader);
  return (key) => loader.load(key);
}

async function loadBatch<Value>(batch: readonly AcrossKey[], scans: readonly Scan[], read: (scan: Scan, keys: readonly string[]) => Promise<readonly Value[]>): Promise<readonly Value[]> {
  const found = new Map<AcrossKey, Value>();
  await Promise.all(
    scans.map(async (scan) => {
      const asked = batch.filter(({ source }) => source === scan.source.id);
      if (asked.length === 0) return;
      const values = await read(scan, asked.map(({ key }) => key));
      asked.forEach((item, index) => {
        found.set(item, values[index] as Value);
      });
    }),
  );
  return batch.map((item) => found.get(item) as Value);
}
