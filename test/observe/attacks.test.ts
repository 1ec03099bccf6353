/**
 * The attack catalogue once more, for what the hub tells of itself: nothing of a row, a literal or a request stands in spans, figures
 * and log lines, and every word of them is one of the network's files or of the hub's own lists.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorCodes } from "../../schema/errorCodes.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { ask, doors } from "../attacks/ask.ts";
import { catalogue } from "../attacks/catalogue.ts";
import { networkFile } from "../attacks/fixture/files.ts";
import { forbiddenTo } from "../attacks/fixture/levels.ts";
import { type Attacked, openAttacked } from "../attacks/fixture/openAttacked.ts";
import { rowsOf } from "../attacks/fixture/rows.ts";
import { openTold, parseExposition, type SentSpan, type Told } from "./observed.ts";

const network = JSON.parse(networkFile) as { readonly agencies: object; readonly purposes: object };

let told: Told;
let attacked: Attacked;
/** What callers sent and what stands in rows; and tokens. */
const sent = new Set<string>();
let spans: readonly SentSpan[];
let figures: string;
/** Calls of sources, as the sources counted them. */
let asked = 0;

/** In places where a caller may put a text of its own. */
const canary = "CNRYcaller";

beforeAll(async () => {
  told = await openTold();
  attacked = await openAttacked({ rows: rowsOf, change: (own) => ({ ...own, observer: told.observer, log: told.log }) });
  for (const door of doors) {
    for (const one of catalogue) {
      for (const text of [...literalsOf(one.query), ...literalsOf(JSON.stringify(one.variables ?? {}))]) sent.add(text);
      asked += (await ask(attacked, door, one)).calls.length;
    }
  }
  for (const agency of ["full", "low", null] as const) {
    const token = agency === null ? `${canary}.e30.x` : await attacked.hub.net.token(agency, ["check"]);
    sent.add(token);
    const query = `query ${canary}Op($x: String) { ${canary}Alias: enterprises(where: { name: { contains: $x } }, first: 3) { nodes { ${canary}Name: name } } }`;
    const headers = { traceparent: "00-c0a1c0a1c0a1c0a1c0a1c0a1c0a1c0a1-c0a1c0a1c0a1c0a1-01", tracestate: `x=${canary}`, baggage: `x=${canary}`, "user-agent": canary, "x-forwarded-for": canary, purpose: "check" };
    attacked.calls.length = 0;
    for (const variables of [{ x: `${canary}Value` }, { x: { y: canary } }, { [canary]: 1 }]) await attacked.hub.query(token, query, { variables, headers });
    await attacked.hub.query(token, query, { variables: {}, headers: { ...headers, purpose: `${canary}purpose` } });
    await attacked.hub.query(token, `{ ${canary} }`, { headers });
    await attacked.hub.ask({ path: `/${canary}`, token, headers, body: canary });
    await attacked.hub.ask({ path: "/oauth/token", headers: { "content-type": "application/x-www-form-urlencoded" }, body: `grant_type=client_credentials&client_id=${canary}&client_secret=${canary}` });
    asked += attacked.calls.length;
  }
  await told.flush();
  spans = told.collector.spans();
  figures = await told.metrics.text();
}, 120_000);
afterAll(async () => {
  await attacked.close();
  await told.close();
});

/** Quoted texts and long numbers, but for what is a word of the hub's own. */
const literalsOf = (text: string): readonly string[] => [...text.matchAll(/"((?:[^"\\]|\\.){4,})"|\b(\d{6,})\b/g)].map(([, quoted, number]) => quoted ?? number ?? "").filter((one) => !words.has(one) && !/^[A-Za-z_]*$/.test(one) && /[\p{L}\p{N}]/u.test(one));

const words: ReadonlySet<string> = new Set([
  ...vocabulary().entities.keys(),
  ...Object.keys(errorCodes),
  ..."graphql explain steward prepared compiled connection byId aggregate published regions typename rows R V M E none OK closed open half-open unknown gone UNAVAILABLE TIMEOUT BAD_ANSWER OVER_CAP BUSY ABORTED PARTIAL".split(" "),
  // The network's files.
  ..."hebei tianjin beijing".split(" "),
  ...Object.keys(network.agencies),
  ...Object.keys(network.purposes),
]);

