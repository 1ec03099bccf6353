/** Which files of the folder belong to a table, in the order in which later ones supersede earlier ones. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SourceFailure } from "../contract/adapter.ts";
import type { ReaderTable } from "../contract/tableReader.ts";
import { matchName, parsePattern, type NamePattern } from "./filePattern.ts";
import { stampFile, type FileStamp } from "./stableFile.ts";

export interface FolderTable extends ReaderTable {
  /** In order of precedence, 1 first. */
  readonly files: readonly string[];
  /** `file`: a later pattern's file hides earlier ones with the same captured names. `row`: the mapping's `latest` decides. */
  readonly replace: "row" | "file";
}

export interface FoundFile {
  readonly name: string;
  readonly stamp: FileStamp;
  /** Position of the pattern that matched, from 1; a file that several match counts for the last. */
  readonly precedence: number;
  readonly captured: Readonly<Record<string, string>>;
}

const filesMax = 10_000;

/** Editors' and copy programs' own files: hidden, lock files of office programs, half-made copies. */
export const isForeign = (name: string): boolean => /^(?:\.|~\$)|\.(?:tmp|part|partial|swp|crdownload)$/i.test(name);

export interface Listing {
  /** In ascending precedence. */
  readonly files: readonly FoundFile[];
  /** Files that others of `files` hide wholly (`replace: file`). */
  readonly hidden: ReadonlySet<string>;
}

/** Lists the folder once; throws a SourceFailure where it cannot be listed. */
export async function listTable(folder: string, table: FolderTable): Promise<Listing> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new SourceFailure("UNAVAILABLE", cause);
  }
  if (names.length > filesMax) throw new SourceFailure("OVER_CAP", `the folder holds more than ${filesMax} files`);
  const patterns = table.files.map((file) => parsePattern(file)).filter((pattern): pattern is NamePattern => pattern !== null);
  const found: FoundFile[] = [];
  for (const name of [...names].sort()) {
    if (isForeign(name)) continue;
    const position = patterns.findLastIndex((pattern) => matchName(pattern, name) !== null);
    const pattern = patterns[position];
    const captured = pattern ? matchName(pattern, name) : null;
    if (!captured) continue;
    const stamp = await stampFile(join(folder, name)).catch((cause: unknown) => {
      throw new SourceFailure("UNAVAILABLE", cause);
    });
    if (stamp) found.push({ name, stamp, precedence: position + 1, captured });
  }
  found.sort((a, b) => a.precedence - b.precedence);
  const hidden = table.replace === "file" ? hiddenFiles(found) : new Set<string>();
  return { files: found.filter(({ name }) => !hidden.has(name)), hidden };
}

/** A file with the same captured names and a higher precedence hides the whole earlier file. */
function hiddenFiles(files: readonly FoundFile[]): ReadonlySet<string> {
  const keyOf = ({ captured }: FoundFile): string => JSON.stringify(Object.entries(captured).sort());
  const highest = new Map<string, number>();
  for (const file of files) highest.set(keyOf(file), Math.max(highest.get(keyOf(file)) ?? 0, file.precedence));
  return new Set(files.filter((file) => file.precedence !== highest.get(keyOf(file))).map(({ name }) => name));
}
