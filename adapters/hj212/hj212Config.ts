/** `connection` of a folder of packet logs; its one table is fixed, so the file declares none. */
import { configProblem, readMap } from "../contract/configReader.ts";
import type { ReaderConfig, ReaderInput } from "../contract/tableReader.ts";
import { parseFolder, readPatterns } from "../folder/folderConfig.ts";
import type { FolderTable } from "../folder/folderFiles.ts";
import type { Folder } from "../folder/folderReader.ts";

export interface Hj212Config extends ReaderConfig, Folder<FolderTable> {
  readonly tables: readonly FolderTable[];
}

/** Throws a ConfigProblem. */
export function parseHj212Config({ connection, tables, baseDir }: ReaderInput): Hj212Config {
  if (Object.keys(readMap(tables, ["tables"], null)).length > 0) configProblem(["tables"], "has no place here: packet logs are one table, `packets`; leave it out.");
  const { files: declared, ...rest } = readMap(connection, ["connection"], ["folder", "files", "every", "settle", "fileBytesMax"]);
  const files = declared === undefined ? ["*.log", "*.txt"] : readPatterns(declared, ["connection", "files"]);
  const { everyMs, ...folder } = parseFolder(rest, baseDir);
  return { ...folder, tables: [{ name: "packets", everyMs, files, replace: "row" }], identity: JSON.stringify(["hj212", folder.folder, files]) };
}
