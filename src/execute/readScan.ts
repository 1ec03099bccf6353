/** Reads the strata of a scan. A source answers wholly or not at all: one failed stratum discards the others. */
import { bind } from "../plan/bind.ts";
import type { Bindings } from "../plan/bindings.ts";
import { lowerRows, type RowsRequest } from "../plan/lowerRows.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import { fetchRows } from "./callSource.ts";
import { type HubRow, hubRows } from "./hubRow.ts";
import type { RunContext } from "./runContext.ts";

/** Most rows that one query may hand over; pages stay far below, lookups by keys are bounded by their keys. */
export const rowsMax = 20_000;

/** One list per stratum, each in the request's order; null where the source failed. `variant` names the request within the scan. */
export async function readScan(run: RunContext, scan: Scan, request: RowsRequest, variant: string, bindings: Bindings): Promise<readonly HubRow[][] | null> {
  const pending = scan.strata.map((stratum, index) => {
    const lowered = loweredOnce(scan, `${index} ${variant}`, () => lowerRows(scan, stratum, request));
    return { lowered, rows: fetchRows(run, bind(scan, lowered, bindings, rowsMax)) };
  });
  const lists: HubRow[][] = [];
  let failed = false;
  for (const { lowered, rows } of pending) {
    const answered = rows instanceof Promise ? await rows : rows;
    if (answered === null) failed = true;
    else lists.push(hubRows(scan, lowered.layout, answered));
  }
  if (failed) {
    run.failed.add(scan.source.id);
    return null;
  }
  run.contributed.add(scan.source.id);
  return lists;
}
