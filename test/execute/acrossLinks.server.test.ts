/** Links and filters across sources of unlike kinds: enterprises in PostgreSQL, decisions in SQLite and in PostgreSQL. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { openSources } from "../../src/sources/registry.ts";
import { hasPostgres, makeSchema } from "../fixtures/postgresServer.ts";
import { ask, hubOf, type OpenSources } from "../reference/harness/hub.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const network = parseNetwork(`{ purposes: { check: { zh: 查, en: check } }, agencies: { reader: { zh: 读者, purposes: [check] } } }`, "network.yaml");
const policy = JSON.stringify({
  rules: [
    { id: "firms", to: "agencies", allow: { Enterprise: ["uscc"] }, where: { Enterprise: { industry: { eq: "1" } } } },
    { id: "rest", to: "agencies", allow: { Enterprise: ["name"], PenaltyDecision: ["docNo", "enterprise", "amount"] } },
  ],
});
const entities = `timeZone: Asia/Shanghai
entities:
  Enterprise: { from: e, key: no, tie: id, fields: { uscc: uscc, name: name, industry: kind } }
  PenaltyDecision: { from: p, key: doc, tie: id, fields: { docNo: doc, enterprise: ent, amount: { column: amount, unit: CNY } } }
`;
const tables = `CREATE TABLE e (id INTEGER PRIMARY KEY, no TEXT NOT NULL UNIQUE, uscc TEXT, name TEXT, kind TEXT);
CREATE TABLE p (id INTEGER PRIMARY KEY, doc TEXT NOT NULL UNIQUE, ent TEXT, amount DECIMAL);`;
const hebeiRows = `INSERT INTO e VALUES (1, 'a', 'U1', 'one', '1'), (2, 'b', 'U2', 'two', '1'), (3, 'c', 'U3', 'three', '1'), (4, 'd', 'U4', 'unseen', '2');
INSERT INTO p VALUES (1, 'h1', 'b', NULL)`;
const beijingRows = `INSERT INTO e VALUES (1, 'x', 'U1', 'one in Beijing', '1'), (2, 'y', 'U4', 'four', '1');
INSERT INTO p VALUES (1, 'b1', 'x', 100), (2, 'b2', 'x', 7.5), (3, 'b3', 'y', 60)`;

describe.skipIf(!(await hasPostgres()))("an across link between PostgreSQL and SQLite", () => {
  const open = async (): Promise<OpenSources> => {
    const schema = await makeSchema();
    undo.push(() => schema.drop());
    for (const statement of `${tables}${hebeiRows}`.replaceAll("DECIMAL", "numeric").split(";")) await schema.run(statement);
    const dir = mkdtempSync(join(tmpdir(), "across-servers-"));
    undo.push(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, "beijing.db");
    const database = new Database(file);
    database.exec(`${tables}${beijingRows}`);
    database.close();
    const write = (region: string, text: string): void => {
      mkdirSync(join(dir, "regions", region), { recursive: true });
      writeFileSync(join(dir, "regions", region, "source.yaml"), text);
    };
    write("hebei", `region: 130000\nkind: postgres\nconnection: { url: "\${HEBEI}", schema: ${schema.schema} }\n${entities}`);
    write("beijing", `region: 110000\nkind: sqlite\nconnection: { file: "${file}" }\n${entities}`);
    const registry = await openSources({ networkDir: dir, dataDir: dir, env: { HEBEI: schema.url }, vocabulary: vocabulary(), kinds: sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)), log: () => {} });
    undo.push(() => registry.close());
    const mappings = new Map(registry.list().flatMap((state) => (state.status === "ready" ? [[state.id as string, state.source.mapping] as const] : [])));
    expect([...mappings.keys()]).toEqual(["beijing", "hebei"]);
    return { mappings, mirrored: new Set(), registry, close: () => registry.close() };
  };

  test("lists, counts and filters as among sources of one kind", async () => {
    const sources = await open();
    const hub = hubOf(sources, network, { "110000": policy, "130000": policy }, Date.UTC(2026, 0, 1));
    const given = await ask(
      hub,
      { agency: "reader", purpose: "check" },
      `{
        all: enterprises { nodes { name penaltyDecisionRecords { docNo } penaltyDecisionRecordsCount } }
        some: enterprises(where: { penaltyDecisionRecords: { some: { amount: { gte: 50 } } } }) { totalCount nodes { name } }
        none: enterprises(where: { penaltyDecisionRecords: { none: { amount: { gte: 50 } } } }) { nodes { name } }
        far: penaltyDecisionsAggregate(where: { enterpriseRecords: { some: { name: { eq: "one" } } } }) { groups { count sum { amount } } }
      }`,
    );
    if ("refused" in given) throw new Error(given.refused);
    const named = (...names: string[]): object => ({ nodes: names.map((name) => ({ name })) });
    const records = (...docs: string[]): object => ({ penaltyDecisionRecords: docs.map((docNo) => ({ docNo })), penaltyDecisionRecordsCount: docs.length });
    expect(given.errors).toBeUndefined();
    expect(given.data).toEqual({
      all: {
        nodes: [
          { name: "one in Beijing", ...records("b1", "b2") },
          { name: "four", ...records("b3") },
          { name: "one", ...records("b1", "b2") },
          { name: "two", ...records("h1") },
          { name: "three", ...records() },
          { name: "unseen", penaltyDecisionRecords: null, penaltyDecisionRecordsCount: null },
        ],
      },
      some: { totalCount: 3, ...named("one in Beijing", "four", "one") },
      none: named("three"),
      far: { groups: [{ count: 2, sum: { amount: "107.5" } }] },
    });
  });
});
