/**
 * One read of one entity in one source through one door: its strata, and per variant (cursor, direction) the lowered queries.
 *
 * Templates are made when first needed and kept with the plan, so that a warm plan only binds.
 */
import type { SourceTemplate } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName } from "../../schema/ids.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { type Door, scopeKey } from "../access/permit.ts";
import type { MappedEntity } from "../mapping/mapping.ts";
import type { SlotBinder } from "./bindings.ts";
import type { AtomNote } from "./lowerPredicate.ts";
import type { PlanContext, PlanSource } from "./operationPlan.ts";
import { coFedAttributes } from "./originals.ts";
import { type Stratum, strataOf } from "./strata.ts";

export interface Scan {
  readonly source: PlanSource;
  readonly entity: EntityDef;
  readonly mapped: MappedEntity;
  readonly door: Door;
  readonly context: PlanContext;
  readonly strata: readonly Stratum[];
  /** Lowered queries by variant; a cache, not part of the plan's meaning. */
  readonly lowered: Map<string, unknown>;
}

/** Attributes in any role of a scan, and those whose original cells are printed. */
export interface Referenced {
  readonly attributes: readonly string[];
  readonly originals: readonly string[];
}

/** A template with what fills its slots. */
export interface Lowered<Layout> {
  readonly template: SourceTemplate;
  readonly binders: readonly SlotBinder[];
  readonly layout: Layout;
  readonly notes: readonly AtomNote[];
}

/**
 * The scans of an entity over all sources that map it and grant something of it to this permit. `referenced`: attributes in any role,
 * which decide how strata merge.
 */
export function scansOf(context: PlanContext, entity: EntityDef, door: Door, referenced: Referenced): readonly Scan[] {
  const scans: Scan[] = [];
  for (const source of context.sources) {
    const scan = scanOf(context, source, entity, door, referenced);
    if (scan !== null) scans.push(scan);
  }
  return scans;
}

export function scanOf(context: PlanContext, source: PlanSource, entity: EntityDef, door: Door, referenced: Referenced): Scan | null {
  const mapped = source.mapping.entities.get(entity.name as EntityName);
  const scope = context.permit.scopes.get(scopeKey(source.id, entity.name, door));
  if (mapped === undefined || scope === undefined) return null;
  const together = referenced.originals.flatMap((name) => coFedAttributes(mapped, name));
  const strata = strataOf(scope, entity, [...new Set([...referenced.attributes, ...together])]);
  if (strata.length === 0) return null;
  return { source, entity, mapped, door, context, strata, lowered: new Map() };
}

export function loweredOnce<Layout>(scan: Scan, variant: string, make: () => Lowered<Layout>): Lowered<Layout> {
  const known = scan.lowered.get(variant);
  if (known !== undefined) return known as Lowered<Layout>;
  const made = make();
  scan.lowered.set(variant, made);
  return made;
}

