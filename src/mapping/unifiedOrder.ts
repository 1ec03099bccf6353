/** Comparing unified values as filters do (printed) and as orders do (exact); semantics.md §4. */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { isWithin } from "../../schema/codes/regions.ts";
import type { AttributeType } from "../../schema/vocabulary.ts";
import { compareDecimal, decimalOf, decimalOfKey, decimalOfScaled, exactKey, scaledInteger, type Decimal } from "../harmonise/decimal.ts";
import { compareCodePoints } from "../harmonise/text.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { CompareOperator, Operand } from "./fieldContext.ts";
import { listOf, scalarOf } from "./fieldContext.ts";
import { listMark } from "./lenses/chain.ts";

export const isDecimal = (value: Unified): value is Decimal =>
  typeof value === "number" || (typeof value === "object" && value !== null && !Array.isArray(value) && "n" in value && "d" in value);

const asDecimal = (value: Unified): Decimal | null => (typeof value === "string" ? decimalOf(value) : isDecimal(value) ? value : null);

/** A unified value as the lens form `printed` gives it, so that the two compare in the source. */
export function printedCell(type: AttributeType, value: Unified): Cell {
  if (value === null) return null;
  switch (type.kind) {
    case "decimal": {
      const decimal = asDecimal(value);
      return decimal === null ? null : scaledInteger(decimal, type.scale);
    }
    case "boolean":
      return value === true ? 1 : value === false ? 0 : null;
    case "integer":
    case "instant":
      return typeof value === "number" ? value : null;
    case "list":
      // membership of one element
      return typeof value === "string" ? `${listMark}${value}${listMark}` : null;
    case "object":
      return null;
    default:
      return typeof value === "string" ? value : null;
  }
}

/** As the lens form `exact` gives it. */
export function exactCell(type: AttributeType, value: Unified): Cell {
  if (type.kind !== "decimal") return printedCell(type, value);
  const decimal = asDecimal(value);
  return decimal === null ? null : exactKey(decimal);
}

export function decodePrinted(type: AttributeType, cell: Cell): Unified {
  if (cell === null || cell instanceof Uint8Array) return null;
  switch (type.kind) {
    case "decimal":
      return typeof cell === "number" || typeof cell === "bigint" ? decimalOfScaled(cell, type.scale) : null;
    case "boolean":
      return Number(cell) === 1;
    case "integer":
    case "instant":
      return Number(cell);
    default:
      return String(cell);
  }
}

export const decodeExact = (type: AttributeType, cell: Cell): Unified =>
  type.kind === "decimal" ? (typeof cell === "string" ? decimalOfKey(cell) : null) : decodePrinted(type, cell);

type Scalar = string | number | bigint;

const compareScalars = (a: Scalar, b: Scalar): number =>
  typeof a === "string" || typeof b === "string" ? compareCodePoints(String(a), String(b)) : a < b ? -1 : a > b ? 1 : 0;

/**
 * By the exact value; both not NULL. Fractions compare by their keys, which tell all values of a source apart: a value that came
 * back out of a key (a cursor's) is a step of 10⁻⁵⁴ off, and has the key of the value that it stands for.
 */
export function compareExact(type: AttributeType, a: Unified, b: Unified): number {
  if (type.kind === "decimal") {
    const [left, right] = [asDecimal(a), asDecimal(b)];
    if (left === null || right === null) return Number.NaN;
    if (typeof left === "number" && typeof right === "number") return compareDecimal(left, right);
    const [leftKey, rightKey] = [exactKey(left), exactKey(right)];
    return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
  }
  const [left, right] = [printedCell(type, a), printedCell(type, b)];
  return left === null || right === null ? Number.NaN : compareScalars(left as Scalar, right as Scalar);
}

const holds: Readonly<Record<"eq" | "ne" | "lt" | "lte" | "gt" | "gte", (sign: number) => boolean>> = {
  eq: (sign) => sign === 0,
  ne: (sign) => sign !== 0,
  lt: (sign) => sign < 0,
  lte: (sign) => sign <= 0,
  gt: (sign) => sign > 0,
  gte: (sign) => sign >= 0,
};

export const signHolds = (operator: keyof typeof holds, sign: number): boolean => !Number.isNaN(sign) && holds[operator](sign);

/** The atom is TRUE for this value; a NULL on either side is never TRUE. */
export function satisfies(type: AttributeType, operator: CompareOperator, value: Unified, operand: Operand): boolean {
  if (value === null) return false;
  if (type.kind === "list") {
    const wanted = scalarOf(operand);
    return operator === "contains" && typeof wanted === "string" && Array.isArray(value) && value.includes(wanted);
  }
  const own = printedCell(type, value);
  if (own === null) return false;
  const sign = (other: Unified): number => {
    const cell = printedCell(type, other);
    return cell === null ? Number.NaN : compareScalars(own as Scalar, cell as Scalar);
  };
  switch (operator) {
    case "in":
      return listOf(operand).some((other) => sign(other) === 0);
    case "within":
      return listOf(operand).some((other) => typeof other === "string" && isWithin(String(own), other));
    case "startsWith":
    case "contains": {
      const part = scalarOf(operand);
      if (typeof part !== "string" || typeof own !== "string") return false;
      return operator === "contains" ? own.includes(part) : own.startsWith(part);
    }
    default:
      return signHolds(operator, sign(scalarOf(operand)));
  }
}

/** Operators that exist for a type; the schema has no others. */
export function operatorsOf(type: AttributeType): ReadonlySet<CompareOperator> {
  const ordered = ["eq", "ne", "in", "lt", "lte", "gt", "gte"] as const;
  switch (type.kind) {
    case "text":
    case "enum":
    case "pollutant":
      return new Set([...ordered, "startsWith", "contains"]);
    case "region":
      return new Set([...ordered, "startsWith", "contains", "within"]);
    case "boolean":
      return new Set(["eq", "ne", "in"]);
    case "integer":
    case "decimal":
    case "instant":
    case "date":
      return new Set(ordered);
    case "list":
      return new Set(["contains"]);
    case "object":
    case "link":
      return new Set();
  }
}
