import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc16, packetsIn, type Found } from "../../../adapters/hj212/packet.ts";
import { packetRows, rowColumns } from "../../../adapters/hj212/packetRows.ts";
import { packet, password, segment } from "./packets.ts";

const found = (...bytes: (Buffer | string)[]): readonly Found[] => [...packetsIn(Buffer.concat(bytes.map((one) => Buffer.from(one))))];
const kinds = (...bytes: (Buffer | string)[]): string[] => found(...bytes).map((one) => (one.kind === "bad" ? `${one.fault} in line ${one.line}` : `${one.packet.cn} in line ${one.packet.line}`));
const hour = "DataTime=20240115090000;a21026-Avg=12.3,a21026-Min=8.0,a21026-Max=20.1,a21026-Cou=1.52,a21026-Flag=N;a19001-Avg=8.6,a19001-Flag=N";
const rows = (...bytes: (Buffer | string)[]) => {
  const read = packetRows(Buffer.concat(bytes.map((one) => Buffer.from(one))));
  return { rows: [...read.rows].map((row) => Object.fromEntries(rowColumns.map((column, i) => [column, row[i]]).filter(([, cell]) => cell !== null))), faults: Object.fromEntries(read.faults) };
};

describe("A packet", () => {
  test("has the checksums of the standard's own example and of one worked out by hand", () => {
    const standard = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
    expect([standard.length, crc16(Buffer.from(standard))]).toEqual([101, 0x1c80]);
    const other = `QN=20240115101000123;ST=31;CN=2061;PW=123456;MN=A110000_0001;Flag=5;CP=&&${hour}&&`;
    expect([other.length, crc16(Buffer.from(other))]).toEqual([204, 0xfe41]);
    expect(kinds(`##0204${other}FE41\r\n`)).toEqual(["2061 in line 1"]);
  });

  test.each<[string, (Buffer | string)[], string[]]>([
    ["alone", [packet(segment(hour))], ["2061 in line 1"]],
    ["with small letters in its checksum", [packet(segment(hour)).toString().replace(/[0-9A-F]{4}\r\n$/, (crc) => crc.toLowerCase())], ["2061 in line 1"]],
    ["behind what the receiver wrote", ["2024-01-15 10:10:00,123 [recv] 10.0.0.7 -> ", packet(segment(hour)), "\n", packet(segment(hour))], ["2061 in line 1", "2061 in line 3"]],
    ["directly behind another", [packet(segment(hour)).subarray(0, -2), packet(segment(hour))], ["2061 in line 1", "2061 in line 1"]],
    ["without a line break at the end of the file", [packet(segment(hour)).subarray(0, -2)], ["2061 in line 1"]],
    ["with Chinese in its content, counted in bytes", [packet(segment(`${hour};Info=超标`))], ["2061 in line 1"]],
    ["with one byte changed", [packet(segment(hour)).toString().replace("12.3", "12.4"), packet(segment(hour))], ["checksum in line 1", "2061 in line 2"]],
    ["with another checksum", [packet(segment(hour)).toString().replace(/[0-9A-F]{4}\r\n$/, "0000\r\n")], ["checksum in line 1"]],
    ["cut off", [packet(segment(hour)).subarray(0, 60)], ["length in line 1"]],
    ["cut off by the next", [packet(segment(hour)).subarray(0, 60), packet(segment(hour))], ["length in line 1", "2061 in line 1"]],
    ["that says it is longer", [packet(segment(hour)).toString().replace(/^##\d{4}/, "##0999"), "\n", packet(segment(hour))], ["length in line 1", "2061 in line 3"]],
    ["that says it is shorter", [packet(segment(hour)).toString().replace(/^##\d{4}/, "##0020")], ["length in line 1"]],
    ["without a length", ["##12x4QN=1\r\n"], ["length in line 1"]],
    ["without MN", [packet(segment(hour, { MN: "" }))], ["form in line 1"]],
    ["without content", [packet("ST=31;CN=2061;MN=A;CP=")], ["form in line 1"]],
    ["in noise", ["#### # ##\r\n###", packet(segment(hour)).subarray(2)], ["length in line 1", "length in line 1", "2061 in line 2"]],
  ])("%s", (_what, bytes, expected) => {
    expect(kinds(...bytes)).toEqual(expected);
  });

  test("Law: any bytes are read to their end, and a whole packet among them is found", () => {
    const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x23 ? 0x20 : byte))));
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const all = found(before, "\n", packet(segment(hour)), after);
        return all.filter((one) => one.kind === "packet").length === 1;
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => found(Buffer.concat([Buffer.from("##"), bytes])).length >= 1));
  });

  test("Law: no packet of which one byte was changed is read", () => {
    const whole = packet(segment(hour));
    fc.assert(
      fc.property(fc.integer({ min: 6, max: whole.length - 3 }), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const broken = Buffer.from(whole);
        broken[place] = (broken[place] ?? 0) ^ change;
        const spelling = broken.toString("latin1").slice(-6, -2);
        // The checksum's own letters may be small.
        return Number.parseInt(spelling, 16) === crc16(broken.subarray(6, -6)) || !found(broken).some((one) => one.kind === "packet");
      }),
    );
  });
});

