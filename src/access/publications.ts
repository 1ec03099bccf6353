/** Published statistics that an agency may ask for, with what it knows already (semantics.md §5). */
import type { EntityName, SourceId } from "../../schema/ids.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { canonical } from "./canonical.ts";
import { canGrant } from "./fold.ts";
import type { Publication, Scope } from "./permit.ts";
import type { Policy, Rule } from "./policy.ts";
import { whenOf, type Asking, type Clauses } from "./scopes.ts";

/**
 * `published` are the rules of the policy that publish to the agency for its purpose, `mapped` the entities that the source maps,
 * `clausesAt` the rules of the aggregate door.
 */
export function publicationsOf(
  policy: Policy,
  published: readonly Rule[],
  source: SourceId,
  mapped: (name: EntityName) => EntityDef | undefined,
  clausesAt: (entity: EntityDef) => Clauses,
  known: (entity: EntityDef) => readonly Scope[],
  asking: Asking,
): readonly Publication[] {
  const publications: Publication[] = [];
  for (const rule of published) {
    if (rule.effect.kind !== "publish") continue;
    for (const [name, table] of rule.effect.tables) {
      const entity = mapped(name);
      const when = whenOf(rule, name, asking.agency);
      if (!entity || !canGrant(when)) continue;
      const { hides, restrictions } = clausesAt(entity);
      publications.push({ rule: rule.id, source, region: policy.region, entity: name, ...table, when, hides, restrictions, known: known(entity) });
    }
  }
  return publications;
}

/** Scopes that decide alike know alike: one of them is enough, whatever its door. */
export function distinctScopes(scopes: readonly Scope[]): readonly Scope[] {
  const seen = new Map<string, Scope>();
  for (const scope of scopes) {
    const key = canonical([scope.grants, scope.restrictions, scope.hides]);
    if (!seen.has(key)) seen.set(key, scope);
  }
  return [...seen.values()];
}
