/** Links across sources: whom they list, what they ask, and what a filter on them says while a source is missing (semantics.md §3). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import { asRegionCode, asSourceId } from "../../schema/ids.ts";
import { batchKeysMax } from "../../src/execute/acrossLinks.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { semiJoinKeysMax } from "../../src/plan/semiJoin.ts";
import { ask, type Hub, hubOf, openHubSources, type OpenSources } from "../reference/harness/hub.ts";

const network = parseNetwork(`{ purposes: { check: { zh: 查, en: check } }, agencies: { reader: { zh: 读者, purposes: [check] } } }`, "network.yaml");
const reader = { agency: "reader", purpose: "check" };

const regions = { anhui: "340000", beijing: "110000", hebei: "130000", tianjin: "120000" } as const;
type Region = keyof typeof regions;

/** Anhui names enterprises by their codes, the others by numbers; Tianjin has no decisions. */
const yamlOf = (region: Region): string => `
region: ${regions[region]}
kind: sqlite
connection: { file: x.db }
timeZone: Asia/Shanghai
entities:
  Enterprise: { from: e, key: no, fields: { uscc: uscc, name: name, industry: kind } }
${region === "tianjin" ? "" : `  PenaltyDecision: { from: p, key: doc, fields: { docNo: doc, enterprise: ${region === "anhui" ? "{ column: ent, to: uscc }" : "ent"}, amount: { column: amount, unit: CNY }, revoked: { column: off, codes: { 0: "false", 1: "true" } } } }`}
`;

/** no, uscc, name, kind. Only rows of kind 1 let their code be seen. */
const enterprises: Readonly<Record<Region, readonly (readonly (string | null)[])[]>> = {
  anhui: [["x", "U1", "one in Anhui", "1"]],
  beijing: [["a", "U1", "one", "1"], ["b", "U2", "two", "1"], ["c", "U3", "three", "1"], ["d", "U4", "unseen", "2"]],
  hebei: [["a", "U1", "one in Hebei", "1"], ["b", "U4", "four", "1"]],
  tianjin: [["t", "U4", "four in Tianjin", "1"]],
};
/** doc, ent, amount, off. Decision z9 is hidden. */
const penalties: Readonly<Record<Region, readonly (readonly (string | number | null)[])[]>> = {
  anhui: [["x1", "U1", 5, 0]],
  beijing: [["a1", "a", 10, 0], ["a2", "a", null, 0], ["b1", "b", null, 0], ["d1", "d", 70, 0]],
  hebei: [["h1", "a", 30, 0], ["h2", "a", 40, 0], ["h3", "b", 60, 0], ["z9", "b", 90, 1]],
  tianjin: [],
};

const policyOf = (region: Region): string =>
  JSON.stringify({
    rules: [
      { id: "firms", to: "agencies", allow: { Enterprise: ["uscc"] }, where: { Enterprise: { industry: { eq: "1" } } } },
      { id: "names", to: "agencies", allow: { Enterprise: ["name"] } },
      ...(region === "tianjin"
        ? []
        : [
            { id: "decisions", to: "agencies", allow: { PenaltyDecision: ["docNo", "enterprise", "amount"] } },
            { id: "revoked", to: "everyone", hide: ["PenaltyDecision"], where: { PenaltyDecision: { revoked: { eq: "true" } } } },
          ]),
    ],
  });

interface Asked {
  readonly source: string;
  readonly kind: "rows" | "aggregate";
  readonly table: string;
}

interface Open {
  readonly hub: Hub;
  readonly sources: OpenSources;
}

let dir: string;
const asked: Asked[] = [];
/** What of a source does not answer: any of it, or what begins with this table. */
const down = new Map<string, string>();
const watch = (adapter: Adapter, id: string): Adapter => {
  const note = (query: AuthorisedQuery): void => {
    const table = query.template.parts[0]?.table ?? "";
    asked.push({ source: id, kind: query.template.kind, table });
    const of = down.get(id);
    if (of === "" || of === table) throw new SourceFailure("UNAVAILABLE");
  };
  const now = adapter.rowsNow?.bind(adapter);
  return {
    ...adapter,
    ...(now === undefined
      ? {}
      : {
          rowsNow: (query) => {
            const rows = now(query);
            if (rows !== null) note(query);
            return rows;
          },
        }),
    rows: (query, signal) => {
      note(query);
      return adapter.rows(query, signal);
    },
    aggregate: async (query, signal) => {
      note(query);
      return adapter.aggregate(query, signal);
    },
  };
};

