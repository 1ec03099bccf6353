/** `__schema` and `__type` of an operation, answered by graphql-js over the agency's own schema, and by nothing else. */
import { type DocumentNode, execute, type ExecutionResult, Kind, type OperationDefinitionNode } from "graphql";
import type { CollectedField } from "../plan/collectFields.ts";
import type { Introspected } from "./answerOperation.ts";
import type { Validated } from "./validators.ts";

export const isIntrospection = (field: Pick<CollectedField, "name">): boolean => field.name === "__schema" || field.name === "__type";

/** `roots`: the operation's root fields in response order. */
export const introspect = ({ schema, document, operation }: Validated, roots: readonly CollectedField[], variables: Readonly<Record<string, unknown>>): Introspected => {
  const asked: OperationDefinitionNode = {
    ...operation,
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: roots.filter(isIntrospection).flatMap(({ nodes }) => nodes) },
  };
  const alone: DocumentNode = { ...document, definitions: [asked, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)] };
  const result = execute({ schema, document: alone, variableValues: variables }) as ExecutionResult;
  if (result.errors !== undefined || result.data == null) throw result.errors?.[0] ?? new Error("the schema does not describe itself");
  return { keys: roots.map(({ key }) => key), data: result.data };
};