/** Numbers as a whole: nanoseconds and random ids hold all digits somewhere. */
const holds = (text: string, one: string): boolean => (/^\d+$/.test(one) ? new RegExp(`(?<!\\w)${one}(?!\\w)`).test(text) : text.includes(one));

const everything = (): string => [...told.collector.raw, figures, ...told.lines].join("\n");

describe("What a hub tells of itself under attack", () => {
  it("is there: spans of every kind, a line for each request, figures", () => {
    expect(new Set(spans.map(({ name }) => name))).toEqual(new Set(["request", "plan", "step", "source call", "journal append"]));
    expect(spans.filter(({ name }) => name === "request").length).toBeGreaterThan(2 * catalogue.length);
    expect(told.lines.filter((line) => line.includes('"request.ended"')).length).toBe(spans.filter(({ name }) => name === "request").length);
    expect([...parseExposition(figures).keys()].filter((name) => name.startsWith("one_network_")).length).toBeGreaterThan(20);
  });

  it("holds no cell of any source", () => {
    const text = everything();
    expect(forbiddenTo(null).length).toBeGreaterThan(50);
    expect(forbiddenTo(null).filter((cell) => holds(text, cell))).toEqual([]);
  });

  it("holds nothing that a caller wrote, and no token", () => {
    const text = everything();
    expect(sent.size).toBeGreaterThan(20);
    expect([...sent].filter((one) => holds(text, one))).toEqual([]);
    expect(text).not.toContain(canary);
    expect(text).not.toMatch(/c0a1c0a1/);
    expect(text).not.toMatch(/\b(SELECT|Bearer|eyJ)\b/);
  });

  it("says in attributes only words of the network's files and of the hub's lists, and counts", () => {
    const keys = ["door", "plan", "step", "entity", "source", "kind", "strata", "pushdown", "outcome", "rows", "retries", "breaker", "complete", "agency", "purpose", "status", "code"].map((key) => `one_network.${key}`);
    for (const { attributes } of spans) {
      for (const [key, value] of Object.entries(attributes)) {
        expect(keys).toContain(key);
        if (typeof value === "string") expect(words.has(value) || /^(\d{3}|gone)$/.test(value), `${key}=${value}`).toBe(true);
      }
    }
  });

  it("has as many series as the network has sources, agencies and purposes, whatever was sent", () => {
    for (const [name, { samples }] of parseExposition(figures)) {
      if (!name.startsWith("one_network_")) continue;
      for (const { labels } of samples) {
        const { le: _le, window: _window, event: _event, level: _level, state: _state, outcome: _outcome, status, door: _door, ...rest } = labels;
        expect(status ?? "200").toMatch(/^(\d{3}|gone)$/);
        for (const value of Object.values(rest)) expect(value === "" || words.has(value), `${name} ${JSON.stringify(labels)}`).toBe(true);
      }
    }
  });
});

describe("A trace", () => {
  it("is one tree: a request, its plan, a step for each root, a call for each query of a source, and the record", () => {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const parents: Readonly<Record<string, string | undefined>> = { plan: "request", step: "request", "source call": "step", "journal append": "request" };
    for (const span of spans) expect(byId.get(span.parentSpanId ?? "")?.name).toBe(parents[span.name]);
    const answered = spans.filter(({ name, attributes }) => name === "request" && attributes["one_network.door"] === "graphql" && attributes["one_network.status"] === "200");
    expect(answered.length).toBeGreaterThan(20);
    for (const { traceId } of answered) {
      const names = spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
      expect(names.filter((name) => name === "journal append")).toHaveLength(1);
      expect(names.filter((name) => name === "plan")).toHaveLength(1);
    }
  });

  it("has every span within the time of its parent", () => {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId ?? "");
      if (parent === undefined) continue;
            expect({ name: span.name, isWithin: span.fromNs >= parent.fromNs && span.untilNs <= parent.untilNs }).toEqual({ name: span.name, isWithin: true });
    }
  });

  it("has a call for every query that a source was asked", () => {
    expect(spans.filter(({ name }) => name === "source call").length).toBe(asked);
  });
});