async function openNetwork(name: string, rowsOf: (region: Region) => { readonly e: readonly (readonly (string | null)[])[]; readonly p: readonly (readonly (string | number | null)[])[] }): Promise<Open> {
  const files = (Object.keys(regions) as Region[]).map((region) => {
    const file = join(dir, `${name}-${region}.db`);
    const database = new Database(file);
    database.exec("CREATE TABLE e (no TEXT PRIMARY KEY NOT NULL, uscc TEXT, name TEXT, kind TEXT) STRICT; CREATE INDEX eu ON e (uscc); CREATE TABLE p (doc TEXT PRIMARY KEY NOT NULL, ent TEXT, amount REAL, off INTEGER) STRICT");
    const { e, p } = rowsOf(region);
    database.transaction(() => {
      for (const row of e) database.prepare("INSERT INTO e VALUES (?, ?, ?, ?)").run(...row);
      for (const row of p) database.prepare("INSERT INTO p VALUES (?, ?, ?, ?)").run(...row);
    })();
    database.close();
    return { id: region, region: regions[region], file, yaml: yamlOf(region) };
  });
  const sources = await openHubSources(files, { watch, reading: "inline" });
  return { sources, hub: governed(sources) };
}

let small: Open;
const nowMs = Date.UTC(2026, 0, 1);
const policiesOf = (): Record<string, string> => Object.fromEntries((Object.keys(regions) as Region[]).map((region) => [regions[region], policyOf(region)]));
const governed = (sources: OpenSources): Hub => hubOf(sources, network, policiesOf(), nowMs);
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "across-"));
  small = await openNetwork("small", (region) => ({ e: enterprises[region], p: penalties[region] }));
});
afterAll(async () => {
  await small.sources.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  // A source that failed in one test is not left alone in the next.
  small = { ...small, hub: governed(small.sources) };
  asked.length = 0;
  down.clear();
});

// biome-ignore lint/suspicious/noExplicitAny: an answer of any form
type Answer = any;

async function answer(query: string, open = small): Promise<Answer> {
  const given = await ask(open.hub, reader, query);
  if ("refused" in given) throw new Error(given.refused);
  return given;
}
const data = async (query: string, open = small): Promise<Answer> => (await answer(query, open)).data;
/** Sorted, with how often. */
const questions = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { source, kind, table } of [...asked].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))) counts[`${source} ${kind} ${table}`] = (counts[`${source} ${kind} ${table}`] ?? 0) + 1;
  return counts;
};
const named = async (where: string): Promise<readonly string[]> => (await data(`{ enterprises(where: ${where}) { nodes { name } } }`)).enterprises.nodes.map(({ name }: { name: string }) => name);

