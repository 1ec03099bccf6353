/** Counts the rows of a connection: disjoint strata add up; `failed` where a source is missing from the sum. */
import { bind } from "../plan/bind.ts";
import { lowerAggregate } from "../plan/lowerAggregate.ts";
import type { ConnectionPlan } from "../plan/operationPlan.ts";
import { countRequest } from "../plan/requests.ts";
import { loweredOnce, type Scan } from "../plan/scan.ts";
import { fetchRows } from "./callSource.ts";
import { bindingsOf, type RunContext } from "./runContext.ts";
import { groupsMax } from "./pageArguments.ts";

export async function countRows(run: RunContext, plan: ConnectionPlan, scans: readonly Scan[]): Promise<{ rows: number; failed: boolean }> {
  const request = countRequest(plan);
  const bindings = bindingsOf(run, 0, null, []);
  const counts = await Promise.all(
    scans.map(async (scan): Promise<number | null> => {
      const strata = await Promise.all(
        scan.strata.map(async (stratum, index) => {
          const lowered = loweredOnce(scan, `${index} count`, () => lowerAggregate(scan, stratum, request));
          const rows = await fetchRows(run, bind(scan, lowered, bindings, groupsMax), { scan, lowered });
          if (rows === null) return null;
          // One group per branch; the count is the last cell.
          return rows.reduce((total, row) => total + Number(row[row.length - 1]), 0);
        }),
      );
      if (strata.includes(null)) {
        run.failed.add(scan.source.id);
        return null;
      }
      run.contributed.add(scan.source.id);
      return strata.reduce((total: number, count) => total + (count ?? 0), 0);
    }),
  );
  return { rows: counts.reduce((total: number, count) => total + (count ?? 0), 0), failed: counts.includes(null) };
}

