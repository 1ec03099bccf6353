/**
 * The fields that a selection set asks of one concrete type: fragments spread, `@skip`/`@include` applied, equal response keys merged
 * (GraphQL specification §6.3.2). The document was validated, so merged fields agree.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { type FieldNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from "graphql";

export interface CollectedField {
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

export interface DocumentParts {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** `typeNames`: the concrete type and its interfaces. */
export function collectFields(document: DocumentParts, typeNames: readonly string[], sets: readonly SelectionSetNode[]): readonly CollectedField[] {
  const found = new Map<string, { name: string; nodes: [FieldNode, ...FieldNode[]] }>();
  const visited = new Set<string>();
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives ?? [], document.variables)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const key = selection.alias?.value ?? selection.name.value;
          // As a key of an answer it would set the answer's prototype (attacks.md P26).
          if (key === "__proto__") throw new HubError("BAD_ARGUMENT", { argument: "an alias" });
          const known = found.get(key);
          if (known === undefined) found.set(key, { name: selection.name.value, nodes: [selection] });
          else known.nodes.push(selection);
          break;
        }
        case Kind.INLINE_FRAGMENT: {
          const on = selection.typeCondition?.name.value;
          if (on === undefined || typeNames.includes(on)) walk(selection.selectionSet);
          break;
        }
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value;
          if (visited.has(name)) break;
          visited.add(name);
          const fragment = document.fragments.get(name);
          if (fragment !== undefined && typeNames.includes(fragment.typeCondition.name.value)) walk(fragment.selectionSet);
          break;
        }
      }
    }
  };
  sets.forEach(walk);
  return [...found].map(([key, field]) => ({ key, ...field }));
}

/** Selection sets of a merged field. */
export const selectionSets = (field: CollectedField): readonly SelectionSetNode[] =>
  field.nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));

type Directives = NonNullable<FieldNode["directives"]>;

function isIncluded(directives: Directives, variables: Readonly<Record<string, unknown>>): boolean {
  for (const directive of directives) {
    const name = directive.name.value;
    if (name !== "skip" && name !== "include") continue;
    const argument = directive.arguments?.find((candidate) => candidate.name.value === "if")?.value;
    const value = argument?.kind === Kind.BOOLEAN ? argument.value : argument?.kind === Kind.VARIABLE ? variables[argument.name.value] === true : false;
    if (name === "skip" ? value : !value) return false;
  }
  return true;
}
