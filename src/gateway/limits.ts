/**
 * What a document may cost before anything looks at its meaning: parsed under a token limit, then measured in one linear pass, so that
 * a hostile document of 100 kB costs a few milliseconds (P37). Page sizes are the plan's to bound.
 */
import { type DocumentNode, type FragmentDefinitionNode, getOperationAST, Kind, OperationTypeNode, parse, type SelectionSetNode, visit } from "graphql";
import { HubError } from "../../schema/errorCodes.ts";

export const documentLimits = {
  /** A query over every attribute of an entity with its filters takes a few hundred. */
  tokens: 2000,
  depth: 10,
  /** What GraphiQL asks of a schema is 15 deep, through the wrappers of a type. */
  introspectionDepth: 16,
  aliases: 30,
  rootFields: 20,
  directives: 50,
  /** With fragments spread. */
  fields: 500,
  /** Validation compares fields of one key pair by pair: a hundred times one key are 10 000, and take 10 ms. */
  comparisons: 10_000,
  /** Of objects and lists in arguments, as for variables. */
  valueDepth: 32,
} as const;

type DocumentLimit = keyof typeof documentLimits;

/** Parses and measures. Throws GRAPHQL_PARSE_FAILED, DOCUMENT_TOO_LARGE, GRAPHQL_VALIDATION_FAILED or OPERATION_UNKNOWN. */
export const parseWithinLimits = (text: string, operationName: string | null): DocumentNode => {
  const document = parseTokens(text);
  measureDocument(document);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new HubError("OPERATION_UNKNOWN");
  return document;
};

const parseTokens = (text: string): DocumentNode => {
  try {
    return parse(text, { maxTokens: documentLimits.tokens });
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("tokens. Parsing aborted")) throw tooLarge("tokens");
    throw new HubError("GRAPHQL_PARSE_FAILED", {}, { cause });
  }
};

const tooLarge = (limit: DocumentLimit): HubError => new HubError("DOCUMENT_TOO_LARGE", { limit: `${limit} ${documentLimits[limit]}` });

const within = (limit: DocumentLimit, count: number): void => {
  if (count > documentLimits[limit]) throw tooLarge(limit);
};

/** Names that every JavaScript object has already: as response keys or variables they would not be data (P26). */
const isInherited = (name: string): boolean => name in Object.prototype;

const measureDocument = (document: DocumentNode): void => {
  let directives = 0;
  let fields = 0;
  let valueDepth = 0;
  const keys = new Map<string, number>();
  const value = {
    enter: () => {
      valueDepth += 1;
      within("valueDepth", valueDepth);
    },
    leave: () => void (valueDepth -= 1),
  };
  visit(document, {
    Directive: () => void (directives += 1),
    Field: (node) => {
      fields += 1;
      if (node.alias !== undefined && isInherited(node.alias.value)) throw new HubError("GRAPHQL_VALIDATION_FAILED");
      const key = node.alias?.value ?? node.name.value;
      keys.set(key, (keys.get(key) ?? 0) + 1);
    },
    ObjectValue: value,
    ListValue: value,
    Variable: (node) => {
      if (isInherited(node.name.value)) throw new HubError("GRAPHQL_VALIDATION_FAILED");
    },
  });
  within("directives", directives);
  within("fields", fields);
  within("comparisons", [...keys.values()].reduce((sum, count) => sum + count ** 2, 0));
  const measure = measurer(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const size = measure(definition.selectionSet);
    within("fields", size.fields);
    // A fragment on a type of types is spread below `__schema` or nowhere.
    const isOfTypes = definition.kind === Kind.FRAGMENT_DEFINITION && definition.typeCondition.name.value.startsWith("__");
    within(isOfTypes ? "introspectionDepth" : "depth", size.depth);
    within("introspectionDepth", size.introspectionDepth);
    within("aliases", size.aliases);
    if (definition.kind === Kind.OPERATION_DEFINITION) within("rootFields", size.roots);
  }
};

/** With fragments spread, as often as they are. */
interface Size {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields of the set itself. */
  readonly roots: number;
}
const nothing: Size = { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, roots: 0 };

/** Each fragment is measured once, however often it is spread: 2¹⁸ spreads are a multiplication. */
const measurer = (document: DocumentNode): ((set: SelectionSetNode) => Size) => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Size>();

  const ofFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A cycle measures nothing here; validation refuses it.
    measured.set(name, nothing);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? nothing : ofSet(fragment.selectionSet);
    measured.set(name, size);
    return size;
  };

  const ofSet = (set: SelectionSetNode): Size => {
    let { depth, introspectionDepth, fields, aliases, roots } = nothing;
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD) {
        const size = selection.kind === Kind.INLINE_FRAGMENT ? ofSet(selection.selectionSet) : ofFragment(selection.name.value);
        depth = Math.max(depth, size.depth);
        introspectionDepth = Math.max(introspectionDepth, size.introspectionDepth);
        fields += size.fields;
        aliases += size.aliases;
        roots += size.roots;
        continue;
      }
      const below = selection.selectionSet === undefined ? nothing : ofSet(selection.selectionSet);
      const isIntrospection = selection.name.value === "__schema" || selection.name.value === "__type";
      depth = Math.max(depth, isIntrospection ? 1 : below.depth + 1);
      introspectionDepth = Math.max(introspectionDepth, isIntrospection ? below.depth + 1 : below.introspectionDepth);
      fields += 1 + below.fields;
      aliases += (selection.alias === undefined ? 0 : 1) + below.aliases;
      roots += 1;
    }
    return { depth, introspectionDepth, fields, aliases, roots };
  };
  return ofSet;
};

/** The data door reads: its schema has no other root, which graphql-js does not hold against `mutation { __typename }`. */
export const assertQueries = (document: DocumentNode): void => {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== OperationTypeNode.QUERY) throw new HubError("GRAPHQL_VALIDATION_FAILED");
  }
};
