/**
 * Two published statistics of one entity for one agency are refused: the difference of two groupings, or of two conditions, can be
 * one enterprise. Purposes do not separate them, since one agency may hold both; periods of validity that never meet do.
 */
import type { EntityName } from "../../schema/ids.ts";
import { yamlReader } from "../identity/readYaml.ts";
import { addresses } from "./parseGrantees.ts";
import type { Rule } from "./policy.ts";
import type { PolicyContext } from "./policyContext.ts";

const read = yamlReader("POLICY_INVALID");

/** @throws HubError POLICY_INVALID at the later of two rules that overlap */
export function checkOverlaps(rules: readonly Rule[], context: PolicyContext): void {
  const earlier: { readonly rule: Rule; readonly entity: EntityName }[] = [];
  for (const rule of rules) {
    if (rule.effect.kind !== "publish") continue;
    for (const entity of rule.effect.tables.keys()) {
      const other = earlier.find((one) => one.entity === entity && meetInTime(one.rule, rule) && sharedAgency(one.rule, rule, context) !== null);
      if (other) {
        const agency = sharedAgency(other.rule, rule, context) ?? "";
        throw read.fault(rule.at, `${rule.id} and ${other.rule.id} both publish ${entity} to ${agency}, and their difference could tell single rows; join them in one rule, or keep their agencies apart.`);
      }
      earlier.push({ rule, entity });
    }
  }
}

const meetInTime = (one: Rule, other: Rule): boolean => one.fromMs < other.untilMs && other.fromMs < one.untilMs;

function sharedAgency(one: Rule, other: Rule, { network, region }: PolicyContext): string | null {
  for (const agency of network.agencies.values()) {
    if (addresses(one, agency, region, network) && addresses(other, agency, region, network)) return agency.id;
  }
  return null;
}
