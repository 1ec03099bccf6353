/** Rows 1, 2 and 4: the cell, cells joined, and flags. `missing` acts on each cell, before anything else. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { readBoolean } from "./convert.ts";
import { rawOf, textOf, type Raw } from "./value.ts";

/** NULL for the texts that say that there is no value; blank text is always missing. */
export function missing(texts: readonly string[]): (value: Raw) => boolean {
  if (texts.length === 0) return () => false;
  const listed = new Set(texts);
  return (value) => listed.has(textOf(value));
}

/** The cells joined by `glue`; NULL if one is missing. */
export function takeColumns(count: number, glue: string, isMissing: (value: Raw) => boolean): (cells: readonly Cell[]) => Raw | null {
  return (cells) => {
    let joined = "";
    for (let at = 0; at < count; at++) {
      const value = rawOf(cells[at]);
      if (value === null || isMissing(value)) return null;
      joined += at === 0 ? textOf(value) : glue + textOf(value);
    }
    return count === 0 ? null : joined;
  };
}

/** Codes of the columns that are true; what cannot be read as a boolean is not true. Never NULL. */
export function takeFlags(codes: readonly string[]): (cells: readonly Cell[]) => readonly string[] {
  return (cells) => codes.filter((_, at) => {
    const value = rawOf(cells[at]);
    return value !== null && readBoolean(value) === true;
  });
}
