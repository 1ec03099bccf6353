/** What the schema cannot express cannot be attacked (P01–P04, P10, P14, P18, P42): held for the widest view that there can be. */
import { type GraphQLNamedType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isUnionType } from "graphql";
import { describe, expect, test } from "vitest";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));
const types: readonly GraphQLNamedType[] = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
const objects = types.filter(isObjectType);

describe("The schema", () => {
  test("P01, P02: the only interface is Node, and it has only what is never withheld, so that no rule can stand on an interface", () => {
    expect(types.filter(isInterfaceType).map((type) => [type.name, Object.keys(type.getFields())])).toEqual([["Node", ["id", "ownerRegion"]]]);
  });
  test("P02: no type inherits another's rule: the vocabulary's rules are on entities, and each is a type of its own", () => {
    expect(types.filter(isInterfaceType).flatMap((type) => type.getInterfaces())).toEqual([]);
    for (const entity of vocabulary().entities.values()) for (const attribute of entity.attributes.values()) expect(attribute.entity).toBe(entity.name);
  });
  test("P04: there is no union", () => {
    expect(types.filter(isUnionType)).toEqual([]);
  });
  test("P10, P42: there is no mutation and no subscription", () => {
    expect([schema.getMutationType(), schema.getSubscriptionType()]).toEqual([undefined, undefined]);
  });
  test("P14: no field of an entity or a root resolves by itself, but hub constants: an answer is made by the plan, so no resolver can be overridden", () => {
    const entities = new Set<string>(vocabulary().entities.keys());
    const resolving = objects.filter(({ name }) => name === "Query" || entities.has(name)).flatMap((type) => Object.values(type.getFields()).filter((field) => field.resolve !== undefined).map((field) => `${type.name}.${field.name}`));
    expect(resolving).toEqual(["Query.region", "Query.regions"]);
  });
  test("P18: no field or argument searches", () => {
    const names = objects.flatMap((type) => Object.values(type.getFields()).flatMap((field) => [field.name, ...field.args.map((arg) => arg.name)]));
    expect(names.filter((name) => /search|^q$|fulltext/i.test(name))).toEqual([]);
  });
  test("P26: no value is JSON, no filter, order or group takes a column's name as text", () => {
    expect(types.filter(isScalarType).map(({ name }) => name).filter((name) => /json|any|object|map/i.test(name))).toEqual([]);
    const columns = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()).filter((field) => /^(field|column|path|key)$/.test(field.name) && String(field.type).startsWith("String")).map((field) => `${type.name}.${field.name}`));
    expect(columns).toEqual([]);
  });
});
