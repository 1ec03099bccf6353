/** Writes log events: a line each, as JSON for machines or in words for a terminal. */
import type { FaultShape } from "./faultShape.ts";
import { type FieldForm, type Log, type LogEvent, logEvents, type LogEventName, type LogLevel } from "./logEvents.ts";

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "json" | "text";
  /** Takes a line with its end. */
  write(line: string): void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of every event, whatever the level. */
  onEvent?(event: LogEventName, level: LogLevel): void;
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export const isLogged = (event: LogEventName, level: LogLevel): boolean => severity[logEvents[event].level] >= severity[level];

export function makeLog(options: LogOptions): Log {
  return (event) => {
    const { level, text } = logEvents[event.event];
    options.onEvent?.(event.event, level);
    if (!isLogged(event.event, options.level)) return;
    const time = new Date(options.now()).toISOString();
    const said = sayable(event);
    options.write(
      options.format === "json"
        ? `${JSON.stringify({ time, level, event: event.event, message: text, ...said })}\n`
        : `${[time, level.padEnd(5), `${event.event}:`, text, ...Object.entries(said).map(([field, value]) => `${field}=${typeof value === "object" ? JSON.stringify(value) : value}`)].join(" ")}\n`,
    );
  };
}

/**
 * The event's own fields, each held against its form once more: types end where a value is cast, and a log outlives what it was
 * written for.
 */
function sayable(event: LogEvent): Readonly<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  for (const [field, form] of Object.entries(logEvents[event.event].fields)) {
    const value = (event as unknown as Readonly<Record<string, unknown>>)[field] ?? null;
    if (value !== null) said[field] = typeof value === "number" || form === "fault" ? asNumberOrFault(form, value) : asText(form, value);
  }
  return said;
}

const unsayable = "?";

/** Region folders and tables may be named in Chinese. */
const forms: Readonly<Record<Exclude<FieldForm, "number" | "fault">, RegExp>> = {
  word: /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u,
  code: /^[A-Z0-9][A-Z0-9_]{0,63}$/,
  place: /^[\p{L}\p{N}._/-]{1,200}(?::\d+:\d+)?$/u,
  correlationId: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  traceId: /^[0-9a-f]{32}$/,
};

const asText = (form: FieldForm, value: unknown): string => (form !== "number" && form !== "fault" && typeof value === "string" && forms[form].test(value) ? value : unsayable);

const asNumberOrFault = (form: FieldForm, value: unknown): unknown => {
  if (typeof value === "number") return form === "number" ? Math.round(value * 1000) / 1000 : unsayable;
  if (form !== "fault" || typeof value !== "object" || value === null) return unsayable;
  const { kinds, code, frames } = value as Partial<FaultShape>;
  return { kinds: kinds?.map((kind) => asText("word", kind)), ...(code == null ? {} : { code: asText("code", code) }), frames: frames?.map((one) => (frameForm.test(one) ? one : unsayable)) };
};

const frameForm = /^[\w$.<>#@:/ -]{1,300}$/;
