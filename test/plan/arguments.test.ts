/** What of an argument is fixed in a plan, and what is a slot that each run fills. */
import { buildSchema, type GraphQLArgument, type GraphQLInputType, parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { type Argument, argumentOfValue, readArgument, resolveOperand, shapeOfValue } from "../../src/plan/arguments.ts";

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Part { text: String, number: Int = 7, colour: Colour, on: Boolean, parts: [Part!], texts: [String!], zone: String }
  type Query { field(text: String!, texts: [String!], colours: [Colour!], colour: Colour = GREEN, on: Boolean!, part: Part, parts: [Part!], deep: [[Int]], flags: [Boolean!], marked: [Boolean!]!): Int }
`);
const typeOf = (name: string): GraphQLInputType => {
  const found = schema.getQueryType()?.getFields().field?.args.find((one: GraphQLArgument) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found.type;
};

/** Maps as objects, so that a table can say them. */
const plain = (argument: Argument | undefined): unknown =>
  argument === undefined
    ? undefined
    : argument.kind === "object"
      ? { object: Object.fromEntries([...argument.fields].map(([name, value]) => [name, plain(value)])) }
      : argument.kind === "list"
        ? { list: argument.items.map(plain) }
        : argument;
const literal = (value: unknown) => ({ kind: "literal", value });
const leaf = (value: unknown) => ({ kind: "leaf", source: literal(value) });
const variable = (...path: readonly (string | number)[]) => ({ kind: "leaf", source: { kind: "variable", path } });
const leaves = (items: readonly unknown[], hasNull = false) => ({ kind: "leaves", isEmpty: items.length === 0, hasNull, source: { kind: "list", items } });
const fixed = (value: unknown) => ({ kind: "fixed", value });
const nothing = { kind: "null" };

const variables = { text: "T", nothing: null, absent: undefined, colour: "RED", on: false, texts: ["a", null], none: [], one: "alone", colours: ["RED"], part: { text: "x", colour: "RED", on: true, parts: [{ number: 1 }], texts: [], gone: undefined }, parts: { text: "alone" } };

describe("an argument as it is written", () => {
  test.each<readonly [type: string, written: string, read: unknown]>([
    ["text", `"a"`, leaf("a")],
    ["text", "$text", variable("text")],
    ["text", "$nothing", nothing],
    ["text", "$absent", undefined],
    ["text", "$unknown", undefined],
    ["text", "$constructor", undefined],
    ["text", "null", nothing],
    ["text", "{}", nothing],
    ["text", `["a"]`, nothing],
    ["on", "true", fixed(true)],
    ["on", "false", fixed(false)],
    ["on", "$on", fixed(false)],
    ["colour", "RED", fixed("RED")],
    ["colour", "$colour", fixed("RED")],
    ["texts", `["a", "b"]`, leaves([literal("a"), literal("b")])],
    ["texts", `"a"`, leaves([literal("a")])],
    ["texts", "[]", leaves([])],
    ["texts", `["a", null]`, leaves([literal("a"), literal(null)], true)],
    ["texts", `["a", $text]`, leaves([literal("a"), { kind: "variable", path: ["text"] }])],
    ["texts", `[$unknown]`, leaves([literal(null)], true)],
    ["texts", "$texts", { kind: "leaves", isEmpty: false, hasNull: true, source: { kind: "variable", path: ["texts"] } }],
    ["texts", "$none", { kind: "leaves", isEmpty: true, hasNull: false, source: { kind: "variable", path: ["none"] } }],
    ["texts", "$one", { kind: "leaves", isEmpty: false, hasNull: false, source: { kind: "variable", path: ["one"] } }],
    ["texts", "null", nothing],
    ["colours", "[RED, GREEN]", { list: [fixed("RED"), fixed("GREEN")] }],
    ["colours", "RED", { list: [fixed("RED")] }],
    ["colours", "[RED, null, $unknown]", { list: [fixed("RED"), nothing, nothing] }],
    ["colours", "$colours", { list: [fixed("RED")] }],
    ["colours", "$colour", { list: [fixed("RED")] }],
    ["part", `{ text: "a", unknown: 1, colour: RED }`, { object: { text: leaf("a"), colour: fixed("RED"), number: leaf(7) } }],
    ["part", "{ number: 3, text: $unknown }", { object: { number: leaf(3) } }],
    ["part", "{ text: null }", { object: { text: nothing, number: leaf(7) } }],
    ["part", `"a"`, nothing],
    ["part", "[{}]", nothing],
    ["part", "$part", { object: { text: variable("part", "text"), colour: fixed("RED"), on: fixed(true), parts: { list: [{ object: { number: variable("part", "parts", 0, "number") } }] }, texts: { kind: "leaves", isEmpty: true, hasNull: false, source: { kind: "variable", path: ["part", "texts"] } } } }],
    ["parts", `{ text: "a" }`, { list: [{ object: { text: leaf("a"), number: leaf(7) } }] }],
    ["parts", `[{ text: "a" }, $part]`, { list: [{ object: { text: leaf("a"), number: leaf(7) } }, { object: { text: variable("part", "text"), colour: fixed("RED"), on: fixed(true), parts: { list: [{ object: { number: variable("part", "parts", 0, "number") } }] }, texts: { kind: "leaves", isEmpty: true, hasNull: false, source: { kind: "variable", path: ["part", "texts"] } } } }] }],
    ["parts", "$parts", { list: [{ object: { text: variable("parts", "text") } }] }],
    ["deep", "[[1]]", { list: [leaves([literal(1)])] }],
    // A boolean is part of the plan, in a list as by itself.
    ["flags", "[true, false]", { list: [fixed(true), fixed(false)] }],
    ["marked", "true", { list: [fixed(true)] }],
    ["marked", "$on", { list: [fixed(false)] }],
    // As if it were not written: the default holds.
    ["part", "{ number: $unknown, text: $text }", { object: { number: leaf(7), text: variable("text") } }],
  ])("%s: %s", (type, written, read) => {
    expect(plain(readArgument(typeOf(type), parseValue(written), variables))).toEqual(read);
  });
});

describe("a default, which no variable brings", () => {
  test.each<readonly [type: string, value: unknown, read: unknown]>([
    ["text", "a", leaf("a")],
    ["text", null, nothing],
    ["text", undefined, nothing],
    ["on", true, fixed(true)],
    ["on", "true", fixed(false)],
    ["colour", "RED", fixed("RED")],
    ["texts", ["a"], { kind: "leaves", isEmpty: false, hasNull: false, source: literal(["a"]) }],
    ["texts", "a", { kind: "leaves", isEmpty: false, hasNull: false, source: literal("a") }],
    ["colours", ["RED"], { list: [fixed("RED")] }],
    ["colours", "RED", { list: [fixed("RED")] }],
    ["part", { text: "a", colour: undefined }, { object: { text: leaf("a") } }],
    ["parts", [{ number: 2 }], { list: [{ object: { number: leaf(2) } }] }],
  ])("%s: %j", (type, value, read) => {
    expect(plain(argumentOfValue(typeOf(type), value, null))).toEqual(read);
  });
});

describe("the value of a slot in a run", () => {
  test.each<readonly [source: Parameters<typeof resolveOperand>[0], value: unknown]>([
    [{ kind: "literal", value: 1 }, 1],
    [{ kind: "list", items: [{ kind: "literal", value: 1 }, { kind: "variable", path: ["a"] }] }, [1, "A"]],
    [{ kind: "variable", path: ["a"] }, "A"],
    [{ kind: "variable", path: ["list", 1, "x"] }, 2],
    [{ kind: "variable", path: ["list", 5, "x"] }, null],
    [{ kind: "variable", path: ["nothing", "x"] }, null],
    [{ kind: "variable", path: ["missing"] }, null],
    [{ kind: "variable", path: ["zero"] }, 0],
  ])("%j is %j", (source, value) => {
    expect(resolveOperand(source, { a: "A", list: [{ x: 1 }, { x: 2 }], nothing: null, zero: 0 })).toEqual(value);
  });
});

describe("the shape of a variable, which a plan depends on", () => {
  test.each<readonly [type: string, value: unknown, shape: string]>([
    ["text", "a", "s"],
    ["text", "b", "s"],
    ["text", null, "n"],
    ["text", undefined, "u"],
    ["on", true, "true"],
    ["on", false, "false"],
    ["colour", "RED", `"RED"`],
    ["texts", ["a"], "[s]"],
    ["texts", "a", "[s]"],
    ["texts", [], "[]"],
    ["texts", ["a", null], "[n]"],
    ["colours", ["RED", "GREEN"], `["RED","GREEN"]`],
    ["colours", "RED", `["RED"]`],
    ["colours", [], "[]"],
    ["part", {}, "{}"],
    ["part", { text: "a", on: false, colour: undefined, texts: [] }, "{text:s,on:false,texts:[]}"],
    ["part", { zone: "Europe/Paris", number: null }, `{number:n,zone:"Europe/Paris"}`],
    ["parts", [{ colour: "RED" }, { parts: [] }], `[{colour:"RED"},{parts:[]}]`],
    ["parts", { number: 1 }, "[{number:s}]"],
    ["flags", [true, false], "[true,false]"],
  ])("%s %j is %s", (type, value, shape) => {
    expect(shapeOfValue(typeOf(type), value)).toBe(shape);
  });
});
