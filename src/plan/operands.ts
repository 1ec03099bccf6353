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
  const { attribute } = slot;
  if (attribute === null) return (value ?? null) as Unified;
  if (value === null || value === undefined) throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} must not be null` });
  // Sums and averages of integers are compared as decimals: an average is a fraction, a sum may exceed an Int.
  if (attribute.type.kind !== "decimal" && !slot.measure) return value as Unified;
  const text = String(value);
  const digits = /\.(\d*?)0*(?:$|e)/i.exec(text)?.[1]?.length ?? 0;
  if (!slot.measure && attribute.type.kind === "decimal" && digits > attribute.type.scale) {
    throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} has more than ${attribute.type.scale} digits after the point` });
  }
  const decimal = decimalOf(text);
  if (decimal === null) throw new HubError("BAD_ARGUMENT", { argument: `${slot.argument} is not a decimal within 18 digits` });
  return decimal;
}
