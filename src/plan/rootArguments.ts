/** Arguments of a root field, and the small ones (`first`, `after`, `id`) in the form that plans hold. */
import { isObjectType } from "graphql";
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

/** Of a field on an object type. */
export function fieldArguments(builder: PlanBuilder, typeName: string, field: CollectedField): ReadonlyMap<string, Argument> {
  const type = builder.schema.getType(typeName);
  const definition = isObjectType(type) ? type.getFields()[field.name] : undefined;
  if (definition === undefined) throw new HubError("GRAPHQL_VALIDATION_FAILED");
  return argumentsOf(builder, definition.args, field);
}

type ArgumentDefinitions = NonNullable<ReturnType<PlanBuilder["schema"]["getQueryType"]>> extends { getFields(): Record<string, infer Field> } ? (Field extends { args: infer Args } ? Args : never) : never;

function argumentsOf(builder: PlanBuilder, definitions: ArgumentDefinitions, field: CollectedField): ReadonlyMap<string, Argument> {
  const found = new Map<string, Argument>();
  const written = field.nodes[0].arguments ?? [];
  for (const definition of definitions) {
    const node = written.find((argument) => argument.name.value === definition.name);
    const value = node === undefined ? undefined : readArgument(definition.type, node.value, builder.document.variables);
    if (value !== undefined) found.set(definition.name, value);
    else if (definition.defaultValue !== undefined) found.set(definition.name, argumentOfValue(definition.type, definition.defaultValue, null));
  }
  return found;
}

/** `partial: ALLOW`. */
export const isAllowed = (argument: Argument | undefined): boolean => argument?.kind === "fixed" && argument.value === "ALLOW";

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
