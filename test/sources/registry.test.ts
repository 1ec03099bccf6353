import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { asSourceId } from "../../schema/ids.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { openSources, type SourceRegistry, type SourcesInput } from "../../src/sources/registry.ts";
import { answer, startApi } from "../adapters/rest/apiServer.ts";
import { handClock, readAll, temporaryDir, type HandClock } from "./mirrorFixture.ts";

const lensModule = pathToFileURL(join(import.meta.dirname, "../../src/mapping/lenses/sqlFunctions.ts"));

let home: { dir: string; dispose(): Promise<void> };
let clock: HandClock;
let lines: string[];
const opened: SourceRegistry[] = [];
beforeEach(async () => {
  home = await temporaryDir();
  clock = handClock();
  lines = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  await home.dispose();
});

const put = async (path: string, text: string): Promise<void> => {
  const file = join(home.dir, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
};
const open = async (more: Partial<SourcesInput> = {}): Promise<SourceRegistry> => {
  const registry = await openSources({
    networkDir: home.dir,
    dataDir: join(home.dir, "data"),
    env: { DROP: join(home.dir, "drop"), DB: join(home.dir, "live.db") },
    vocabulary: vocabulary(),
    kinds: sourceKinds(lensModule),
    clock,
    log: (event) => void lines.push(JSON.stringify(event)),
    ...more,
  });
  opened.push(registry);
  return registry;
};

const stationFields = "{ code: code, name: name, medium: { constant: AIR } }";
const dropSource = (more = ""): string => `region: 340000
kind: drop
connection: { folder: "\${DROP}", settle: 1ms }
timeZone: Asia/Shanghai
tables: { sites: { files: "sites_{year}.csv" } }
entities:
  Station:
    from: sites
    key: code
    ${more}
    fields: ${stationFields}
`;
const liveSource = (fields = stationFields): string => `region: 110000
kind: sqlite
connection: { file: "\${DB}" }
timeZone: Asia/Shanghai
entities:
  Station: { from: site, key: code, fields: ${fields} }
`;
const makeDatabase = (sql = "CREATE TABLE site (code TEXT PRIMARY KEY NOT NULL, name TEXT) STRICT"): void => {
  const database = new Database(join(home.dir, "live.db"));
  database.exec(sql);
  database.close();
};

const statusOf = (registry: SourceRegistry): unknown => Object.fromEntries(registry.list().map((state) => [state.id, state.status]));
const messageOf = (registry: SourceRegistry): string => registry.list().map((state) => (state.status === "refused" ? state.message : state.status)).join("\n");

describe("The registry", () => {
  test("opens every source by its file, a region's second one by its name, and gives those that are ready", async () => {
    makeDatabase();
    await put("drop/sites_2024.csv", "code,name\nA,东四\n");
    await put("regions/anhui/source.yaml", dropSource());
    await put("regions/beijing/source.yaml", liveSource());
    await put("regions/beijing/old.source.yaml", liveSource());
    await put("regions/joining/policy.yaml", "rules: []");
    const registry = await open();
    expect(registry.list().map((state) => [state.id, state.status, state.file])).toEqual([
      ["anhui", "ready", "regions/anhui/source.yaml"],
      ["beijing", "ready", "regions/beijing/source.yaml"],
      ["beijing-old", "ready", "regions/beijing/old.source.yaml"],
    ]);
    const source = registry.get(asSourceId("anhui"));
    expect(source).toMatchObject({ id: "anhui", region: "340000", adapter: { kind: "drop" } });
    expect(source?.health()).toMatchObject({ status: "ok" });
    expect(source && (await readAll(source.adapter, "sites", ["code", "$year"]))).toEqual([["A", "2024"]]);
  });

  test("stops a region for its mapping, with file, line and column, and no other", async () => {
    makeDatabase();
    await put("drop/sites_2024.csv", "code,name\nA,x\n");
    await put("regions/anhui/source.yaml", dropSource().replace("name: name", "name: nmae"));
    await put("regions/beijing/source.yaml", liveSource());
    const registry = await open();
    expect(statusOf(registry)).toEqual({ anhui: "refused", beijing: "ready" });
    expect(messageOf(registry)).toMatch(/^regions\/anhui\/source\.yaml:11:\d+ .*nmae/);
    expect(registry.get(asSourceId("anhui"))).toBeNull();
  });

  test.each<[string, string, string | null]>([
    ["whatever else is wrong with its file", dropSource().replace("key: code", "kee: code"), "340000"],
    ["where it has no region", dropSource().replace("region: 340000\n", ""), null],
    ["where it is no YAML", `${dropSource()}  [`, null],
  ])("knows a refused source's region %s", async (_where, text, region) => {
    await put("regions/anhui/source.yaml", text);
    expect((await open()).list()).toMatchObject([{ status: "refused", region }]);
  });

  test.each<[string, string, RegExp]>([
    ["a kind that there is not", dropSource().replace("kind: drop", "kind: dorp"), /source\.yaml:2:7 there is no kind `dorp`; did you mean `drop`/],
    ["a variable that is not set", dropSource().replace("${DROP}", "${DORP}"), /source\.yaml:3:23 `\$\{DORP\}` is not set/],
    ["a word that its kind does not know", dropSource().replace("settle", "setle"), /source\.yaml:3:\d+ `connection\.setle` `setle` is not known here/],
    ["a table that it does not declare", dropSource().replace("from: sites", "from: site"), /source\.yaml:8:11 `tables` declares no table `site`; did you mean `sites`/],
    ["tables of a database that has its own", liveSource().replace("entities:", "tables: {}\nentities:"), /source\.yaml:5:9 a `sqlite` source has its own tables/],
    ["YAML that is none", "region: [", /source\.yaml:1:/],
  ])("refuses %s", async (_what, text, message) => {
    makeDatabase();
    await put("drop/sites_2024.csv", "code,name\nA,x\n");
    await put("regions/anhui/source.yaml", text);
    expect(messageOf(await open())).toMatch(message);
  });

  test("refuses a key that is not unique without `latest`, and takes it with `latest`", async () => {
    await put("drop/sites_2023.csv", "code,name\nA,x\n");
    await put("drop/sites_2024.csv", "code,name\nA,y\n");
    await put("regions/anhui/source.yaml", dropSource());
    const first = await open();
    expect(messageOf(first)).toMatch(/source\.yaml:9:\d+ .*\(code\) is not unique in `sites`/);
    await first.close();
    await put("regions/anhui/source.yaml", dropSource("latest: $year"));
    expect(statusOf(await open())).toEqual({ anhui: "ready" });
  });

  test("takes a declared table without any row as one that has no row", async () => {
    await mkdir(join(home.dir, "drop"));
    await put("regions/anhui/source.yaml", dropSource("latest: $year"));
    const registry = await open();
    expect(statusOf(registry)).toEqual({ anhui: "ready" });
    await put("drop/sites_2024.csv", "code,name\nA,x\n");
    await registry.refresh(asSourceId("anhui"), new AbortController().signal);
    const source = registry.get(asSourceId("anhui"));
    expect(source && (await readAll(source.adapter, "sites", ["code", "name", "$year"]))).toEqual([["A", "x", "2024"]]);
  });

  test("without a regions folder says so in one sentence", async () => {
    await expect(open()).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/regions cannot be read/) });
  });
});