describe("an across link", () => {
  test("lists the rows of every source whose key is clear and equal, in the order of sources", async () => {
    const { enterprises: list } = await data("{ enterprises(where: { name: { in: [\"one\", \"three\", \"four\", \"unseen\"] } }) { nodes { name penaltyDecisionRecords { docNo } } } }");
    expect(list.nodes).toEqual([
      { name: "one", penaltyDecisionRecords: ["x1", "a1", "a2", "h1", "h2"].map((docNo) => ({ docNo })) },
      { name: "three", penaltyDecisionRecords: [] },
      // Its own code is withheld, so what it would lead to is not known.
      { name: "unseen", penaltyDecisionRecords: null },
      // Decision d1 is of an enterprise whose code is withheld in Beijing, and z9 is hidden.
      { name: "four", penaltyDecisionRecords: [{ docNo: "h3" }] },
    ]);
  });

  test("gives the first rows of all sources together, and counts them all", async () => {
    const { enterprises: list } = await data("{ enterprises(where: { name: { eq: \"one\" } }) { nodes { few: penaltyDecisionRecords(first: 2) { docNo } none: penaltyDecisionRecords(first: 0) { docNo } penaltyDecisionRecordsCount } } }");
    expect(list.nodes).toEqual([{ few: [{ docNo: "x1" }, { docNo: "a1" }], none: [], penaltyDecisionRecordsCount: 5 }]);
  });

  test("counts what was cut off as not printed", async () => {
    const { extensions } = await answer("{ enterprises(where: { name: { eq: \"one\" } }) { nodes { penaltyDecisionRecords(first: 2) { docNo } } } }");
    expect(extensions.sources.map(({ source, rows }: Answer) => [source, rows])).toEqual([["anhui", 1], ["beijing", 2], ["hebei", 0], ["tianjin", 0]]);
  });

  test("has a count where the list has rows: NULL where the key is, else a number", async () => {
    const { enterprises: list } = await data("{ enterprises(where: { name: { in: [\"three\", \"four\", \"unseen\"] } }) { nodes { name penaltyDecisionRecordsCount } } }");
    expect(list.nodes).toEqual([{ name: "three", penaltyDecisionRecordsCount: 0 }, { name: "unseen", penaltyDecisionRecordsCount: null }, { name: "four", penaltyDecisionRecordsCount: 1 }]);
  });

  test("asks each source once for all keys of a list, once for its counts, and once for each level further on", async () => {
    await answer("{ enterprises { nodes { name penaltyDecisionRecords { docNo enterpriseRecords { name } } penaltyDecisionRecordsCount } } }");
    const rows = { "aggregate p": 1, "rows p": 1 };
    // Rows of e, in two strata: the page, the enterprises that decisions link to, and their records, which have their key in one stratum alone.
    const expected = (["anhui", "beijing", "hebei"] as const).flatMap((region) => Object.entries({ ...rows, "rows e": 2 + 2 + 1 }).map(([what, count]) => [`${region} ${what}`, count]));
    expect(questions()).toEqual({ ...Object.fromEntries(expected), "tianjin rows e": 2 + 1 });
  });

  test("asks for a key once, however many rows have it", async () => {
    await answer("{ enterprises(where: { uscc: { eq: \"U1\" } }) { nodes { name penaltyDecisionRecords { docNo } } edges { node { penaltyDecisionRecords { docNo } } } } }");
    expect(asked.filter(({ table, source }) => table === "p" && source === "beijing")).toHaveLength(2);
  });

  test("without a source is short of its rows, and has no count unless a part will do", async () => {
    down.set("hebei", "p");
    const given = await answer("{ enterprises(where: { name: { eq: \"one\" } }) { nodes { penaltyDecisionRecords { docNo } penaltyDecisionRecordsCount part: penaltyDecisionRecordsCount(partial: ALLOW) } } }");
    expect(given.data.enterprises.nodes).toEqual([{ penaltyDecisionRecords: ["x1", "a1", "a2"].map((docNo) => ({ docNo })), penaltyDecisionRecordsCount: null, part: 3 }]);
    expect(given.extensions.complete).toBe(false);
    expect(given.extensions.sources.map(({ source, status }: Answer) => [source, status])).toEqual([["anhui", "OK"], ["beijing", "OK"], ["hebei", "UNAVAILABLE"], ["tianjin", "OK"]]);
  });
});

test(`keys beyond ${batchKeysMax} are asked for in further batches, one query per source each`, async () => {
  const count = batchKeysMax + 1;
  const many = await openNetwork("many", (region) => ({ e: region === "beijing" ? Array.from({ length: count }, (_, at) => [`n${at}`, `C${at}`, null, "1"]) : [], p: region === "beijing" ? Array.from({ length: count }, (_, at) => [`d${at}`, `n${at}`, 1, 0]) : [] }));
  try {
    const { enterprises: list } = await data("{ enterprises(first: 1000) { nodes { penaltyDecisionRecords { docNo } penaltyDecisionRecordsCount } } }", many);
    expect(list.nodes).toHaveLength(count);
    expect(list.nodes.every((node: Answer) => node.penaltyDecisionRecords.length === 1 && node.penaltyDecisionRecordsCount === 1)).toBe(true);
    expect(questions()).toMatchObject({ "anhui rows p": 2, "beijing rows p": 2, "hebei rows p": 2, "anhui aggregate p": 2, "beijing aggregate p": 2, "hebei aggregate p": 2 });
  } finally {
    await many.sources.close();
  }
});

