/**
 * Cursors: position in the merged order, sealed together with everything that makes them valid (semantics.md §4).
 */
import { createHash } from "node:crypto";
import { HubError } from "../../schema/errorCodes.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { CursorPosition } from "../plan/bindings.ts";
import type { ConnectionPlan } from "../plan/operationPlan.ts";
import { type HubRow, tieOf } from "./hubRow.ts";
import { orderValues } from "./merge.ts";
import type { RunContext } from "./runContext.ts";

interface SealedCursor {
  readonly v: readonly Json[];
  readonly s: string;
  readonly t: string | number;
  readonly b: number;
  readonly q: string;
  readonly a: string;
  readonly p: string | null;
  readonly l: string;
  readonly m: readonly string[];
}
type Json = null | string | number | boolean | { readonly n: string; readonly d: string };

/** The query a cursor belongs to: as written, with the values of its variables. */
export function queryHash(plan: ConnectionPlan, run: RunContext): string {
  const values = plan.cursorSlots.map((slot) => run.operands[slot] ?? null);
  return createHash("sha256").update(plan.cursorHash).update(JSON.stringify(values, bigints)).digest("base64url").slice(0, 22);
}

const bigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

/** Hash of the slices that the list touches: any change of a rule, group, bound attribute or mapping expires the cursor. */
export function slicesHash(plan: ConnectionPlan, run: RunContext): string {
  const hash = createHash("sha256");
  const scans = [...plan.scans, ...plan.semiJoins.flatMap((join) => join.scans)];
  for (const [key, slice] of [...run.permit.slices].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // Links may reach any entity of the touched sources.
    if (scans.some((scan) => key.endsWith(`|${scan.source.id}`))) hash.update(`${key}=${slice};`);
  }
  return hash.digest("base64url").slice(0, 22);
}

export function sealPosition(plan: ConnectionPlan, run: RunContext, row: HubRow): string {
  const cursor: SealedCursor = {
    v: orderValues(row).map(encode),
    s: row.scan.source.id,
    t: tieOf(row),
    b: row.branch.branch,
    q: queryHash(plan, run),
    a: run.agencyId,
    p: run.permit.purpose,
    l: slicesHash(plan, run),
    m: [...new Set([...run.missedEarlier, ...run.failed])].sort(),
  };
  return run.cursors.seal(JSON.stringify(cursor));
}

/** Throws CURSOR_INVALID or CURSOR_EXPIRED; notes the sources that earlier pages missed. */
export function openPosition(plan: ConnectionPlan, run: RunContext, sealed: string): CursorPosition {
  const text = run.cursors.open(sealed);
  if (text === null) throw new HubError("CURSOR_INVALID");
  const cursor = JSON.parse(text) as SealedCursor;
  if (cursor.a !== run.agencyId || cursor.p !== run.permit.purpose || cursor.q !== queryHash(plan, run)) throw new HubError("CURSOR_INVALID");
  if (cursor.l !== slicesHash(plan, run)) throw new HubError("CURSOR_EXPIRED");
  for (const source of cursor.m) run.missedEarlier.add(source);
  return { values: cursor.v.map(decode), source: cursor.s, tie: cursor.t, branch: cursor.b };
}

function encode(value: Unified): Json {
  if (value !== null && typeof value === "object" && "n" in value && "d" in value) return { n: String(value.n), d: String(value.d) };
  return value as Json;
}

function decode(value: Json): Unified {
  if (value !== null && typeof value === "object") return { n: BigInt(value.n), d: BigInt(value.d) };
  return value;
}
