/** The base relation in a real SQLite: keep, latest, unpivot, vocabulary keys, joins. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { asEntityName } from "../../schema/ids.ts";
import { printDecimal } from "../../src/harmonise/decimal.ts";
import { install } from "../../src/mapping/lenses/sqlFunctions.ts";
import type { Mapping } from "../../src/mapping/mapping.ts";
import { compileText, sqlCond, sqlExpr, table } from "./support.ts";

const head = "region: 130000\nkind: sqlite\ntimeZone: Asia/Shanghai\n";

/** Locator and value of an attribute, of all rows of all parts. */
function rowsOf(mapping: Mapping, setup: string, entity: string, attribute: string): (readonly [unknown, unknown])[] {
  const db = new Database(":memory:");
  try {
    db.exec(setup);
    install(db, Object.fromEntries(mapping.lenses));
    return (mapping.entities.get(asEntityName(entity))?.parts ?? []).flatMap((part) => {
      const field = part.fields.get(attribute);
      if (!field) throw new Error(`no ${attribute}`);
      const columns = [...part.locator, ...field.inputs].map(sqlExpr).join(", ");
      const joins = part.joins.map(({ alias, table: name, on }) => ` LEFT JOIN "${name}" "${alias}" ON ${sqlCond(on)}`).join("");
      const rows = db.prepare(`SELECT ${columns} FROM "${part.table}" t${joins} WHERE ${sqlCond(part.base)} ORDER BY ${sqlExpr(part.tie)}`).raw().all() as Cell[][];
      return rows.map((cells) => [cells.slice(0, part.locator.length).join("/"), field.read(cells.slice(part.locator.length))]);
    });
  } finally {
    db.close();
  }
}

