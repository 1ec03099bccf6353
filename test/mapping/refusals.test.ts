import { describe, expect, it } from "vitest";
import { compileText, table } from "./support.ts";

const tables = [
  table("site", "site|TEXT!, name|TEXT, city|TEXT, lon|REAL, lat|REAL, since|TEXT", { unique: [["site"]] }),
  table("hour", "site|TEXT!, ts|TEXT!, pm25|REAL, o3|REAL, note|TEXT", { unique: [["site", "ts"]] }),
  table("bare", "a|TEXT!, b|TEXT", { unique: [["a"]], rowid: false }),
];

const head = "region: 110000\nkind: sqlite\ntimeZone: Asia/Shanghai\n";
const stationLines = (lines: string): string => `${head}entities:\n  Station:\n    from: site\n    key: site\n    fields:\n      code: site\n${lines}`;
const observationLines = (lines: string): string =>
  `${head}entities:\n  Station: { from: site, key: site, fields: { code: site } }\n  Observation:\n    from: hour\n    key: [site, ts]\n${lines}`;
const observationFields = (lines: string): string =>
  observationLines(`    fields:\n      station: site\n      start: { column: ts, format: yyyy-MM-dd HH:mm }\n      averaging: { constant: PT1H }\n${lines}`);

/** File, what the message must say after `regions/x/source.yaml:`. */
const refused: readonly (readonly [title: string, text: string, message: RegExp])[] = [
  ["a word that the file does not know", `${head}entites: {}\n`, /^4:1 `entites` is no word of a source file; did you mean `entities`\?/],
  ["a file without a time zone", "region: 110000\nkind: sqlite\nentities: {}\n", /^1:1 `timeZone` is missing/],
  ["a time zone that does not exist", "region: 110000\nkind: sqlite\ntimeZone: Asia/Peking\nentities: {}\n", /^3:11 `Asia\/Peking` is no time zone/],
  ["a deadline without a unit", `${head}deadline: 1500\nentities: {}\n`, /^4:11 `deadline` must be a duration/],
  ["a deadline in which no network answers", `${head}deadline: 49ms\nentities: {}\n`, /^4:11 `deadline` must be a duration from 50ms to 60s/],
  ["a deadline longer than an operation's", `${head}deadline: 2m\nentities: {}\n`, /^4:11 `deadline` must be a duration from 50ms to 60s/],
  ["old answers without an age", `${head}stale: {}\nentities: {}\n`, /^4:8 `stale` needs `for`/],
  ["old answers of any age", `${head}stale: { for: 2d }\nentities: {}\n`, /^4:15 `for` of `stale` must be a duration from 1s to 1d/],
  ["a word that `stale` does not know", `${head}stale: { for: 10m, from: 1m }\nentities: {}\n`, /^4:20 `from` is no word of `stale`/],
  ["a key written twice", `${head}kind: rest\nentities: {}\n`, /^4:1 /],
  ["an entity that the vocabulary has not", `${head}entities:\n  AqiReport: { from: site, key: site, fields: { code: site } }\n`, /^5:3 the vocabulary has no entity `AqiReport`/],
  ["an entity without a key", `${head}entities:\n  Station: { from: site, fields: { code: site } }\n`, /^5:3 `Station` needs `key`/],
  ["a table that the source has not", `${head}entities:\n  Station: { from: sites, key: site, fields: { code: site } }\n`, /^5:20 the source has no table `sites`; did you mean `site`\?/],
  ["a column that the table has not", stationLines("      name: nmae\n"), /^10:13 table `site` has no column `nmae`; did you mean `name`\?/],
  ["a column of a join that is not there", stationLines("      name: zd.name\n"), /^10:13 table `site` has no column `zd.name`/],
  ["an attribute that the entity has not", stationLines("      nam: name\n"), /^10:7 `Station` has no attribute `nam`; did you mean `name`\?/],
  ["a lens that does not exist", stationLines("      name: { column: name, normalize: trim }\n"), /^10:29 `normalize` is no word of a field; did you mean `normalise`\?/],
  ["a field with two takes", stationLines("      name: { column: name, constant: x }\n"), /^10:13 a field has one take; here are `column` and `constant`/],
  ["a field with stages and no take", stationLines("      name: { normalise: trim }\n"), /^10:13 a field needs one of/],
  ["parts where the attribute is no object", stationLines("      name: { colum: name }\n"), /^10:13 `name` is a text, not an object; `colum` is no word of a field, did you mean `column`\?/],
  ["an object written as a column", stationLines("      position: lon\n"), /^10:17 `position` is an object; write its parts, e\.g\. `\{ lon: COLUMN, lat: COLUMN \}`/],
  ["half a position", stationLines("      position: { lon: lon }\n"), /^10:17 a position needs both/],
  ["a reference system that is not known", stationLines("      position: { lon: lon, lat: lat, crs: BD-09 }\n"), /^10:44 `BD-09` is no known reference system/],
  ["a cleaning that does not exist", stationLines("      name: { column: name, normalise: trimm }\n"), /^10:40 `trimm` is no cleaning; did you mean `trim`\?/],
  ["a pattern that RE2 refuses", stationLines("      name: { column: name, match: '(?=x)' }\n"), /^10:36 `match` is no pattern of RE2/],
  ["a code table that does not exist", stationLines("      region: { column: city, codes: gb2260-name }\n"), /^10:38 there is no code table `gb2260-name`; did you mean `gb2260-names`\?/],
  ["a code that the enum has not", stationLines("      role: { column: name, codes: { a: URBANE } }\n"), /^10:41 `URBANE` \(for `a`\) is no value of the attribute; did you mean `URBAN`\?/],
  ["a constant that the enum has not", stationLines("      medium: { constant: AIRR }\n"), /^10:27 `AIRR` is no Medium; did you mean `AIR`\?/],
  ["a stage on a constant", stationLines("      medium: { constant: AIR, codes: { a: AIR } }\n"), /^10:15 a constant is written as the attribute has it; leave `codes` out/],
  ["a format that spells no date", stationLines("      activeFrom: { column: since, format: MM/dd }\n"), /^10:44 `MM\/dd` does not spell a date/],
  ["a format on a text", stationLines("      name: { column: name, format: yyyy }\n"), /^10:37 `format` makes a instant or a date/],
  ["a text lens on a column of numbers", stationLines("      operator: { column: lon, match: '(1)' }\n"), /^10:39 `match` works on text, and column `lon` holds numbers/],
  ["a unit on a text", stationLines("      name: { column: name, unit: mg/L }\n"), /^10:35 `unit` makes a decimal; the attribute is a text/],
  ["a code file that is not there", `${stationLines("      region: { column: city, codes: towns }\n")}codes: { towns: { file: towns.csv, from: town, to: code } }\n`, /^11:25 the code file `towns.csv` is not there/],
  ["a key that is not unique", `${head}entities:\n  Station: { from: hour, key: site, fields: { code: site } }\n`, /^5:31 \(site\) is not unique in `hour`; .*`latest: COLUMN`/],
  ["a tie that is not unique", `${head}entities:\n  Station: { from: site, key: site, tie: city, fields: { code: site } }\n`, /^5:42 `tie` must be unique/],
  ["a table without row numbers and tie", `${head}entities:\n  Station: { from: bare, key: a, fields: { code: a } }\n`, /^5:31 `bare` has no row number/],
  ["a join that is not to-one", stationLines("").replace("    key: site\n", "    join: { h: { from: hour, on: { site: site } } }\n    key: site\n"), /^7:13 a join is to-one, and \(site\) is not unique in `hour`/],
  ["a join that takes the name of the part's own table", stationLines("").replace("    key: site\n", "    join: { t: { from: hour, on: { site: site } } }\n    key: site\n"), /^7:13 `t` cannot name a join/],
  ["a filter that does not exist", stationLines("").replace("    key: site\n", "    key: site\n    keep: { city: { equals: x } }\n"), /^8:21 `equals` is no filter/],
  ["a filter on numbers with a text", stationLines("").replace("    key: site\n", "    key: site\n    keep: { lon: { gt: east } }\n"), /^8:24 column `lon` holds numbers/],
  ["a vocabulary key that nothing maps", observationFields("      value: pm25\n"), /^6:3 `pollutant` is part of the key of Observation, and nothing maps it/],
  ["a unit that does not exist", observationFields("      pollutant: { constant: a34004 }\n      value: { column: pm25, unit: ugm3 }\n"), /^14:36 there is no unit `ugm3`; did you mean `ug\/m3`\?/],
  ["a unit that does not convert: particles have no molar mass", observationFields("      pollutant: { constant: a34004 }\n      value: { column: pm25, unit: ppb }\n"), /^14:36 `ppb` does not convert to `ug\/m3` of a34004/],
  ["a unit without a pollutant", observationFields("      value: { column: pm25, unit: ppb }\n"), /^13:36 the unit depends on the pollutant/],
  ["an unpivot that no field takes", observationLines("    unpivot: { pm25: { pollutant: a34004 } }\n    fields: { station: site }\n"), /^9:16 no field takes `\$cell`/],
  ["an unpivoted column that is not there", observationLines("    unpivot: { pm2_5: { pollutant: a34004 } }\n    fields: { value: $cell }\n"), /^9:16 .*has no `pm2_5`; did you mean `pm25`\?/],
  ["an unpivoted attribute that is not there", observationLines("    unpivot: { pm25: { polutant: a34004 } }\n    fields: { value: $cell }\n"), /^9:24 `Observation` has no attribute `polutant`; did you mean `pollutant`\?/],
  ["$cell without an unpivot", observationFields("      pollutant: { constant: a34004 }\n      value: $cell\n"), /^14:14 `\$cell` stands for an unpivoted column/],
  ["a link by key with a lens", observationFields("").replace("station: site", "station: { column: site, normalise: trim }"), /^10:16 a link by the target's key is compared as it stands, without `normalise`; add `to: ATTRIBUTE`/],
  ["a link with too many key columns", observationFields("").replace("station: site", "station: { columns: [site, ts] }"), /^10:16 the key of Station has 1 columns, the link 2/],
  ["a link to an entity that is not mapped", `${head}entities:\n  Inspection: { from: hour, key: [site, ts], fields: { enterprise: site } }\n`, /^5:68 this source maps no Enterprise/],
  ["a link by an attribute that the target has not", observationFields("").replace("station: site", "station: { column: site, to: codes }"), /^10:36 `Station` has no attribute `codes`; did you mean `code`\?/],
  ["a plausible range upside down", `${stationLines("")}check: { plausible: { Observation.value: [5, 1] } }\n`, /^10:42 a plausible range is/],
  ["parts that disagree on a public key", `${head}entities:\n  Station: { from: site, key: { columns: site, public: true }, fields: { code: site } }\n  Station/hour: { from: hour, key: [site, ts], fields: { code: site } }\n`, /^6:36 the parts of Station disagree/],
];

describe("a mapping that cannot work is refused with its place and mend", () => {
  it.each(refused)("%s", (_, text, message) => {
    let problem = "nothing";
    try {
      compileText(text, tables);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    expect(problem.startsWith("regions/x/source.yaml:"), problem).toBe(true);
    expect(problem.slice("regions/x/source.yaml:".length)).toMatch(message);
  });
});
