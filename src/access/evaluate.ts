/**
 * Predicates on one row, three-valued (semantics.md §2, §4): for policy tests and events. Scans never use it, they are lowered.
 */
import { isWithin } from "../../schema/codes/regions.ts";
import type { CompareOperator, Literal, Operand, Path, Predicate } from "../../schema/predicate.ts";
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { decimalOf, scaledInteger, type Decimal } from "../harmonise/decimal.ts";
import { compareCodePoints } from "../harmonise/text.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { Agency } from "../identity/network.ts";
import { regionColumns, regionValue } from "./regionColumns.ts";

/** TRUE, FALSE, UNKNOWN. */
export type Truth = true | false | null;
/** The value of an attribute in the row, before any permission; columns of the region table are looked up here. */
export type Row = (path: Path) => Unified;

export interface EvaluationBindings {
  readonly entity: EntityDef;
  readonly attributes: Agency["attributes"];
  readonly nowMs: number;
  /** Values of slots, where the predicate has any. */
  readonly slots?: readonly (Literal | readonly Literal[])[];
}

export function evaluate(predicate: Predicate, row: Row, bindings: EvaluationBindings): Truth {
  switch (predicate.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "unknown":
      return null;
    case "not": {
      const of = evaluate(predicate.of, row, bindings);
      return of === null ? null : !of;
    }
    case "and":
      return all(predicate.of.map((part) => evaluate(part, row, bindings)));
    case "or":
      return any(predicate.of.map((part) => evaluate(part, row, bindings)));
    case "isNull":
      return (cellOf(predicate.path, row) === null) === predicate.isNull;
    case "compare":
      return compare(predicate.operator, typeOf(bindings.entity, predicate.path), cellOf(predicate.path, row), operandValue(predicate.operand, bindings));
  }
}

const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const any = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false);

/** What an operand stands for; undefined where the agency has no such attribute. */
export function operandValue(operand: Operand, bindings: Pick<EvaluationBindings, "attributes" | "nowMs" | "slots">): Literal | readonly Literal[] | undefined {
  switch (operand.kind) {
    case "literal":
      return operand.value;
    case "literals":
      return operand.values;
    case "slot":
      return bindings.slots?.[operand.slot];
    case "agency":
      return Object.hasOwn(bindings.attributes, operand.attribute) ? bindings.attributes[operand.attribute] : undefined;
    case "now":
      return bindings.nowMs + operand.offsetMs;
  }
}

function typeOf(entity: EntityDef, [name, column]: Path): AttributeType | undefined {
  return column === undefined ? entity.attributes.get(name)?.type : regionColumns.get(column)?.type;
}

function cellOf([name, column]: Path, row: Row): Unified {
  const cell = row([name]);
  return column === undefined || cell === null ? cell : regionValue(String(cell), column);
}

function compare(
  operator: CompareOperator,
  type: AttributeType | undefined,
  cell: Unified,
  operand: Literal | readonly Literal[] | undefined,
): Truth {
  if (operand === undefined || type === undefined) return null;
  const list = isList(operand);
  if (operator === "in" || operator === "within") {
    const values = list ? operand : [operand];
    // An empty list is FALSE for NULL cells too: it folds before any row.
    if (values.length === 0) return false;
    if (cell === null) return null;
    if (operator === "in") return values.some((value) => order(type, cell, value) === 0);
    return values.some((value) => isWithin(String(cell), String(value)));
  }
  if (cell === null || list) return null;
  switch (operator) {
    case "startsWith":
      return String(cell).startsWith(String(operand));
    case "contains":
      return Array.isArray(cell) ? cell.includes(String(operand)) : String(cell).includes(String(operand));
    case "eq":
      return order(type, cell, operand) === 0;
    case "ne":
      return order(type, cell, operand) !== 0;
    case "lt":
      return order(type, cell, operand) < 0;
    case "lte":
      return order(type, cell, operand) <= 0;
    case "gt":
      return order(type, cell, operand) > 0;
    case "gte":
      return order(type, cell, operand) >= 0;
  }
}

const isList = (operand: Literal | readonly Literal[]): operand is readonly Literal[] => Array.isArray(operand);

/** Negative, 0 or positive; decimals by what is printed of them, text by code points. */
function order(type: AttributeType, cell: Exclude<Unified, null>, literal: Literal): number {
  switch (type.kind) {
    case "decimal": {
      const left = scaledInteger(cell as Decimal, type.scale);
      const right = scaledInteger(decimalOf(String(literal)) ?? 0, type.scale);
      return left < right ? -1 : left > right ? 1 : 0;
    }
    case "integer":
    case "instant":
      return Number(cell) - Number(literal);
    default:
      return compareCodePoints(String(cell), String(literal));
  }
}
