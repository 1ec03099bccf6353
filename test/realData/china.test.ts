/** Files that nobody made for this hub, mapped with nothing but YAML; the figures are those of the files' own documents. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAbsent, openNetwork, type RealNetwork } from "./openNetwork.ts";

/** Missing hours of PM2.5, PM10, SO2, NO2, CO and O3, as the data's README counts them. */
const missing: Readonly<Record<string, readonly number[]>> = {
  "1001A": [212, 178, 173, 179, 237, 177],
  "1002A": [283, 166, 199, 183, 247, 460],
  "1003A": [379, 313, 316, 330, 348, 337],
  "1004A": [138, 119, 102, 106, 123, 117],
  "1005A": [142, 110, 108, 173, 238, 117],
  "1006A": [190, 139, 99, 100, 220, 110],
  "1007A": [111, 93, 97, 134, 118, 228],
  "1008A": [326, 271, 425, 436, 424, 912],
  "1009A": [138, 131, 142, 344, 216, 172],
  "1010A": [114, 97, 140, 122, 149, 113],
  "1011A": [179, 114, 140, 210, 150, 261],
  "1012A": [155, 103, 93, 140, 125, 96],
};
const gasesAndDust = ["a34004", "a34002", "a21026", "a21004", "a21005", "a05024"];

let hub: RealNetwork;

interface Group {
  readonly key: Readonly<Record<string, string | boolean | null>>;
  readonly count: number;
  readonly avg?: { readonly value: string };
}
const groupsOf = async (agency: string, document: string): Promise<readonly Group[]> => {
  const answer = await hub.ask(agency, document);
  expect(answer.errors).toBeUndefined();
  expect(answer.extensions.complete).toBe(true);
  return (answer.data as { groups: { groups: readonly Group[] } }).groups.groups;
};
const count = async (document: string): Promise<number | undefined> => (await groupsOf("institute", document))[0]?.count;

