/**
 * Values on their way to the server, always as text that the SQL casts to the shape of the column.
 *
 * A bound that is finer than the column is rounded to its scale, in the direction that keeps the same rows on either side, so that the
 * comparison is one of the column's own type and its index serves. A value that the shape cannot hold gives no parameter but a `Mode`.
 */
import type { Cell } from "../contract/sourceQuery.ts";
import { writtenSize } from "../sql/listItems.ts";
import { type Encoded, isUnfit, type Unfit } from "../sql/statements.ts";
import { isDate, isTime, sameDecimal } from "../sql/values.ts";
import type { Shape } from "./shape.ts";

/**
 * `none`: equal to no cell; of a bound, beyond all cells on the side that it was rounded to. `text`: compared as text. `broken`: a text
 * that ends where half of a surrogate pair stands. `list N`: a list in so many parameters; `empty`, `unfit`: of no elements, or none that fits.
 */
export type Mode = "none" | "text" | "broken" | "empty" | "unfit" | `list ${number}`;

/** `up`: the least value of the shape that is not below the bound. `down`: the greatest not above it. */
export type Rounding = "exact" | "up" | "down";

const none: Unfit<Mode> = { mode: "none" };
const broken: Unfit<Mode> = { mode: "broken" };

/** A text stays one; one that the server cannot hold equals none of its own. */
const other = (value: Cell): Unfit<Mode> => (value instanceof Uint8Array || !String(value).isWellFormed() ? none : { mode: "text" });

export function encode(value: Cell, shape: Shape, rounding: Rounding): Encoded<Mode> {
  if (value === null) return null;
  switch (shape.kind) {
    case "int":
    case "float":
    case "numeric": {
      const decimal = decimalOf(value);
      if (decimal === null) return other(value);
      if (shape.kind === "float") return encodeFloat(decimal, rounding);
      return shape.kind === "int" ? encodeInt(decimal, shape.signed, rounding) : encodeNumeric(decimal, shape, rounding);
    }
    case "text": {
      if (value instanceof Uint8Array) return none;
      const text = String(value);
      return text.isWellFormed() ? text : broken;
    }
    case "date":
      return typeof value === "string" && isDate(value) ? encodeDate(value, rounding) : other(value);
    case "local":
    case "instant": {
      const ms = typeof value === "string" ? msOf(value, shape.kind) : null;
      return ms === null ? other(value) : encodeTime(ms, shape.digits, rounding);
    }
  }
}

/** value = units · 10^-scale. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
  readonly text: string;
}

/** Never an exponent of more than three digits, so that no text makes a number of a million digits. */
const decimalText = /^(-?)(?:(\d{1,200})(?:\.(\d{0,200}))?|\.(\d{1,200}))(?:e([+-]?\d{1,3}))?$/i;

function decimalOf(value: Cell): Decimal | null {
  if (value instanceof Uint8Array) return null;
  const text = typeof value === "boolean" ? String(Number(value)) : String(value);
  const [found, sign = "", whole = "", fraction = "", bare = "", exponent = "0"] = decimalText.exec(text) ?? [];
  if (found === undefined) return null;
  const behind = `${fraction}${bare}`;
  const scale = behind.length - Number(exponent);
  const units = BigInt(`${sign}${whole}${behind}`);
  return scale >= 0 ? { units, scale, text } : { units: units * 10n ** BigInt(-scale), scale: 0, text };
}

/** Whole steps of 10^-scale, or null where the value lies between two of them and must not be rounded. */
function stepsOf({ units, scale: own }: Decimal, scale: number, rounding: Rounding): bigint | null {
  if (own <= scale) return units * 10n ** BigInt(scale - own);
  const divisor = 10n ** BigInt(own - scale);
  const cut = units / divisor;
  if (cut * divisor === units) return cut;
  if (rounding === "exact") return null;
  const floor = units < 0n ? cut - 1n : cut;
  return rounding === "up" ? floor + 1n : floor;
}

/** The steps if they lie within; where rounded inwards, the end itself. */
function within(steps: bigint | null, least: bigint, most: bigint, rounding: Rounding): bigint | null {
  if (steps === null) return null;
  if (steps > most) return rounding === "down" ? most : null;
  if (steps < least) return rounding === "up" ? least : null;
  return steps;
}

function encodeInt(decimal: Decimal, signed: boolean, rounding: Rounding): Encoded<Mode> {
  const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  const steps = within(stepsOf(decimal, 0, rounding), least, most, rounding);
  return steps === null ? none : String(steps);
}

