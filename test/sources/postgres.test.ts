// Goal: a region in PostgreSQL is one line of `source.yaml` away, and what is wrong with it is said at its line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { hasPostgres, makeSchema, type PostgresSchema } from "../fixtures/postgresServer.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function network(schema: PostgresSchema, fields: string, env: Readonly<Record<string, string>>): Promise<SourceRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "postgres-network-"));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "regions", "hebei"), { recursive: true });
  writeFileSync(
    join(dir, "regions", "hebei", "source.yaml"),
    `region: 130000\nkind: postgres\nconnection: { url: "\${HEBEI}", schema: ${schema.schema} }\ntimeZone: Asia/Shanghai\nentities:\n  Station:\n    from: zd\n    key: bh\n    tie: id\n    fields:\n      code: bh\n${fields}`,
  );
  const sources = await openSources({ networkDir: dir, dataDir: dir, env, vocabulary: vocabulary(), kinds: sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)), log: () => {} });
  undo.push(() => sources.close());
  return sources;
}

describe.skipIf(!(await hasPostgres()))("a region in PostgreSQL", () => {
  const open = async (): Promise<PostgresSchema> => {
    const schema = await makeSchema();
    undo.push(() => schema.drop());
    await schema.run("CREATE TABLE zd (id int4 NOT NULL UNIQUE, bh text PRIMARY KEY, mc text, qy date, sm text)");
    return schema;
  };

  test("is ready when its mapping stands on the server's tables", async () => {
    const schema = await open();
    const sources = await network(schema, "      name: mc\n      activeFrom: qy\n", { HEBEI: schema.url });
    expect(sources.list()).toMatchObject([{ status: "ready", id: "hebei", source: { mapping: { kind: "postgres", warnings: [] } } }]);
    await schema.run("ALTER TABLE zd DROP COLUMN sm, ALTER COLUMN mc TYPE varchar(10)");
    await sources.checkDrift();
    expect(sources.list()).toMatchObject([{ drift: [{ column: "mc", change: "TYPE_CHANGED" }, { column: "sm", change: "COLUMN_GONE" }] }]);
  });

  test.each([
    ["      activeFrom: sm\n", "HEBEI", "refused", "regions/hebei/source.yaml:12:7 `Station.activeFrom` from a plain `sm` (text)"],
    ["      name: nosuch\n", "HEBEI", "refused", "regions/hebei/source.yaml:12:13 table `zd` has no column `nosuch`"],
    ["      name: mc\n", "OTHER", "refused", "`${HEBEI}` is not set"],
  ])("%j with %s set is %s", async (fields, name, status, message) => {
    const schema = await open();
    const sources = await network(schema, fields, { [name]: schema.url });
    expect(sources.list()).toMatchObject([{ status, message: expect.stringContaining(message) }]);
  });

  test("that does not answer is unavailable, and tried again", async () => {
    const schema = await open();
    const sources = await network(schema, "      name: mc\n", { HEBEI: "postgres://nobody@127.0.0.1:1/none" });
    expect(sources.list()).toMatchObject([{ status: "unavailable", reason: "UNAVAILABLE" }]);
  });
});
