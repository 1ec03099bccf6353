/** Sources that fetch for every query, from their file to rows in the hub's own terms. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { asSourceId } from "../../schema/ids.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { answer, startApi, type ApiServer } from "../adapters/rest/apiServer.ts";
import { readEntity } from "./readEntity.ts";
import { temporaryDir } from "./mirrorFixture.ts";

let home: { dir: string; dispose(): Promise<void> };
let api: ApiServer;
const opened: SourceRegistry[] = [];
const lines: string[] = [];
beforeEach(async () => {
  home = await temporaryDir();
  await mkdir(join(home.dir, "regions/zhejiang"), { recursive: true });
  api = await startApi((url, _request, response) =>
    answer(response, url.pathname === "/stations" ? [{ code: "Z1", name: "一号示例站", adcode: "330100" }] : [{ id: "h1", station: "Z1", time: "2026-06-01T00:00:00+08:00", value: "35", unit: "ug/m3" }, { id: "h2", station: "Z1", time: "2026-06-01T01:00:00+08:00", value: "—", unit: "ug/m3" }]),
  );
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  await api.close();
  await home.dispose();
  lines.length = 0;
});

const source = (change: (text: string) => string = (text) => text): string =>
  change(`region: 330000
kind: rest
connection: { url: "\${URL}", headers: { Authorization: "Bearer \${TOKEN}" } }
timeZone: Asia/Shanghai
missing: [—]
tables:
  stations: { get: /stations, live: { key: code, all: true } }
  hour:
    get: /hour
    push: { station: { eq: station }, time: { gte: from, lt: to } }
    live: { key: id, all: true }
entities:
  Station:
    from: stations
    key: { columns: [code], public: true }
    fields: { code: code, name: name, medium: { constant: AIR }, region: adcode }
  Observation:
    from: hour
    key: id
    tie: id
    fields:
      station: { column: station, to: code }
      pollutant: { constant: a34004 }
      start: { column: time, format: "yyyy-MM-ddTHH:mm:ss+08:00" }
      averaging: { constant: PT1H }
      value: { column: value, unit: { column: unit } }
`);
const open = async (text: string): Promise<SourceRegistry> => {
  await writeFile(join(home.dir, "regions/zhejiang/source.yaml"), text);
  const registry = await openSources({
    networkDir: home.dir,
    dataDir: join(home.dir, "data"),
    env: { URL: api.url, TOKEN: "canary" },
    vocabulary: vocabulary(),
    kinds: sourceKinds(pathToFileURL(join(import.meta.dirname, "../../src/mapping/lenses/sqlFunctions.ts"))),
    log: (event) => void lines.push(JSON.stringify(event)),
  });
  opened.push(registry);
  return registry;
};
const messageOf = (registry: SourceRegistry): string => registry.list().map((state) => (state.status === "refused" ? state.message : state.status)).join("\n");

describe("A live REST source", () => {
  test("is ready without a request, and gives rows in the hub's terms when it is asked", async () => {
    const registry = await open(source());
    expect(messageOf(registry)).toBe("ready");
    expect(api.asked).toEqual([]);
    const ready = registry.get(asSourceId("zhejiang"));
    if (!ready) throw new Error("not ready");
    expect(ready.health()).toMatchObject({ status: "ok", stalenessMs: null });
    expect((await readEntity(ready, "Station")).map((row) => [row.get("code"), row.get("name"), row.get("region")])).toEqual([["Z1", "一号示例站", "330100"]]);
    expect((await readEntity(ready, "Observation")).map((row) => [row.get("start"), row.get("value")])).toEqual([
      [Date.parse("2026-06-01T00:00+08:00"), 35],
      [Date.parse("2026-06-01T01:00+08:00"), null],
    ]);
    await registry.checkDrift();
    expect(registry.list()).toMatchObject([{ status: "ready", drift: [] }]);
    expect(lines.join("\n")).not.toContain("canary");
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["without a tie, since row numbers mean nothing from query to query", (text) => text.replace("    tie: id\n", ""), /source\.yaml:19:\d+ `hour` has no row number .* `tie`/],
    ["with a key that its table does not vouch for", (text) => text.replace("    key: id\n    tie", "    key: station\n    tie"), /source\.yaml:19:\d+ \(station\) is not unique in `hour`/],
    ["with a mirrored table beside it", (text) => text.replace("live: { key: code, all: true }", "mirror: { every: 1h }"), /source\.yaml:7:\d+ `tables\.stations\.mirror` .*second file/],
    ["with an operator that there is not", (text) => text.replace("{ eq: station }", "{ like: station }"), /source\.yaml:10:\d+ `tables\.hour\.push\.station\.like` .*known: eq, in/],
    ["with a table that it does not declare", (text) => text.replace("from: hour", "from: hours"), /source\.yaml:18:\d+ .*hours/],
    ["with a variable that is not set", (text) => text.replace("${TOKEN}", "${TOKNE}"), /source\.yaml:3:\d+ `\$\{TOKNE\}` is not set/],
  ])("%s is refused at its place", async (_what, change, message) => {
    expect(messageOf(await open(source(change)))).toMatch(message);
    expect(api.asked).toEqual([]);
  });
});

test("A SensorThings source with tables of its own in the file is refused", async () => {
  const text = source().replace("kind: rest", "kind: sensorthings");
  expect(messageOf(await open(text))).toMatch(/source\.yaml:7:\d+ a `sensorthings` source has its own tables/);
});

test("Packet logs with tables of their own in the file are refused", async () => {
  const text = source().replace("kind: rest", "kind: hj212").replace(/connection: .*/, "connection: { folder: . }");
  expect(messageOf(await open(text))).toMatch(/source\.yaml:7:\d+ `tables` has no place here/);
});
