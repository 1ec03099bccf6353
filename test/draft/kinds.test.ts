/**
 * Goal: a source without tables of its own (files, web APIs, packet logs) gets a draft that loads as it was written and answers a query.
 * Method: the whole walk, by the commands that a person types, on data that the guesses were not made for.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { parseExactJson } from "../../adapters/http/exactJson.ts";
import { encodingOf, headerLines, separatorOf } from "../../adapters/drop/lookAtFolder.ts";
import { findPaging } from "../../adapters/rest/findPaging.ts";
import { makeJiangsuData } from "../../seeds/jiangsu/data.ts";
import { makeJiangsuServer } from "../../seeds/jiangsu/service.ts";
import { regionDraft } from "../../src/cli/regionDraft.ts";
import { sourceCheck } from "../../src/cli/sourceCheck.ts";
import { packet, password, segment } from "../adapters/hj212/packets.ts";
import { answer, startApi } from "../adapters/rest/apiServer.ts";
import { isAbsent, openNetwork, realData } from "../realData/openNetwork.ts";

let home: string;
let networkDir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "draft-kinds-"));
  networkDir = join(home, "network");
  mkdirSync(join(networkDir, "regions"), { recursive: true });
  writeFileSync(
    join(networkDir, "network.yaml"),
    "timeZone: Asia/Shanghai\npurposes:\n  research: { zh: 科学研究, en: research }\nagencies:\n  institute: { zh: 研究所（示例）, en: Institute (invented), purposes: [research] }\n",
  );
  vi.stubEnv("HUB_DATA", join(home, "data"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

interface Walked {
  readonly source: string;
  readonly checked: readonly string[];
  readonly data: unknown;
}

/** `region draft`, `source check` on what it wrote, and a query of an agency that a rule lets see it. */
async function walk(args: readonly string[], env: Readonly<Record<string, string>>, query: string): Promise<Walked> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const out = join(networkDir, "regions", "drafted");
  expect(await regionDraft.run(["--network", networkDir, "--out", out, ...args], () => undefined)).toBe(0);
  const checked: string[] = [];
  const code = await sourceCheck.run(["drafted", "--network", networkDir], (line) => void checked.push(line));
  // What keeps it from passing is what the draft itself leaves to a person, and nothing else.
  expect(checked.filter((line) => /refused|unavailable|implausible|drift|does not answer/.test(line))).toEqual([]);
  expect(code).toBe(checked.some((line) => line.includes("undecided:")) ? 1 : 0);
  writeFileSync(join(out, "policy.yaml"), "rules:\n  - id: all-open\n    to: everyone\n    allow: { Station: open, Observation: [open, quality, station] }\n");
  const hub = await openNetwork({ networkDir, env });
  try {
    const { data, errors, extensions } = await hub.ask("institute", query);
    expect({ errors, sources: (extensions.sources as readonly { readonly status: string }[]).map(({ status }) => status), complete: extensions.complete }).toEqual({ errors: undefined, sources: ["OK"], complete: true });
    return { source: readFileSync(join(out, "source.yaml"), "utf8"), checked, data };
  } finally {
    await hub.close();
  }
}

const settled = (file: string): void => utimesSync(file, 1_700_000_000, 1_700_000_000);

