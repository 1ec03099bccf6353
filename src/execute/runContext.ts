/** What one run carries besides its plan: who asks, when, how to reach sources, and what is gathered on the way. */
import type { Adapter } from "../../adapters/contract/adapter.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import type { HubErrorCode } from "../../schema/errorCodes.ts";
import type { Permit } from "../access/permit.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { AgencyAttribute } from "../identity/network.ts";
import type { RunObserver, StepObserver } from "../observe/observer.ts";
import type { Bindings, CursorPosition } from "../plan/bindings.ts";
import type { AbsentSource } from "../plan/operationPlan.ts";
import type { CallPolicy } from "./callSource.ts";
import type { Holding } from "./holding.ts";
import type { LastAnswers } from "./lastAnswers.ts";
import type { PublicationMemory } from "./runPublished.ts";

/** A source as execute needs it; null where it is not ready (joining, refused, down). */
export interface RunSource {
  readonly adapter: Adapter;
  readonly call: CallPolicy;
  /** What may stand in for it; null where its region allows nothing. */
  readonly last?: { readonly answers: LastAnswers; readonly maxAgeMs: number; readonly mappingVersion: string } | null;
  /** Told when it answered with something that is no data. */
  suspect?(): void;
}

export interface IdCodec {
  encode(entity: string, source: string, locator: readonly Cell[], isPublic: boolean): string;
  /** Null: the prefix is malformed. A forged tail decodes to a locator that cannot exist. */
  decode(id: string): { readonly entity: string; readonly source: string; readonly locator: readonly Cell[] } | null;
}

export interface CursorCodec {
  seal(text: string): string;
  open(sealed: string): string | null;
}

export type SourceStatus = "OK" | "UNAVAILABLE" | "TIMEOUT" | "BAD_ANSWER" | "TOO_LARGE" | "BUSY" | "SCHEMA_DRIFT" | "STALE";

export interface SourceReport {
  status: SourceStatus;
  ms: number;
  stalenessMs: number | null;
  /** Distinct nodes or groups printed. */
  rows: number;
  /** Locators of printed nodes, kept only where a node may be printed twice. */
  readonly printed: Set<string>;
  /** Cells by coordinate that hold something and read as NULL, where the agency may read what they hold (`original`). */
  readonly unread: Map<string, number>;
}

export interface RunError {
  readonly code: HubErrorCode;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly path: readonly (string | number)[];
}

export interface RunContext {
  readonly permit: Permit;
  readonly agencyId: string;
  readonly agency: Readonly<Record<string, AgencyAttribute>>;
  readonly operands: readonly (Unified | readonly Unified[])[];
  readonly nowMs: number;
  readonly timeZone: string;
  /** The caller went away: nothing is answered. */
  readonly signal: AbortSignal;
  readonly holding: Holding;
  readonly ids: IdCodec;
  readonly cursors: CursorCodec;
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number;
  /** On that clock: when the operation is answered with what has come. */
  readonly deadlineAtMs: number;
  source(id: string): RunSource | null;
  /** Those of the plan: of what lies in any source nothing is known for certain. */
  readonly absent: readonly AbsentSource[];
  /** Sources left out of this run: they failed after having contributed, and a source answers wholly or not at all. */
  readonly excluded: ReadonlySet<string>;
  /** Sources for which their last answers stand in, in this run wholly: rows of two times are not mixed. */
  readonly remembered: Set<string>;
  /** Sources whose own rows have been taken in this run, where last answers could stand in. */
  readonly live: Set<string>;
  readonly failed: Set<string>;
  readonly contributed: Set<string>;
  readonly publications: PublicationMemory;
  readonly reports: Map<string, SourceReport>;
  readonly errors: RunError[];
  /** Sources that earlier pages of a cursor missed. */
  readonly missedEarlier: Set<string>;
  /** Nodes of one source may be printed more than once (links, several roots): count distinct ones. */
  readonly countsDistinct: boolean;
  /** Keys of a root's semi-joins, once they are read. */
  readonly keys?: Bindings["keys"];
  /** Is told of the operation; null: nobody is. */
  readonly observer: RunObserver | null;
  /** Is told of the root that this copy of the context works for. */
  readonly step: StepObserver | null;
}

export function reportOf(run: RunContext, source: string): SourceReport {
  const known = run.reports.get(source);
  if (known !== undefined) return known;
  const report: SourceReport = { status: "OK", ms: 0, stalenessMs: null, rows: 0, printed: new Set(), unread: new Map() };
  run.reports.set(source, report);
  return report;
}

export const bindingsOf = (run: RunContext, limit: number, cursor: CursorPosition | null, lookup: Bindings["lookup"]): Bindings => ({
  operands: run.operands,
  agency: run.agency,
  nowMs: run.nowMs,
  limit,
  cursor,
  lookup,
  keys: run.keys,
});
