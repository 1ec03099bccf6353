/**
 * Values on their way to the server, always as text of a type that the SQL names.
 *
 * A value that the type cannot hold (`abc` for a number, a forged id's locator) must be unequal to every cell and never an error. It
 * gives no parameter but a `Mode`: the statement is rendered once more with that comparison said in another type.
 */
import type { BoundValue, Cell } from "../contract/sourceQuery.ts";
import { type Parameter, prefixEnd } from "../sql/dialect.ts";
import { type Encoded as EncodedAs, isList, slotValue, type Unfit as UnfitAs } from "../sql/statements.ts";
import { isDate, isTime, sameDecimal } from "../sql/values.ts";
import type { PgClass } from "./pgClass.ts";

/** How a comparison is said when its value does not fit the column's type: with all digits, as text, or as one that no text equals. */
export type Mode = "numeric" | "text" | "nul";

type Unfit = UnfitAs<Mode>;
type Encoded = EncodedAs<Mode>;

const INT8_MAX = 2n ** 63n - 1n;
const INT8_MIN = -(2n ** 63n);

const numeric: Unfit = { mode: "numeric" };
const text: Unfit = { mode: "text" };
const nul: Unfit = { mode: "nul" };

/** A value as text of the class, or how its comparison is said instead. Total. */
export function encode(value: Cell, pgClass: PgClass): Encoded {
  if (value === null) return null;
  switch (pgClass) {
    case "int":
      return encodeInt(value);
    case "float":
      return encodeFloat(value);
    case "numeric":
      return encodeNumeric(value);
    case "text":
      return encodeText(value);
    case "date":
      return typeof value === "string" && isDate(value) ? value : other(value);
    case "local":
      return typeof value === "string" && isTime(value, /^$/) ? value : other(value);
    case "instant":
      return typeof value === "string" && isTime(value, /^(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/) ? value : other(value);
  }
}

/** A text stays one; a text that the server cannot hold equals none of its own. */
const other = (value: Cell): Encoded => (typeof value === "string" && !isHeld(value) ? nul : text);

function encodeInt(value: Cell): Encoded {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : numeric;
  if (typeof value === "bigint") return value <= INT8_MAX && value >= INT8_MIN ? String(value) : numeric;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value !== "string" || !decimalText.test(value)) return other(value);
  return /^-?\d{1,18}$/.test(value) ? value : numeric;
}

function encodeFloat(value: Cell): Encoded {
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? String(value) : numeric;
  if (typeof value !== "string" || !decimalText.test(value)) return other(value);
  return String(Number(value)) === value ? value : numeric;
}

/** Never an exponent of more than three digits, so that no text makes the server build a number of a million digits. */
const decimalText = /^-?(?:\d{1,200}(?:\.\d{0,200})?|\.\d{1,200})(?:e[+-]?\d{1,3})?$/i;

/** With all digits: nothing passes through a double. */
function encodeNumeric(value: Cell): Encoded {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "string" && decimalText.test(value) ? value : other(value);
}

/** PostgreSQL has no U+0000; half of a surrogate pair would arrive as U+FFFD and equal it. */
const isHeld = (value: string): boolean => !value.includes("\u0000") && value.isWellFormed();

function encodeText(value: Cell): Encoded {
  if (value instanceof Uint8Array) return nul;
  const spelt = String(value);
  return isHeld(spelt) ? spelt : nul;
}

/** The longest start of a text that the server can hold: every text of its own is on the same side of both. */
const heldPrefix = (value: string): string => {
  let end = 0;
  for (const character of value) {
    if (character === "\u0000" || !character.isWellFormed()) break;
    end += character.length;
  }
  return value.slice(0, end);
};

/** Elements of a list for `= ANY`; those that the type cannot hold equal no cell and are left out. Unfit where none is left. */
export function encodeList(list: readonly Cell[], pgClass: PgClass): Encoded {
  const items: string[] = [];
  for (const value of list) {
    const encoded = encode(value, pgClass);
    if (encoded === null) items.push("NULL");
    else if (typeof encoded === "string") items.push(`"${encoded.replace(/["\\]/g, "\\$&")}"`);
    else if (encoded.mode === "numeric" && pgClass === "float") {
      // A number of more digits than a double has equals the double only if that spells it.
      const spelt = encodeNumeric(value);
      if (typeof spelt === "string" && Number(spelt) === Number(String(Number(spelt))) && sameDecimal(spelt, String(Number(spelt)))) items.push(`"${Number(spelt)}"`);
    } else if (encoded.mode === "numeric" && pgClass === "int") {
      const spelt = String(value);
      if (/^-?\d+(?:\.0*)?$/.test(spelt)) {
        const whole = BigInt(spelt.replace(/\..*$/, ""));
        if (whole <= INT8_MAX && whole >= INT8_MIN) items.push(`"${whole}"`);
      }
    }
  }
  // An empty list would be FALSE for NULL too.
  return items.length === 0 && list.length > 0 ? nul : `{${items.join(",")}}`;
}

/** A statement's parameter from the values of a query. */
export function encodeParameter(parameter: Parameter, values: readonly BoundValue[]): Encoded {
  // The row limit and nothing else stands without a type.
  const type = (parameter.type ?? "int") as PgClass | "heldPrefix" | "encoded";
  if (parameter.kind === "constant") {
    if (type === "encoded") return String(parameter.value);
    if (type === "heldPrefix") return heldPrefix(String(parameter.value));
    return encode(parameter.value, type);
  }
  const value = slotValue(parameter, values);
  if (isList(value)) return encodeList(value, type as PgClass);
  if (type === "heldPrefix") return heldPrefix(String(value));
  if (type === "encoded") throw new TypeError("only a constant is encoded when its text is written");
  if (parameter.as === "value") return type === "numeric" ? encodeNumeric(value) : encode(value, type);
  const end = value === null ? null : prefixEnd(String(value));
  return value !== null && end === null ? { mode: "nul" } : encode(end, type);
}