describe("a drop folder", () => {
  it.skipIf(isAbsent())("of real hourly files is one table, and its carbon monoxide comes in mg/m³", { timeout: 300_000 }, async () => {
    const folder = join(home, "hours");
    mkdirSync(folder);
    let hours = 0;
    for (const name of readdirSync(join(realData, "beijing-prsa")).filter((each) => each.endsWith(".csv")).slice(0, 2)) {
      const lines = readFileSync(join(realData, "beijing-prsa", name), "utf8").split(/\r?\n/).slice(0, 301);
      const at = (lines[0] ?? "").replaceAll('"', "").split(",").indexOf("CO");
      hours += lines.slice(1).filter((line) => line !== "" && line.split(",")[at] !== "NA").length;
      writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
      settled(join(folder, name));
    }
    const { source, data } = await walk(["--kind", "drop", "--url", folder, "--region", "110000"], {}, `{ observations(where: { pollutant: { eq: "a21005" } }, first: 1) { totalCount nodes { unit original(of: VALUE) { unit } } } }`);
    expect(data).toEqual({ observations: { totalCount: hours, nodes: [{ unit: "mg/m3", original: { unit: "ug/m3" } }] } });
    expect(source).toMatch(/^ {2}PRSA_Data: \{ files: "PRSA_Data_\{piece\}_\d+-\d+\.csv" \}/m);
    expect(source).toMatch(/^missing: \[NA\]/m);
    expect(source).toMatch(/^ {6}start: \{ columns: \[year, month, day, hour\], format: yyyy M d H \}/m);
    // No column of anybody's names, and what the files' names hold is no station's name for sure.
    expect(source).not.toMatch(/^ {6}(?:name|movedFrom):/m);
  });

  test.each([
    ["UTF-8", Buffer.from("站点,值"), "utf-8"],
    ["UTF-8 that is cut within a character", Buffer.from("站点").subarray(0, 5), "utf-8"],
    ["GBK", Buffer.from([0xd5, 0xbe, 0xb5, 0xe3, 0x2c]), "gb18030"],
  ])("knows %s by its bytes", (_what, bytes, encoding) => {
    expect(encodingOf(bytes, true)).toBe(encoding);
  });

  test.each([
    ["a;b;c\n1,5;2;3\n", ";"],
    ["a\tb\n1\t2\n", "\t"],
    ["a,b\n1,2\n", ","],
    ["a\n1\n", ","],
  ])("separates %j by %j", (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });

  const row = (number: number, ...cells: (string | null)[]) => ({ row: number, cells });
  test.each([
    ["the first line", [row(1, "站点", "时间", "PM2.5"), row(2, "A", "2026-01-01", "35"), row(3, "B", "2026-01-01", "36")], [1]],
    ["the line below a title", [row(1, "二〇二六年一月报表", null, null), row(2, "站点", "时间", "PM2.5"), row(3, "A", "2026-01-01", "35"), row(4, "B", "2026-01-01", "36")], [2]],
    ["two lines where the upper one's names span columns", [row(1, "站点", "均值", "均值"), row(2, "站点", "SO2", "NO2"), row(3, "A", "1", "2"), row(4, "B", "1", "2")], [1, 2]],
    ["none where all lines are numbers", [row(1, "1", "2"), row(2, "3", "4")], []],
  ])("takes %s for the header", (_what, head, lines) => {
    expect(headerLines(head)).toEqual(lines);
  });
});

