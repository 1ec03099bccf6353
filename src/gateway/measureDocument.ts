/**
 * Measures a parsed document in one pass: every node is looked at once, every fragment is measured once however often it is spread
 * (2¹⁸ spreads are a multiplication), and a count that is past its limit ends the pass.
 */
import { type ArgumentNode, type ConstArgumentNode, type ConstDirectiveNode, type DirectiveNode, type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode, type ValueNode } from "graphql";
import { HubError } from "../../schema/errorCodes.ts";
import { isInherited, within } from "./documentLimits.ts";

/** Of a selection set with its fragments spread, as often as they are. */
interface Size {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields of the set itself. */
  readonly roots: number;
  readonly keys: Keys;
}

/** By response key: validation compares all fields that come together under one, and then what is below them. */
type Keys = ReadonlyMap<string, KeyUse>;

interface KeyUse {
  readonly count: number;
  /** Fields, and nodes and hundreds of characters of their arguments: each comparison prints them. */
  readonly weight: number;
  readonly below: Keys;
}

const nothing: Size = { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, roots: 0, keys: new Map() };

/** Throws DOCUMENT_TOO_LARGE; GRAPHQL_VALIDATION_FAILED for fragments in a circle and for inherited names. */
export const measureDocument = (document: DocumentNode): void => {
  const values = valueMeasurer();
  const sizeOf = setMeasurer(document, values);
  let operations = 0;
  let fragments = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    if (definition.kind === Kind.OPERATION_DEFINITION) operations += 1;
    else fragments += 1;
    within("operations", operations);
    within("fragments", fragments);
    const size = sizeOf(definition);
    // A fragment on a type of types is spread below `__schema` or nowhere.
    const isOfTypes = definition.kind === Kind.FRAGMENT_DEFINITION && definition.typeCondition.name.value.startsWith("__");
    within(isOfTypes ? "introspectionDepth" : "depth", size.depth);
    within("introspectionDepth", size.introspectionDepth);
    within("aliases", size.aliases);
    within("comparisons", comparisonsOf(size.keys));
    if (definition.kind === Kind.OPERATION_DEFINITION) within("rootFields", size.roots);
  }
};

const comparisonsOf = (keys: Keys): number => {
  let sum = 0;
  for (const { count, weight, below } of keys.values()) sum += count * weight + comparisonsOf(below);
  return sum;
};

interface ValueMeasurer {
  /** Weight of the arguments. */
  arguments(nodes: readonly (ArgumentNode | ConstArgumentNode)[] | undefined): number;
  directives(nodes: readonly (DirectiveNode | ConstDirectiveNode)[] | undefined): void;
  variables(operation: OperationDefinitionNode): void;
  name(text: string): void;
}

const valueMeasurer = (): ValueMeasurer => {
  let directives = 0;

  const ofValue = (node: ValueNode, depth: number): number => {
    if (node.kind === Kind.LIST || node.kind === Kind.OBJECT) within("valueDepth", depth + 1);
    switch (node.kind) {
      case Kind.VARIABLE:
        variable(node.name.value);
        return 1;
      case Kind.LIST: {
        let weight = 1;
        for (const item of node.values) weight += ofValue(item, depth + 1);
        return weight;
      }
      case Kind.OBJECT: {
        let weight = 1;
        for (const field of node.fields) {
          name(field.name.value);
          weight += 1 + ofValue(field.value, depth + 1);
        }
        return weight;
      }
      case Kind.NULL:
      case Kind.BOOLEAN:
        return 1;
      default:
        name(node.value);
        return 1 + node.value.length / 100;
    }
  };
  const name = (text: string): void => within("characters", text.length);
  const variable = (text: string): void => {
    name(text);
    if (isInherited(text)) throw new HubError("GRAPHQL_VALIDATION_FAILED");
  };
  const measurer: ValueMeasurer = {
    name,
    arguments(nodes) {
      let weight = 0;
      for (const node of nodes ?? []) {
        name(node.name.value);
        weight += 1 + ofValue(node.value, 0);
      }
      return weight;
    },
    directives(nodes) {
      for (const node of nodes ?? []) {
        directives += 1;
        within("directives", directives);
        name(node.name.value);
        measurer.arguments(node.arguments);
      }
    },
    variables({ variableDefinitions }) {
      for (const definition of variableDefinitions ?? []) {
        variable(definition.variable.name.value);
        if (definition.defaultValue !== undefined) ofValue(definition.defaultValue, 0);
        measurer.directives(definition.directives);
      }
    },
  };
  return measurer;
};

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

