/** A rule's predicate against every source of its region: mapped, not defaulted, exact (semantics.md §2, §6). */
import type { EntityName } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { yamlReader } from "../identity/readYaml.ts";
import type { Place } from "../mapping/yamlFile.ts";
import { attributesOf } from "./parsePredicate.ts";
import type { PolicyContext } from "./policyContext.ts";

const read = yamlReader("POLICY_INVALID");

/** @throws HubError POLICY_INVALID naming the source and the mend */
export function checkPredicate(predicate: Predicate, entity: EntityName, at: Place, context: PolicyContext): void {
  for (const source of context.sources) {
    const mapped = source.mappedAttributes(entity);
    if (!mapped) continue;
    const defaulted = source.defaultedAttributes(entity);
    for (const name of attributesOf(predicate)) {
      if (!mapped.has(name)) {
        throw read.fault(at, `source ${source.id} does not map ${entity}.${name}, so the rule could not be decided there; map it, or take it out of the rule.`);
      }
      if (defaulted.has(name)) {
        throw read.fault(at, `${entity}.${name} has an else in source ${source.id}, which would decide the rule where the source says nothing; take the else out, or the attribute.`);
      }
    }
    const problem = source.exactness(entity, predicate);
    if (problem !== null) throw read.fault(at, `the condition on ${entity} is not exact in source ${source.id}: ${problem}`);
  }
}
