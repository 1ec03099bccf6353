/** The schema that one permit shows: what it can reach, and nothing else. */
import type { GraphQLSchema } from "graphql";
import type { DeclaredVocabulary } from "../../schema/collect.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import type { Permit } from "./permit.ts";

/**
 * Permit → schema, in which unknown and forbidden names are alike (semantics.md §8). Depends on what rules reach and publish alone, so
 * permits with one `schemaHash` share it, and it is the same while sources cannot be asked. Pure.
 */
export const projectSchema = (vocabulary: DeclaredVocabulary, { reach, published }: Pick<Permit, "reach" | "published">): GraphQLSchema =>
  deriveSchema(vocabulary, { ...reach, publications: published });
