/** The values of a plan's slots in one run, typed and checked (a literal with more digits than the attribute prints is refused). */
import { HubError } from "../../schema/errorCodes.ts";
import { decimalOf } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { resolveOperand } from "./arguments.ts";
import type { PlanSlot } from "./operationPlan.ts";

export function operandsOf(slots: readonly PlanSlot[], variables: Readonly<Record<string, unknown>>): readonly (Unified | readonly Unified[])[] {
  return slots.map((slot) => {
    const value = resolveOperand(slot.source, variables);
    return Array.isArray(value) ? value.map((item) => operand(slot, item)) : operand(slot, value);
  });
}

function operand(slot: PlanSlot, value: unknown): Unified {
  const { attribute, measure } = slot;
  if (attribute === null) return (value ?? null) as Unified;
  if (value === null || value === undefined) throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} must not be null` });
  const text = String(value);
  // Sums and averages of integers are compared as decimals: an average is a fraction, a sum may exceed an Int.
  if (!measure) {
    const { type } = attribute;
    if (type.kind !== "decimal") return value as Unified;
    // Zeros at the end are no digits.
    const digits = /(?<=\.)\d*?(?=0*(?:$|e))/i.exec(text)?.[0].length ?? 0;
    if (digits > type.scale) throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} has more than ${type.scale} digits after the point` });
  }
  const decimal = decimalOf(text);
  if (decimal === null) throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} is not a decimal within 18 digits` });
  return decimal;
}
