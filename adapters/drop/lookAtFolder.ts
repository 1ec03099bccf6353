/**
 * What tables a folder of CSV files and workbooks holds: files (and sheets) with the same header are one table. Encodings, separators and
 * the header's line are told from the bytes; rows come from the kind's own reader.
 */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Look, type LookableKind, type LookInput, LookProblem, freeName, readSample, wordOf } from "../contract/look.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { isForeign } from "../folder/folderFiles.ts";
import { csvRows } from "./csvRows.ts";
import { parseDropConfig } from "./dropConfig.ts";
import { openReader } from "./dropReader.ts";
import type { RawRow } from "./rawRows.ts";
import { workbookSheets } from "./workbookRows.ts";

const filesMax = 500;
const fileBytesMax = 64 * 1024 * 1024;
/** Enough of a CSV file for its encoding, separator and header. */
const headBytes = 256 * 1024;
const headRows = 30;
const sample = { rowsMax: 40_000, partRowsMax: 4_000 };

/** One sheet of a file, or the file. */
interface Found {
  readonly file: string;
  readonly sheet: string | null;
  readonly isFirstSheet: boolean;
  readonly format: { readonly [word: string]: ConfigValue };
  readonly kind: "csv" | "xlsx";
  /** Of the header's cells, for what belongs together. */
  readonly header: readonly string[];
  readonly note: string;
}

export const dropLook: LookableKind = { kind: "drop", from: "folder", rowid: true, look: lookAtFolder };

