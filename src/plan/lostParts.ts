/** What drift takes from an operation: coordinates that some source cannot give, rows that may be missing, totals that would be wrong. */
import { type Coordinate, coordinate, type SourceId } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import { type Door, type LostScope, scopeKey } from "../access/permit.ts";
import type { AggregatePlan, ConnectionPlan, OperationPlan, PlanContext, RootPlan } from "./operationPlan.ts";
import type { Filter } from "./semiJoin.ts";

export interface LostPart {
  readonly source: SourceId;
  readonly coordinate: Coordinate;
}

const lostAt = ({ permit }: PlanContext, source: SourceId, entity: EntityDef, door: Door): LostScope | undefined => permit.scopes.get(scopeKey(source, entity.name, door))?.lost;

const known = new WeakMap<OperationPlan, { readonly parts: readonly LostPart[]; readonly sources: readonly SourceId[] }>();

/** `parts`: coordinates that the document uses and a source cannot give. `sources`: those whose rows of a root cannot be read at all. */
export function lostOf(plan: OperationPlan): { readonly parts: readonly LostPart[]; readonly sources: readonly SourceId[] } {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const { context } = plan;
  const parts = plan.used.flatMap(({ entity, attribute, door }) =>
    context.sources.flatMap(({ id }) => (lostAt(context, id, entity, door)?.attributes.has(attribute) ? [{ source: id, coordinate: coordinate(entity.name, attribute) }] : [])),
  );
  const roots = plan.roots.flatMap(rootEntities);
  const sources = context.sources.flatMap(({ id, lost }) => (roots.some(({ entity, door }) => lost.get(entity.name)?.rows === true && lostAt(context, id, entity, door) !== undefined) ? [id] : []));
  const made = { parts, sources };
  known.set(plan, made);
  return made;
}

function rootEntities(root: RootPlan): readonly { readonly entity: EntityDef; readonly door: Door }[] {
  switch (root.kind) {
    case "connection":
      return [{ entity: root.entity, door: "query" }];
    case "aggregate":
    case "published":
      return [{ entity: root.entity, door: "aggregate" }];
    case "byId":
      return [...root.targets.values()].map(({ selection }) => ({ entity: selection.entity, door: "query" as const }));
    case "regions":
    case "typename":
      return [];
  }
}

/** Some root may lack rows of a source whose tables changed: by its rules or wholly. */
export const lacksRows = (plan: OperationPlan): boolean =>
  plan.roots.flatMap(rootEntities).some(({ entity, door }) => plan.context.sources.some(({ id }) => lostAt(plan.context, id, entity, door)?.rows === true));

/** A count would be of fewer rows than there are: its filter reads what a source cannot give, or rows are missing. */
export const countIsTorn = (context: PlanContext, { entity, where }: Pick<ConnectionPlan, "entity" | "where">): boolean => isTorn(context, entity, "query", pathsOf(where));

/** The same of an aggregation, its groups and its figures; the path of counted rows names no attribute. */
export const aggregateIsTorn = (context: PlanContext, { entity, where, groups, measures }: Pick<AggregatePlan, "entity" | "where" | "groups" | "measures">): boolean =>
  isTorn(context, entity, "aggregate", [...pathsOf(where), ...groups.map(({ path }) => path), ...measures.map(({ path }) => path)]);

/** A semi-join would lack keys of rows that a source has: it is unknown, as where a source is missing. */
export const joinIsTorn = (context: PlanContext, entity: EntityDef, door: Door, targetKey: readonly string[], where: Filter): boolean => isTorn(context, entity, door, [targetKey, ...pathsOf(where)]);

function isTorn(context: PlanContext, entity: EntityDef, door: Door, paths: readonly (readonly string[])[]): boolean {
  const uses = paths.flatMap((path) => stepsOf(context.vocabulary, entity, path));
  return context.sources.some(
    ({ id }) => lostAt(context, id, entity, door)?.rows === true || uses.some((use) => lostAt(context, id, use.entity, door)?.attributes.has(use.attribute) === true),
  );
}

/** The attributes that a path goes through: links, and the last one. */
function stepsOf(vocabulary: Vocabulary, entity: EntityDef, path: readonly string[]): readonly { readonly entity: EntityDef; readonly attribute: string }[] {
  const steps: { entity: EntityDef; attribute: string }[] = [];
  let at: EntityDef | undefined = entity;
  for (const attribute of path) {
    if (at === undefined) break;
    steps.push({ entity: at, attribute });
    at = linkedEntity(vocabulary, at.attributes.get(attribute));
  }
  return steps;
}

const linkedEntity = (vocabulary: Vocabulary, attribute: AttributeDef | undefined): EntityDef | undefined =>
  attribute?.type.kind === "link" ? vocabulary.entities.get(attribute.type.entity) : undefined;

function pathsOf(predicate: Filter): readonly (readonly string[])[] {
  switch (predicate.kind) {
    case "true":
    case "false":
    case "unknown":
      return [];
    case "not":
      return pathsOf(predicate.of);
    case "and":
    case "or":
      return predicate.of.flatMap(pathsOf);
    case "compare":
    case "isNull":
    // Whether its keys are all is the join's own question.
    case "semiJoin":
      return [predicate.path];
  }
}
