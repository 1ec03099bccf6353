/** One merged order over strata and sources: (order values, source id, tie, branch), NULLs last forward, first backward. */
import { compareCodePoints } from "../harmonise/text.ts";
import { compareDecimal, type Decimal } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { OrderTerm } from "../plan/operationPlan.ts";
import { type HubRow, tieOf } from "./hubRow.ts";

/** Two values of one attribute, neither NULL. */
export function compareValues(a: Unified, b: Unified): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  if (typeof a === "boolean" || typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareDecimal(a as Decimal, b as Decimal);
}

export const orderValues = (row: HubRow): readonly Unified[] => row.branch.order.map((column) => column.decode(row.cells[column.at] ?? null));

/** Merges lists that are already in order. At most `limit` rows are taken. */
export function mergeRows(lists: readonly (readonly HubRow[])[], order: readonly OrderTerm[], backward: boolean, limit: number): readonly HubRow[] {
  const live = lists.filter((list) => list.length > 0);
  const [only] = live;
  if (only === undefined) return [];
  if (live.length === 1) return only.length > limit ? only.slice(0, limit) : only;
  const heads = live.map((list) => ({ list, at: 0, keys: orderValues(list[0] as HubRow) }));
  const merged: HubRow[] = [];
  while (heads.length > 0 && merged.length < limit) {
    let best = 0;
    for (let index = 1; index < heads.length; index += 1) {
      const a = heads[index] as (typeof heads)[number];
      const b = heads[best] as (typeof heads)[number];
      if (compareRows(a.keys, a.list[a.at] as HubRow, b.keys, b.list[b.at] as HubRow, order, backward) < 0) best = index;
    }
    const head = heads[best] as (typeof heads)[number];
    merged.push(head.list[head.at] as HubRow);
    head.at += 1;
    const next = head.list[head.at];
    if (next === undefined) heads.splice(best, 1);
    else head.keys = orderValues(next);
  }
  return merged;
}

function compareRows(aKeys: readonly Unified[], a: HubRow, bKeys: readonly Unified[], b: HubRow, order: readonly OrderTerm[], backward: boolean): number {
  for (let index = 0; index < order.length; index += 1) {
    const x = aKeys[index] ?? null;
    const y = bKeys[index] ?? null;
    if (x === null && y === null) continue;
    if (x === null) return backward ? -1 : 1;
    if (y === null) return backward ? 1 : -1;
    const compared = compareValues(x, y);
    if (compared !== 0) return order[index]?.descending === backward ? compared : -compared;
  }
  const sign = backward ? -1 : 1;
  const sources = compareCodePoints(a.scan.source.id, b.scan.source.id);
  if (sources !== 0) return sign * sources;
  const x = tieOf(a);
  const y = tieOf(b);
  const ties = typeof x === "number" && typeof y === "number" ? x - y : compareCodePoints(String(x), String(y));
  return sign * (ties !== 0 ? ties : a.branch.branch - b.branch.branch);
}
