/**
 * Everything that the running hub may say to its operator, as a closed list: an event has the fields that stand here and no other, and a
 * field takes values of one closed form. There is no field for free text, so nothing of a source or a request can get into a log.
 *
 * What a fault in a file is about, and what a source said, is told by `npm run -s hub -- policy test` and `source check`, on the spot.
 */
import type { FaultShape } from "./faultShape.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

interface Values {
  /** An id of the network's files, or a word of one of the hub's lists. */
  readonly word: string | null;
  /** A code in capitals. */
  readonly code: string | null;
  readonly number: number | null;
  /** `regions/hebei/policy.yaml`, with line and column where known. */
  readonly place: string | null;
  /** As callers see it: their own short token or a random one. */
  readonly correlationId: string;
  readonly traceId: string | null;
  readonly fault: FaultShape;
}

export type FieldForm = keyof Values;

interface EventKind {
  readonly level: LogLevel;
  /** For people; says what to do where something is to be done. */
  readonly text: string;
  readonly fields: Readonly<Record<string, FieldForm>>;
}

const kinds = {
  "hub.started": { level: "info", text: "the hub answers", fields: { sources: "number", ready: "number", epoch: "number" } },
  "hub.close_failed": { level: "error", text: "a part did not close", fields: { fault: "fault" } },
  "journal.tail_cut": { level: "warn", text: "the journal ended in a record that was never acknowledged; it was cut and kept beside it", fields: { bytes: "number" } },
  "request.ended": {
    level: "debug",
    text: "a request was answered or refused",
    fields: { correlationId: "correlationId", traceId: "traceId", door: "word", agency: "word", purpose: "word", status: "number", code: "code", ms: "number" },
  },
  "request.failed": { level: "error", text: "the hub failed on a request; the caller has the same correlation id", fields: { correlationId: "correlationId", door: "word", fault: "fault" } },
  "request.unrecorded": { level: "error", text: "a refusal could not be recorded, so AUDIT_UNAVAILABLE was answered; look at the disk of HUB_DATA", fields: { correlationId: "correlationId", door: "word", fault: "fault" } },
  "door.failed": { level: "error", text: "the hub failed on a request that is none of GraphQL", fields: { fault: "fault" } },
  "refusals.uncounted": { level: "warn", text: "a sum of refusals is not recorded yet and is tried again; look at the disk of HUB_DATA", fields: { count: "number", fault: "fault" } },
  "policy.activated": { level: "info", text: "policies are in force", fields: { epoch: "number" } },
  "policy.refused": { level: "error", text: "a policy is at fault and shares nothing; `npm run -s hub -- policy test` says what is wrong", fields: { code: "code", at: "place", region: "word" } },
  "policy.region_unknown": { level: "warn", text: "no source of the policy's region could be read; it shares nothing until one is", fields: { at: "place" } },
  "policy.region_taken": { level: "warn", text: "another folder speaks for the region already; this file is not in force", fields: { at: "place", region: "word" } },
  "source.ready": { level: "info", text: "a source can be asked again", fields: { source: "word" } },
  "source.noted": { level: "info", text: "a mapping has notes; `npm run -s hub -- source check` prints them", fields: { source: "word", notes: "number" } },
  "source.refused": { level: "error", text: "a source's files are at fault; `npm run -s hub -- source check` says what is wrong", fields: { source: "word", code: "code", at: "place" } },
  "source.unavailable": { level: "warn", text: "a source cannot be reached and is tried again; `npm run -s hub -- source check` says more", fields: { source: "word", reason: "code", driver: "code" } },
  "source.drifted": { level: "warn", text: "tables differ from those that the mapping was compiled on; `npm run -s hub -- source check` names them", fields: { source: "word", change: "code", count: "number" } },
  "source.breaker": { level: "warn", text: "the breaker of a source changed", fields: { source: "word", state: "word" } },
  "source.call_failed": {
    level: "debug",
    text: "a call to a source failed",
    fields: { correlationId: "correlationId", source: "word", entity: "word", outcome: "code", driver: "code", attempts: "number", ms: "number" },
  },
  "drift.check_failed": { level: "error", text: "the search for drift failed", fields: { fault: "fault" } },
  "mirror.table_failed": { level: "warn", text: "a table of a mirror could not be read; what was read before stays", fields: { source: "word", table: "word", reason: "code", driver: "code" } },
  "mirror.table_read": { level: "info", text: "a table of a mirror is read again", fields: { source: "word", table: "word" } },
  "mirror.noted": { level: "warn", text: "what a mirror read has faults", fields: { source: "word", notes: "number" } },
  "mirror.old_version_kept": { level: "warn", text: "an old version of a mirror could not be removed", fields: { source: "word", fault: "fault" } },
  "mirror.rebuilt": { level: "warn", text: "a stored mirror cannot be read and is built anew", fields: { source: "word", fault: "fault" } },
  "mirror.round_failed": { level: "error", text: "a round of refreshing a mirror failed", fields: { source: "word", fault: "fault" } },
  "traces.unsent": { level: "warn", text: "spans could not be sent to the collector and are lost", fields: { spans: "number" } },
} as const satisfies Readonly<Record<string, EventKind>>;

export type LogEventName = keyof typeof kinds;
export const logEvents: Readonly<Record<LogEventName, EventKind>> = kinds;

type Fields<Name extends LogEventName> = { readonly [Field in keyof (typeof kinds)[Name]["fields"]]: (typeof kinds)[Name]["fields"][Field] extends FieldForm ? Values[(typeof kinds)[Name]["fields"][Field]] : never };

export type LogEvent = { readonly [Name in LogEventName]: { readonly event: Name } & Fields<Name> }[LogEventName];

export type Log = (event: LogEvent) => void;

/** An event of one mirror, which does not know the name of its source. */
export type MirrorEvent = { readonly [Name in LogEventName]: Name extends `mirror.${string}` ? { readonly event: Name } & Omit<Fields<Name>, "source"> : never }[LogEventName];
