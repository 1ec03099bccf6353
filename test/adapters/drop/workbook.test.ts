import writeWorkbook from "write-excel-file/node";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unzip } from "../../../adapters/drop/zipEntries.ts";
import { makeFolder, readTable, type DropFolder } from "./dropFolder.ts";

let folder: DropFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.dispose());

const text = (value: string, more = {}) => ({ value, type: String, ...more });

async function ledger(): Promise<Buffer> {
  const sheet = [
    [text("新安江流域生态补偿台账", { columnSpan: 4 }), null, null, null],
    [text("单位：万元", { columnSpan: 4 }), null, null, null],
    [text("序号", { rowSpan: 2 }), text("金额", { columnSpan: 2 }), null, text("拨付日期", { rowSpan: 2 })],
    [null, text("应付(万元)"), text("实付(万元)"), null],
    [{ value: 1, type: Number }, text("1,234.50"), { value: 0.1, type: Number }, { value: new Date("2023-03-05T00:00:00Z"), type: Date, format: "yyyy-mm-dd" }],
    [{ value: 2, type: Number }, text("20"), { value: 12345.678, type: Number }, text("2023-04-01")],
  ];
  return writeWorkbook([
    { sheet: "说明", data: [[text("x")]] },
    { sheet: "2023年 ", data: sheet },
  ] as never).toBuffer();
}

describe("A workbook", () => {
  test("gives the rows of the sheets that match, two header lines joined, merged cells filled, dates as serials", async () => {
    await folder.put("台账.xlsx", await ledger());
    const reader = folder.reader({ ledger: { files: "台账.xlsx", xlsx: { sheet: "{year}年", header: ["3", "4"] } } });
    const { rows, warnings } = await readTable(reader, "ledger");
    expect(warnings).toEqual([]);
    expect(rows).toEqual([
      { $file: "台账.xlsx", $precedence: 1, $received: expect.any(String), $row: 5, $year: "2023", 序号: "1", "金额/应付(万元)": "1,234.50", "金额/实付(万元)": "0.1", 拨付日期: "44990" },
      { $file: "台账.xlsx", $precedence: 1, $received: expect.any(String), $row: 6, $year: "2023", 序号: "2", "金额/应付(万元)": "20", "金额/实付(万元)": "12345.678", 拨付日期: "2023-04-01" },
    ]);
  });

  test("without a sheet that matches has no rows and says so", async () => {
    await folder.put("台账.xlsx", await ledger());
    const { rows, warnings } = await readTable(folder.reader({ t: { files: "台账.xlsx", xlsx: { sheet: "{year}季" } } }), "t");
    expect(rows).toEqual([]);
    expect(warnings).toContain("台账.xlsx: no sheet is called {year}季.");
  });

  test.each([
    ["is none", Buffer.from("<html>not a workbook</html>")],
    ["is torn", null],
  ])("that %s is a BAD_ANSWER and not half a table", async (_what, bytes) => {
    const whole = await ledger();
    await folder.put("t.xlsx", bytes ?? whole.subarray(0, whole.length - 100));
    await expect(readTable(folder.reader({ t: { files: "t.xlsx" } }), "t")).rejects.toMatchObject({ status: "BAD_ANSWER" });
  });
});

describe("Unpacking", () => {
  /** A zip of one entry, whose header may lie about the size. */
  function zipOf(name: string, content: Buffer): Buffer {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(7, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.write(name, 46);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(local.length + packed.length, 16);
    return Buffer.concat([local, packed, entry, end]);
  }

  test("gives the entries of an archive", () => {
    expect(unzip(zipOf("a.xml", Buffer.from("<a/>")), 100)?.get("a.xml")?.toString()).toBe("<a/>");
  });

  test("stops at the cap, whatever size the archive claims", () => {
    const bomb = zipOf("a.xml", Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    expect(unzip(bomb, 1_000_000)).toBeNull();
  });
});
