import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import { HubError } from "../../schema/errorCodes.ts";
import { driverCodeOf, faultShape } from "../../src/observe/faultShape.ts";
import { makeLog } from "../../src/observe/log.ts";
import { type FieldForm, type LogEvent, logEvents, type LogEventName, type LogLevel } from "../../src/observe/logEvents.ts";

const lines = (level: LogLevel, format: "json" | "text", ...events: readonly unknown[]): string[] => {
  const written: string[] = [];
  const log = makeLog({ level, format, write: (line) => written.push(line), now: () => Date.UTC(2026, 10, 27, 8, 30) });
  for (const event of events) log(event as LogEvent);
  return written;
};

describe("A log line", () => {
  it("is one JSON object with time, level, event, message and the event's own fields", () => {
    expect(lines("info", "json", { event: "source.unavailable", source: "hebei", reason: "TIMEOUT", driver: null })).toEqual([
      `${JSON.stringify({ time: "2026-11-27T08:30:00.000Z", level: "warn", event: "source.unavailable", message: logEvents["source.unavailable"].text, source: "hebei", reason: "TIMEOUT" })}\n`,
    ]);
  });

  it("reads as a sentence on a terminal", () => {
    expect(lines("info", "text", { event: "policy.activated", epoch: 7 })).toEqual(["2026-11-27T08:30:00.000Z info  policy.activated: policies are in force epoch=7\n"]);
  });

  test.each<[LogLevel, readonly string[]]>([
    ["debug", ["request.ended", "policy.activated", "source.breaker", "door.failed"]],
    ["info", ["policy.activated", "source.breaker", "door.failed"]],
    ["warn", ["source.breaker", "door.failed"]],
    ["error", ["door.failed"]],
  ])("at level %s is written for %j", (level, expected) => {
    const written = lines(
      level,
      "json",
      { event: "request.ended", correlationId: "a", traceId: null, door: "graphql", agency: null, purpose: null, status: 200, code: null, ms: 1 },
      { event: "policy.activated", epoch: 1 },
      { event: "source.breaker", source: "hebei", state: "open" },
      { event: "door.failed", fault: faultShape(new Error("x")) },
    );
    expect(written.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(expected);
  });
});

describe("Redaction by construction", () => {
  const names = Object.keys(logEvents) as LogEventName[];

  it("holds for every event: no value that is not of its field's form, and no field that the event does not have", () => {
    // What a cast could put there: sentences, cells, statements, tokens, objects.
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\w 阿=':"\n\r.-]+$/), fc.constantFrom("SELECT a FROM b", "赵钱孙 330104", "Bearer eyJhbGciOi.J9.x", "PW=secret;ST=31", "a\nb", "{}"));
    const anything = fc.oneof(text, fc.double(), fc.boolean(), fc.array(text), fc.dictionary(fc.string(), text), fc.constant(null));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.dictionary(fc.string(), anything), fc.infiniteStream(anything), fc.constantFrom("json" as const, "text" as const), (event, more, values, format) => {
        const { fields } = logEvents[event];
        const own = Object.fromEntries(Object.keys(fields).map((field) => [field, values.next().value]));
        const [line = "", ...others] = lines("debug", format, { ...more, ...own, event });
        expect(others).toEqual([]);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        if (format === "text") return;
        const { time: _time, level: _level, event: _event, message: _message, ...said } = JSON.parse(line) as Record<string, unknown>;
        for (const [field, value] of Object.entries(said)) expect({ event, field, value, isSayable: isSayable(fields[field], value) }).toMatchObject({ isSayable: true });
      }),
      { numRuns: 3000 },
    );
  });

  const sayable: Readonly<Record<Exclude<FieldForm, "fault" | "number">, RegExp>> = {
    word: /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u,
    code: /^[A-Z0-9_]{1,64}$/,
    place: /^[\p{L}\p{N}._/-]{1,200}(:\d+:\d+)?$/u,
    correlationId: /^[A-Za-z0-9._-]{1,64}$/,
    traceId: /^[0-9a-f]{32}$/,
  };
  const isSayable = (form: FieldForm | undefined, value: unknown): boolean => {
    if (value === "?") return form !== undefined;
    if (form === "number") return typeof value === "number" || value === null;
    if (form === "fault") return typeof value === "object" && value !== null && Object.keys(value).every((key) => ["kinds", "code", "frames"].includes(key));
    return form !== undefined && typeof value === "string" && sayable[form].test(value);
  };
});

describe("Of an error", () => {
  const secret = "CNRY-330104 赵钱孙 SELECT legal_rep FROM ent";

  it("kinds, a closed code and frames of the hub are kept, and nothing that it says", () => {
    const driver = Object.assign(new Error(secret), { code: "28P01", detail: secret, table: secret, column: secret });
    const shape = faultShape(new HubError("INTERNAL", {}, { cause: new SourceFailure("UNAVAILABLE", driver) }));
    expect(shape).toMatchObject({ kinds: ["HubError", "SourceFailure", "Error"], code: "INTERNAL" });
    expect(JSON.stringify(shape)).not.toMatch(/CNRY|赵|SELECT|legal_rep/);
  });

  it("frames name files from the project's root on, never the machine's folders", () => {
    const thrown = (() => {
      try {
        makeLog({ level: "info", format: "json", write: () => undefined, now: () => Number.NaN })({ event: "policy.activated", epoch: 1 });
      } catch (error) {
        return error;
      }
    })();
    const { frames } = faultShape(thrown);
    expect(frames.some((frame) => /^\w+ src\/observe\/log\.ts:\d+:\d+$/.test(frame))).toBe(true);
    expect(frames.filter((frame) => /\s\//.test(frame))).toEqual([]);
  });

  it("lines of its message that look like frames are none", () => {
    const { frames } = faultShape(new Error("bad cell:\n    at CNRY330104 (/x/src/plan/bind.ts:1:1)\n    at src/CNRY.ts:1:1"));
    expect(JSON.stringify(frames)).not.toContain("CNRY");
    const changed = new Error("first");
    expect(changed.stack).toContain("first");
    changed.message = "another";
    expect(faultShape(changed).frames).toEqual([]);
  });

  test.each<[string, unknown, string | null]>([
    ["Node's own", { code: "ECONNREFUSED" }, "ECONNREFUSED"],
    ["PostgreSQL's", { code: "28P01" }, "28P01"],
    ["MariaDB's, by its SQLSTATE", { code: "ER_NO_SUCH_TABLE_OR_SECRET", sqlState: "42S02" }, "42S02"],
    ["SQLite's, without its extension", { code: "SQLITE_IOERR_READ" }, "SQLITE_IOERR"],
    ["of a cause", { code: 7, cause: { code: "ETIMEDOUT" } }, "ETIMEDOUT"],
    ["that a server made up", { code: "ESECRETOFTHEREGION" }, null],
    ["that is a sentence", { code: "relation ent does not exist" }, null],
    ["that is missing", {}, null],
  ])("a code %s is told as such", (_what, error, expected) => {
    expect(driverCodeOf(error)).toBe(expected);
  });

  it("of another realm, or none at all, is told as such", () => {
    expect(faultShape(runInNewContext("new TypeError('CNRY')"))).toMatchObject({ code: null, frames: [] });
    expect(faultShape("CNRY")).toEqual({ kinds: ["string"], code: null, frames: [] });
    expect(faultShape(undefined)).toEqual({ kinds: ["undefined"], code: null, frames: [] });
  });
});
