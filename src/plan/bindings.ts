/** What changes between two runs of one plan, and how an operand becomes a unified value. */
import type { BoundValue } from "../../adapters/contract/sourceQuery.ts";
import type { CompareOperator, Literal, Operand } from "../../schema/predicate.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";
import { decimalOf } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { AgencyAttribute } from "../identity/network.ts";

export interface CursorPosition {
  /** `ref` value per order term, exact. */
  readonly values: readonly Unified[];
  readonly source: string;
  readonly tie: string | number;
  readonly branch: number;
}

export interface Bindings {
  /** Per plan slot: the unified value, or a list. */
  readonly operands: readonly (Unified | readonly Unified[])[];
  readonly agency: Readonly<Record<string, AgencyAttribute>>;
  readonly nowMs: number;
  readonly limit: number;
  readonly cursor: CursorPosition | null;
  /** Values of a lookup: locators or link values, per lookup column. */
  readonly lookup: readonly BoundValue[];
  /** Keys of the semi-joins by their numbers, once they are read. */
  readonly keys?: ReadonlyMap<number, readonly string[]> | undefined;
}

/** Of a lookup by a value: its one list. */
export const lookedUp = ({ lookup }: Bindings): readonly Unified[] => (lookup[0] ?? []) as readonly Unified[];

/** An absent list is no empty one: under a NOT it would let every row through. */
export function keysOf({ keys }: Bindings, join: number): readonly string[] {
  const found = keys?.get(join);
  if (found === undefined) throw new Error(`the keys of semi-join ${join} were not read`);
  return found;
}

export type SlotBinder = (bindings: Bindings) => BoundValue;

/** Collects the binders of one query; slot numbers are positions. */
export interface SlotSink {
  readonly binders: SlotBinder[];
  add(binder: SlotBinder): number;
}

export function slotSink(): SlotSink {
  const binders: SlotBinder[] = [];
  return {
    binders,
    add(binder) {
      binders.push(binder);
      return binders.length - 1;
    },
  };
}

/** A literal in predicate form as a unified value of the attribute's type. */
export function unifiedLiteral(attribute: AttributeDef, value: Literal): Unified {
  if (attribute.type.kind === "decimal") return typeof value === "boolean" ? null : decimalOf(value);
  return value;
}

/** An agency attribute's text as a unified value; text that does not fit the type is NULL, which makes the atom UNKNOWN. */
function unifiedAgencyText(attribute: AttributeDef, text: string): Unified {
  switch (attribute.type.kind) {
    case "decimal":
      return decimalOf(text);
    case "integer": {
      const value = Number(text);
      return Number.isSafeInteger(value) ? value : null;
    }
    case "instant": {
      const value = Date.parse(text);
      return Number.isNaN(value) ? null : value;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : null;
    default:
      return text;
  }
}

const isListOperator = (operator: CompareOperator): boolean => operator === "in" || operator === "within";

/** The operand's value in this run: scalar, or list for `in` and `within`. */
export function operandValue(operand: Operand, operator: CompareOperator, attribute: AttributeDef, bindings: Bindings): Unified | readonly Unified[] {
  const list = isListOperator(operator);
  switch (operand.kind) {
    case "literal": {
      const value = unifiedLiteral(attribute, operand.value);
      return list ? [value] : value;
    }
    case "literals":
      return operand.values.map((value) => unifiedLiteral(attribute, value));
    case "slot": {
      const value = bindings.operands[operand.slot] ?? null;
      return list && !Array.isArray(value) ? [value as Unified] : value;
    }
    case "agency": {
      const value = bindings.agency[operand.attribute];
      if (value === undefined) return list ? [] : null;
      if (typeof value === "string") {
        const one = unifiedAgencyText(attribute, value);
        return list ? [one] : one;
      }
      const many = value.map((text) => unifiedAgencyText(attribute, text));
      return list ? many : many.length === 1 ? (many[0] ?? null) : null;
    }
    case "now":
      return list ? [bindings.nowMs + operand.offsetMs] : bindings.nowMs + operand.offsetMs;
  }
}