describe("A source that is down at start", () => {
  const becomes = (registry: SourceRegistry, status: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (registry.list().every((state) => state.status === status)) resolve();
      };
      registry.onChange(check);
      check();
    });

  test("is unavailable, does not stop the start, and becomes ready when it is back", async () => {
    await put("regions/beijing/source.yaml", liveSource());
    const registry = await open();
    expect(registry.list()).toMatchObject([{ status: "unavailable", region: "110000", reason: "UNAVAILABLE" }]);
    makeDatabase();
    const ready = becomes(registry, "ready");
    clock.advance(60_000);
    await ready;
    expect(registry.get(asSourceId("beijing"))).not.toBeNull();
  });

  test("as an API becomes ready by its first version, and by its stored one at the next start", async () => {
    let isDown = true;
    const api = await startApi((_url, request, response) => {
      if (isDown) request.socket.destroy();
      else answer(response, [{ code: "A", name: "x" }]);
    });
    try {
      await put(
        "regions/shanghai/source.yaml",
        `region: 310000
kind: rest
connection: { url: "\${URL}", rate: 1000/s }
timeZone: Asia/Shanghai
tables: { stations: { get: /stations, mirror: { every: 10m } } }
entities:
  Station: { from: stations, key: code, fields: ${stationFields} }
`,
      );
      const registry = await open({ env: { URL: api.url }, firstWaitMs: 1e9 });
      expect(registry.list()).toMatchObject([{ status: "unavailable", reason: "UNAVAILABLE" }]);
      isDown = false;
      const ready = becomes(registry, "ready");
      clock.advance(30_000);
      await ready;
      await registry.close();
      isDown = true;
      const again = await open({ env: { URL: api.url } });
      expect(statusOf(again)).toEqual({ shanghai: "ready" });
      const source = again.get(asSourceId("shanghai"));
      expect(source && (await readAll(source.adapter, "stations", ["code", "name"]))).toEqual([["A", "x"]]);
    } finally {
      await api.close();
    }
  });
});