describe("base relation", () => {
  it("keeps the latest row of a key, and drops it with its key where `keep` does not hold", () => {
    const mapping = compileText(
      `${head}entities:\n  PenaltyDecision:\n    from: p\n    key: no\n    latest: [rev]\n    keep: { state: { ne: withdrawn } }\n    fields: { docNo: no, amount: amount }\n`,
      [table("p", "no|TEXT!, rev|INTEGER, state|TEXT, amount|REAL")],
    );
    const setup = `CREATE TABLE p (no TEXT, rev INTEGER, state TEXT, amount REAL);
      INSERT INTO p VALUES ('a', 1, 'open', 10), ('a', 2, 'closed', 20), ('b', 1, 'open', 30), ('b', 2, 'withdrawn', 40), ('c', 1, NULL, 50),
        ('d', 1, 'open', 60), ('d', 1, 'open', 70)`;
    // b's older row does not come back; c's NULL is not TRUE; of d's equal revisions the later row counts.
    expect(rowsOf(mapping, setup, "PenaltyDecision", "amount")).toEqual([["a", 20], ["d", 70]]);
    expect(mapping.warnings.join()).toContain("`ne` on `state` also drops rows in which it is NULL");
  });

  const unpivot = (type: string, strict: boolean): Mapping =>
    compileText(
      `${head}missing: ["-99", —]\nentities:\n  Station: { from: s, key: site, fields: { code: site, region: { column: city, codes: gb2260-names } } }
  Observation:
    from: h
    join: { zd: { from: s, on: { site: site } } }
    key: [site, ts]
    unpivot: { pm25: { pollutant: a34004 }, o3: { pollutant: a05024, unit: ppb } }
    fields:
      value: $cell
      station: site
      region: { column: zd.city, codes: gb2260-names }
      end: { column: ts, format: yyyy-MM-dd HH:mm }
      averaging: { constant: PT1H }
`,
      [
        table("s", "site|TEXT!, city|TEXT", { unique: [["site"]], strict }),
        table("h", `site|TEXT!, ts|TEXT!, pm25|${type}, o3|${type}`, { unique: [["site", "ts"]], strict }),
      ],
    );
  const stations = "CREATE TABLE s (site TEXT, city TEXT); INSERT INTO s VALUES ('x', '石家庄市'), ('y', 'nowhere');";

  it("makes no row of a missing unpivoted cell, and a row without a value of garbage", () => {
    for (const type of ["TEXT", "REAL", ""]) {
      const setup = `${stations} CREATE TABLE h (site TEXT, ts TEXT, pm25 ${type}, o3 ${type});
        INSERT INTO h VALUES ('x', '2024-01-01 00:00', '12.5', NULL), ('x', '2024-01-01 01:00', '-99', ''), ('x', '2024-01-01 02:00', '—', '  '), ('x', '2024-01-01 03:00', '一万', '10')`;
      expect(rowsOf(unpivot(type, false), setup, "Observation", "value").map(([key, value]) => [key, value === null ? null : printDecimal(value as number, 3)]), type).toEqual([
        ["x/2024-01-01 00:00/pm25", "12.5"],
        ["x/2024-01-01 03:00/pm25", null],
        ["x/2024-01-01 03:00/o3", "19.619"],
      ]);
    }
  });

  it("makes no row of a typed cell that no decimal of the hub can hold", () => {
    const setup = `${stations.replaceAll(");", ") STRICT;").replace("INSERT INTO s VALUES ('x', '石家庄市'), ('y', 'nowhere') STRICT;", "")} CREATE TABLE h (site TEXT, ts TEXT, pm25 REAL, o3 REAL) STRICT;
      INSERT INTO h VALUES ('x', '2024-01-01 00:00', 9e999, 1e15), ('x', '2024-01-01 01:00', 5, NULL), ('x', '2024-01-01 02:00', -99, 1e-30)`;
    expect(rowsOf(unpivot("REAL", true), setup, "Observation", "value")).toEqual([["x/2024-01-01 01:00/pm25", 5]]);
  });

  it("makes no row where a part of the vocabulary key is NULL", () => {
    const setup = `${stations} CREATE TABLE h (site TEXT, ts TEXT, pm25 TEXT, o3 TEXT);
      INSERT INTO h VALUES ('x', '2024-02-31 00:00', '1', NULL), ('', '2024-01-01 00:00', '2', NULL), ('y', '2024-01-01 00:00', '3', NULL), ('z', '2024-01-01 00:00', '4', NULL)`;
    expect(rowsOf(unpivot("TEXT", false), setup, "Observation", "start")).toEqual([
      ["y/2024-01-01 00:00/pm25", Date.parse("2023-12-31T15:00Z")],
      ["z/2024-01-01 00:00/pm25", Date.parse("2023-12-31T15:00Z")],
    ]);
    expect(rowsOf(unpivot("TEXT", false), setup.replace("'y', '2024-01", "'x', '2024-01"), "Observation", "region")).toEqual([
      ["x/2024-01-01 00:00/pm25", "130100"],
      ["z/2024-01-01 00:00/pm25", null],
    ]);
  });

  it("filters a `keep` under `not`, `and`, `or` as the query language does", () => {
    const keep = (text: string): unknown[] =>
      rowsOf(
        compileText(`${head}entities:\n  Station:\n    from: s\n    key: k\n    keep: ${text}\n    fields: { code: k }\n`, [table("s", "k|TEXT!, c|TEXT, n|INTEGER", { unique: [["k"]] })]),
        "CREATE TABLE s (k TEXT, c TEXT, n INTEGER); INSERT INTO s VALUES ('1', 'a', 1), ('2', 'b', 2), ('3', NULL, 3), ('4', 'ab', NULL)",
        "Station",
        "code",
      ).map(([key]) => key);
    expect(keep("{ c: { eq: a } }")).toEqual(["1"]);
    expect(keep("{ c: { ne: a } }")).toEqual(["2", "4"]);
    expect(keep("{ not: { c: { eq: a } } }")).toEqual(["2", "4"]);
    expect(keep("{ not: { c: { startsWith: a } } }")).toEqual(["2"]);
    expect(keep("{ c: { in: [a, b] }, n: { gte: 2 } }")).toEqual(["2"]);
    expect(keep("{ or: [{ c: { isNull: true } }, { n: { lt: 2 } }] }")).toEqual(["1", "3"]);
    expect(keep("{ not: { or: [{ c: { isNull: true } }, { n: { lt: 2 } }] } }")).toEqual(["2"]);
  });
});
