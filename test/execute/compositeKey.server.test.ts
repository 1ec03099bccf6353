/** A table on a server whose rows are told apart by several columns, as decisions by office and number are: no `tie`, and every page follows the last. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { openKeys } from "../../src/identity/keys.ts";
import { openSources } from "../../src/sources/registry.ts";
import { hasMariadb, makeDatabase } from "../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema } from "../fixtures/postgresServer.ts";
import { ask, hubOf } from "../reference/harness/hub.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const network = parseNetwork(`{ purposes: { check: { zh: 查, en: check } }, agencies: { reader: { zh: 读者, purposes: [check] } } }`, "network.yaml");
const policy = JSON.stringify({ rules: [{ id: "all", to: "agencies", allow: { Enterprise: ["uscc", "name"], PenaltyDecision: ["docNo", "enterprise", "amount"] } }] });
const mapping = `timeZone: Asia/Shanghai
entities:
  Enterprise: { from: qy, key: xydm, fields: { uscc: xydm, name: mc } }
  PenaltyDecision: { from: cf, key: [jg, wh], fields: { docNo: wh, enterprise: qy, amount: { column: je, unit: CNY } } }
`;
interface Page {
  readonly penaltyDecisions: { readonly nodes: readonly unknown[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string } };
}

const numbers = 40;
const rowCount = 3 * numbers;

const servers = [
  { kind: "postgres", isThere: await hasPostgres(), make: makeSchema, schema: true },
  { kind: "mariadb", isThere: await hasMariadb(), make: makeDatabase, schema: false },
] as const;

describe.each(servers)("decisions on $kind", ({ kind, isThere, make, schema }) => {
  test.skipIf(!isThere)("are paged without a tie, in one order from start to start, and links find their enterprises", async () => {
    const server = await make();
    undo.push(() => server.drop());
    await server.run("CREATE TABLE qy (xydm varchar(9) PRIMARY KEY, mc varchar(9))");
    await server.run("INSERT INTO qy VALUES ('A', '甲'), ('B', '乙')");
    await server.run("CREATE TABLE cf (jg varchar(9) NOT NULL, wh varchar(9) NOT NULL, qy varchar(9), je numeric(9,3), PRIMARY KEY (jg, wh))");
    const rows = ["A", "B", "C"].flatMap((firm) => Array.from({ length: numbers }, (_, number) => `('${firm}局', '${number}号', '${firm}', ${number % 3 === 0 ? "NULL" : number % 3})`));
    await server.run(`INSERT INTO cf VALUES ${rows.join(", ")}`);

    const dir = mkdtempSync(join(tmpdir(), "composite-key-"));
    undo.push(() => rmSync(dir, { recursive: true, force: true }));
    mkdirSync(join(dir, "regions", "hebei"), { recursive: true });
    const where = schema && "schema" in server ? `, schema: ${server.schema}` : "";
    writeFileSync(join(dir, "regions", "hebei", "source.yaml"), `region: 130000\nkind: ${kind}\nconnection: { url: "\${HEBEI}"${where} }\n${mapping}`);

    /** What a hub says whose keys are those of `dataDir`; it is opened and closed for each. */
    const asking = async <Answer>(dataDir: string, run: (query: (text: string) => Promise<Page>) => Promise<Answer>): Promise<Answer> => {
      const registry = await openSources({ networkDir: dir, dataDir: dir, env: { HEBEI: server.url }, vocabulary: vocabulary(), kinds: sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)), keySecretOf: openKeys(dataDir).keySecretOf, log: () => {} });
      try {
        const mappings = new Map(registry.list().flatMap((state) => (state.status === "ready" ? [[state.id as string, state.source.mapping] as const] : [])));
        expect(registry.list().map((state) => ("message" in state ? state.message : state.status))).toEqual(["ready"]);
        const hub = hubOf({ mappings, mirrored: new Set(), registry, close: () => registry.close() }, network, { "130000": policy }, Date.UTC(2026, 0, 1));
        return await run(async (text) => {
          const given = await ask(hub, { agency: "reader", purpose: "check" }, text);
          if ("refused" in given) throw new Error(given.refused);
          expect(given.errors).toBeUndefined();
          return given.data as unknown as Page;
        });
      } finally {
        await registry.close();
      }
    };
    const all = (dataDir: string): Promise<readonly unknown[]> => asking(dataDir, async (query) => (await query(`{ penaltyDecisions(first: 500, orderBy: [{ amount: DESC }]) { nodes { docNo amount enterprise { name } } } }`)).penaltyDecisions.nodes);
    const [one, other] = ["one", "other"].map((name) => join(dir, name)) as [string, string];

    const whole = await all(one);
    expect(whole).toHaveLength(rowCount);
    expect(new Set(whole.map((row) => JSON.stringify(row))).size).toBe(rowCount);
    expect(whole.filter((row) => (row as { enterprise: unknown }).enterprise === null)).toHaveLength(numbers);
    const paged = await asking(one, async (query) => {
      const found: unknown[] = [];
      for (let after = ""; ; ) {
        const { nodes, pageInfo } = (await query(`{ penaltyDecisions(first: 7, orderBy: [{ amount: DESC }]${after}) { nodes { docNo amount enterprise { name } } pageInfo { hasNextPage endCursor } } }`)).penaltyDecisions;
        found.push(...nodes);
        if (pageInfo.hasNextPage !== true) return found;
        after = `, after: "${pageInfo.endCursor}"`;
      }
    });
    expect(paged).toEqual(whole);
    // Started again it has the same order; with another hub's keys, another.
    expect(await all(one)).toEqual(whole);
    const elsewhere = await all(other);
    expect(elsewhere).not.toEqual(whole);
    expect(elsewhere.map((row) => (row as { amount: unknown }).amount)).toEqual(whole.map((row) => (row as { amount: unknown }).amount));
  });
});