describe("a JSON API", () => {
  /** Places with their newest readings in a list of their own, in pages by offset: a shape that nothing else here has. */
  const places = Array.from({ length: 45 }, (_, i) => ({
    ref: `14${10 + i}A`,
    title: `示例站${i}`,
    place: { adcode: ["440103", "440304", "440605"][i % 3], geo: { lng: 113.2 + i / 100, lat: 23.1 + i / 200 } },
    latest: (
      [
        ["PM2.5", 20, "ug/m3"],
        ["O3", 60, "ug/m3"],
        ["CO", 0.5, "mg/m3"],
      ] as const
    ).flatMap(([parameter, value, uom]) => [1, 2, 3].map((hour) => ({ parameter, reading: String(value + hour), uom, at: `2026-05-01T0${hour}:00:00+08:00` }))),
  }));

  it("with nested readings and pages by offset is two tables, and every page is read", { timeout: 300_000 }, async () => {
    const api = await startApi((url, request, response) => {
      if (request.headers.authorization !== "Bearer canary-token") return void response.writeHead(401).end();
      const offset = Number(url.searchParams.get("offset") ?? 0);
      answer(response, { meta: { found: places.length, offset }, results: places.slice(offset, offset + 20) });
    });
    try {
      const { source, data } = await walk(
        ["--kind", "rest", "--url", `${api.url}/open/v3/locations`, "--header", "Authorization: Bearer ${PLACES_TOKEN}"],
        { PLACES_TOKEN: "canary-token", DRAFTED_URL: api.url },
        `{ observations(where: { pollutant: { eq: "a05024" }, station: { code: { eq: "1454A" } } }, orderBy: [{ value: DESC }], first: 1) { totalCount nodes { value unit region { code } station { name code } } } stations { totalCount } }`,
      );
      expect(data).toEqual({
        observations: { totalCount: 3, nodes: [{ value: "63", unit: "ug/m3", region: { code: "440605" }, station: { name: "示例站44", code: "1454A" } }] },
        stations: { totalCount: 45 },
      });
      expect(source).toMatch(/page: \{ offset: offset, from: 0, max: 20, total: meta\.found \}/);
      expect(source).toContain('connection: { url: "${DRAFTED_URL}", headers: { Authorization: "Bearer ${PLACES_TOKEN}" } }');
      expect(source).not.toMatch(/canary|127\.0\.0\.1/);
      expect(source).toMatch(/^region: 440000/m);
    } finally {
      await api.close();
    }
  });

  it("that keeps a list per column is refused with the mend, in both languages", { timeout: 60_000 }, async () => {
    const api = await startApi((_url, _request, response) => answer(response, { hourly: { time: ["2026-01-01T00:00", "2026-01-01T01:00"], pm10: [1, 2] } }));
    try {
      await expect(regionDraft.run(["--kind", "rest", "--url", `${api.url}/v1/air`], () => undefined)).rejects.toThrow(/a list per column.*put a converter in front.*按列返回/);
    } finally {
      await api.close();
    }
  });

  const all = Array.from({ length: 50 }, (_, id) => ({ id }));
  const listing = (name: string, from: number, more: (rows: readonly unknown[], page: number) => object) => (url: URL) => {
    const page = Number(url.searchParams.get(name) ?? from) - from;
    const rows = all.slice(page * 20, page * 20 + 20);
    return { rows, ...more(rows, page) };
  };
  interface Listing {
    readonly name: string;
    readonly body: (url: URL) => object;
    readonly link?: string;
    readonly expect: object;
  }
  const listings: readonly Listing[] = [
    { name: "page numbers from 1", body: listing("pageNo", 1, () => ({ total: 50 })), expect: { page: { number: "pageNo", from: "1", max: "20", total: "total" } } },
    { name: "page numbers from 0", body: listing("page", 0, (_rows, page) => ({ page, totalElements: 50 })), expect: { page: { number: "page", from: "0", max: "20", total: "totalElements" } } },
    { name: "page numbers that nothing mentions", body: listing("current", 1, () => ({})), expect: { page: { number: "current", from: "1", max: "20" } } },
    {
      name: "a cursor",
      body: (url) => {
        const after = Number(url.searchParams.get("after") ?? 0);
        return { rows: all.slice(after, after + 20), next_cursor: after + 20 < all.length ? `${after + 20}` : null };
      },
      expect: { page: { cursor: "after", next: "next_cursor" } },
    },
    { name: "an address in the body", body: () => ({ rows: all.slice(0, 20), links: { next: "/list?p=2" } }), expect: { page: { link: "links.next" } } },
    { name: "a header", body: () => ({ rows: all.slice(0, 20) }), link: '</list?p=2>; rel="next"', expect: { page: { linkHeader: "next" } } },
    { name: "one page with a total", body: () => ({ rows: all, total: 50 }), expect: { kind: "whole" } },
    { name: "a full page without a way on", body: () => ({ rows: all.slice(0, 20), total: 50 }), expect: { kind: "unsure" } },
    { name: "a full page of a server that ignores what it does not know", body: () => ({ rows: all.slice(0, 20) }), expect: { kind: "unsure" } },
  ];
  test.each(listings)("with $name is read to its end, or says that it cannot be", async ({ body, link = null, expect: expected }) => {
    const fetch = async (url: URL) => ({ kind: "body" as const, body: parseExactJson(JSON.stringify(body(url))), validators: null, link, bytes: 0 });
    const first = new URL("http://api.example/list");
    const page = await fetch(first);
    const { rows = [] } = page.body as unknown as { readonly rows?: Parameters<typeof findPaging>[0]["elements"] };
    expect(await findPaging({ first, page, rows: "rows", elements: rows, fetch })).toMatchObject(expected);
  });
});

