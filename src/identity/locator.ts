/** A row's locator (the cells of its mapping key) as canonical bytes, and as text for keys that are public. */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";

/**
 * Canonical: two locators are equal iff their bytes are. A whole number is the same whether the driver hands it over as number or
 * bigint; a text is never the same as a number.
 */
export const locatorBytes = (cells: readonly Cell[]): Buffer => Buffer.from(locatorText(cells), "utf8");

/** Null for bytes that `locatorBytes` does not make. */
export const locatorOf = (bytes: Buffer): readonly Cell[] | null => locatorOfText(bytes.toString("utf8"));

/** Cells joined by commas. Text is percent-encoded; everything else is marked by a letter and a colon, which text never shows. */
export const locatorText = (cells: readonly Cell[]): string => {
  let text = "";
  for (const [index, cell] of cells.entries()) text += index === 0 ? cellText(cell) : `,${cellText(cell)}`;
  return text;
};

const plain = /^[\w.~-]*$/;

const cellText = (cell: Cell): string => {
  switch (typeof cell) {
    case "string":
      return plain.test(cell) ? cell : encodeURIComponent(cell.toWellFormed());
    case "number":
      // Adding zero turns -0 into 0: SQL knows one zero.
      return Number.isInteger(cell) ? `i:${BigInt(cell)}` : `f:${cell + 0}`;
    case "bigint":
      return `i:${cell}`;
    case "boolean":
      return cell ? "b:1" : "b:0";
    default:
      return cell === null ? "n:" : `x:${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString("hex")}`;
  }
};

/** Null for text that `locatorText` does not make: a row has one spelling. */
export const locatorOfText = (text: string): readonly Cell[] | null => {
  const cells: Cell[] = [];
  for (const part of text.split(",")) {
    const cell = cellOf(part);
    if (cell === undefined) return null;
    cells.push(cell);
  }
  return locatorText(cells) === text ? cells : null;
};

const cellOf = (part: string): Cell | undefined => {
  if (part[1] !== ":") return decoded(part);
  const body = part.slice(2);
  switch (part[0]) {
    case "i":
      return /^-?\d{1,400}$/.test(body) ? whole(BigInt(body)) : undefined;
    case "f":
      return Number(body);
    case "b":
      return body === "1";
    case "n":
      return null;
    case "x":
      return Buffer.from(body, "hex");
    default:
      return undefined;
  }
};

const whole = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};
