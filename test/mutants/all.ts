import { availability } from "./availability.ts";
import { doors } from "./doors.ts";
import type { Mutant } from "./mutant.ts";
import { plans } from "./plans.ts";
import { rules } from "./rules.ts";

export const mutants: readonly Mutant[] = [...rules, ...plans, ...doors, ...availability];
