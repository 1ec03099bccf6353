/** Published statistics that an agency may ask for, with what it knows already (semantics.md §5). */
import type { EntityName, RegionCode, SourceId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { canonical } from "./canonical.ts";
import { canGrant } from "./fold.ts";
import type { Publication, PublishedFigures, Scope } from "./permit.ts";
import type { Policy, PublishedTable, PublishingRule, Rule } from "./policy.ts";
import { whenOf, type Asking, type Clauses } from "./scopes.ts";

interface Published {
  readonly rule: Rule;
  readonly name: EntityName;
  readonly table: PublishedTable;
  readonly when: Predicate;
}

/** What rules publish to the agency; none where their condition can hold in no row. */
const tablesOf = (published: readonly PublishingRule[], { agency, vocabulary }: Asking): readonly Published[] =>
  published.flatMap((rule) =>
    [...rule.effect.tables].flatMap(([name, table]) => {
      const when = whenOf(rule, name, agency);
      return vocabulary.entities.has(name) && canGrant(when) ? [{ rule, name, table, when }] : [];
    }),
  );

/** Adds what a region publishes of its entities to what others do: the union over owners. An attribute that one leaves out is NULL in its groups. */
export function addPublished(union: Map<EntityName, PublishedFigures>, region: RegionCode, published: readonly PublishingRule[], asking: Asking): void {
  for (const { name, table } of tablesOf(published, asking)) {
    const known = union.get(name);
    const measures = new Map(known?.measures);
    for (const [measure, figures] of table.measures) measures.set(measure, new Set([...(measures.get(measure) ?? []), ...figures]));
    union.set(name, { regions: new Set([...(known?.regions ?? []), region]), by: new Set([...(known?.by ?? []), ...table.by]), measures });
  }
}

/**
 * `published` are the rules of the policy that publish to the agency for its purpose, `mapped` the entities that the source maps,
 * `clausesAt` the rules of the aggregate door.
 */
export function publicationsOf(
  policy: Policy,
  published: readonly PublishingRule[],
  source: SourceId,
  mapped: (name: EntityName) => EntityDef | undefined,
  clausesAt: (entity: EntityDef) => Clauses,
  known: (entity: EntityDef) => readonly Scope[],
  asking: Asking,
): readonly Publication[] {
  return tablesOf(published, asking).flatMap(({ rule, name, table, when }): readonly Publication[] => {
    const entity = mapped(name);
    if (!entity) return [];
    const { hides, restrictions } = clausesAt(entity);
    return [{ rule: rule.id, source, region: policy.region, entity: name, ...table, when, hides, restrictions, known: known(entity) }];
  });
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
