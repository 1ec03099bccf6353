/**
 * What may stand as `type` in `@Attribute`: the attribute's type in the vocabulary together with its GraphQL type.
 *
 * Both are functions because classes refer to each other: they are called once, when the vocabulary is collected.
 */
import { Int, registerEnumType } from "type-graphql";
import { asEntityName } from "./ids.ts";
import { Decimal, Instant, LocalDate, PollutantCode } from "./scalars.ts";
import type { AttributeType, EnumValue, ObjectPart } from "./vocabulary.ts";

/** A class, a scalar, a registered enum, or a list of one, as type-graphql's `Field` takes it. */
type FieldType = object;
type EntityClass = new () => object;

export interface TypeSpec {
  readonly attribute: () => AttributeType;
  /** For type-graphql's `Field`. */
  readonly graphql: () => FieldType;
  /** A decimal's unit, for the description. */
  readonly unit?: string;
}

const spec = (attribute: AttributeType, graphql: FieldType): TypeSpec => ({ attribute: () => attribute, graphql: () => graphql });

export const text = spec({ kind: "text" }, String);
export const boolean = spec({ kind: "boolean" }, Boolean);
export const integer = spec({ kind: "integer" }, Int);
export const instant = spec({ kind: "instant" }, Instant);
export const date = spec({ kind: "date" }, LocalDate);
export const pollutant = spec({ kind: "pollutant" }, PollutantCode);

/** `scale`: printed digits after the point. `unit`: fixed canonical unit (`codes/units.ts`), or the row's pollutant's. */
export const decimal = (options: { scale: number; unit?: string | "byPollutant" }): TypeSpec => ({
  ...spec({ kind: "decimal", ...options }, Decimal),
  ...(options.unit === undefined ? {} : { unit: options.unit === "byPollutant" ? "canonical unit of the pollutant" : options.unit }),
});

type EnumSpec = TypeSpec & { readonly values: readonly EnumValue[] };

/** An enum of the vocabulary: value → [中文, English]. Registered with type-graphql under `name`. */
export const enumOf = (name: string, about: readonly [zh: string, en: string], values: Readonly<Record<string, readonly [zh: string, en: string]>>): EnumSpec => {
  const members = Object.fromEntries(Object.keys(values).map((value) => [value, value]));
  registerEnumType(members, {
    name,
    description: about.join("\n"),
    valuesConfig: Object.fromEntries(Object.entries(values).map(([value, words]) => [value, { description: words.join("\n") }])),
  });
  const list = Object.entries(values).map(([value, [zh, en]]) => Object.freeze({ name: value, zh, en }));
  return { ...spec({ kind: "enum", name, values: list }, members), values: list };
};

/** A list of texts or enum values in one cell. */
export const listOf = (item: TypeSpec): TypeSpec => ({
  attribute: () => {
    const of = item.attribute();
    if (of.kind !== "text" && of.kind !== "enum") throw new TypeError(`A list holds texts or enum values, not ${of.kind}`);
    return { kind: "list", of };
  },
  graphql: () => [item.graphql()],
});

/** A link to one row of `target` in the same source. */
export const link = (target: () => EntityClass): TypeSpec => ({
  attribute: () => ({ kind: "link", entity: asEntityName(target().name) }),
  graphql: target,
});

/** A hub constant; the cell holds the region's code. */
export const regionOf = (target: () => object): TypeSpec => ({ attribute: () => ({ kind: "region" }), graphql: target });

const partsOf = new WeakMap<object, Record<string, ObjectPart>>();

/** Called by `@Part`. */
export const addPart = (owner: object, name: string, part: ObjectPart): void => {
  partsOf.set(owner, { ...partsOf.get(owner), [name]: part });
};

/** An object of a few parts, one cell for permissions; its class carries `@ObjectValue` and `@Part`. */
export const object = (target: () => EntityClass): TypeSpec => ({
  attribute: () => ({ kind: "object", name: target().name, parts: Object.freeze(partsOf.get(target().prototype) ?? {}) }),
  graphql: target,
});
