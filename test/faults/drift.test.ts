/**
 * F08: what a client sees when a source's tables change under a running hub. Only what rests on the change is withheld, it is never taken
 * from another column, totals that would be wrong are null, a rule that reads it shows nothing for it, and all of it ends by itself.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SmallNetworkOptions } from "../fixtures/smallNetwork.ts";
import { policyYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub } from "../gateway/openHub.ts";

const everything = "{ stations(first: 3) { totalCount nodes { code name elevation } } }";

/** Statements on the region's own database, by another connection. */
const change = (hub: Hub, sql: string): void => {
  const database = new Database(join(hub.net.dir, "hebei.db"));
  database.exec(sql);
  database.close();
};
/** Until the hub has noticed by its own clock. */
async function until<Value>(ask: () => Promise<Value>, is: (value: Value) => boolean): Promise<Value> {
  const from = performance.now();
  for (;;) {
    const value = await ask();
    if (is(value)) return value;
    if (performance.now() - from > 10_000) throw new Error(`not within ten seconds: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("A region's SQLite file that changes under a running hub", () => {
  let hub: Hub;
  let token: string;
  const ask = (query: string) => hub.query(token, query);
  const drift = async () => {
    const state = hub.net.registry.list()[0];
    return state?.status === "ready" ? { drift: state.drift.map(({ change: what }) => what), lost: [...state.source.lost].map(([entity, { attributes, rows }]) => `${entity} ${rows ? "rows" : [...attributes].sort().join(" ")}`) } : state;
  };
  const open = (options: SmallNetworkOptions = {}) => openHub({ driftEveryMs: 50, ...options });
  beforeAll(async () => {
    hub = await open();
    token = await hub.net.token("partner", ["enforcement"]);
  });
  afterAll(() => hub.close());
  const heals = async (): Promise<void> => {
    await until(drift, (state) => JSON.stringify(state) === '{"drift":[],"lost":[]}');
    const answer = await until(() => ask(everything), ({ json }) => json.extensions.complete === true);
    expect(answer.json.data.stations.totalCount).toBe(40);
    expect(answer.json.extensions.access.withheld).toEqual([]);
  };

  /** The change is undone whatever comes of it. */
  const during = async (sql: string, undo: string, work: () => Promise<void>): Promise<void> => {
    change(hub, sql);
    try {
      await work();
    } finally {
      change(hub, undo);
    }
    await heals();
  };

  interface Case {
    readonly what: string;
    readonly change: string;
    readonly undo: string;
    readonly drift: readonly string[];
    /** Coordinates that are withheld, by entity; what the fixture maps beside them is not. */
    readonly lost: readonly string[];
    readonly node: object;
  }
  const whole = { code: "1001A", name: "站点1001", elevation: "0" };
  const cases: readonly Case[] = [
    { what: "a renamed column", change: "ALTER TABLE station RENAME COLUMN name TO title", undo: "ALTER TABLE station RENAME COLUMN title TO name", drift: ["COLUMN_GONE", "COLUMN_NEW"], lost: ["Station name"], node: { ...whole, name: null } },
    {
      what: "another column under the old name",
      change: "ALTER TABLE station RENAME COLUMN name TO old; ALTER TABLE station RENAME COLUMN contact TO name",
      undo: "ALTER TABLE station RENAME COLUMN name TO contact; ALTER TABLE station RENAME COLUMN old TO name",
      drift: ["COLUMN_MOVED", "COLUMN_GONE", "COLUMN_NEW"],
      lost: ["Station contact name"],
      node: { ...whole, name: null },
    },
    {
      what: "two columns that change names",
      change: "ALTER TABLE station RENAME COLUMN name TO x; ALTER TABLE station RENAME COLUMN region TO name; ALTER TABLE station RENAME COLUMN x TO region",
      undo: "ALTER TABLE station RENAME COLUMN name TO x; ALTER TABLE station RENAME COLUMN region TO name; ALTER TABLE station RENAME COLUMN x TO region",
      drift: ["COLUMN_MOVED", "COLUMN_MOVED"],
      lost: ["Station name region"],
      node: { ...whole, name: null },
    },
    {
      what: "a column of another type",
      change: "CREATE TABLE s2 (code TEXT PRIMARY KEY NOT NULL, name TEXT, region TEXT, elevation TEXT, contact TEXT) STRICT; INSERT INTO s2 SELECT code, name, region, 'CNRY-9', contact FROM station; ALTER TABLE station RENAME TO s1; ALTER TABLE s2 RENAME TO station",
      undo: "DROP TABLE station; ALTER TABLE s1 RENAME TO station",
      drift: ["TYPE_CHANGED"],
      lost: ["Station elevation"],
      node: { ...whole, elevation: null },
    },
    {
      what: "a column of another collation",
      change: "CREATE TABLE s2 (code TEXT PRIMARY KEY NOT NULL, name TEXT COLLATE NOCASE, region TEXT, elevation REAL, contact TEXT) STRICT; INSERT INTO s2 SELECT * FROM station; ALTER TABLE station RENAME TO s1; ALTER TABLE s2 RENAME TO station",
      undo: "DROP TABLE station; ALTER TABLE s1 RENAME TO station",
      drift: ["COLLATION_CHANGED"],
      lost: ["Station name"],
      node: { ...whole, name: null },
    },
    { what: "a column more", change: "ALTER TABLE station ADD COLUMN secret TEXT DEFAULT 'CNRY-new'", undo: "ALTER TABLE station DROP COLUMN secret", drift: ["COLUMN_NEW"], lost: [], node: whole },
    {
      what: "a view in the place of a table",
      change: "ALTER TABLE station RENAME TO s1; CREATE VIEW station AS SELECT code, contact AS name, region, elevation, contact FROM s1",
      undo: "DROP VIEW station; ALTER TABLE s1 RENAME TO station",
      drift: ["DEFINITION_CHANGED", "TYPE_CHANGED", "NULLS_ADMITTED", "TYPE_CHANGED", "TYPE_CHANGED", "TYPE_CHANGED", "TYPE_CHANGED", "NO_LONGER_UNIQUE"],
      lost: ["Station rows"],
      node: {},
    },
  ];

  test.each(cases)("$what", async ({ change: sql, undo, drift: expected, lost, node }) => {
    await during(sql, undo, async () => {
      const state = await until(drift, (found) => JSON.stringify(found).includes(expected[0] ?? ""));
      expect(state).toEqual({ drift: expected, lost });
      const answer = await ask(everything);
      const { data, extensions } = answer.json;
      expect(answer.text).not.toContain("CNRY");
      const isWithheld = lost.length > 0;
      expect(extensions.complete).toBe(!isWithheld);
      if (Object.keys(node).length > 0) {
        expect(data.stations.nodes[0]).toEqual(node);
        // No filter reads it, so that the count is of all rows.
        expect(data.stations.totalCount).toBe(40);
        expect(extensions.sources).toMatchObject([{ source: "hebei", status: "OK", rows: 3 }]);
      } else {
        expect(data.stations).toEqual({ totalCount: null, nodes: [] });
        expect(extensions.sources).toMatchObject([{ source: "hebei", status: "SCHEMA_DRIFT", rows: 0 }]);
      }
      const withheld = extensions.access.withheld.filter(({ code }: { code?: string }) => code === "SOURCE_SCHEMA_DRIFT").map(({ source, coordinate, by }: Record<string, unknown>) => [source, coordinate, by]);
      const used = ["code", "elevation", "name"].filter((name) => lost.some((entity) => entity.endsWith("rows") || entity.split(" ").includes(name)));
      expect(withheld).toEqual(used.map((name) => ["hebei", `Station.${name}`, null]));
    });
    expect(hub.net.log.join("\n")).not.toContain("CNRY");
  });

  test("a withheld column reads NULL in every role, and what is counted by it is null unless the query takes a part for the whole", async () => {
    await during("ALTER TABLE station RENAME COLUMN name TO title", "ALTER TABLE station RENAME COLUMN title TO name", async () => {
      await until(drift, (found) => JSON.stringify(found).includes("Station name"));
      const answer = await ask(`{
        filtered: stations(where: { name: { startsWith: "站" } }) { totalCount nodes { code } }
        partly: stations(where: { name: { isNull: true } }) { totalCount(partial: ALLOW) }
        ordered: stations(orderBy: [{ name: DESC }], first: 1) { nodes { code } }
        grouped: stationsAggregate(groupBy: [{ field: NAME }]) { groups { key { name } count } }
        counted: stationsAggregate { groups { count } }
      }`);
      expect(answer.json.data).toEqual({
        filtered: { totalCount: null, nodes: [] },
        partly: { totalCount: 40 },
        ordered: { nodes: [{ code: "1001A" }] },
        grouped: { groups: null },
        counted: { groups: [{ count: 40 }] },
      });
      expect(answer.json.extensions.complete).toBe(false);
    });
  });

  test("a cursor from before the change starts anew, and the record names an answer in part", async () => {
    const first = await ask("{ stations(first: 2) { nodes { name } pageInfo { endCursor } } }");
    const { endCursor } = first.json.data.stations.pageInfo;
    await during("ALTER TABLE station RENAME COLUMN name TO title", "ALTER TABLE station RENAME COLUMN title TO name", async () => {
      await until(drift, (found) => JSON.stringify(found).includes("Station name"));
      const next = await ask(`{ stations(first: 2, after: ${JSON.stringify(endCursor)}) { nodes { name } pageInfo { endCursor } } }`);
      expect(next.json.errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED" } }]);
      const again = await ask("{ stations(first: 2) { nodes { name } } }");
      expect((await hub.records()).find(({ correlationId }) => correlationId === again.json.extensions.correlationId)?.outcome).toBe("PARTIAL");
    });
  });

  test("a rule that reads what changed shows nothing for it, whichever way it reads it", async () => {
    // hb-revoked hides what is revoked; where nobody can tell, everything is hidden.
    const penalties = "{ penaltyDecisions { totalCount nodes { docNo } } }";
    const before = await ask(penalties);
    expect(before.json.data.penaltyDecisions.nodes.length).toBeGreaterThan(0);
    await during("ALTER TABLE penalty RENAME COLUMN revoked TO withdrawn", "ALTER TABLE penalty RENAME COLUMN withdrawn TO revoked", async () => {
      await until(drift, (found) => JSON.stringify(found).includes("PenaltyDecision revoked"));
      const answer = await ask(penalties);
      expect(answer.json.data.penaltyDecisions).toEqual({ totalCount: null, nodes: [] });
      expect(answer.json.extensions).toMatchObject({ complete: false, access: { withheld: [{ source: "hebei", coordinate: "PenaltyDecision.docNo", by: null, code: "SOURCE_SCHEMA_DRIFT" }] } });
      // The column that the rule reads is not this agency's to know of.
      expect(answer.text).not.toContain("revoked");
      const station = await ask("{ stations(first: 1) { nodes { code } } }");
      expect(station.json.extensions.complete).toBe(true);
    });
    expect((await ask(penalties)).json.data).toEqual(before.json.data);
  });

  test("an id of a source that cannot tell its rows is an error, and no null that looks like none", async () => {
    const first = await ask("{ stations(first: 1) { nodes { id } } }");
    const { id } = first.json.data.stations.nodes[0];
    await during("ALTER TABLE station RENAME COLUMN code TO number", "ALTER TABLE station RENAME COLUMN number TO code", async () => {
      await until(drift, (found) => JSON.stringify(found).includes("Station rows"));
      const answer = await ask(`{ station(id: ${JSON.stringify(id)}) { name } }`);
      expect(answer.json).toMatchObject({ data: { station: null }, errors: [{ path: ["station"], extensions: { code: "SOURCE_SCHEMA_DRIFT" } }] });
    });
  });

  test("is noticed by the queries themselves, long before the minute is over", async () => {
    const patient = await openHub();
    try {
      const partner = await patient.net.token("partner", ["enforcement"]);
      const asked = () => patient.query(partner, everything);
      expect((await asked()).json.extensions.complete).toBe(true);
      change(patient, "ALTER TABLE station RENAME COLUMN name TO title");
      const answer = await until(asked, ({ json }) => json.extensions.sources[0]?.status === "OK" && json.extensions.complete === false);
      expect(answer.json.data.stations.nodes[0]).toEqual({ ...whole, name: null });
    } finally {
      await patient.close();
    }
  });

  test("the steward sees the change, what is withheld for it, and when it is over; the log names the change", async () => {
    const steward = await hub.net.stewardToken("wang");
    const asked = async () => (await hub.query(steward, "{ sources { id status withheld drift { table column change } } }", { path: "/steward/graphql" })).json.data.sources;
    await during("ALTER TABLE station RENAME COLUMN name TO title", "ALTER TABLE station RENAME COLUMN title TO name", async () => {
      expect(await until(asked, ([source]) => source.status === "DRIFT")).toEqual([
        { id: "hebei", status: "DRIFT", withheld: ["Station.name"], drift: [{ table: "station", column: "name", change: "COLUMN_GONE" }, { table: "station", column: "title", change: "COLUMN_NEW" }] },
      ]);
    });
    expect(await until(asked, ([source]) => source.status === "READY")).toMatchObject([{ withheld: [], drift: [] }]);
    const log = hub.net.log.join("\n");
    expect(log).toContain('{"event":"source.drifted","source":"hebei","change":"COLUMN_GONE","count":1}');
  });

  test("statistics of an entity that lost something are not published until it is back", async () => {
    const published = await open({
      policy: `${policyYaml}  - id: hb-counts\n    to: agency:partner\n    publish: { Enterprise: { by: [region], measures: { output: [sum] }, minGroup: 3 } }\n`,
    });
    try {
      const partner = await published.net.token("partner", ["enforcement"]);
      const groups = async () => (await published.query(partner, "{ enterprisesPublished { groups { count } } }")).json.data.enterprisesPublished.groups;
      expect(await groups()).not.toBeNull();
      change(published, "ALTER TABLE enterprise RENAME COLUMN industry TO branch");
      expect(await until(groups, (found) => found === null)).toBeNull();
      change(published, "ALTER TABLE enterprise RENAME COLUMN branch TO industry");
      expect(await until(groups, (found) => found !== null)).not.toBeNull();
    } finally {
      await published.close();
    }
  });
});

describe("A source that changed while the hub was down", () => {
  test("is found at the start: withheld as it would have been, until its file says something else", async () => {
    const first = await openHub();
    const { dir } = first.net;
    await first.gateway.close();
    await first.net.close(true);
    const database = new Database(join(dir, "hebei.db"));
    database.exec("ALTER TABLE station RENAME COLUMN name TO old; ALTER TABLE station RENAME COLUMN contact TO name");
    database.close();
    const second = await openHub({ dir });
    const answer = await second.query(await second.net.token("partner", ["enforcement"]), everything);
    expect(answer.json.data.stations.nodes[0]).toEqual({ code: "1001A", name: null, elevation: "0" });
    expect(answer.text).not.toContain("CNRY");
    expect(answer.json.extensions.complete).toBe(false);
    await second.gateway.close();
    await second.net.close(true);
    // The steward looked at it and wrote what the columns are now.
    writeFileSync(join(dir, "regions", "hebei", "source.yaml"), sourceYaml.replace("name: name, medium", "name: old, medium").replace("contact: contact", "contact: name"));
    const third = await openHub({ dir });
    const mended = await third.query(await third.net.token("partner", ["enforcement"]), everything);
    expect(mended.json.data.stations.nodes[0]).toEqual({ code: "1001A", name: "站点1001", elevation: "0" });
    expect(mended.json.extensions.complete).toBe(true);
    await third.close();
  });
});
