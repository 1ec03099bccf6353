/** The schema that one permit shows: what it can reach, and nothing else. */
import type { GraphQLSchema } from "graphql";
import type { DeclaredVocabulary } from "../../schema/collect.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import type { Published } from "../../schema/derive/visibility.ts";
import type { EntityName } from "../../schema/ids.ts";
import type { Permit, Publication } from "./permit.ts";

/** Per entity the union of what its owners publish: an attribute that one owner leaves out is NULL in that owner's groups. */
const publishedBy = (publications: readonly Publication[]): ReadonlyMap<EntityName, Published> => {
  const union = new Map<EntityName, { by: Set<string>; measures: Map<string, Set<"sum" | "avg">> }>();
  for (const { entity, by, measures } of publications) {
    const known = union.get(entity) ?? { by: new Set(), measures: new Map() };
    union.set(entity, known);
    for (const name of by) known.by.add(name);
    for (const [name, figures] of measures) known.measures.set(name, new Set([...(known.measures.get(name) ?? []), ...figures]));
  }
  return union;
};

/**
 * Permit → schema, in which unknown and forbidden names are alike (semantics.md §8). Depends on `permit.reach` and the publications
 * alone, so permits with one `schemaHash` share it. Pure.
 */
export const projectSchema = (vocabulary: DeclaredVocabulary, permit: Pick<Permit, "reach" | "publications">): GraphQLSchema =>
  deriveSchema(vocabulary, { ...permit.reach, publications: publishedBy(permit.publications) });