describe("a filter on an across link", () => {
  test.each<readonly [string, readonly string[]]>([
    ["{ penaltyDecisionRecords: { some: {} } }", ["one in Anhui", "one", "two", "one in Hebei", "four", "four in Tianjin"]],
    ["{ penaltyDecisionRecords: { none: {} } }", ["three"]],
    ["{ penaltyDecisionRecords: { some: { amount: { gte: 30 } } } }", ["one in Anhui", "one", "one in Hebei", "four", "four in Tianjin"]],
    // Decision b1 has no amount: whether it is one of 30 is not known of it, so it is not known of `two`.
    ["{ penaltyDecisionRecords: { none: { amount: { gte: 30 } } } }", ["three"]],
    ["{ not: { penaltyDecisionRecords: { some: { amount: { gte: 30 } } } } }", ["three"]],
    ["{ not: { penaltyDecisionRecords: { none: { amount: { gte: 30 } } } } }", ["one in Anhui", "one", "one in Hebei", "four", "four in Tianjin"]],
    ["{ penaltyDecisionRecords: { none: { amount: { isNull: true } } } }", ["three", "four", "four in Tianjin"]],
    ["{ penaltyDecisionRecords: { none: { docNo: { startsWith: \"h\" } } } }", ["two", "three"]],
    ["{ penaltyDecisionRecords: { some: { docNo: { startsWith: \"z\" } } } }", []],
    ["{ penaltyDecisionRecords: { some: { docNo: { eq: \"d1\" } } } }", []],
    ["{ penaltyDecisionRecords: { some: { amount: { eq: 5 } }, none: { amount: { gt: 70 } } } }", []],
    ["{ penaltyDecisionRecords: { some: { amount: { eq: 5 } }, none: { docNo: { eq: \"b1\" } } } }", ["one in Anhui", "one", "one in Hebei"]],
    ["{ penaltyDecisionRecords: {} }", ["one in Anhui", "one", "two", "three", "unseen", "one in Hebei", "four", "four in Tianjin"]],
    ["{ or: [{ name: { eq: \"unseen\" } }, { penaltyDecisionRecords: { none: {} } }] }", ["three", "unseen"]],
    ["{ penaltyDecisionRecords: { some: { enterpriseRecords: { none: { name: { contains: \"Anhui\" } } } } } }", ["two", "four", "four in Tianjin"]],
    ["{ penaltyDecisionRecords: { some: { not: { enterpriseRecords: { some: { name: { contains: \"Anhui\" } } } } } } }", ["two", "four", "four in Tianjin"]],
    ["{ penaltyDecisionRecords: { none: { enterpriseRecords: { some: { name: { contains: \"Anhui\" } } } } } }", ["two", "three", "four", "four in Tianjin"]],
  ])("%s", async (where, expected) => {
    expect(await named(where)).toEqual(expected);
  });

  test("reaches through a local link, and into figures", async () => {
    const { list, totals } = await data(`{
      list: penaltyDecisions(where: { enterprise: { penaltyDecisionRecords: { some: { docNo: { eq: "x1" } } } } }) { totalCount nodes { docNo } }
      totals: penaltyDecisionsAggregate(where: { enterpriseRecords: { some: { name: { eq: "four" } } } }) { groups { count sum { amount } } }
    }`);
    expect(list).toEqual({ totalCount: 5, nodes: ["x1", "a1", "a2", "h1", "h2"].map((docNo) => ({ docNo })) });
    expect(totals.groups).toEqual([{ count: 1, sum: { amount: "60" } }]);
  });

  test("asks each source once for keys, before it asks for rows", async () => {
    await named("{ penaltyDecisionRecords: { some: { amount: { gte: 30 } } } }");
    expect(questions()).toMatchObject({ "anhui aggregate p": 1, "beijing aggregate p": 1, "hebei aggregate p": 1 });
    expect(asked.findLastIndex(({ kind }) => kind === "aggregate")).toBeLessThan(asked.findIndex(({ kind }) => kind === "rows"));
  });

  test.each(["some", "none"])("is unknown while a source is missing: %s", async (quantity) => {
    for (const missing of ["p", ""]) {
      down.set("anhui", missing);
      const given = await answer(`{
        list: enterprises(where: { penaltyDecisionRecords: { ${quantity}: {} } }) { totalCount part: totalCount(partial: ALLOW) nodes { name } }
        turned: enterprises(where: { not: { penaltyDecisionRecords: { ${quantity}: {} } } }) { nodes { name } }
        beside: enterprises(where: { or: [{ name: { eq: "two" } }, { penaltyDecisionRecords: { ${quantity}: {} } }] }) { nodes { name } }
        figures: enterprisesAggregate(where: { penaltyDecisionRecords: { ${quantity}: {} } }) { groups { count } }
        parts: enterprisesAggregate(where: { penaltyDecisionRecords: { ${quantity}: {} } }, partial: ALLOW) { groups { count } }
      }`);
      expect(given.data).toEqual({
        list: { totalCount: null, part: 0, nodes: [] },
        turned: { nodes: [] },
        beside: { nodes: [{ name: "two" }] },
        figures: { groups: null },
        parts: { groups: [{ count: 0 }] },
      });
      expect(given.extensions.complete).toBe(false);
      expect(given.extensions.sources.find(({ source }: Answer) => source === "anhui").status).toBe("UNAVAILABLE");
    }
  });

  test("within another one is unknown by itself: what does not depend on it stands", async () => {
    // Tianjin has enterprises alone: it is missing from the inner link, not from the outer one.
    down.set("tianjin", "e");
    expect(await named("{ penaltyDecisionRecords: { some: { or: [{ docNo: { eq: \"h3\" } }, { enterpriseRecords: { some: {} } }] } } }")).toEqual(["four"]);
    expect(await named("{ penaltyDecisionRecords: { none: { and: [{ docNo: { eq: \"h3\" } }, { enterpriseRecords: { some: {} } }] } } }")).toEqual(["one in Anhui", "one", "two", "three", "one in Hebei"]);
  });

  test("leaves a source out of a second run that answered its keys and not its rows", async () => {
    down.set("beijing", "e");
    const given = await answer("{ enterprises(where: { or: [{ name: { eq: \"four\" } }, { penaltyDecisionRecords: { some: {} } }] }) { nodes { name } } }");
    expect(given.data.enterprises.nodes).toEqual([{ name: "four" }]);
    expect(given.extensions.complete).toBe(false);
  });

  test.each(["some", "none"])("is unknown while a source cannot be asked at all, nor what it holds: %s", async (quantity) => {
    const { registry } = small.sources;
    const shut = { status: "unavailable" as const, id: asSourceId("jiangsu"), region: asRegionCode("320000"), file: "jiangsu.yaml", reason: "UNAVAILABLE" as const, detail: "" };
    const sources: OpenSources = { ...small.sources, registry: { ...registry, list: () => [...registry.list(), shut] } };
    const policies = { ...policiesOf(), "320000": JSON.stringify({ rules: [{ id: "own", to: "own", allow: { PenaltyDecision: ["docNo"] } }] }) };
    const given = await answer(`{ enterprises(where: { penaltyDecisionRecords: { ${quantity}: {} } }) { totalCount nodes { name } } one: enterprises(where: { name: { eq: "one" } }) { nodes { penaltyDecisionRecords { docNo } penaltyDecisionRecordsCount part: penaltyDecisionRecordsCount(partial: ALLOW) } } }`, { sources, hub: hubOf(sources, network, policies, nowMs) });
    expect(given.data.enterprises).toEqual({ totalCount: null, nodes: [] });
    expect(given.data.one.nodes).toEqual([{ penaltyDecisionRecords: ["x1", "a1", "a2", "h1", "h2"].map((docNo) => ({ docNo })), penaltyDecisionRecordsCount: null, part: 5 }]);
    expect(given.extensions.complete).toBe(false);
    expect(asked.filter(({ kind, table }) => kind === "aggregate" && table === "p").length).toBeLessThanOrEqual(3);
  });

  test("belongs to its cursor: where the rules of a far source changed, so did the list", async () => {
    const list = (after: string): string => `{ penaltyDecisions(where: { enterpriseRecords: { some: {} } }, first: 1${after}) { edges { cursor node { docNo } } } }`;
    const first = await answer(list(""));
    const next = list(`, after: ${JSON.stringify(first.data.penaltyDecisions.edges[0].cursor)}`);
    expect((await answer(next)).data.penaltyDecisions.edges[0].node.docNo).toBe("a1");
    // Tianjin has no decision of its own.
    const policies = { ...policiesOf(), [regions.tianjin]: JSON.stringify({ rules: [{ id: "other", to: "agencies", allow: { Enterprise: ["uscc", "name"] } }] }) };
    const changed = await answer(next, { ...small, hub: hubOf(small.sources, network, policies, nowMs) });
    expect(changed).toMatchObject({ data: { penaltyDecisions: null }, errors: [{ extensions: { code: "CURSOR_EXPIRED" } }] });
  });

  test("is not remembered as unknown once the source is back", async () => {
    down.set("anhui", "");
    const where = "{ penaltyDecisionRecords: { none: { docNo: { eq: \"a1\" } } } }";
    expect(await named(where)).toEqual([]);
    down.clear();
    expect(await named(where)).toEqual(["two", "three", "four", "four in Tianjin"]);
  });

  test("makes later pages say that a source was missed", async () => {
    const list = (after: string): string => `{ enterprises(where: { or: [{ name: { contains: "one" } }, { penaltyDecisionRecords: { none: {} } }] }, first: 1${after}) { edges { cursor node { name } } } }`;
    down.set("anhui", "p");
    const first = await answer(list(""));
    down.clear();
    const second = await answer(list(`, after: ${JSON.stringify(first.data.enterprises.edges[0].cursor)}`));
    // Anhui was left out of the first page; from its end on it takes part again.
    expect([first.data.enterprises.edges[0].node.name, second.data.enterprises.edges[0].node.name]).toEqual(["one", "three"]);
    expect(second.extensions).toMatchObject({ complete: false, missedEarlier: ["anhui"] });
  });
});

