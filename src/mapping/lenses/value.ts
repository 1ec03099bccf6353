/** What flows between the stages of a chain: a source's cell, read as far as JS can take it. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import type { Rational } from "../../harmonise/decimal.ts";

export type Raw = string | number | boolean | Rational;

/** A step of a chain over one value; parameters come from the row's cells. NULL ends the chain. */
export type Step = (value: Raw, cells: readonly Cell[]) => Raw | null;

/** The characters that a blank text consists of, and that `trim` takes off. */
export const blanks = " \t\n\r\u00a0\u3000\ufeff";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Blank text is missing; bytes are UTF-8 or missing; an integer that a number cannot hold stays as its digits. */
export function rawOf(cell: Cell | undefined): Raw | null {
  if (typeof cell === "string") return isBlank(cell) ? null : cell;
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  if (cell === null || cell === undefined) return null;
  if (typeof cell === "boolean") return cell;
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell.toString();
  try {
    return rawOf(utf8.decode(cell));
  } catch {
    return null;
  }
}

/** The cell as text: what `missing`, `codes` and patterns compare with. 1.0 is `1`. */
export function textOf(value: Raw): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? "" : String(value);
}

export function isBlank(text: string): boolean {
  // Nearly every text begins with a character that no blank is.
  const first = text.charCodeAt(0);
  if (first > 0x20 && first !== 0xa0 && first !== 0x3000 && first !== 0xfeff) return false;
  for (let at = 0; at < text.length; at++) if (!blanks.includes(text[at] as string)) return false;
  return true;
}

export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blanks.includes(text[start] as string)) start++;
  while (end > start && blanks.includes(text[end - 1] as string)) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** A function of text with its answers kept: columns repeat themselves. Bounded, and long texts are not kept. */
export function memo<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > 100) return compute(text);
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const value = compute(text);
    if (known.size >= 4096) known.clear();
    known.set(text, value);
    return value;
  };
}
