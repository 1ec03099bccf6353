/**
 * The same question in other words: aliases, fragments, variables in the place of literals, `@include` and `@skip` that change nothing,
 * fields said twice, a name for the operation, other root fields beside it.
 */
import { type ASTNode, type DocumentNode, type FieldNode, type GraphQLSchema, type InlineFragmentNode, isInputObjectType, Kind, type OperationDefinitionNode, parse, print, type SelectionNode, type SelectionSetNode, TypeInfo, type ValueNode, visit, visitWithTypeInfo } from "graphql";
import { chance, type Generate, pick } from "../generator/draw.ts";
import type { Json } from "../answers.ts";
import type { QueryText } from "./queryText.ts";

const aliasPrefix = "zz_";

/** Response keys as they were; what was said twice agrees or the later one is seen to differ. */
export function plainKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(plainKeys);
  if (value === null || typeof value !== "object") return value;
  const plain: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) {
    const name = key.startsWith(aliasPrefix) ? key.slice(aliasPrefix.length) : key;
    const said = plainKeys(part);
    if (Object.hasOwn(plain, name) && JSON.stringify(plain[name]) !== JSON.stringify(said)) throw new Error(`one field answers ${JSON.stringify(plain[name])} and ${JSON.stringify(said)}`);
    plain[name] = said;
  }
  return plain;
}

const nameOf = (value: string) => ({ kind: Kind.NAME as const, value });

/** Says what was done, for the tally. */
export interface Rewritten extends QueryText {
  readonly operationName: string | null;
  readonly words: readonly string[];
}