describe.skipIf(isAbsent())("real files", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    hub = await openNetwork();
  }, 120_000);
  afterAll(() => hub?.close());

  it("are all read, and no mapping complains of anything but what a mirror's index cannot serve", () => {
    expect(hub.registry.list().map(({ id, status }) => `${id} ${status}`)).toEqual(["beijing ready", "elsewhere ready", "hainan ready", "national ready", "national-feed ready"]);
    const notes = hub.registry.list().flatMap((state) => (state.status === "ready" ? state.source.mapping.warnings : []));
    expect(notes.filter((note) => !note.includes("evaluates its lens on every row of"))).toEqual([]);
    expect(hub.log.filter((line) => !/"source\.noted"/.test(line))).toEqual([]);
  });

  describe("twelve stations in wide files, NA for what is missing", () => {
    const ofAotizhongxin = `station: { code: { eq: "1011A" } }, pollutant: { eq: "a34004" }, start: { lt: "2017-03-01T00:00+08:00" }`;

    it("give the hours that their documents count, for every station and pollutant", async () => {
      const groups = await groupsOf(
        "institute",
        `{ groups: observationsAggregate(where: { region: { code: { eq: "110000" } }, start: { lt: "2017-03-01T00:00+08:00" }, pollutant: { in: ${JSON.stringify(gasesAndDust)} } }
             groupBy: [{ field: STATION_CODE }, { field: POLLUTANT }]) { groups { key { stationCode pollutant } count } } }`,
      );
      const expected = Object.entries(missing).flatMap(([code, gaps]) => gaps.map((gap, index) => `${code} ${gasesAndDust[index]} ${8760 - gap}`));
      expect(groups.map(({ key, count: hours }) => `${key.stationCode} ${key.pollutant} ${hours}`).sort()).toEqual(expected.sort());
    });

    it("have 356 days with twenty valid PM2.5 hours or more at the Olympic centre, the worst at 464.08", async () => {
      const days = await groupsOf(
        "institute",
        `{ groups: observationsAggregate(where: { ${ofAotizhongxin} }, groupBy: [{ field: START, bucket: DAY, zone: "Asia/Shanghai" }], having: { count: { gte: 20 } }, orderBy: [{ avg: { value: DESC } }]) {
             groups { key { start } count avg { value } } } }`,
      );
      expect(days).toHaveLength(356);
      expect(days[0]).toMatchObject({ key: { start: "2017-01-01T00:00:00+08:00" }, avg: { value: expect.stringMatching(/^464\.08/) } });
      // HJ 633: good up to 75 µg/m³ under the standard of 2012, up to 60 under that of 2026.
      expect(days.filter(({ avg }) => Number(avg?.value) > 75)).toHaveLength(143);
      expect(days.filter(({ avg }) => Number(avg?.value) > 60)).toHaveLength(179);
    });

    it("show the episode of December 2016 to an agency that has one pollutant, and no other pollutant", async () => {
      const days = `{ groups: observationsAggregate(where: { station: { code: { eq: "1011A" } }, start: { gte: "2016-12-20T00:00+08:00", lt: "2016-12-22T00:00+08:00" } }
        groupBy: [{ field: POLLUTANT }, { field: START, bucket: DAY, zone: "Asia/Shanghai" }]) { groups { key { pollutant start } count avg { value } } } }`;
      const seen = await groupsOf("visitor", days);
      expect(seen).toEqual([
        { key: { pollutant: "a34004", start: "2016-12-20T00:00:00+08:00" }, count: 24, avg: { value: "336" } },
        { key: { pollutant: "a34004", start: "2016-12-21T00:00:00+08:00" }, count: 24, avg: { value: "370.9166666667" } },
      ]);
      const all = await groupsOf("institute", days);
      expect(all.filter(({ key }) => key.pollutant === "a34004")).toEqual(seen);
      expect(all.find(({ key }) => key.pollutant === "a21005" && key.start === "2016-12-21T00:00:00+08:00")?.avg?.value).toBe("7.4875");
    });

    it("carry CO in µg/m³, which comes out in the hub's mg/m³ with the cell beside it", async () => {
      const answer = await hub.ask(
        "institute",
        `{ observations(where: { pollutant: { eq: "a21005" }, station: { code: { eq: "1011A" } }, start: { eq: "2016-12-21T00:00+08:00" } }) {
             nodes { value unit condition station { name } original(of: VALUE) { value unit } } } }`,
      );
      expect(answer.data).toEqual({
        observations: { nodes: [{ value: "9.7", unit: "mg/m3", condition: "STANDARD_273K", station: { name: "奥体中心" }, original: { value: "9700", unit: "ug/m3" } }] },
      });
    });
  });

  describe("the national list of stations in GBK", () => {
    // Only this source says whether a station is in operation.
    const listed = "active: { isNull: false }";

    it("has 2026 stations, ten of them without a position", async () => {
      expect(await count(`{ groups: stationsAggregate(where: { ${listed} }) { groups { count } } }`)).toBe(2026);
      const answer = await hub.ask("institute", `{ stations(where: { ${listed}, position: { isNull: true } }, first: 20) { totalCount nodes { position { lon } } } }`);
      expect(answer.data).toEqual({ stations: { totalCount: 10, nodes: Array.from({ length: 10 }, () => ({ position: null })) } });
    });

    it("says in 76 names that the station stopped (74 停运, 2 停用), in 72 of them when", async () => {
      expect(await count(`{ groups: stationsAggregate(where: { active: { eq: false } }) { groups { count } } }`)).toBe(76);
      expect(await count(`{ groups: stationsAggregate(where: { activeTo: { isNull: false } }) { groups { count } } }`)).toBe(72);
      const answer = await hub.ask("institute", `{ stations(where: { code: { eq: "2653A" } }) { nodes { name active activeTo region { code name } } } }`);
      expect(answer.data).toEqual({ stations: { nodes: [{ name: "雷台", active: false, activeTo: "2019-02-11", region: { code: "620600", name: "武威市" } }] } });
    });

    it("pages through all of it, every code once and in order", async () => {
      const codes: string[] = [];
      let after: string | null = null;
      do {
        const answer = await hub.ask(
          "institute",
          `query ($after: String) { stations(where: { ${listed} }, orderBy: [{ code: ASC }], first: 500, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } } }`,
          { after },
        );
        const { stations } = answer.data as { stations: { nodes: { code: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
        codes.push(...stations.nodes.map(({ code }) => code));
        after = stations.pageInfo.hasNextPage ? stations.pageInfo.endCursor : null;
      } while (after !== null);
      expect(codes).toHaveLength(2026);
      expect(codes).toEqual([...new Set(codes)].sort());
    });
  });

  it("of station 1410A, hours without a row and cells without a value are both missing", async () => {
    const groups = await groupsOf("institute", `{ groups: observationsAggregate(where: { region: { code: { eq: "460100" } } }, groupBy: [{ field: POLLUTANT }, { field: STATION_CODE }]) { groups { key { pollutant stationCode } count } } }`);
    const blanks = { a05024: 185, a21004: 180, a21005: 285, a21026: 161, a34004: 501 };
    expect(groups).toEqual(Object.entries(blanks).map(([pollutant, blank]) => ({ key: { pollutant, stationCode: "1410A" }, count: 17_416 - blank })));
  });

  it("of the national feed, hour values and rolling means stand side by side", async () => {
    const groups = await groupsOf("institute", `{ groups: observationsAggregate(where: { start: { gte: "2021-12-30T00:00+08:00", lt: "2022-01-01T00:00+08:00" }, end: { eq: "2022-01-01T00:00+08:00" }, station: { code: { eq: "1011A" } }, pollutant: { eq: "a34004" } }, groupBy: [{ field: AVERAGING }, { field: QUALITY }]) { groups { key { averaging quality } count } } }`);
    expect(groups).toEqual([
      { key: { averaging: "PT1H", quality: "RAW" }, count: 1 },
      { key: { averaging: "PT24H_ROLLING", quality: "RAW" }, count: 1 },
    ]);
  });

  it("of the open portal, a unit per row brings ppm to the hub's µg/m³ at 298.15 K", async () => {
    const answer = await hub.ask("institute", `{ observations(where: { start: { gte: "2023-07-13T00:00+08:00", lt: "2023-07-15T00:00+08:00" }, pollutant: { eq: "a05024" } }) { nodes { value unit station { name } original(of: VALUE) { value unit } provenance { source } } } }`);
    expect(answer.data).toEqual({
      observations: { nodes: [{ value: "100.057143", unit: "ug/m3", station: { name: "Paradise - Clark Roa" }, original: { value: "0.051", unit: "ppm" }, provenance: { source: "elsewhere" } }] },
    });
  });
});
