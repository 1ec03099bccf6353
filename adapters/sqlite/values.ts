/**
 * Values in and out of SQLite, exactly.
 *
 * In: whole numbers go as INTEGER (the driver would send REAL, and `5.0` is not `'5'` in a text column); lists as one JSON text.
 * Out: the driver turns integers into JS numbers, which is fast and wrong beyond 2^53. A number beyond it is therefore a sign to read
 * the statement again with 64-bit integers; the common path pays one comparison per cell.
 */
import type { BoundValue, Cell } from "../contract/sourceQuery.ts";
import { type Parameter, prefixEnd } from "../sql/dialect.ts";
import { itemAt } from "../sql/listItems.ts";
import { isList } from "../sql/statements.ts";

export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Values of a query in the order of the text's parameters. */
export function bindParameters(parameters: readonly Parameter[], values: readonly BoundValue[]): SqliteValue[] {
  const bound = new Array<SqliteValue>(parameters.length);
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i] as Parameter;
    bound[i] = parameter.kind === "constant" ? scalar(parameter.value) : bindSlot(parameter, values[parameter.slot]);
  }
  return bound;
}

function bindSlot({ as, item }: Extract<Parameter, { kind: "slot" }>, value: BoundValue | undefined): SqliteValue {
  if (value === undefined) throw new TypeError("a query has no value for one of its slots");
  switch (as) {
    case "value":
      if (isList(value)) throw new TypeError("a list stands where one value is expected");
      return scalar(value);
    case "list":
      if (!isList(value)) throw new TypeError("one value stands where a list is expected");
      // A short list is repeated to the size that its statement was written for.
      return item === undefined ? listJson(value) : scalar(itemAt(value, item) as Cell);
    case "prefixEnd":
      // Every blob is greater than every text, so the empty blob is a bound above all texts.
      return value === null ? null : (prefixEnd(String(value)) ?? new Uint8Array(0));
  }
}

const INT64_MAX = 2n ** 63n - 1n;

function scalar(value: Cell): SqliteValue {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case "boolean":
      return value ? 1n : 0n;
    case "bigint":
      // Beyond int64 no stored integer can be equal; a REAL compares with integers exactly.
      return value > INT64_MAX || value < -INT64_MAX - 1n ? Number(value) : value;
    default:
      return value;
  }
}

/** The list as JSON for `json_each`. Numbers keep their SQL type: `5` INTEGER, `0.5` REAL, int64 in full. */
export function listJson(list: readonly Cell[]): string {
  const items = list.map((value) => {
    if (value instanceof Uint8Array) throw new TypeError("a blob cannot stand in a list");
    if (typeof value === "bigint") return String(value);
    // 9e999 reads as infinity in SQLite; JSON has no word for it.
    if (value === Number.POSITIVE_INFINITY) return "9e999";
    if (value === Number.NEGATIVE_INFINITY) return "-9e999";
    const text = JSON.stringify(value);
    // Digits alone are read as an int64, which beyond 2^53 is another number than the double that they are the shortest spelling of.
    return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(text) ? `${text}.0` : text;
  });
  return `[${items.join(",")}]`;
}

/** The row may hold an integer that the driver has rounded. */
export function isRounded(row: readonly Cell[]): boolean {
  for (let i = 0; i < row.length; i++) {
    const cell = row[i];
    if (typeof cell === "number" && (cell > Number.MAX_SAFE_INTEGER || cell < Number.MIN_SAFE_INTEGER)) return true;
  }
  return false;
}

/** A row read with 64-bit integers, in place: a bigint stays only where a number would not be exact. */
export function narrow(row: Cell[]): Cell[] {
  for (let i = 0; i < row.length; i++) {
    const cell = row[i];
    if (typeof cell === "bigint" && cell <= BigInt(Number.MAX_SAFE_INTEGER) && cell >= BigInt(Number.MIN_SAFE_INTEGER)) row[i] = Number(cell);
  }
  return row;
}