async function lookAtFolder({ url, signal, log }: LookInput): Promise<Look> {
  const folder = resolve(url);
  const names = (await readdir(folder)).filter((name) => !isForeign(name)).sort();
  const found: Found[] = [];
  for (const name of names.slice(0, filesMax)) {
    if (signal.aborted) break;
    if (/\.xls$/i.test(name)) log(`${name}: an old Excel file; save it as xlsx. 旧版 Excel 文件，请另存为 xlsx。`);
    if (!/\.(?:csv|tsv|txt|xlsx)$/i.test(name) || !(await stat(join(folder, name))).isFile()) continue;
    const parts = await partsOf(folder, name);
    if (parts.length === 0) log(`${name}: no line looks like a header of names; left out. 未找到表头行，未采用。`);
    found.push(...parts);
  }
  if (found.length === 0) {
    throw new LookProblem(
      `The folder ${folder} holds no CSV file or xlsx workbook with a header. Name the folder that the files are put into: --url DIR.`,
      "文件夹中没有带表头的 CSV 或 xlsx 文件，请指定存放数据文件的文件夹。",
    );
  }
  const groups = new Map<string, Found[]>();
  for (const each of found) {
    const key = JSON.stringify([each.kind, each.format, each.header]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const taken = new Set<string>();
  const declared = [...groups.values()].map((group) => {
    const files = [...new Set(group.map(({ file }) => file))];
    const sheets = [...new Set(group.map(({ sheet }) => sheet))];
    const [first] = group;
    const pattern = patternOf(files, names);
    const sheet = first?.kind !== "xlsx" || group.every(({ isFirstSheet }) => isFirstSheet) ? null : sheetPattern(sheets.map(String), found.filter(({ file, kind }) => kind === "xlsx" && files.includes(file)).map((each) => String(each.sheet)));
    const format = { ...first?.format, ...(sheet === null ? {} : { sheet }) };
    return {
      name: nameOf(files, sheets.length === 1 ? (sheets[0] ?? null) : null, taken),
      declared: { files: pattern, ...(Object.keys(format).length === 0 ? {} : { [first?.kind ?? "csv"]: format }) },
      note: `${files.length === 1 ? "one file" : `${files.length} files with one header`}${first?.note === "" ? "" : `; ${first?.note}`}`,
      comment: sheets.length === 1 ? (sheets[0] ?? null) : null,
    };
  });
  const config = parseDropConfig({ connection: { folder, settle: "1ms" }, tables: Object.fromEntries(declared.map(({ name, declared: table }) => [name, table])), timeZone: "Asia/Shanghai", baseDir: "/" });
  const reader = openReader(config);
  const tables: Look["tables"][number][] = [];
  for (const each of declared) tables.push({ ...each, ...(await readSample(reader, each.name, sample, signal, log)), unique: [], foreign: [] });
  return { address: folder, connection: {}, tables, timeZone: null, undecided: [] };
}

async function partsOf(folder: string, name: string): Promise<readonly Found[]> {
  const path = join(folder, name);
  const { size } = await stat(path);
  if (/\.xlsx$/i.test(name)) {
    if (size > fileBytesMax) return [];
    const sheets = (await workbookSheets(await readFile(path))) ?? [];
    return sheets.flatMap(({ name: sheet, batches }, index): Found[] => {
      const head = headOf(batches);
      const lines = headerLines(head);
      if (lines.length === 0) return [];
      return [{ file: name, sheet, isFirstSheet: index === 0, kind: "xlsx", format: lines.length === 1 && lines[0] === 1 ? {} : { header: lines.map(String) }, header: cellsOf(head, lines), note: lines.join() === "1" ? "" : `its header is line ${lines.join(" and ")}` }];
    });
  }
  const start = await headOfFile(path);
  const encoding = encodingOf(start, start.length < size);
  const separator = separatorOf(new TextDecoder(encoding).decode(start));
  const head = headOf(csvRows(start, { kind: "csv", encoding, separator, header: [1] }, () => undefined));
  const lines = headerLines(head);
  if (lines.length === 0) return [];
  const format: Record<string, ConfigValue> = { ...(encoding === "utf-8" ? {} : { encoding }), ...(separator === "," ? {} : { separator: separator === "\t" ? "tab" : separator }), ...(lines.join() === "1" ? {} : { header: lines.map(String) }) };
  return [{ file: name, sheet: null, isFirstSheet: true, kind: "csv", format, header: cellsOf(head, lines), note: encoding === "utf-8" ? "" : `its bytes are no UTF-8 and read as ${encoding}` }];
}

async function headOfFile(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function headOf(batches: Iterable<readonly RawRow[]>): readonly RawRow[] {
  const head: RawRow[] = [];
  for (const batch of batches) {
    head.push(...batch);
    if (head.length >= headRows) break;
  }
  return head.slice(0, headRows);
}

/** UTF-8 bytes rarely are anything else; what is no UTF-8 in these files is GB 18030 or an older part of it. */
export function encodingOf(bytes: Uint8Array, isCut: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
    return "utf-8";
  } catch {
    return "gb18030";
  }
}

/** What most lines hold most of. */
export function separatorOf(text: string): string {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "").slice(0, headRows);
  const inLine = (separator: string): number => lines.map((line) => line.split(separator).length - 1).sort((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0;
  const [best = ","] = [",", "\t", ";", "|"].map((separator) => [separator, inLine(separator)] as const).sort(([, a], [, b]) => b - a).map(([separator]) => separator);
  return best;
}

const filledIn = ({ cells }: RawRow): readonly string[] => cells.flatMap((cell) => (cell === null || cell.trim() === "" ? [] : [cell.trim()]));
const isName = (text: string): boolean => !/^[+-]?[\d.,]+(?:e[+-]?\d+)?%?$/i.test(text) && !/^\d{4}[-/.年]\d{1,2}/.test(text);

/** The first line of names that is about as wide as the table, and the one below where names repeat over several columns. */
export function headerLines(head: readonly RawRow[]): readonly number[] {
  const width = head.map((row) => filledIn(row).length).sort((a, b) => a - b)[Math.floor(head.length / 2)] ?? 0;
  const at = head.findIndex((row) => {
    const cells = filledIn(row);
    // A title that is merged over all columns is one name, many times.
    return cells.length >= Math.max(2, width * 0.6) && cells.every(isName) && new Set(cells).size >= Math.max(2, cells.length * 0.3);
  });
  const [row, below] = [head[at], head[at + 1]];
  if (row === undefined) return [];
  const cells = filledIn(row);
  const isUpper = new Set(cells).size < cells.length && below !== undefined && filledIn(below).length >= 2 && filledIn(below).every(isName);
  return isUpper ? [row.row, below.row] : [row.row];
}

const cellsOf = (head: readonly RawRow[], lines: readonly number[]): readonly string[] => head.filter(({ row }) => lines.includes(row)).flatMap(({ cells }) => cells.map((cell) => (cell ?? "").trim()));

const commonStart = (texts: readonly string[]): string => texts.reduce((common, text) => {
  let length = 0;
  while (length < common.length && common[length] === text[length]) length += 1;
  return common.slice(0, length);
});
const reversed = (text: string): string => [...text].reverse().join("");

/** What all have in common, and the place where they differ, as whole words; null where they have too little in common. */
function commonPattern(texts: readonly string[], all: readonly string[]): string | null {
  const start = commonStart(texts).replace(/[\p{L}\p{N}]+$/u, (tail) => (texts.every((text) => !/^[\p{L}\p{N}]/u.test(text.slice(commonStart(texts).length))) ? tail : ""));
  const end = reversed(commonStart(texts.map((text) => reversed(text.slice(start.length)))).replace(/[\p{L}\p{N}]+$/u, ""));
  const middles = texts.map((text) => text.slice(start.length, text.length - end.length));
  if (middles.some((middle) => middle === "")) return null;
  const areWords = middles.every((middle) => /^[\p{L}\p{N}]+$/u.test(middle));
  const takes = (text: string): boolean => text.length > start.length + end.length && text.startsWith(start) && text.endsWith(end) && (!areWords || /^[\p{L}\p{N}]+$/u.test(text.slice(start.length, text.length - end.length)));
  if (/[{}*]/.test(start + end) || all.some((text) => takes(text) && !texts.includes(text))) return null;
  return `${start}${areWords ? "{piece}" : "*"}${end}`;
}

function patternOf(files: readonly string[], all: readonly string[]): ConfigValue {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only;
  return commonPattern(files, all) ?? files;
}

function sheetPattern(sheets: readonly string[], all: readonly string[]): string {
  return (sheets.length === 1 ? sheets[0] : commonPattern(sheets, all)) ?? "*";
}

/** A word for the table: what its files' names have in common, or its sheet's. */
function nameOf(files: readonly string[], sheet: string | null, taken: Set<string>): string {
  const stem = basename(files.length === 1 ? (files[0] ?? "") : commonStart(files)).replace(/\.[^.]*$/, "");
  const clean = (text: string): string => wordOf(text).replace(/_?\d{4,}.*$/, "");
  return freeName((sheet !== null && /[\u4e00-\u9fff]/u.test(sheet) ? clean(sheet) : "") || clean(stem) || "files", taken);
}
