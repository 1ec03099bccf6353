/**
 * What the hub's parts tell of a request while they work on it. They know nothing of spans, figures or logs, and where nobody listens
 * there is no observer at all.
 *
 * Every value is of a closed form: ids of the network's files, names of the vocabulary, codes, counts, times. Never a literal, a cell,
 * a document, a statement or a token. Times are of the monotonic clock, in milliseconds.
 */
import type { HubErrorCode } from "../../schema/errorCodes.ts";

export type GraphqlDoor = "graphql" | "explain" | "steward";
/** Doors that take no GraphQL, and `none` for what is no door. */
export type PlainDoor = "token" | "jwks" | "health" | "sandbox" | "none";

export type BreakerState = "closed" | "open" | "half-open";

/**
 * How much of a query its source could do by itself, by its weakest condition: rewritten with an index usable (R), rewritten value by
 * value (V), a stored column of the mirror (M), a lens evaluated on each row (E), or no condition at all.
 */
export type PushdownGrade = "R" | "V" | "M" | "E" | "none";

export type CallOutcome = "OK" | "UNAVAILABLE" | "TIMEOUT" | "BAD_ANSWER" | "OVER_CAP" | "BUSY" | "ABORTED";

/** One query to one source, with its repetition where there was one. */
export interface SourceCall {
  readonly source: string;
  readonly entity: string;
  readonly kind: "rows" | "aggregate";
  /** Into how many strata the scan is split; each is a call of its own. */
  readonly strata: number;
  readonly grade: PushdownGrade;
  readonly outcome: CallOutcome;
  /** A code of a closed list, of the driver or the database; null: none. */
  readonly driver: string | null;
  /** Read, also where the answer does not print them. */
  readonly rows: number;
  /** How often the source was asked: 0 where it was left alone, 2 after a retry. */
  readonly attempts: number;
  readonly breaker: BreakerState;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A root field of an operation, with what it links to. */
export interface StepObserver {
  called(call: SourceCall): void;
  /** `code`: of the error that the root ended in. */
  ended(code: HubErrorCode | null): void;
}

export interface RunObserver {
  step(kind: "connection" | "byId" | "aggregate" | "published" | "regions" | "typename", entity: string | null): StepObserver;
}

export interface Ran {
  readonly isComplete: boolean;
  /** Distinct nodes or groups that the answer prints. */
  readonly rows: number;
  /** Of errors inside the answer. */
  readonly codes: readonly HubErrorCode[];
}

export interface Ended {
  /** Null where no agency could be identified. */
  readonly agency: string | null;
  readonly purpose: string | null;
  /** `gone`: the caller left. */
  readonly status: number | "gone";
  /** Null for an answer. */
  readonly code: HubErrorCode | null;
}

export interface RequestObserver extends RunObserver {
  planned(how: "prepared" | "compiled", fromMs: number): void;
  ran(result: Ran): void;
  /** The disclosure record was appended, or could not be. */
  recorded(fromMs: number, isDone: boolean): void;
  /** Once, at the end. */
  ended(end: Ended): void;
}

export interface Observer {
  /** `traceparent`: the header as it was sent. Null where nobody listens. */
  request(door: GraphqlDoor, correlationId: string, traceparent: readonly string[] | undefined): RequestObserver | null;
  answered(door: PlainDoor, status: number): void;
  breakerChanged(source: string, state: BreakerState): void;
  /** Any record, of answers and refusals, from its arrival at the journal until it is durable. */
  appended(ms: number, isDone: boolean): void;
}