describe("Drift", () => {
  test("is told by table and column, and ends when the source is as it was", async () => {
    makeDatabase();
    await put("regions/beijing/source.yaml", liveSource());
    const registry = await open();
    await registry.checkDrift();
    expect(registry.list()).toMatchObject([{ status: "ready", drift: [] }]);
    makeDatabase("ALTER TABLE site RENAME COLUMN name TO title; CREATE TABLE unrelated (x)");
    const changed = new Promise<void>((resolve) => void registry.onChange(resolve));
    clock.advance(60_000);
    await changed;
    expect(registry.list()).toMatchObject([
      {
        status: "ready",
        drift: [
          { table: "site", column: "name", change: "COLUMN_GONE", before: "TEXT" },
          { table: "site", column: "title", change: "COLUMN_NEW", now: "TEXT" },
        ],
      },
    ]);
    expect(lines.filter((line) => line.includes("drifted"))).toEqual([
      '{"event":"source.drifted","source":"beijing","change":"COLUMN_GONE","count":1}',
      '{"event":"source.drifted","source":"beijing","change":"COLUMN_NEW","count":1}',
    ]);
    makeDatabase("ALTER TABLE site RENAME COLUMN title TO name");
    await registry.checkDrift();
    expect(registry.list()).toMatchObject([{ status: "ready", drift: [] }]);
  });

  test("of a drop folder is told when a header loses a column, which then reads NULL", async () => {
    await put("drop/sites_2024.csv", "code,name\nA,x\n");
    await put("regions/anhui/source.yaml", dropSource());
    const registry = await open();
    await put("drop/sites_2024.csv", "code,title\nA,x\n");
    await registry.refresh(asSourceId("anhui"), new AbortController().signal);
    await registry.checkDrift();
    expect(registry.list()).toMatchObject([{ drift: [{ column: "name", change: "COLUMN_GONE" }, { column: "title", change: "COLUMN_NEW" }] }]);
    const source = registry.get(asSourceId("anhui"));
    expect(source && (await readAll(source.adapter, "sites", ["code", "name"]))).toEqual([["A", null]]);
    await rm(join(home.dir, "drop"), { recursive: true });
    await registry.checkDrift();
    expect(statusOf(registry)).toEqual({ anhui: "ready" });
  });
});
