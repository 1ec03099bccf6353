/**
 * A row of an entity as it stands in one query: the scanned row itself, or a row that a local link reaches through a join.
 *
 * A linked entity may have several parts in its source; at most one of them matches, so a question about the linked row is a
 * disjunction over its alternatives (semantics.md §3: a path through a NULL link is NULL).
 */
import type { SourceCond, SourceExpr, SourceJoin } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName } from "../../schema/ids.ts";
import type { EntityDef, Level } from "../../schema/vocabulary.ts";
import { type Door, scopeKey } from "../access/permit.ts";
import type { MappedField, MappedPart } from "../mapping/mapping.ts";
import type { SlotSink } from "./bindings.ts";
import { ALWAYS, NEVER, aliasesOf, allOf, conjunctsOf, renameCond, renameExpr } from "./conditions.ts";
import { type Guard, levelAtLeast, rowInView } from "./guards.ts";
import { lowerGuard } from "./lowerPredicate.ts";
import type { PlanContext, PlanSource } from "./operationPlan.ts";

export interface Alternative {
  readonly entity: EntityDef;
  readonly part: MappedPart;
  readonly alias: string;
  /** The linked row exists here and is in V; TRUE for the scanned row. */
  readonly present: SourceCond;
  /** The attribute is CLEAR here. */
  clear(attribute: string): SourceCond;
  expr(expr: SourceExpr): SourceExpr;
  cond(cond: SourceCond): SourceCond;
}

export interface Instance {
  readonly entity: EntityDef;
  readonly alternatives: readonly Alternative[];
  /** The rows that a CLEAR local link reaches. */
  follow(attribute: string): Instance;
}

/** The scanned row, which no link has to reach. */
export interface BaseInstance extends Instance {
  readonly row: Alternative;
}

/** What one SELECT gathers while it is lowered. */
export interface QueryScope {
  readonly context: PlanContext;
  readonly source: PlanSource;
  readonly door: Door;
  readonly slots: SlotSink;
  readonly joins: SourceJoin[];
  nextAlias: number;
}

/** The scanned row keeps the mapping's own aliases; a linked row's stand apart by a sign that no mapping's name has. */
const aliasOf = (own: string) => (alias: string): string => (own === "t" ? alias : alias === "t" ? own : `${own}#${alias}`);
const keepSlot = (slot: number): number => slot;

function alternative(entity: EntityDef, part: MappedPart, alias: string, present: SourceCond, clear: (attribute: string) => SourceCond): Alternative {
  const to = { alias: aliasOf(alias), slot: keepSlot };
  return { entity, part, alias, present, clear, expr: (expr) => renameExpr(expr, to), cond: (cond) => renameCond(cond, to) };
}

/** Joins that the part's own mapping needs, under the instance's alias. */
function ownJoins(part: MappedPart, alias: string): readonly SourceJoin[] {
  const to = { alias: aliasOf(alias), slot: keepSlot };
  return part.joins.map((join) => ({ table: join.table, alias: to.alias(join.alias), on: renameCond(join.on, to) }));
}

/**
 * The scanned row. With `levels` every guard is static; without, `clear` is a formula over the rule predicates (more than eight
 * strata).
 */
export function baseInstance(query: QueryScope, entity: EntityDef, part: MappedPart, levels: ReadonlyMap<string, Level> | null): BaseInstance {
  query.joins.push(...ownJoins(part, "t"));
  const scope = query.context.permit.scopes.get(scopeKey(query.source.id, entity.name, query.door));
  const row: Alternative = alternative(entity, part, "t", ALWAYS, (attribute) => {
    if (levels !== null) return levels.get(attribute) === "CLEAR" ? ALWAYS : NEVER;
    if (scope === undefined) return NEVER;
    return lowerGuard(levelAtLeast(scope, entity, attribute, "CLEAR"), row, query.slots);
  });
  const followed = new Map<string, Instance>();
  return {
    entity,
    row,
    alternatives: [row],
    follow: (attribute) => memo(followed, attribute, () => linkedInstance(query, entity, [row], attribute)),
  };
}

function memo<Value>(cache: Map<string, Value>, key: string, make: () => Value): Value {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

function linkedInstance(query: QueryScope, from: EntityDef, rows: readonly Alternative[], attribute: string): Instance {
  const definition = from.attributes.get(attribute);
  if (definition?.type.kind !== "link") throw new Error(`${from.name}.${attribute} is not a local link`);
  const target = query.context.vocabulary.entities.get(definition.type.entity);
  if (target === undefined) throw new Error(`no entity ${definition.type.entity}`);
  const scope = query.context.permit.scopes.get(scopeKey(query.source.id, target.name, query.door));
  const mapped = query.source.mapping.entities.get(target.name as EntityName);
  const alternatives: Alternative[] = [];
  if (scope !== undefined && mapped !== undefined) {
    for (const row of rows) {
      const field = row.part.fields.get(attribute);
      if (field?.link === null || field === undefined) continue;
      const clear = allOf([row.present, row.clear(attribute)]);
      if (clear.kind === "false") continue;
      for (const part of mapped.parts) {
        const joined = joinPart(query, row, field, target, part, clear, rowInView(scope, target), (name) => levelAtLeast(scope, target, name, "CLEAR"));
        if (joined !== null) alternatives.push(joined);
      }
    }
  }
  const followed = new Map<string, Instance>();
  return {
    entity: target,
    alternatives,
    follow: (name) => memo(followed, name, () => linkedInstance(query, target, alternatives, name)),
  };
}

function joinPart(
  query: QueryScope,
  from: Alternative,
  field: MappedField,
  target: EntityDef,
  part: MappedPart,
  linkClear: SourceCond,
  inView: Guard,
  clear: (attribute: string) => Guard,
): Alternative | null {
  const alias = `#${query.nextAlias}`;
  query.nextAlias += 1;
  const bare = alternative(target, part, alias, ALWAYS, () => NEVER);
  const match = linkMatch(from, field, bare);
  if (match === null) return null;
  // `latest` and `keep` stand in ON where they can: without them a superseded row would match beside the latest one.
  const base = conjunctsOf(bare.cond(part.base));
  const own = base.filter((cond) => [...aliasesOf(cond)].every((name) => name === alias));
  const foreign = base.filter((cond) => !own.includes(cond));
  query.joins.push({ table: part.table, alias, on: allOf([match, ...own]) }, ...ownJoins(part, alias));
  const found: SourceCond = { kind: "isNull", of: bare.expr(part.tie), negated: true };
  const present = allOf([linkClear, found, ...foreign, lowerGuard(inView, bare, query.slots)]);
  return alternative(target, part, alias, present, (attribute) => lowerGuard(clear(attribute), bare, query.slots));
}

/** The link's value equals the target row's identity, on B's true values: a link resolves below permissions. */
function linkMatch(from: Alternative, field: MappedField, to: Alternative): SourceCond | null {
  const link = field.link;
  if (link === null) return null;
  if (link.by === "key") {
    if (link.columns.length !== to.part.locator.length) return null;
    return allOf(
      link.columns.map((column, index) => ({
        kind: "compare" as const,
        op: "=" as const,
        left: to.expr(to.part.locator[index] ?? { kind: "constant", value: null }),
        right: from.expr(column),
      })),
    );
  }
  const target = to.part.fields.get(link.attribute);
  if (target?.group === null || target === undefined) return null;
  return { kind: "compare", op: "=", left: to.expr(target.group.expr), right: from.expr(link.value.expr) };
}