/** `mayBind`: literals may become variables. Not beside a cursor, which belongs to filter and order as they were written. */
export function rewrite(g: Generate, { text, variables }: QueryText, schema: GraphQLSchema, mayBind: boolean): Rewritten {
  const words = new Set<string>();
  const added: Record<string, unknown> = { ...variables };
  const declared: string[] = [];
  const fragments: string[] = [];
  let document: DocumentNode = parse(text, { noLocation: true });
  if (mayBind && chance(g, 60)) document = withVariables(g, document, schema, added, declared, words);

  const info = new TypeInfo(schema);
  const directive = (): string => {
    const [word, value] = pick(g, [["include", "true"], ["skip", "false"], ["include", "$yes"], ["skip", "$no"]] as const);
    words.add(`@${word}`);
    if (value.startsWith("$") && !(value.slice(1) in added)) {
      declared.push(`${value}: Boolean!`);
      added[value.slice(1)] = value === "$yes";
    }
    return `@${word}(if: ${value})`;
  };
  const change = (field: FieldNode): readonly SelectionNode[] => {
    const key = field.alias?.value ?? field.name.value;
    let one: FieldNode = field;
    if (chance(g, 15)) {
      words.add("alias");
      one = { ...one, alias: nameOf(`${aliasPrefix}${key}`) };
    }
    if (chance(g, 8)) one = { ...one, directives: [...(one.directives ?? []), ...directivesOf(directive())] };
    const twice = chance(g, 5);
    if (twice) words.add("twice");
    // A field that is not included is as if it were not there.
    const absent: FieldNode[] = chance(g, 4) ? [{ ...field, alias: nameOf(`no_${key}`), directives: directivesOf("@skip(if: true)") }] : [];
    if (absent.length > 0) words.add("absent");
    return [...absent, one, ...(twice ? [one] : [])];
  };
  const leave = (set: SelectionSetNode, type: string | null): SelectionSetNode => {
    const selections = set.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? change(selection) : [selection]));
    if (type === null || selections.length === 0 || !chance(g, 15)) return { ...set, selections };
    const at = Math.floor(selections.length / 2);
    const [before, inner] = [selections.slice(0, at), selections.slice(at)];
    if (chance(g, 50)) {
      words.add("inline fragment");
      const fragment: InlineFragmentNode = { kind: Kind.INLINE_FRAGMENT, ...(chance(g, 60) ? { typeCondition: { kind: Kind.NAMED_TYPE, name: nameOf(type) } } : {}), directives: chance(g, 20) ? directivesOf(directive()) : [], selectionSet: { kind: Kind.SELECTION_SET, selections: inner } };
      return { ...set, selections: [...before, fragment] };
    }
    words.add("fragment");
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${type} ${print({ kind: Kind.SELECTION_SET, selections: inner })}`);
    return { ...set, selections: [...before, { kind: Kind.FRAGMENT_SPREAD, name: nameOf(name), directives: [] }] };
  };
  document = visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet: { leave: (set) => leave(set, info.getParentType()?.name ?? null) },
    }),
  );
  const operation = document.definitions[0] as OperationDefinitionNode;
  const named = chance(g, 40);
  if (named) words.add("operationName");
  const spelled = [...(operation.variableDefinitions ?? []).map(print), ...declared];
  const head = named || spelled.length > 0 ? `query ${named ? "Asked" : ""}${spelled.length > 0 ? `(${spelled.join(", ")})` : ""} ` : "";
  return { text: [`${head}${print(operation.selectionSet)}`, ...fragments].join("\n"), variables: added, operationName: named ? "Asked" : null, words: [...words] };
}

const directivesOf = (text: string) => ((parse(`{ a ${text} }`, { noLocation: true }).definitions[0] as OperationDefinitionNode).selectionSet.selections[0] as FieldNode).directives ?? [];

/** Literals that stand where an input is expected become variables of that type, with their value or as a default. */
function withVariables(g: Generate, document: DocumentNode, schema: GraphQLSchema, values: Record<string, unknown>, declared: string[], words: Set<string>): DocumentNode {
  const info = new TypeInfo(schema);
  const replace = (node: ValueNode): ValueNode | undefined => {
    // Inside a list `TypeInfo` already speaks of its items.
    const type = node.kind === Kind.LIST ? info.getParentInputType() : info.getInputType();
    if (type === null || type === undefined || !chance(g, node.kind === Kind.OBJECT ? 5 : 20) || hasVariable(node)) return undefined;
    words.add("variable");
    const name = `w${declared.length}`;
    const parent = info.getParentInputType();
    // Of several possible fields one must stand there, whatever the variable.
    const isOneOf = node.kind !== Kind.LIST && isInputObjectType(parent) && parent.isOneOf;
    const asDefault = !isOneOf && chance(g, 20);
    if (asDefault) words.add("default value");
    const bare = String(type).replace(/!$/, "");
    declared.push(asDefault ? `$${name}: ${bare} = ${print(node)}` : `$${name}: ${isOneOf ? `${bare}!` : String(type)}`);
    if (!asDefault) values[name] = jsonOf(node);
    return { kind: Kind.VARIABLE, name: nameOf(name) };
  };
  const each = { enter: replace };
  return visit(document, visitWithTypeInfo(info, { ObjectValue: each, ListValue: each, StringValue: each, IntValue: each, BooleanValue: each, EnumValue: each, Directive: { enter: () => false } }));
}

function hasVariable(node: ASTNode): boolean {
  let found = false;
  visit(node, { Variable: () => void (found = true) });
  return found;
}

function jsonOf(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, jsonOf(value)]));
    case Kind.LIST:
      return node.values.map(jsonOf);
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
    case Kind.VARIABLE:
      return null;
    default:
      return node.value;
  }
}

/** Several questions in one operation: each root field under a key of its own. */
export function together(texts: readonly QueryText[]): QueryText {
  const declared: string[] = [];
  const variables: Record<string, unknown> = {};
  const fields = texts.map(({ text, variables: own }, index) => {
    const operation = parse(text, { noLocation: true }).definitions[0] as OperationDefinitionNode;
    const renamed = visit(operation, { Variable: (node) => ({ ...node, name: nameOf(`q${index}${node.name.value}`) }) });
    declared.push(...(renamed.variableDefinitions ?? []).map(print));
    for (const [name, value] of Object.entries(own)) variables[`q${index}${name}`] = value;
    return print({ ...(renamed.selectionSet.selections[0] as FieldNode), alias: nameOf(`answer${index}`) });
  });
  return { text: `query ${declared.length > 0 ? `(${declared.join(", ")})` : ""} { ${fields.join("\n")} }`, variables };
}
