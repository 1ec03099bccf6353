// Goal: a region in MariaDB is one line of `source.yaml` away, and what is wrong with it is said at its line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { hasMariadb, makeDatabase, type MariadbDatabase } from "../fixtures/mariadbServer.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function network(fields: string, url: string, kind = "mariadb"): Promise<SourceRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "mariadb-network-"));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "regions", "anhui"), { recursive: true });
  writeFileSync(
    join(dir, "regions", "anhui", "source.yaml"),
    `region: 340000\nkind: ${kind}\nconnection: { url: "\${ANHUI}" }\ntimeZone: Asia/Shanghai\nentities:\n  Station:\n    from: zd\n    key: bh\n    tie: id\n    fields:\n      code: bh\n${fields}`,
  );
  const sources = await openSources({ networkDir: dir, dataDir: dir, env: { ANHUI: url }, vocabulary: vocabulary(), kinds: sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)), log: () => {} });
  undo.push(() => sources.close());
  return sources;
}

describe.skipIf(!(await hasMariadb()))("a region in MariaDB", () => {
  const open = async (): Promise<MariadbDatabase> => {
    const database = await makeDatabase();
    undo.push(() => database.drop());
    await database.run("CREATE TABLE zd (id int NOT NULL UNIQUE, bh varchar(20) PRIMARY KEY, mc text, qy date, sm text)");
    return database;
  };

  test("is ready when its mapping stands on the server's tables", async () => {
    const database = await open();
    const sources = await network("      name: mc\n      activeFrom: qy\n", database.url);
    expect(sources.list()).toMatchObject([{ status: "ready", id: "anhui", source: { mapping: { kind: "mariadb", warnings: [] } } }]);
    await database.run("ALTER TABLE zd DROP COLUMN sm, MODIFY mc varchar(10)");
    await sources.checkDrift();
    expect(sources.list()).toMatchObject([{ drift: [{ column: "mc", change: "TYPE_CHANGED" }, { column: "sm", change: "COLUMN_GONE" }] }]);
  });

  test.each([
    ["      activeFrom: sm\n", "regions/anhui/source.yaml:12:7 `Station.activeFrom` from a plain `sm` (text)"],
    ["      name: nosuch\n", "regions/anhui/source.yaml:12:13 table `zd` has no column `nosuch`"],
  ])("%j is refused", async (fields, message) => {
    const sources = await network(fields, (await open()).url);
    expect(sources.list()).toMatchObject([{ status: "refused", message: expect.stringContaining(message) }]);
  });

  test("that does not answer is unavailable, and one behind a URL with options is refused", async () => {
    expect((await network("      name: mc\n", "mariadb://nobody@127.0.0.1:1/none")).list()).toMatchObject([{ status: "unavailable", reason: "UNAVAILABLE" }]);
    expect((await network("      name: mc\n", "mariadb://nobody@127.0.0.1:1/none?flags=LOCAL_FILES")).list()).toMatchObject([{ status: "refused", message: expect.stringContaining("no place for options") }]);
  });
});