describe("the bound on keys", () => {
  const hidden = 1;
  const rows = (count: number) => (region: Region) => ({
    e: region === "beijing" ? Array.from({ length: count }, (_, at) => [`n${at}`, `C${at}`, `name ${at}`, "1"]) : region === "hebei" ? [["far", "C0", "far", "1"]] : [],
    // The last decision is hidden, and so is its key.
    p: region === "beijing" ? Array.from({ length: count }, (_, at) => [`d${at}`, `n${at}`, 1, at >= count - hidden ? 1 : 0]) : region === "hebei" ? [["f1", "far", 2, 0]] : [],
  });

  test("counts distinct keys of visible rows over all sources, and cuts nothing", { timeout: 30_000 }, async () => {
    const most = await openNetwork("most", rows(semiJoinKeysMax + hidden));
    try {
      const { enterprises: list } = await data("{ enterprises(where: { penaltyDecisionRecords: { some: {} } }) { totalCount } }", most);
      // And the record of the first of them in Hebei.
      expect(list.totalCount).toBe(semiJoinKeysMax + 1);
      const { enterprises: none } = await data("{ enterprises(where: { penaltyDecisionRecords: { none: {} } }) { nodes { name } } }", most);
      expect(none.nodes).toEqual([{ name: `name ${semiJoinKeysMax}` }]);
    } finally {
      await most.sources.close();
    }
  });

  test("refuses the filter by its name above it, and what does not use it stands", { timeout: 30_000 }, async () => {
    const over = await openNetwork("over", rows(semiJoinKeysMax + hidden + 1));
    try {
      const given = await answer(`{ list: enterprises(where: { and: [{ penaltyDecisionRecords: { some: { amount: { gte: 1 } } } }] }) { totalCount nodes { name } } narrow: enterprises(where: { penaltyDecisionRecords: { some: { docNo: { eq: "d7" } } } }) { nodes { name } } }`, over);
      expect(given.data).toEqual({ list: null, narrow: { nodes: [{ name: "name 7" }] } });
      expect(given.errors).toMatchObject([{ path: ["list"], extensions: { code: "FILTER_TOO_BROAD" } }]);
      expect(given.errors[0].message).toContain(`where.and.penaltyDecisionRecords.some is met by rows with more than ${semiJoinKeysMax} different keys`);
    } finally {
      await over.sources.close();
    }
  });

  test("holds over sources together, each of which is below it", { timeout: 30_000 }, async () => {
    const half = semiJoinKeysMax / 2 + 1;
    const spread = await openNetwork("spread", (region) => ({
      e: region === "anhui" ? [] : Array.from({ length: half }, (_, at) => [`n${at}`, `${region}${at}`, null, "1"]),
      p: region === "anhui" ? [] : Array.from({ length: half }, (_, at) => [`d${at}`, `n${at}`, 1, 0]),
    }));
    try {
      const given = await answer("{ enterprises(where: { penaltyDecisionRecords: { none: {} } }) { totalCount } }", spread);
      expect(given).toMatchObject({ data: { enterprises: null }, errors: [{ extensions: { code: "FILTER_TOO_BROAD" } }], extensions: { complete: true } });
    } finally {
      await spread.sources.close();
    }
  });
});
