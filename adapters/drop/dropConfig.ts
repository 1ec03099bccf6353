/** `connection` and `tables` of a drop folder (languages.md §2, drop), parsed. */
import { configProblem, readInteger, readMap, readText, readTexts, type Path } from "../contract/configReader.ts";
import type { ConfigValue, ReaderConfig, ReaderInput } from "../contract/tableReader.ts";
import { parsePattern } from "../folder/filePattern.ts";
import { parseFolder, readPatterns } from "../folder/folderConfig.ts";
import type { FolderTable } from "../folder/folderFiles.ts";
import type { Folder } from "../folder/folderReader.ts";

export interface CsvFormat {
  readonly kind: "csv";
  /** A label of the WHATWG encoding standard. */
  readonly encoding: string;
  readonly separator: string;
  /** Line numbers from 1, ascending; rows follow the last one. */
  readonly header: readonly number[];
}

export interface XlsxFormat {
  readonly kind: "xlsx";
  /** Pattern of sheet names; null: the first sheet. */
  readonly sheet: string | null;
  readonly header: readonly number[];
}

export interface DropTable extends FolderTable {
  readonly format: CsvFormat | XlsxFormat;
}

export interface DropConfig extends ReaderConfig, Folder<DropTable> {
  readonly tables: readonly DropTable[];
}

function parseHeader(value: ConfigValue | undefined, path: Path): readonly number[] {
  if (value === undefined) return [1];
  const lines = readTexts(value, path).map((text, index) =>
    readInteger(text, typeof value === "string" ? path : [...path, String(index)], { least: 1, greatest: 1000 }),
  );
  if (lines.some((line, index) => index > 0 && line <= (lines[index - 1] ?? 0))) configProblem(path, "must list line numbers in ascending order.");
  return lines;
}

function parseCsv(value: ConfigValue, path: Path): CsvFormat {
  const map = readMap(value, path, ["encoding", "separator", "header"]);
  const encoding = map["encoding"] === undefined ? "utf-8" : readText(map["encoding"], [...path, "encoding"]);
  try {
    new TextDecoder(encoding);
  } catch {
    configProblem([...path, "encoding"], `\`${encoding}\` is no known encoding; use utf-8 or gb18030.`);
  }
  const separator = map["separator"] ?? ",";
  const known: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t" };
  const text = typeof separator === "string" ? (known[separator.toLowerCase()] ?? separator) : "";
  if (text.length !== 1 || text === '"') configProblem([...path, "separator"], "must be one character, or `tab`.");
  return { kind: "csv", encoding, separator: text, header: parseHeader(map["header"], [...path, "header"]) };
}

function parseXlsx(value: ConfigValue, path: Path): XlsxFormat {
  const map = readMap(value, path, ["sheet", "header"]);
  const sheet = map["sheet"] === undefined ? null : readText(map["sheet"], [...path, "sheet"]);
  if (sheet !== null && !parsePattern(sheet)) configProblem([...path, "sheet"], "must be a sheet's name, where `{name}` stands for letters and digits.");
  return { kind: "xlsx", sheet, header: parseHeader(map["header"], [...path, "header"]) };
}

function parseTable(name: string, value: ConfigValue, everyMs: number): DropTable {
  const path = ["tables", name];
  const map = readMap(value, path, ["files", "replace", "csv", "xlsx"]);
  const files = readPatterns(map["files"], [...path, "files"]);
  const replace = map["replace"] === undefined ? "row" : readText(map["replace"], [...path, "replace"]);
  if (replace !== "row" && replace !== "file") configProblem([...path, "replace"], "must be `row` or `file`.");
  const { csv, xlsx } = map;
  if (csv !== undefined && xlsx !== undefined) configProblem(path, "says both `csv` and `xlsx`; make two tables of them.");
  const endsInXlsx = files.every((file) => file.toLowerCase().endsWith(".xlsx"));
  const format = xlsx !== undefined || (csv === undefined && endsInXlsx) ? parseXlsx(xlsx ?? {}, [...path, "xlsx"]) : parseCsv(csv ?? {}, [...path, "csv"]);
  return { name, everyMs, files, replace, format };
}

/** Throws a ConfigProblem. */
export function parseDropConfig({ connection, tables, baseDir }: ReaderInput): DropConfig {
  const { everyMs, ...folder } = parseFolder(connection, baseDir);
  const declared = Object.entries(readMap(tables, ["tables"], null));
  if (declared.length === 0) configProblem(["tables"], "names no table; write `NAME: { files: PATTERN }`.");
  const parsed = declared.map(([name, value]) => parseTable(name, value, everyMs));
  return { ...folder, tables: parsed, identity: JSON.stringify([folder.folder, parsed.map(({ everyMs: _, ...table }) => table)]) };
}
