/** The rules of one policy as they bear on one agency, purpose and door: clauses per entity, folded, in the order of rule ids. */
import type { EntityName, Purpose } from "../../schema/ids.ts";
import { TRUE, type Predicate } from "../../schema/predicate.ts";
import type { EntityDef, Level, Vocabulary } from "../../schema/vocabulary.ts";
import type { Agency, Network } from "../identity/network.ts";
import { canGrant, canRestrict, fold } from "./fold.ts";
import { meet } from "./levels.ts";
import { addresses } from "./parseGrantees.ts";
import type { Clause, Door, HideClause, Scope } from "./permit.ts";
import type { AttributeLevels, Policy, Rule } from "./policy.ts";

export interface Asking {
  readonly agency: Agency;
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly nowMs: number;
}

/** What decides V of an entity at a door, the same in every source of the region. */
export type Clauses = Pick<Scope, "grants" | "restrictions" | "hides">;

/** Rules that address the agency and are valid now, by id: the order in the file means nothing. */
export function rulesFor(policy: Policy, asking: Asking): readonly Rule[] {
  return policy.rules
    .filter((rule) => addresses(rule, asking.agency, policy.region, asking.network))
    .filter((rule) => rule.fromMs <= asking.nowMs && asking.nowMs < rule.untilMs)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Does the rule bind the caller for this purpose (null: none) at this door? */
export const binds = (rule: Rule, purpose: Purpose | null, door: Door): boolean =>
  (purpose === null ? rule.withoutPurpose : (rule.purposes?.has(purpose) ?? true)) && (rule.doors?.has(door) ?? true);

/** Clauses of the bound rules on one entity; grants that cannot raise and restrictions that cannot bind are left out. */
export function clausesOf(rules: readonly Rule[], entity: EntityDef, asking: Asking): Clauses {
  const grants: Clause[] = [];
  const restrictions: Clause[] = [];
  const hides: HideClause[] = [];
  for (const rule of rules) {
    if (rule.effect.kind === "publish") continue;
    const when = whenOf(rule, entity.name, asking.agency);
    const named = rule.effect.levels.get(entity.name);
    const clause = named && { rule: rule.id, when, levels: spread(named, rule.effect.kind, entity), reason: rule.reason };
    if (rule.effect.kind === "grant") {
      if (clause && canGrant(when)) grants.push(clause);
    } else if (canRestrict(when)) {
      if (clause) restrictions.push(clause);
      if (rule.effect.hides.has(entity.name)) hides.push({ rule: rule.id, when, reason: rule.reason });
    }
  }
  return { grants, restrictions, hides };
}

export const whenOf = (rule: Rule, entity: EntityName, agency: Agency): Predicate => fold(rule.where.get(entity) ?? TRUE, agency.attributes);

/** `all` written out over today's attributes; where a rule says both, a grant's higher and a restriction's lower level holds. */
function spread({ every, named }: AttributeLevels, kind: "grant" | "restrict", entity: EntityDef): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  for (const attribute of entity.attributes.values()) {
    const said = [every, named.get(attribute.name) ?? null].filter((level) => level !== null);
    if (said.length > 0) levels.set(attribute.name, kind === "grant" ? meet(attribute, said, []) : meet(attribute, ["CLEAR"], said));
  }
  return levels;
}
