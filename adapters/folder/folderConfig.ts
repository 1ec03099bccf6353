/** What `connection` of every kind over a folder has, and its tables' patterns. */
import { resolve } from "node:path";
import { configProblem, readDurationMs, readInteger, readMap, readText, readTexts, type Path } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { parsePattern } from "./filePattern.ts";
import type { Folder } from "./folderReader.ts";
import type { FolderTable } from "./folderFiles.ts";

const everyDefaultMs = 3000;
const settleDefaultMs = 1000;
/** 256 MiB: some million rows; beyond that a folder of files is the wrong door. */
const fileBytesDefaultMax = 256 * 1024 * 1024;

/** `everyMs`: how often the folder is looked at. Throws a ConfigProblem. */
export function parseFolder(connection: ConfigValue, baseDir: string): Omit<Folder<FolderTable>, "tables"> & { readonly everyMs: number } {
  const map = readMap(connection, ["connection"], ["folder", "every", "settle", "fileBytesMax"]);
  const path = (key: string): Path => ["connection", key];
  return {
    everyMs: map["every"] === undefined ? everyDefaultMs : readDurationMs(map["every"], path("every")),
    settleMs: map["settle"] === undefined ? settleDefaultMs : readDurationMs(map["settle"], path("settle")),
    folder: resolve(baseDir, readText(map["folder"], path("folder"))),
    fileBytesMax: map["fileBytesMax"] === undefined ? fileBytesDefaultMax : readInteger(map["fileBytesMax"], path("fileBytesMax"), { least: 1, greatest: 2 ** 31 - 1 }),
  };
}

export function readPatterns(value: ConfigValue | undefined, path: Path): readonly string[] {
  const files = readTexts(value, path);
  for (const file of files) {
    if (!parsePattern(file)) configProblem(path, `\`${file}\` is no pattern: a file's name in the folder, where each \`{name}\` stands once for letters and digits.`);
  }
  return files;
}
