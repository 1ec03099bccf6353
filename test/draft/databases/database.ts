/** A database as somebody else made it: tables with rows, and what a steward who knows it would map. */

export type Value = string | number | boolean | null;

export interface TableSpec {
  /** Column → type as its database writes it, constraints of the column included. */
  readonly columns: Readonly<Record<string, string>>;
  /** `PRIMARY KEY (…)`, `UNIQUE (…)`. */
  readonly constraints?: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export interface DatabaseSpec {
  readonly name: string;
  readonly kind: "sqlite" | "postgres";
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly region: string;
  /**
   * Entity → what is true of it. An attribute → the column (of a join: `TABLE.COLUMN`) that holds it, or `=CONSTANT`; columns of several
   * are joined by ` + `. `value:CODE` → column and unit of a pollutant in a wide table. `keep` → `COLUMN = VALUE`.
   */
  readonly truth: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tables that hold nothing of the vocabulary. */
  readonly foreign: readonly string[];
}

/** Numbers that are the same in every run. */
export function numbers(seed: number): { next(): number; between(low: number, high: number, digits?: number): number; pick<T>(list: readonly T[]): T } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    next,
    between: (low, high, digits = 0) => Number((low + next() * (high - low)).toFixed(digits)),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
  };
}

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** An invented credit code with a right check character; the body is one that no organisation has. */
export function creditCode(region: string, serial: number): string {
  const body = `91${region}MA00T${String(serial).padStart(4, "0")}`;
  const sum = [...body].reduce((total, character, index) => total + alphabet.indexOf(character) * (weights[index] ?? 0), 0);
  return `${body}${alphabet[(31 - (sum % 31)) % 31]}`;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** `2026-01-05 08:00` after so many hours from the year's beginning, on a clock without a zone. */
export function clock(hours: number): { readonly date: string; readonly time: string; readonly y: number; readonly m: number; readonly d: number; readonly h: number } {
  const at = new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000);
  const [y, m, d, h] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()];
  return { date: `${y}-${pad(m)}-${pad(d)}`, time: `${pad(h)}:00:00`, y, m, d, h };
}
