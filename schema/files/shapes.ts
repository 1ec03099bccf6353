/** Pieces of JSON Schema (draft 7) for the files that people write. Editors complete words from them; the parsers decide. */
import type { AttributeDef, EntityDef, Vocabulary } from "../vocabulary.ts";

export type JsonSchema = { readonly [word: string]: unknown };

/** The hub reads every scalar as text (`0101` stays `0101`); editors read YAML's numbers and booleans. */
export const scalar = { type: ["string", "number", "boolean"] } as const;
export const anything: JsonSchema = {};

export const say = (description: string, schema: JsonSchema): JsonSchema => ({ description, ...schema });
export const listOf = (items: JsonSchema): JsonSchema => ({ type: "array", items });
export const oneOrMore = (items: JsonSchema): JsonSchema => ({ anyOf: [items, listOf(items)] });
export const oneOfWords = (words: Iterable<string>): JsonSchema => ({ enum: [...words] });

/** A map of exactly these words. */
export const words = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** A map whose keys are names of the writer's own. */
export const named = (value: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: value });

export const texts = words({ zh: scalar, en: scalar });

export const document = (title: string, root: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  $comment: "Generated from the vocabulary by `npm run emit`.",
  title,
  ...root,
  definitions,
});

/** What a word stands for, in both languages. */
export const described = (of: { readonly zh: string; readonly en: string }, schema: JsonSchema): JsonSchema => say(`${of.zh} · ${of.en}`, schema);

/** A map from entities to what `of` says of each. */
export const perEntity = (vocabulary: Vocabulary, of: (entity: EntityDef) => JsonSchema): JsonSchema =>
  words(Object.fromEntries([...vocabulary.entities.values()].map((entity) => [entity.name, described(entity, of(entity))])));

/** A map from an entity's attributes to what `of` says of each; null leaves an attribute out. */
export const perAttribute = (entity: EntityDef, of: (attribute: AttributeDef) => JsonSchema | null): JsonSchema =>
  words(
    Object.fromEntries(
      [...entity.attributes.values()].flatMap((attribute) => {
        const schema = of(attribute);
        return schema === null ? [] : [[attribute.name, described(attribute, schema)] as const];
      }),
    ),
  );
