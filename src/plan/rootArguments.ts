/** Arguments of a root field, and the small ones (`first`, `after`, `id`) in the form that plans hold. */
import { HubError } from "../../schema/errorCodes.ts";
import { type Argument, argumentOfValue, readArgument } from "./arguments.ts";
import type { CollectedField } from "./collectFields.ts";
import type { IntArgument, TextArgument } from "./operationPlan.ts";
import type { PlanBuilder } from "./planBuilder.ts";

export function rootArguments(builder: PlanBuilder, field: CollectedField): ReadonlyMap<string, Argument> {
  const definition = builder.schema.getQueryType()?.getFields()[field.name];
  if (definition === undefined) throw new HubError("GRAPHQL_VALIDATION_FAILED");
  return argumentsOf(builder, definition.args, field);
}

type ArgumentDefinitions = NonNullable<ReturnType<PlanBuilder["schema"]["getQueryType"]>> extends { getFields(): Record<string, infer Field> } ? (Field extends { args: infer Args } ? Args : never) : never;

export function argumentsOf(builder: PlanBuilder, definitions: ArgumentDefinitions, field: CollectedField): ReadonlyMap<string, Argument> {
  const found = new Map<string, Argument>();
  const written = field.nodes[0]?.arguments ?? [];
  for (const definition of definitions) {
    const node = written.find((argument) => argument.name.value === definition.name);
    const value = node === undefined ? undefined : readArgument(definition.type, node.value, builder.document.variables);
    if (value !== undefined) found.set(definition.name, value);
    else if (definition.defaultValue !== undefined) found.set(definition.name, argumentOfValue(definition.type, definition.defaultValue, null));
  }
  return found;
}

export function intArgument(builder: PlanBuilder, argument: Argument | undefined, name: string): IntArgument {
  if (argument === undefined || argument.kind === "null") return { literal: null };
  if (argument.kind !== "leaf") throw new HubError("BAD_ARGUMENT", { argument: name });
  return argument.source.kind === "literal" ? { literal: Number(argument.source.value) } : { slot: builder.slot(argument.source, null, name) };
}

export function textArgument(builder: PlanBuilder, argument: Argument | undefined, name: string): TextArgument {
  if (argument === undefined || argument.kind === "null") return { literal: null };
  if (argument.kind !== "leaf") throw new HubError("BAD_ARGUMENT", { argument: name });
  return argument.source.kind === "literal" ? { literal: String(argument.source.value) } : { slot: builder.slot(argument.source, null, name) };
}
