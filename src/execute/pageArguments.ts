/** `first`, `last`, `after`, `before` and ids in this run. */
import { HubError } from "../../schema/errorCodes.ts";
import type { IntArgument, TextArgument } from "../plan/operationPlan.ts";
import { pageMax } from "../plan/requests.ts";
import type { RunContext } from "./runContext.ts";

/** Partial groups of one query (times branches and units). More is an export, not an answer. */
export const groupsMax = 100_000;

export function intValue(run: RunContext, argument: IntArgument, name: string): number | null {
  const value = "slot" in argument ? run.operands[argument.slot] : argument.literal;
  if (value === null || value === undefined) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > pageMax) {
    throw new HubError("BAD_ARGUMENT", { argument: `${name} is from 0 to ${pageMax}` });
  }
  return value;
}

export function textValue(run: RunContext, argument: TextArgument): string | null {
  const value = "slot" in argument ? run.operands[argument.slot] : argument.literal;
  return typeof value === "string" ? value : null;
}
