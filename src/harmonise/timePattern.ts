/**
 * How a source's text spells a date or a time: `yyyy M d H`, `yyyy/M/d`, `yyyyMMddHHmmss`, `yyyyMM d日`.
 *
 * Letters: yyyy · yy (2000 to 2099) · MM M · dd d · HH H (0 to 23) · mm m · ss s · SSS (milliseconds); anything else stands for itself. A doubled letter is
 * exactly two digits, a single one is one or two, taking two where it can. What a pattern leaves out is the start: month and day 1,
 * midnight. There is no hour 24: two spellings of one instant would not sort as the instants do.
 */
import { civilOf, localOf, twoDigits } from "./calendar.ts";
import { dayMs } from "./zone.ts";

type Letter = "y" | "M" | "d" | "H" | "m" | "s" | "S";
type Piece = { readonly literal: string } | { readonly letter: Letter; readonly digitsMin: number; readonly digitsMax: number };

export interface TimePattern {
  readonly pattern: string;
  /** Every text that it reads has the same length, and their code-point order is the order of time (large parts first, four-digit year). */
  readonly sortable: boolean;
  /** Length of its texts, or null where it varies. */
  readonly width: number | null;
  readonly hasTime: boolean;
  /** Local ms, or null: not this pattern, or no such date. */
  parse(text: string): number | null;
  /** The text of a local time; parts that the pattern has not are dropped. */
  format(localMs: number): string;
  /** The parts in the order of the pattern, with the number of digits that each may have. */
  readonly pieces: readonly Piece[];
}

const known = /yyyy|yy|MM|M|dd|d|HH|H|mm|m|ss|s|SSS/g;
const order = "yMdHmsS";

/** Null where the pattern has no year, names a part twice, or names a time without its day. */
export function parsePattern(pattern: string): TimePattern | null {
  const pieces = piecesOf(pattern);
  const letters = pieces.flatMap((piece) => ("letter" in piece ? [piece.letter] : []));
  const present = new Set(letters);
  if (!present.has("y") || present.size !== letters.length) return null;
  // A finer part needs every coarser one: "yyyy d" says no day.
  for (const letter of present) for (const coarser of order.slice(0, order.indexOf(letter))) if (!present.has(coarser as Letter)) return null;
  const fixed = pieces.every((piece) => "literal" in piece || piece.digitsMin === piece.digitsMax);
  const width = fixed ? pieces.reduce((sum, piece) => sum + ("literal" in piece ? piece.literal.length : piece.digitsMax), 0) : null;
  const fromLarge = letters.every((letter, at) => order[at] === letter);
  const fullYear = pieces.some((piece) => "letter" in piece && piece.letter === "y" && piece.digitsMax === 4);
  return {
    pattern,
    pieces,
    width,
    sortable: fixed && fromLarge && fullYear,
    hasTime: present.has("H"),
    parse: (text) => parseWith(pieces, text),
    format: (localMs) => formatWith(pieces, localMs),
  };
}

function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of pattern.matchAll(known)) {
    if (match.index > at) pieces.push({ literal: pattern.slice(at, match.index) });
    const letters = match[0];
    const letter = letters[0] as Letter;
    pieces.push({ letter, digitsMin: letters.length, digitsMax: letter === "y" || letter === "S" ? letters.length : 2 });
    at = match.index + letters.length;
  }
  if (at < pattern.length) pieces.push({ literal: pattern.slice(at) });
  return pieces;
}

function parseWith(pieces: readonly Piece[], text: string): number | null {
  let at = 0;
  let year = 1;
  let month = 1;
  let day = 1;
  let hour = 0;
  let minute = 0;
  let second = 0;
  let ms = 0;
  for (const piece of pieces) {
    if ("literal" in piece) {
      if (!text.startsWith(piece.literal, at)) return null;
      at += piece.literal.length;
      continue;
    }
    let value = 0;
    let digits = 0;
    while (digits < piece.digitsMax) {
      const code = text.charCodeAt(at + digits) - 48;
      if (!(code >= 0 && code <= 9)) break;
      value = value * 10 + code;
      digits++;
    }
    if (digits < piece.digitsMin) return null;
    at += digits;
    switch (piece.letter) {
      case "y":
        year = piece.digitsMax === 2 ? 2000 + value : value;
        break;
      case "M":
        month = value;
        break;
      case "d":
        day = value;
        break;
      case "H":
        hour = value;
        break;
      case "m":
        minute = value;
        break;
      case "s":
        second = value;
        break;
      case "S":
        ms = value;
        break;
    }
  }
  return at === text.length ? localOf(year, month, day, hour, minute, second, ms) : null;
}

function formatWith(pieces: readonly Piece[], localMs: number): string {
  const { year, month, day } = civilOf(Math.floor(localMs / dayMs));
  const seconds = Math.floor(localMs / 1000) - Math.floor(localMs / dayMs) * 86_400;
  const values = { y: year, M: month, d: day, H: Math.floor(seconds / 3600), m: Math.floor(seconds / 60) % 60, s: seconds % 60, S: localMs - Math.floor(localMs / 1000) * 1000 };
  let text = "";
  for (const piece of pieces) {
    if ("literal" in piece) text += piece.literal;
    else if (piece.letter === "y") text += piece.digitsMax === 2 ? twoDigits(year % 100) : String(year).padStart(4, "0");
    else if (piece.letter === "S") text += String(values.S).padStart(3, "0");
    else text += piece.digitsMin === 2 ? twoDigits(values[piece.letter]) : String(values[piece.letter]);
  }
  return text;
}
