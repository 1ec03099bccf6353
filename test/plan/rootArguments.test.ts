/** Arguments of fields that no parser made, and of schemas that ask nothing. */
import { buildSchema, GraphQLSchema, Kind, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import { describe, expect, test } from "vitest";
import type { CollectedField } from "../../src/plan/collectFields.ts";
import { planBuilder } from "../../src/plan/planBuilder.ts";
import { fieldArguments, rootArguments } from "../../src/plan/rootArguments.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { contextOf, open } from "./support/permits.ts";

const operation: OperationDefinitionNode = { kind: Kind.OPERATION_DEFINITION, operation: OperationTypeNode.QUERY, selectionSet: { kind: Kind.SELECTION_SET, selections: [] } };
const builderOf = (schema: GraphQLSchema) => planBuilder(schema, contextOf(open), { operation, fragments: new Map(), variables: {} });
const schema = buildSchema("interface Named { name(first: Int = 3): String } type Star implements Named { name(first: Int = 5): String } type Query { star(first: Int = 7, after: String): Star }");
const bare = (name: string): CollectedField => ({ key: name, name, nodes: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } }] });
const five = [["first", { kind: "leaf", source: { kind: "literal", value: 5 } }]];
const seven = [["first", { kind: "leaf", source: { kind: "literal", value: 7 } }]];

describe("arguments that are not written", () => {
  test("are the defaults of a field that is made without any", () => {
    expect([...rootArguments(builderOf(schema), bare("star"))]).toEqual(seven);
    expect([...fieldArguments(builderOf(schema), "Star", bare("name"))]).toEqual(five);
  });
});

describe("arguments are refused", () => {
  test("where a schema answers no query", () => {
    expect(refusalOf(() => rootArguments(builderOf(new GraphQLSchema({})), bare("star")))).toMatch(/^GRAPHQL_VALIDATION_FAILED /);
  });
  test.each([
    ["Star", "mass"],
    ["Moon", "name"],
    ["Named", "name"],
    ["Int", "name"],
  ])("of %s.%s, which no object type has", (type, field) => {
    expect(refusalOf(() => fieldArguments(builderOf(schema), type, bare(field)))).toMatch(/^GRAPHQL_VALIDATION_FAILED /);
  });
});
