/** Reads the strata of a scan. A source answers wholly or not at all: one failed stratum discards the others. */
import { bind } from "../plan/bind.ts";
import type { Bindings } from "../plan/bindings.ts";
import { halvesOf, lowerRows, type RowsRequest } from "../plan/lowerRows.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import type { Stratum } from "../plan/strata.ts";
import { fetchRows } from "./callSource.ts";
import { type HubRow, hubRows } from "./hubRow.ts";
import type { RunContext } from "./runContext.ts";

/** Most rows that one query may hand over; pages stay far below, lookups by keys are bounded by their keys. */
export const rowsMax = 20_000;

/** One list per stratum, each in the request's order; null where the source failed. `variant` names the request within the scan. */
export async function readScan(run: RunContext, scan: Scan, request: RowsRequest, variant: string, bindings: Bindings): Promise<readonly HubRow[][] | null> {
  const pending = scan.strata.map((_, index) => readOf(run, scan, index, request, variant, bindings));
  const lists: HubRow[][] = [];
  let failed = false;
  // Rejections of all are taken together: one that nobody waits for yet would end the process.
  for (const rows of pending.some((list) => list instanceof Promise) ? await Promise.all(pending) : (pending as Rows[])) {
    if (rows === null) failed = true;
    else lists.push(rows);
  }
  if (failed) {
    run.failed.add(scan.source.id);
    return null;
  }
  run.contributed.add(scan.source.id);
  return lists;
}

/** One of the scan's strata alone, as `readScan` reads it. */
export async function readStratum(run: RunContext, scan: Scan, index: number, request: RowsRequest, variant: string, bindings: Bindings): Promise<HubRow[] | null> {
  const rows = await readOf(run, scan, index, request, variant, bindings);
  if (rows === null) run.failed.add(scan.source.id);
  return rows;
}

type Rows = HubRow[] | null;

function readOf(run: RunContext, scan: Scan, index: number, request: RowsRequest, variant: string, bindings: Bindings): Rows | Promise<Rows> {
  const stratum = scan.strata[index];
  if (stratum === undefined) return [];
  const [first, ...others] = halvesOf(scan, request);
  if (others.length === 0) return readHalf(run, scan, stratum, half(request, first), `${index} ${variant}`, bindings);
  return readHalves(run, scan, stratum, request, [first, ...others], `${index} ${variant}`, bindings);
}

function readHalf(run: RunContext, scan: Scan, stratum: Stratum, request: RowsRequest, variant: string, bindings: Bindings): Rows | Promise<Rows> {
  const lowered = loweredOnce(scan, variant, () => lowerRows(scan, stratum, request));
  const rows = fetchRows(run, bind(scan, lowered, bindings, rowsMax), { scan, lowered });
  const finish = (answered: Awaited<typeof rows>): Rows => (answered === null ? null : hubRows(scan, lowered.layout, answered));
  return rows instanceof Promise ? rows.then(finish) : finish(rows);
}

const half = (request: RowsRequest, of: RowsRequest["half"]): RowsRequest => (of === undefined ? request : { ...request, half: of });

/** Each half is asked only for what the ones before it leave of the page. */
async function readHalves(run: RunContext, scan: Scan, stratum: Stratum, request: RowsRequest, halves: ReturnType<typeof halvesOf>, variant: string, bindings: Bindings): Promise<Rows> {
  let read: HubRow[] = [];
  for (const of of halves) {
    const rows = await readHalf(run, scan, stratum, half(request, of), `${variant} ${of}`, { ...bindings, limit: bindings.limit - read.length });
    if (rows === null) return null;
    read = read.length === 0 ? rows : [...read, ...rows];
    if (read.length >= bindings.limit) break;
  }
  return read;
}
