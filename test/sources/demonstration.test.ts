import { once } from "node:events";
import { cp, mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { asSourceId } from "../../schema/ids.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { buildAnhui } from "../../seeds/generate/anhui.ts";
import { makeShanghaiData } from "../../seeds/shanghai/data.ts";
import { makeShanghaiServer } from "../../seeds/shanghai/service.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { readAll, temporaryDir } from "./mirrorFixture.ts";

const seeds = join(import.meta.dirname, "../../seeds");
const data = makeShanghaiData();
const server = makeShanghaiServer({ token: "t", data, rate: 10_000, now: () => Date.now() });
let home: { dir: string; dispose(): Promise<void> };
let registry: SourceRegistry;
const lines: string[] = [];

beforeAll(async () => {
  home = await temporaryDir();
  for (const region of ["anhui", "shanghai"]) {
    await mkdir(join(home.dir, "regions", region), { recursive: true });
    await cp(join(seeds, "regions", region), join(home.dir, "regions", region), { recursive: true });
  }
  await buildAnhui(join(home.dir, "drops/anhui"), () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  registry = await openSources({
    networkDir: home.dir,
    dataDir: home.dir,
    env: { HUB_DATA: home.dir, SHANGHAI_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, SHANGHAI_TOKEN: "t" },
    vocabulary: vocabulary(),
    kinds: sourceKinds(pathToFileURL(join(seeds, "../src/mapping/lenses/sqlFunctions.ts"))),
    firstWaitMs: 60_000,
    log: (event) => void lines.push(JSON.stringify(event)),
  });
});
afterAll(async () => {
  await registry?.close();
  server.close().closeAllConnections();
  await home?.dispose();
});

test("The demonstration's drop folder and its service are mirrored whole and their mappings compile on the mirrors", async () => {
  expect(registry.list().map((state) => [state.id, state.status === "refused" ? state.message : state.status])).toEqual([
    ["anhui", "ready"],
    ["shanghai", "ready"],
  ]);
  const [anhui, shanghai] = ["anhui", "shanghai"].map((id) => registry.get(asSourceId(id))?.adapter);
  if (!anhui || !shanghai) throw new Error("not ready");
  const corrected = (await readAll(anhui, "water", ["$precedence"])).filter(([precedence]) => precedence === 2);
  expect(corrected.length).toBeGreaterThan(0);
  const hours = await readAll(shanghai, "hour", ["stationId", "time", "items.factor"]);
  expect(hours).toHaveLength(data.hours.reduce((sum, { items }) => sum + items.length, 0));
  expect(hours.flat().every((cell) => typeof cell === "string")).toBe(true);
});
