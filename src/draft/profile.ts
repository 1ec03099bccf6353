/** What a look at a table showed: cells in their rows, and per column what they have in common. */
import type { ColumnInfo, TableInfo } from "../../adapters/contract/adapter.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { columnKind, type ColumnKind } from "../mapping/columns.ts";
import { type Name, nameOf, sharedPrefix } from "./names.ts";

export interface ColumnProfile {
  readonly info: ColumnInfo;
  readonly name: Name;
  readonly kind: ColumnKind;
  /** Trimmed text of each sampled row's cell, or null: empty, blank or a marker for "no value". */
  readonly texts: readonly (string | null)[];
  readonly filled: number;
  /** Value → rows, of the sampled rows or (`isWhole`) of the whole table; the most frequent first. */
  readonly distinct: ReadonlyMap<string, number>;
  readonly isWhole: boolean;
  /** Numbers of the cells that are some; texts with limits (`<0.05`, `0.02L`) count by their limit. */
  readonly numbers: readonly number[];
  /** Share of the filled cells that are numbers. */
  readonly numeric: number;
  /** Markers for "no value" that occur. */
  readonly markers: readonly string[];
  /** Patterns of limits that occur, as `below` writes them. */
  readonly limits: readonly string[];
}

export interface TableProfile {
  readonly info: TableInfo;
  readonly name: Name;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** Least and greatest cell of a column over the whole table, where they were asked for. */
  readonly ends: ReadonlyMap<string, readonly [string, string]>;
  /** It could not be looked at: nothing is guessed from a name alone. */
  readonly isUnseen: boolean;
  /** What `info` calls unique is so by the rows of now alone, and a mirror keeps it so. */
  readonly isProvenByRows?: boolean;
}

export interface TableSample {
  readonly isUnseen?: boolean;
  readonly info: TableInfo;
  readonly rows: readonly (readonly Cell[])[];
  /** By column: all values of the table with their counts, where they are few. */
  readonly distinct: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly ends?: ReadonlyMap<string, readonly [string, string]>;
}

/** Texts that mean "no value" wherever they stand; numbers among them only in columns of numbers (domain: real files). */
const markerTexts: ReadonlySet<string> = new Set(["—", "——", "--", "-", "*", "NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "NOT AVAILABLE", "/", "无数据"]);
const markerNumbers: ReadonlySet<number> = new Set([-99, -999, -9999, -99999, -999.9, -99.9]);

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const limitPattern = /^(?:([<＜])\s*([\d.]+)|([\d.]+)\s*(L))$/;

const textOf = (cell: Cell): string | null => {
  if (cell === null || cell instanceof Uint8Array) return null;
  const text = String(cell).trim();
  return text === "" ? null : text;
};

export function profileTable(sample: TableSample): TableProfile {
  const shared = sharedPrefix(sample.info.columns.map(({ name }) => name));
  return {
    info: sample.info,
    name: nameOf(sample.info.name, "", sample.info.comment),
    rows: sample.rows.length,
    ends: sample.ends ?? new Map(),
    isUnseen: sample.isUnseen ?? false,
    columns: sample.info.columns.map((info, index) =>
      profileColumn(info, nameOf(info.name, shared, info.comment), sample.rows.map((row) => textOf(row[index] ?? null)), sample.distinct.get(info.name) ?? null),
    ),
  };
}

function profileColumn(info: ColumnInfo, name: Name, cells: readonly (string | null)[], whole: ReadonlyMap<string, number> | null): ColumnProfile {
  const there = cells.filter((cell) => cell !== null);
  const isMostlyNumbers = there.filter((cell) => numberPattern.test(cell) || limitPattern.test(cell)).length >= there.length * 0.6;
  const isMarker = (cell: string): boolean => markerTexts.has(cell) || (isMostlyNumbers && numberPattern.test(cell) && markerNumbers.has(Number(cell)));
  const texts = cells.map((cell) => (cell === null || isMarker(cell) ? null : cell));
  const filled = texts.filter((cell) => cell !== null);
  const numbers: number[] = [];
  const limits = new Set<string>();
  for (const cell of filled) {
    if (numberPattern.test(cell)) numbers.push(Number(cell));
    else {
      const [, less, below, over, suffix] = limitPattern.exec(cell) ?? [];
      if (below !== undefined) limits.add(`${less}*`);
      if (over !== undefined) limits.add(`*${suffix}`);
      if (below !== undefined || over !== undefined) numbers.push(Number(below ?? over));
    }
  }
  const counted = new Map<string, number>();
  for (const cell of filled) counted.set(cell, (counted.get(cell) ?? 0) + 1);
  const isWhole = whole !== null;
  const distinct = [...(whole ?? counted)].filter(([text]) => !isMarker(text)).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return {
    info,
    name,
    kind: info.cells ?? columnKind(info.type),
    texts,
    filled: filled.length,
    distinct: new Map(distinct),
    isWhole,
    numbers,
    numeric: filled.length === 0 ? 0 : numbers.length / filled.length,
    markers: [...new Set([...there, ...(whole?.keys() ?? [])].filter(isMarker))].sort(),
    limits: [...limits].sort(),
  };
}

/** Share of the filled cells for which `holds`; 0 of none. */
export const share = (column: ColumnProfile, holds: (text: string) => boolean): number => {
  if (column.filled === 0) return 0;
  return column.texts.filter((text) => text !== null && holds(text)).length / column.filled;
};

/** The lower middle of numbers, or null of none. */
export function medianOf(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? null;
}

/** Sampled cells are all different, and there are enough of them to say so. */
export const looksUnique = (column: ColumnProfile): boolean => column.filled >= 2 && column.filled === column.texts.length && new Set(column.texts).size === column.filled;

export const isUniqueColumn = (table: TableInfo, column: string): boolean => table.unique.some((set) => set.length === 1 && set[0] === column);

export const columnNamed = (table: TableProfile, name: string): ColumnProfile | undefined => table.columns.find((column) => column.name.raw === name);