describe("Rows of a log", () => {
  test("are one per packet and pollutant, with the figures as they are spelt", () => {
    const { rows: read, faults } = rows("# log\n", packet(segment(hour)));
    const common = { $row: 2, MN: "A110000_0001", ST: "31", CN: "2061", QN: "20240115101000123", edition: "2017", DataTime: "20240115090000" };
    expect(read).toEqual([
      { ...common, code: "a21026", Avg: "12.3", Min: "8.0", Max: "20.1", Cou: "1.52", Flag: "N" },
      { ...common, code: "a19001", Avg: "8.6", Flag: "N" },
    ]);
    expect(faults).toEqual({});
  });

  test.each([
    ["2011", "DataTime=20240115090000;w01018-Rtd=31.5,w01018-Flag=N", { Rtd: "31.5", Flag: "N" }],
    ["2051", "DataTime=20240115090000;w01018-Avg=31.5,w01018-Flag=N", { Avg: "31.5" }],
    ["2061", "DataTime=20240115090000;a34013-Avg=3.1,a34013-ZsAvg=4.2,a34013-ZsMax=5,a34013-ZsMin=4,a34013-Flag=M,a34013-EFlag=02", { ZsAvg: "4.2", EFlag: "02" }],
    ["2031", "DataTime=20240115000000;w00000-Cou=120.5", { Cou: "120.5" }],
  ])("come of command %s", (CN, content, figures) => {
    expect(rows(packet(segment(content, { CN }))).rows).toEqual([expect.objectContaining({ CN, ...figures })]);
  });

  test("of the first edition have its codes, its shorter MN and no edition where no Flag says one", () => {
    const content = "DataTime=20040506001000;B01-Cou=2.5;011-Avg=85.1,011-Min=84.0,011-Max=86.2,011-Flag=N";
    const read = rows(packet(segment(content, { CN: "2051", ST: "32", MN: "88888880000001", Flag: "", QN: "" })), packet(segment(content, { MN: "88888880000001", Flag: "1" }))).rows;
    expect(read.map(({ code, MN, edition, Cou, Avg }) => [code, MN, edition, Cou ?? Avg])).toEqual([
      ["B01", "88888880000001", undefined, "2.5"],
      ["011", "88888880000001", undefined, "85.1"],
      ["B01", "88888880000001", "2005", "2.5"],
      ["011", "88888880000001", "2005", "85.1"],
    ]);
  });

  test("of other commands are none, and are no fault", () => {
    expect(rows(packet(segment("RtdInterval=30", { CN: "1062" })), packet(segment("PolId=a;OldPW=1;NewPW=2", { CN: "1072" })), packet(segment("", { CN: "9014" })))).toEqual({ rows: [], faults: {} });
  });

  test("of a packet in parts are those of all its parts, under the time of the first", () => {
    const one = (PNO: string, content: string, more = {}) => packet(segment(content, { Flag: "7", PNUM: "2", PNO, ...more }));
    const first = one("1", "DataTime=20240115090000;a21026-Avg=1");
    const second = one("2", "a21002-Avg=2");
    expect(rows(second, first).rows.map(({ code, DataTime, $row }) => [code, DataTime, $row])).toEqual([["a21002", "20240115090000", 1], ["a21026", "20240115090000", 2]]);
    // Sent again, the later one counts.
    expect(rows(first, second, one("2", "a21002-Avg=3")).rows.map(({ Avg }) => Avg)).toEqual(["1", "3"]);
    expect(rows(first)).toEqual({ rows: [], faults: { parts: { count: 1, first: 1 } } });
    expect(rows(first, one("2", "a21002-Avg=2", { QN: "20240115101000999" })).faults).toEqual({ parts: { count: 2, first: 1 } });
    expect(rows(first, one("2", "DataTime=20240115100000;a21002-Avg=2")).faults).toEqual({ parts: { count: 2, first: 1 } });
  });

  test.each([
    ["no DataTime", "a21026-Avg=1"],
    ["a DataTime that is none", "DataTime=202401;a21026-Avg=1"],
    ["nothing that can be read, as where it is encrypted", "8F3A99C01D"],
    ["no figure", "DataTime=20240115090000"],
  ])("of content with %s are none, counted", (_what, content) => {
    expect(rows(packet(segment(content)))).toEqual({ rows: [], faults: { content: { count: 1, first: 1 } } });
  });

  test("hold no password, wherever a packet says it", () => {
    const read = rows(packet(segment(`${hour};PW=${password};a21026-PW=${password},NewPW=${password}`)), packet(segment(hour)).toString().replace("12.3", "12.4"));
    expect(read.rows).toHaveLength(2);
    expect(JSON.stringify(read)).not.toContain(password);
  });
});
