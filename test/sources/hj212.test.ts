/** Packet logs from a folder to the hub's own terms, and where a password could come to light on the way. */
import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sourceKinds } from "../../adapters/index.ts";
import { hj212Kind } from "../../adapters/hj212/hj212Kind.ts";
import { asSourceId } from "../../schema/ids.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";
import { packet, password, segment } from "../adapters/hj212/packets.ts";
import { readEntity } from "./readEntity.ts";
import { handClock, openMirror, readAll, selectAll, temporaryDir } from "./mirrorFixture.ts";

let home: { dir: string; dispose(): Promise<void> };
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  home = await temporaryDir();
  await mkdir(join(home.dir, "logs"));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await home.dispose();
});

const put = async (name: string, ...packets: (Buffer | string)[]): Promise<void> => {
  const file = join(home.dir, "logs", name);
  await writeFile(file, Buffer.concat(packets.map((one) => Buffer.from(one))));
  // Written long ago: it has come to rest.
  await utimes(file, 1_700_000_000, 1_700_000_000);
};
const broken = packet(segment("DataTime=20240115100000;a21026-Avg=99.9")).toString().replace("99.9", "98.9");
const never = new AbortController().signal;

const openLogs = async (lines: string[] = []) => {
  const mirror = await openMirror(hj212Kind, { dir: home.dir, connection: { folder: join(home.dir, "logs"), settle: "1ms" }, tables: {}, log: (event) => void lines.push(JSON.stringify(event)) });
  closing.push(mirror.close);
  return mirror;
};

/** Every byte that was written, and every line that was said. */
async function everything(dir: string): Promise<string> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !entry.parentPath.endsWith("logs"));
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
  expect(files.length).toBeGreaterThan(1);
  return texts.join("\n");
}

describe("A folder of packet logs", () => {
  test("is one table, a row per packet and pollutant, and says how many packets it left out and why", async () => {
    const lines: string[] = [];
    const mirror = await openLogs(lines);
    lines.length = 0;
    await put("2024-01-15.log", packet(segment("DataTime=20240115090000;a21026-Avg=12.3,a21026-Flag=N")), broken, packet(segment("DataTime=20240115100000;a21026-Avg=", { CN: "2061" })).subarray(0, 70));
    await put("old.txt", packet(segment("DataTime=20240114090000;S01-Rtd=8.6", { CN: "2011", MN: "88888880000001", Flag: "" })));
    await put("notes.md", packet(segment("DataTime=20240114090000;S01-Rtd=1")));
    const { warnings } = await mirror.refresh(never);
    expect((await readAll(mirror, "packets", ["$file", "$row", "MN", "CN", "edition", "DataTime", "code", "Avg", "Rtd", "Flag"])).toSorted()).toEqual([
      ["2024-01-15.log", 1, "A110000_0001", "2061", "2017", "20240115090000", "a21026", "12.3", null, "N"],
      ["old.txt", 1, "88888880000001", "2011", null, "20240114090000", "S01", null, "8.6", null],
    ]);
    expect(lines).toEqual(['{"event":"mirror.noted","notes":2}']);
    expect(warnings).toEqual([
      "2024-01-15.log: 1 packet was left out whose checksum is another (first: line 2).",
      "2024-01-15.log: 1 packet was left out whose length is not as it says (first: line 3).",
    ]);
  });

  test("takes up a log that grew, as its next version", async () => {
    await put("a.log", packet(segment("DataTime=20240115090000;a21026-Avg=1")));
    const mirror = await openLogs();
    const { version } = mirror.health();
    await appendFile(join(home.dir, "logs", "a.log"), packet(segment("DataTime=20240115100000;a21026-Avg=2")));
    expect(await mirror.refresh(never)).toMatchObject({ isNew: true });
    expect(mirror.health().version).not.toBe(version);
    expect(await readAll(mirror, "packets", ["Avg"])).toEqual([["1"], ["2"]]);
  });

  test("keeps no password: not in its files, lines, failures or explanations", async () => {
    await put("a.log", packet(segment("DataTime=20240115090000;a21026-Avg=1")), broken, packet(segment(`PW=${password}`, { CN: "1072" })), `##0010PW=${password}\r\n`, packet(`PW=${password};CP=&&&&`));
    const lines: string[] = [];
    const mirror = await openLogs(lines);
    expect(lines).toHaveLength(1);
    await put("a.log", packet(segment("DataTime=20240115090000;a21026-Avg=1")), broken, `##0010PW=${password}\r\n`, packet(`PW=${password};CP=&&&&`));
    const report = await mirror.refresh(never);
    expect(report.warnings).toHaveLength(3);
    await put("b.log", packet(segment("DataTime=20240115090000;a21026-Avg=1")));
    const failing = await openMirror(hj212Kind, { dir: join(home.dir, "capped"), connection: { folder: join(home.dir, "logs"), fileBytesMax: "10" }, tables: {}, log: (event) => void lines.push(JSON.stringify(event)) });
    closing.push(failing.close);
    expect(failing.failures()["packets"]).toMatchObject({ status: "OVER_CAP" });
    const failure: unknown = await readAll(failing, "packets", ["Avg"]).catch((error: unknown) => [String(error), String((error as Error).cause)]);
    const said = JSON.stringify([lines, report, failing.failures(), failure, mirror.describe(selectAll("packets", ["Avg"])), await readAll(mirror, "packets", ["MN", "Avg"]), await mirror.introspect(never)]);
    expect(said).not.toContain(password);
    expect(await everything(home.dir)).not.toContain(password);
    // The same look finds what is there.
    expect(await everything(home.dir)).toContain("A110000_0001");
  });
});