function encodeNumeric(decimal: Decimal, { whole, scale }: { readonly whole: number; readonly scale: number }, rounding: Rounding): Encoded<Mode> {
  const most = 10n ** BigInt(whole + scale) - 1n;
  const steps = within(stepsOf(decimal, scale, rounding), -most, most, rounding);
  return steps === null ? none : placed(steps, scale);
}

function placed(steps: bigint, scale: number): string {
  const digits = String(steps < 0n ? -steps : steps).padStart(scale + 1, "0");
  const sign = steps < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A double means the decimal that it spells. */
function encodeFloat(decimal: Decimal, rounding: Rounding): Encoded<Mode> {
  const nearest = Number(decimal.text);
  const side = Number.isFinite(nearest) ? signOf(nearest, decimal) : nearest > 0 ? 1 : -1;
  if (side === 0) return String(nearest);
  if (rounding === "exact") return none;
  const rounded = rounding === "up" ? (side < 0 ? neighbour(nearest, 1) : nearest) : side > 0 ? neighbour(nearest, -1) : nearest;
  return Number.isFinite(rounded) ? String(rounded) : none;
}

/** On which side of the decimal the spelling of a double lies. */
function signOf(double: number, decimal: Decimal): number {
  if (sameDecimal(String(double), decimal.text)) return 0;
  const own = decimalOf(double) as Decimal;
  const scale = Math.max(own.scale, decimal.scale);
  const [a, b] = [stepsOf(own, scale, "exact") as bigint, stepsOf(decimal, scale, "exact") as bigint];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The next double above (1) or below (-1). */
export function neighbour(of: number, direction: 1 | -1): number {
  if (of === (direction === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)) return of;
  if (of === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = of;
  // Away from zero the bits count upwards.
  bits[0] = (bits[0] as bigint) + (of > 0 === (direction === 1) ? 1n : -1n);
  return double[0] as number;
}

function encodeDate(value: string, rounding: Rounding): Encoded<Mode> {
  // The end of the last day, which no column holds.
  if (value === "10000-01-01") return rounding === "down" ? "9999-12-31" : none;
  return value;
}

const zones: Readonly<Record<"local" | "instant", RegExp>> = { local: /^$/, instant: /^(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/ };
const timeParts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(?:Z|([+-])(\d\d):?(\d\d)?)?$/;

/** Milliseconds on the column's clock. */
function msOf(text: string, kind: "local" | "instant"): number | null {
  if (!isTime(text, zones[kind])) return null;
  const [, year, month, day, hour, minute, second, fraction = "", sign, hours, minutes] = timeParts.exec(text) ?? [];
  if (year === undefined) return null;
  // Not Date.UTC, which takes year 24 for 1924.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0")));
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === "-" ? -1 : 1);
  return date.getTime() - ahead;
}

const firstMs = -62_135_596_800_000; // 0001-01-01
const lastMs = 253_402_300_799_999; // 9999-12-31 23:59:59.999

function encodeTime(ms: number, digits: number, rounding: Rounding): Encoded<Mode> {
  const step = 10 ** Math.max(0, 3 - digits);
  const floor = Math.floor(ms / step) * step;
  if (floor !== ms && rounding === "exact") return none;
  const rounded = floor === ms || rounding === "down" ? floor : floor + step;
  if (rounded > lastMs) return rounding === "down" ? timeText(Math.floor(lastMs / step) * step) : none;
  if (rounded < firstMs) return rounding === "up" ? timeText(firstMs) : none;
  return timeText(rounded);
}

const timeText = (ms: number): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "");

/** The least text of whole characters above every text that starts with what stands before the broken one. */
export function wellFormedUp(value: string): string {
  let end = 0;
  for (const character of value) {
    if (!character.isWellFormed()) break;
    end += character.length;
  }
  // The surrogates lie between U+D7FF and U+E000.
  return `${value.slice(0, end)}\u{e000}`;
}

const listMax = 32_768;

export const listSize = (length: number): number => {
  if (length > listMax) throw new Error(`a list of more than ${listMax} values`);
  return writtenSize(length);
};

/** Elements that some cell may equal. */
export const fitting = (list: readonly Cell[], shape: Shape): readonly Cell[] => list.filter((value) => !isUnfit(encode(value, shape, "exact")));

/** How a list is said. */
export function listMode(list: readonly Cell[], shape: Shape): Mode {
  if (list.length === 0) return "empty";
  const { length } = fitting(list, shape);
  return length === 0 ? "unfit" : `list ${listSize(length)}`;
}
