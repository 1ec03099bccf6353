/**
 * Reads GraphQL arguments so that a plan can be reused: structure, enums, booleans, NULL and emptiness are part of the plan, every
 * other scalar becomes a slot that is filled anew at each run.
 */
import {
  GraphQLBoolean,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type ValueNode,
} from "graphql";

/** Where a slot's value comes from: the document, or a (part of a) coerced variable. */
export type OperandSource =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "variable"; readonly path: readonly (string | number)[] }
  | { readonly kind: "list"; readonly items: readonly OperandSource[] };

export type Argument =
  | { readonly kind: "null" }
  /** An enum value or boolean: fixed in the plan. */
  | { readonly kind: "fixed"; readonly value: string | boolean }
  | { readonly kind: "leaf"; readonly source: OperandSource }
  /** A list of scalars; only its emptiness is fixed. */
  | { readonly kind: "leaves"; readonly source: OperandSource; readonly isEmpty: boolean; readonly hasNull: boolean }
  | { readonly kind: "list"; readonly items: readonly Argument[] }
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, Argument> };

const isScalarLeaf = (type: GraphQLInputType): boolean => {
  const named = isNonNullType(type) ? type.ofType : type;
  return !isListType(named) && !isInputObjectType(named) && !isEnumType(named) && named !== GraphQLBoolean;
};

/** A coerced value (of a variable, or a default) as an argument. */
export function argumentOfValue(type: GraphQLInputType, value: unknown, path: readonly (string | number)[] | null): Argument {
  if (value === null || value === undefined) return { kind: "null" };
  const bare = isNonNullType(type) ? type.ofType : type;
  const source: OperandSource = path === null ? { kind: "literal", value } : { kind: "variable", path };
  if (isListType(bare)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (isScalarLeaf(bare.ofType)) {
      return { kind: "leaves", source, isEmpty: items.length === 0, hasNull: items.some((item) => item === null) };
    }
    return {
      kind: "list",
      items: items.map((item, index) => argumentOfValue(bare.ofType, item, path === null ? null : Array.isArray(value) ? [...path, index] : path)),
    };
  }
  if (isInputObjectType(bare)) {
    const fields = new Map<string, Argument>();
    const record = value as Readonly<Record<string, unknown>>;
    for (const field of Object.values(bare.getFields())) {
      if (!Object.hasOwn(record, field.name) || record[field.name] === undefined) continue;
      fields.set(field.name, argumentOfValue(field.type, record[field.name], path === null ? null : [...path, field.name]));
    }
    return { kind: "object", fields };
  }
  if (isEnumType(bare)) return { kind: "fixed", value: String(value) };
  if (bare === GraphQLBoolean) return { kind: "fixed", value: value === true };
  return { kind: "leaf", source };
}

/**
 * An argument as the document writes it. `variables` are the coerced values (of this run: their structure is in the plan key).
 * Undefined: the argument is absent (not written, or an absent variable).
 */
export function readArgument(type: GraphQLInputType, node: ValueNode, variables: Readonly<Record<string, unknown>>): Argument | undefined {
  const bare = isNonNullType(type) ? type.ofType : type;
  switch (node.kind) {
    case Kind.VARIABLE: {
      const name = node.name.value;
      if (!Object.hasOwn(variables, name) || variables[name] === undefined) return undefined;
      return argumentOfValue(type, variables[name], [name]);
    }
    case Kind.NULL:
      return { kind: "null" };
    case Kind.LIST: {
      if (!isListType(bare)) return { kind: "null" };
      const items = node.values.map((item) => readItem(bare.ofType, item, variables));
      return listOf(bare.ofType, items);
    }
    case Kind.OBJECT: {
      if (isListType(bare)) return listOf(bare.ofType, [readItem(bare.ofType, node, variables)]);
      if (!isInputObjectType(bare)) return { kind: "null" };
      const fields = new Map<string, Argument>();
      const known = bare.getFields();
      for (const field of node.fields) {
        const definition = known[field.name.value];
        if (!definition) continue;
        const value = readArgument(definition.type, field.value, variables);
        if (value !== undefined) fields.set(field.name.value, value);
      }
      for (const definition of Object.values(known)) {
        if (definition.defaultValue !== undefined && !fields.has(definition.name)) {
          fields.set(definition.name, argumentOfValue(definition.type, definition.defaultValue, null));
        }
      }
      return { kind: "object", fields };
    }
    default: {
      if (isListType(bare)) return listOf(bare.ofType, [readItem(bare.ofType, node, variables)]);
      if (isInputObjectType(bare)) return { kind: "null" };
      return argumentOfValue(bare, bare.parseLiteral(node, variables), null);
    }
  }
}

/** In a list an absent variable is NULL. */
const readItem = (type: GraphQLInputType, node: ValueNode, variables: Readonly<Record<string, unknown>>): Argument => readArgument(type, node, variables) ?? { kind: "null" };

function listOf(itemType: GraphQLInputType, items: readonly Argument[]): Argument {
  if (!isScalarLeaf(itemType)) return { kind: "list", items };
  return {
    kind: "leaves",
    isEmpty: items.length === 0,
    hasNull: items.some((item) => item.kind === "null"),
    source: { kind: "list", items: items.map((item) => (item.kind === "leaf" ? item.source : { kind: "literal", value: null })) },
  };
}

/** The value of a slot in this run. */
export function resolveOperand(source: OperandSource, variables: Readonly<Record<string, unknown>>): unknown {
  switch (source.kind) {
    case "literal":
      return source.value;
    case "list":
      return source.items.map((item) => resolveOperand(item, variables));
    case "variable": {
      let value: unknown = variables;
      for (const step of source.path) {
        if (value === null || value === undefined) return null;
        value = (value as Readonly<Record<string | number, unknown>>)[step];
      }
      return value ?? null;
    }
  }
}

/**
 * The part of a variable's value that a plan depends on, as text: structure, enums, booleans, NULL, emptiness, and time zones.
 */
export function shapeOfValue(type: GraphQLInputType, value: unknown): string {
  if (value === undefined) return "u";
  if (value === null) return "n";
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (isScalarLeaf(bare.ofType)) return items.length === 0 ? "[]" : items.includes(null) ? "[n]" : "[s]";
    return `[${items.map((item) => shapeOfValue(bare.ofType, item)).join(",")}]`;
  }
  if (isInputObjectType(bare)) {
    const record = value as Readonly<Record<string, unknown>>;
    const fields: string[] = [];
    for (const field of Object.values(bare.getFields())) {
      if (!Object.hasOwn(record, field.name) || record[field.name] === undefined) continue;
      const shape = field.name === "zone" ? JSON.stringify(record[field.name]) : shapeOfValue(field.type, record[field.name]);
      fields.push(`${field.name}:${shape}`);
    }
    return `{${fields.join(",")}}`;
  }
  if (isEnumType(bare) || bare === GraphQLBoolean) return JSON.stringify(value);
  return "s";
}