const source = `region: 330000
kind: hj212
connection: { folder: "\${LOGS}", settle: 1ms }
timeZone: Asia/Shanghai
entities:
  Station:
    from: packets
    key: MN
    latest: [QN, $row]
    fields: { code: MN, medium: { constant: POLLUTION_SOURCE } }
  Observation:
    from: packets
    keep: { CN: { eq: "2061" } }
    key: [MN, CN, DataTime, code]
    latest: [QN, $row]                        # a packet that was sent again
    fields:
      station: MN
      pollutant: { column: code, codes: hj212 }
      start: { column: DataTime, format: yyyyMMddHHmmss }
      averaging: { constant: PT1H }
      value: { column: Avg, unit: { column: code, codes: hj212-units } }
      flag: { column: Flag, codes: hj212-flags }
      quality: { constant: RAW }
  Observation/day:
    from: packets
    keep: { CN: { eq: "2031" } }
    key: [MN, CN, DataTime, code]
    latest: [QN, $row]
    fields:
      station: MN
      pollutant: { column: code, codes: hj212 }
      start: { column: DataTime, format: yyyyMMddHHmmss }
      averaging: { constant: P1D }
      value: { column: Avg, unit: { column: code, codes: hj212-units } }
      flag: { column: Flag, codes: hj212-flags }
      quality: { constant: RAW }
`;

test("A mapping brings both editions' codes, units and flags into the hub's terms, and a packet sent again counts once", async () => {
  const hour = (more: Readonly<Record<string, string>>, content: string): Buffer => packet(segment(content, more));
  await put(
    "a.log",
    hour({ QN: "20240115100000001" }, "DataTime=20240115090000;a21026-Avg=12.3,a21026-Flag=N;w20119-Avg=50,w20119-Flag=D"),
    hour({ QN: "20240115101000001" }, "DataTime=20240115090000;a21026-Avg=12.5,a21026-Flag=S"),
    hour({ QN: "20240115100000002", MN: "88888880000001", Flag: "" }, "DataTime=20240115090000;02-Avg=7,02-Flag=N;zz9-Avg=1"),
    hour({ CN: "2031" }, "DataTime=20240114000000;a21026-Avg=11"),
    hour({ CN: "2011" }, "DataTime=20240115090001;a21026-Rtd=11"),
  );
  await mkdir(join(home.dir, "regions/zhejiang"), { recursive: true });
  await writeFile(join(home.dir, "regions/zhejiang/source.yaml"), source);
  const lines: string[] = [];
  const registry: SourceRegistry = await openSources({
    networkDir: home.dir,
    dataDir: join(home.dir, "data"),
    env: { LOGS: join(home.dir, "logs") },
    vocabulary: vocabulary(),
    kinds: sourceKinds(pathToFileURL(join(import.meta.dirname, "../../src/mapping/lenses/sqlFunctions.ts"))),
    clock: handClock(),
    firstWaitMs: 1e9,
    log: (event) => void lines.push(JSON.stringify(event)),
  });
  closing.push(registry.close);
  expect(registry.list().map((state) => (state.status === "ready" ? "ready" : JSON.stringify(state)))).toEqual(["ready"]);
  const ready = registry.get(asSourceId("zhejiang"));
  if (!ready) throw new Error("not ready");
  const names = ["station", "pollutant", "start", "end", "value", "flag"];
  const read = (await readEntity(ready, "Observation")).map((row) => names.map((name) => row.get(name)));
  const at = Date.parse("2024-01-15T09:00+08:00");
  expect(read).toEqual([
    // µg/L of a device are mg/L here.
    ["A110000_0001", "w20119", at, at + 3_600_000, 0.05, "FAULT"],
    ["A110000_0001", "a21026", at, at + 3_600_000, 12_500, "MANUAL"],
    ["88888880000001", "a21026", at, at + 3_600_000, 7_000, "NORMAL"],
    ["A110000_0001", "a21026", Date.parse("2024-01-14T00:00+08:00"), Date.parse("2024-01-15T00:00+08:00"), 11_000, null],
  ]);
  expect((await readEntity(ready, "Station")).map((row) => row.get("code")).sort()).toEqual(["88888880000001", "A110000_0001"]);
});
