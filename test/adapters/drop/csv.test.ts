import iconv from "iconv-lite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { csvRows } from "../../../adapters/drop/csvRows.ts";
import { makeFolder, readTable, type DropFolder } from "./dropFolder.ts";

let folder: DropFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.dispose());

const data = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("$"))));

describe("A CSV file", () => {
  test("in GBK with CRLF and units in its header is read as text, blank cells as NULL", async () => {
    await folder.put("water_202403.csv", iconv.encode("断面编码,溶解氧(mg/L),备注\r\nAH01,<0.025,\r\nAH02,007.50,—\r\n", "gb18030"));
    const read = await readTable(folder.reader({ water: { files: "water_{month}.csv", csv: { encoding: "gb18030" } } }), "water");
    expect(data(read.rows)).toEqual([
      { 断面编码: "AH01", "溶解氧(mg/L)": "<0.025", 备注: null },
      { 断面编码: "AH02", "溶解氧(mg/L)": "007.50", 备注: "—" },
    ]);
    expect(read.rows[0]).toMatchObject({ $file: "water_202403.csv", $month: "202403", $precedence: 1, $row: 2 });
    expect(read.rows[0]?.["$received"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test.each([
    ["a byte order mark", "\uFEFFa,b\n1,2\n", ",", [{ a: "1", b: "2" }]],
    ["semicolons", "a;b\n1,5;2\n", ";", [{ a: "1,5", b: "2" }]],
    ["tabs", "a\tb\n1\t2\n", "tab", [{ a: "1", b: "2" }]],
    ["lone CR", "a,b\r1,2\r3,4", ",", [{ a: "1", b: "2" }, { a: "3", b: "4" }]],
    ["a newline and a comma inside quotes", 'a,b\n"x\ny,z",2\n', ",", [{ a: "x\ny,z", b: "2" }]],
    ["doubled quotes", 'a,b\n"say ""yes""",2\n', ",", [{ a: 'say "yes"', b: "2" }]],
    ["short and empty lines", "a,b\n\n1\n\n", ",", [{ a: "1", b: null }]],
  ])("with %s is read", async (_what, text, separator, rows) => {
    await folder.put("t.csv", text);
    const read = await readTable(folder.reader({ t: { files: "t.csv", csv: { separator } } }), "t");
    expect(data(read.rows)).toEqual(rows);
  });

  test("with bytes that its encoding does not know keeps the row, the bytes as U+FFFD in their own cell", async () => {
    await folder.put("t.csv", Buffer.concat([Buffer.from("a,b\nx,"), Buffer.from([0xff, 0xfe]), Buffer.from("\ny,2\n")]));
    const read = await readTable(folder.reader({ t: { files: "t.csv" } }), "t");
    expect(data(read.rows)).toEqual([{ a: "x", b: "\uFFFD\uFFFD" }, { a: "y", b: "2" }]);
  });

  test("with a quote that never closes loses no row behind it and says so", async () => {
    await folder.put("t.csv", 'a,b\n1,"open\n2,x\n3,y\n');
    const read = await readTable(folder.reader({ t: { files: "t.csv" } }), "t");
    expect(data(read.rows)).toEqual([{ a: "1", b: '"open' }, { a: "2", b: "x" }, { a: "3", b: "y" }]);
    expect(read.warnings).toEqual(["t.csv: row 2 has a quote that never closes and was read without quotes."]);
  });

  test("whose header repeats names, leaves one empty or claims a reserved one gets names that SQLite can tell apart", async () => {
    await folder.put("t.csv", "PM25,pm25,,$file,rowid\n1,2,3,4,5\n");
    const read = await readTable(folder.reader({ t: { files: "t.csv" } }), "t");
    expect(data(read.rows)).toEqual([{ PM25: "1", "pm25 (2)": "2", "column 3": "3", _$file: "4", "rowid (2)": "5" }]);
    expect(read.rows[0]?.["$file"]).toBe("t.csv");
  });

  test("with rows longer than its header keeps the named cells and warns", async () => {
    await folder.put("t.csv", "a,b\n1,2,3\n4,5\n");
    const read = await readTable(folder.reader({ t: { files: "t.csv" } }), "t");
    expect(data(read.rows)).toEqual([{ a: "1", b: "2" }, { a: "4", b: "5" }]);
    expect(read.warnings[0]).toContain("first: row 2");
  });

  test("never fails by its content, whatever the bytes", () => {
    const pieces = fc.array(fc.constantFrom('"', ",", "\n", "\r\n", "a", "中", '""', " ", "\u0000", "x".repeat(50)), { maxLength: 200 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const rows = [...csvRows(Buffer.from(parts.join("")), { kind: "csv", encoding: "utf-8", separator: ",", header: [1] }, () => {})].flat();
        rows.every(({ row }, index) => expect(row).toBe(index + 1));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => [...csvRows(Buffer.from(bytes), { kind: "csv", encoding: "gb18030", separator: ",", header: [1] }, () => {})]).not.toThrow();
      }),
    );
  });
});