const setMeasurer = (document: DocumentNode, values: ValueMeasurer): ((definition: Definition) => Size) => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  /** Null while a definition is being measured. */
  const measured = new Map<Definition, Size | null>();

  const ofDefinition = (definition: Definition): Size => {
    const known = measured.get(definition);
    if (known === null) throw new HubError("GRAPHQL_VALIDATION_FAILED");
    if (known !== undefined) return known;
    measured.set(definition, null);
    if (definition.name !== undefined) values.name(definition.name.value);
    values.directives(definition.directives);
    if (definition.kind === Kind.OPERATION_DEFINITION) values.variables(definition);
    else values.name(definition.typeCondition.name.value);
    const size = ofSet(definition.selectionSet);
    measured.set(definition, size);
    return size;
  };

  const ofSpread = (name: string): Size => {
    values.name(name);
    const fragment = fragments.get(name);
    return fragment === undefined ? nothing : ofDefinition(fragment);
  };

  const ofSet = (set: SelectionSetNode): Size => {
    let { depth, introspectionDepth, fields, aliases, roots } = nothing;
    const keys: Keys[] = [];
    for (const selection of set.selections) {
      values.directives(selection.directives);
      const isField = selection.kind === Kind.FIELD;
      const size = isField ? ofField(selection) : selection.kind === Kind.INLINE_FRAGMENT ? ofSet(selection.selectionSet) : ofSpread(selection.name.value);
      depth = Math.max(depth, size.depth);
      introspectionDepth = Math.max(introspectionDepth, size.introspectionDepth);
      fields += size.fields;
      aliases += size.aliases;
      roots += size.roots;
      within("fields", fields);
      if (size.keys.size > 0) keys.push(size.keys);
    }
    return { depth, introspectionDepth, fields, aliases, roots, keys: merged(keys) };
  };

  const ofField = (field: FieldNode): Size => {
    const { name, alias, selectionSet } = field;
    values.name(name.value);
    if (alias !== undefined) {
      values.name(alias.value);
      if (isInherited(alias.value)) throw new HubError("GRAPHQL_VALIDATION_FAILED");
    }
    const below = selectionSet === undefined ? nothing : ofSet(selectionSet);
    const isIntrospection = name.value === "__schema" || name.value === "__type";
    return {
      depth: isIntrospection ? 1 : below.depth + 1,
      introspectionDepth: isIntrospection ? below.depth + 1 : below.introspectionDepth,
      fields: 1 + below.fields,
      aliases: (alias === undefined ? 0 : 1) + below.aliases,
      roots: 1,
      keys: new Map([[alias?.value ?? name.value, { count: 1, weight: 1 + values.arguments(field.arguments), below: below.keys }]]),
    };
  };
  return ofDefinition;
};

/** All at once: one by one, five hundred fields would be copied five hundred times. */
const merged = (all: readonly Keys[]): Keys => {
  const [first, second] = all;
  if (first === undefined) return nothing.keys;
  if (second === undefined) return first;
  const uses = new Map<string, KeyUse[]>();
  for (const keys of all) {
    for (const [key, use] of keys) {
      const known = uses.get(key);
      if (known === undefined) uses.set(key, [use]);
      else known.push(use);
    }
  }
  const sums = new Map<string, KeyUse>();
  for (const [key, [use, ...others]] of uses) {
    if (use === undefined) continue;
    let { count, weight } = use;
    for (const other of others) {
      count += other.count;
      weight += other.weight;
    }
    sums.set(key, others.length === 0 ? use : { count, weight, below: merged([use, ...others].map(({ below }) => below)) });
  }
  return sums;
};
