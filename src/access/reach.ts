/**
 * The best that a coordinate can reach: whether it exists in the agency's schema, and in which roles (semantics.md §8).
 *
 * It follows from policies alone, folded with the agency's attributes. Sources, their mappings and their health play no part, so the
 * schema stays the same with every region down (design.md §9).
 */
import { coordinate, type Coordinate } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef, Level } from "../../schema/vocabulary.ts";
import { alwaysRestricts } from "./fold.ts";
import { meet } from "./levels.ts";
import type { Reach } from "./permit.ts";
import type { Clauses } from "./scopes.ts";

/** An upper bound by form: grants that some row can meet, lowered by the restrictions that bind in every row. */
export function reachableLevel(attribute: AttributeDef, { grants, restrictions, hides }: Clauses): Level {
  if (hides.some(({ when }) => alwaysRestricts(when))) return "NULL";
  const levelIn = (levels: ReadonlyMap<string, Level>): readonly Level[] => {
    const level = levels.get(attribute.name);
    return level === undefined ? [] : [level];
  };
  return meet(
    attribute,
    grants.flatMap(({ levels }) => levelIn(levels)),
    restrictions.filter(({ when }) => alwaysRestricts(when)).flatMap(({ levels }) => levelIn(levels)),
  );
}

/** Raises `reach` by what one policy lets the entity reach. */
export function addReach(reach: Map<Coordinate, Reach>, entity: EntityDef, clauses: Clauses): void {
  for (const attribute of entity.attributes.values()) {
    const level = reachableLevel(attribute, clauses);
    if (level === "NULL") continue;
    const name = coordinate(entity.name, attribute.name);
    if (level === "CLEAR") reach.set(name, "CLEAR");
    else if (!reach.has(name)) reach.set(name, "MASKED");
  }
}
