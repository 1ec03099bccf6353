import { describe, expect, it } from "vitest";
import { asEntityName } from "../../schema/ids.ts";
import { checkMapping } from "../../src/mapping/check.ts";
import { parseSource } from "../../src/mapping/parseSource.ts";
import { compileText, table } from "./support.ts";

const text = (range: string): string => `region: 130000
kind: sqlite
timeZone: Asia/Shanghai
entities:
  Station: { from: s, key: site, keep: { kept: { eq: 1 } }, fields: { code: site, role: { column: kind, codes: { a: URBAN } } } }
  Observation:
    from: h
    key: [site, ts]
    unpivot: { pm25: { pollutant: a34004 }, co: { pollutant: a21005, unit: mg/m3 } }
    fields:
      value: $cell
      station: site
      start: { column: ts, format: yyyy-MM-dd HH:mm }
      averaging: { constant: PT1H }
check:
  plausible: { Observation.value: { ${range} } }
  unmapped: { h: { dewp: no code } }
`;
const tables = [
  table("s", "site|TEXT!, kind|TEXT, kept|TEXT, phone|TEXT", { unique: [["site"]] }),
  table("h", "site|TEXT!, ts|TEXT!, pm25|TEXT, co|TEXT, dewp|TEXT, rain|TEXT, $row|INTEGER", { unique: [["site", "ts"]] }),
  table("other", "x|TEXT"),
];

const check = (range: string) => {
  const source = text(range);
  const cells = (values: readonly string[]) => values.map((value) => [value]);
  return checkMapping({
    mapping: compileText(source, tables),
    check: parseSource(source, "x").check,
    tables,
    samples: [
      { entity: asEntityName("Observation"), branch: 0, cells: new Map([["value", cells(["10", "30", "一万", "20"])]]) },
      { entity: asEntityName("Observation"), branch: 1, cells: new Map([["value", cells(["300", "400", "500"])]]) },
      { entity: asEntityName("Station"), branch: 0, cells: new Map([["role", cells(["a", "b", "b", "", "c"])]]) },
    ],
  });
};

describe("source check", () => {
  it("names medians outside the plausible range: the file's own, else the pollutant table's", () => {
    expect(check("a34004: [0, 100]").implausible).toEqual([{ coordinate: "Observation.value", pollutant: "a21005", median: "400", range: [0.1, 20] }]);
    expect(check("a34004: [50, 100], a21005: [0, 1000]").implausible).toEqual([{ coordinate: "Observation.value", pollutant: "a34004", median: "20", range: [50, 100] }]);
  });

  it("counts what is there and reads as nothing, most frequent first", () => {
    const [value, role] = check("a34004: [0, 100]").coverage;
    expect(value).toEqual({ coordinate: "Observation.value", rows: 7, filled: 6, unread: 1, examples: [{ text: "一万", count: 1 }] });
    expect(role).toEqual({ coordinate: "Station.role", rows: 5, filled: 1, unread: 3, examples: [{ text: "b", count: 2 }, { text: "c", count: 1 }] });
  });

  it("says how much of each entity is mapped, and what no index serves", () => {
    const { extent, slow } = check("a34004: [0, 100]");
    // What is filled in unwritten counts: the region from the source, the end from the averaging period, the unit.
    expect(extent).toMatchObject([
      { entity: "Station", mapped: 3, unmapped: expect.arrayContaining(["name", "position"]) },
      { entity: "Observation", mapped: 8, unmapped: ["condition", "censor", "flag", "quality", "receivedAt", "revision"] },
    ]);
    expect(slow.map(({ coordinate, roles }) => `${coordinate} ${roles.join()}`)).toEqual(["Station.role order", "Observation.value filter,order"]);
  });

  it("repeats what a draft left undecided", () => {
    const source = text("a34004: [0, 100]").replace("  unmapped:", "  undecided: { Observation.start: beginning or end }\n  unmapped:");
    const report = checkMapping({ mapping: compileText(source, tables), check: parseSource(source, "x").check, tables, samples: [] });
    expect([...report.undecided]).toEqual([["Observation.start", "beginning or end"]]);
  });

  it("names columns of used tables that nothing reads, unless a reason is given", () => {
    expect(check("a34004: [0, 100]").unmapped).toEqual(["s.phone", "h.rain"]);
  });
});
