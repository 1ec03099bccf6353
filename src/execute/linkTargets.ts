/** The rows that links lead to: their scans, kept with what asks for them, and their order. */
import type { AcrossLinkDef, EntityDef } from "../../schema/vocabulary.ts";
import { compareCodePoints } from "../harmonise/text.ts";
import type { PlanContext } from "../plan/operationPlan.ts";
import { type Scan, scanOf } from "../plan/scan.ts";
import { type HubRow, tieOf } from "./hubRow.ts";

/** Attributes that a link's target is read for: they decide its strata. */
export interface Wanted {
  readonly attributes: readonly string[];
  readonly originals: readonly string[];
}

const targetScans = new WeakMap<object, Map<string, Scan | null>>();

/** The scan of a link's target in one source; kept with the selection (or other owner) that asks for it, which belongs to one plan. */
export function targetScan(owner: object, context: PlanContext, source: Scan["source"], entity: EntityDef, wanted: Wanted): Scan | null {
  const bySource = targetScans.get(owner) ?? new Map<string, Scan | null>();
  targetScans.set(owner, bySource);
  const known = bySource.get(source.id);
  if (known !== undefined) return known;
  const scan = scanOf(context, source, entity, "query", wanted);
  bySource.set(source.id, scan);
  return scan;
}

const owners = new WeakMap<PlanContext, Map<AcrossLinkDef, Map<string, object>>>();

/** What owns the scans that all fields on an across link share: those of a permit, though the link is everybody's. */
export function ownerOf(context: PlanContext, link: AcrossLinkDef, role: "key" | "count"): object {
  const byLink = owners.get(context) ?? new Map<AcrossLinkDef, Map<string, object>>();
  owners.set(context, byLink);
  const byRole = byLink.get(link) ?? new Map<string, object>();
  byLink.set(link, byRole);
  const owner = byRole.get(role) ?? {};
  byRole.set(role, owner);
  return owner;
}

/** The value by which a lookup found the row. */
export function lookupValueOf(row: HubRow): string {
  const reader = row.branch.lookupValue;
  return reader === null ? "" : String(reader.decode(row.cells[reader.at] ?? null));
}

/** Order of rows of one source. */
export function byTie(a: HubRow, b: HubRow): number {
  const x = tieOf(a);
  const y = tieOf(b);
  const ties = typeof x === "number" && typeof y === "number" ? x - y : compareCodePoints(String(x), String(y));
  return ties !== 0 ? ties : a.branch.branch - b.branch.branch;
}