describe("a SensorThings service", () => {
  it("is drafted from its entity sets: stations by foreign key, units and codes as they say, times that a filter can be asked by", { timeout: 300_000 }, async () => {
    const jiangsu = makeJiangsuData();
    const server = makeJiangsuServer({ token: "canary-token", data: jiangsu });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.1`;
    try {
      const ozone = jiangsu.Observations.filter((each) => {
        const stream = each.related["Datastream"]?.();
        const property = stream === undefined || Array.isArray(stream) ? undefined : (stream as typeof each).related["ObservedProperty"]?.();
        return property !== undefined && !Array.isArray(property) && (property as typeof each).own["name"] === "a05024";
      }).length;
      const { source, data } = await walk(
        ["--kind", "sensorthings", "--url", url, "--header", "Authorization: Bearer ${SERVICE_TOKEN}"],
        { SERVICE_TOKEN: "canary-token", DRAFTED_URL: url },
        `{ observations(where: { pollutant: { eq: "a05024" } }, first: 1) { totalCount nodes { unit station { region { code } } } } }`,
      );
      expect(ozone).toBeGreaterThan(0);
      expect(data).toMatchObject({ observations: { totalCount: ozone, nodes: [{ unit: "ug/m3" }] } });
      expect(source).toMatch(/^timeZone: UTC/m);
      expect(source).toMatch(/^ {6}station: thing {3}# sure: a foreign key to Things\.@iot\.id/m);
      expect(source).toMatch(/^ {6}start: \{ column: phenomenonTime\.start, format: "yyyy-MM-ddTHH:mm:ss\.SSSZ" \}/m);
      expect(source).not.toMatch(/canary|127\.0\.0\.1|1[3-9]\d{9}/);
    } finally {
      server.close().closeAllConnections();
    }
  });
});

describe("a folder of HJ 212 packet logs", () => {
  it("is drafted by which data and codes occur; what no table lists is named", { timeout: 300_000 }, async () => {
    const folder = join(home, "logs");
    mkdirSync(folder);
    const packets = Array.from({ length: 24 }, (_, hour) => `20260301${String(hour).padStart(2, "0")}0000`).flatMap((time) =>
      ["SITE000000001", "SITE000000002"].flatMap((MN) => [
        packet(segment(`DataTime=${time};a34004-Avg=35,a34004-Flag=N;a21026-Avg=0.007,a21026-Flag=N;x99999-Avg=1,x99999-Flag=N`, { ST: "22", MN, QN: `${time}123` })),
        packet(segment(`DataTime=${time};a34004-Rtd=36,a34004-Flag=N`, { ST: "22", CN: "2011", MN, QN: `${time}124` })),
      ]),
    );
    writeFileSync(join(folder, "march.log"), Buffer.concat(packets));
    settled(join(folder, "march.log"));
    const { source, data } = await walk(
      ["--kind", "hj212", "--url", folder, "--region", "320000"],
      {},
      `{ observations(where: { pollutant: { eq: "a34004" }, averaging: { eq: PT1H } }, first: 1) { totalCount nodes { value unit station { code medium } } } }`,
    );
    expect(data).toMatchObject({ observations: { totalCount: 48, nodes: [{ unit: "ug/m3", station: { medium: "AIR" } }] } });
    expect(source).toMatch(/^ {2}Observation: .*CN 2061 is hour data 小时数据; codes a21026 二氧化硫, a34004 细颗粒物; in no table, so no rows: x99999/m);
    expect(source).toMatch(/^ {2}Observation\/realtime: .*CN 2011/m);
    expect(source).not.toContain(password);
  });

  it("without a packet that is whole says so, and how to mend it", async () => {
    writeFileSync(join(home, "notes.log"), "hello\n");
    settled(join(home, "notes.log"));
    await expect(regionDraft.run(["--kind", "hj212", "--url", home, "--region", "320000"], () => undefined)).rejects.toThrow(/no log .* Name the folder of the logs: --url DIR\. .*请指定日志文件夹/);
  });
});
