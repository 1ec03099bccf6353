/** What a folder of packet logs holds: the one table of its kind, as its own reader gives it. */
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { type Look, type LookableKind, type LookInput, LookProblem, readSample } from "../contract/look.ts";
import { parseHj212Config } from "./hj212Config.ts";
import { openReader } from "./hj212Reader.ts";

const sample = { rowsMax: 40_000, partRowsMax: 10_000 };

export const hj212Look: LookableKind = { kind: "hj212", from: "folder", rowid: true, look: lookAtLogs };

async function lookAtLogs({ url, signal, log }: LookInput): Promise<Look> {
  const folder = resolve(url);
  const endings = [...new Set((await readdir(folder)).flatMap((name) => /\.(?:log|txt|dat|212)$/i.exec(name)?.[0] ?? []))].sort();
  const files = endings.map((ending) => `*${ending}`);
  const isUsual = files.every((file) => file === "*.log" || file === "*.txt");
  const connection: Look["connection"] = isUsual ? {} : { files };
  const reader = openReader(parseHj212Config({ connection: { folder, settle: "1ms", ...connection }, tables: {}, timeZone: "Asia/Shanghai", baseDir: "/" }));
  const packets = files.length === 0 ? null : await readSample(reader, "packets", sample, signal, log);
  if (packets === null || packets.rows.length === 0) {
    throw new LookProblem(
      `The folder ${folder} holds no log (*.log, *.txt) with a data packet of HJ 212 whose length and checksum are right. Name the folder of the logs: --url DIR.`,
      "文件夹中没有长度和 CRC 校验正确的 HJ 212 数据包日志，请指定日志文件夹。",
    );
  }
  return { address: folder, connection, tables: [{ name: "packets", declared: null, note: "", ...packets, unique: [], foreign: [], comment: null }], timeZone: null, undecided: [] };
}
