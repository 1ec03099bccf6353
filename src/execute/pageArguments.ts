/** `first`, `last`, `after`, `before` and ids in this run. */
import { pageSize } from "../plan/cost.ts";
import type { IntArgument, TextArgument } from "../plan/operationPlan.ts";
import type { RunContext } from "./runContext.ts";

/** Partial groups of one query (times branches and units). More is an export, not an answer. */
export const groupsMax = 100_000;

export const intValue = (run: RunContext, argument: IntArgument, name: string): number | null => pageSize("slot" in argument ? run.operands[argument.slot] : argument.literal, name);

export function textValue(run: RunContext, argument: TextArgument): string | null {
  const value = "slot" in argument ? run.operands[argument.slot] : argument.literal;
  return typeof value === "string" ? value : null;
}
