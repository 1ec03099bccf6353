/** Columns of the hub constant Region, for filters that go through it. */
import type { CompareOperator } from "../../schema/predicate.ts";
import type { Unified } from "../harmonise/unified.ts";
import { compareCodePoints } from "../harmonise/text.ts";

interface RegionRow {
  readonly [column: string]: unknown;
}

/** The value of a column, or null where it has none. */
export function regionColumn(region: object, column: string): string | readonly string[] | null {
  const value = (region as RegionRow)[column];
  return typeof value === "string" || Array.isArray(value) ? (value as string | readonly string[]) : null;
}

/** Three-valued comparison of a column with an operand; null is UNKNOWN. Lists know `contains` alone. */
export function compareColumn(value: string | readonly string[] | null, operator: CompareOperator, operand: Unified | readonly Unified[]): boolean | null {
  if (value === null || operand === null) return null;
  if (typeof value !== "string") return operator === "contains" ? value.includes(String(operand)) : null;
  return compareText(value, operator, operand);
}

/** Three-valued comparison of texts by code points; null is UNKNOWN. */
function compareText(text: string, operator: CompareOperator, operand: Unified | readonly Unified[]): boolean | null {
  if (operator === "in" || operator === "within") return Array.isArray(operand) && operand.includes(text);
  if (typeof operand !== "string") return null;
  switch (operator) {
    case "eq":
      return text === operand;
    case "ne":
      return text !== operand;
    case "lt":
      return compareCodePoints(text, operand) < 0;
    case "lte":
      return compareCodePoints(text, operand) <= 0;
    case "gt":
      return compareCodePoints(text, operand) > 0;
    case "gte":
      return compareCodePoints(text, operand) >= 0;
    case "startsWith":
      return text.startsWith(operand);
    case "contains":
      return text.includes(operand);
  }
}
