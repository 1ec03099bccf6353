/**
 * Compiles a validated operation under a permit into a plan.
 *
 * Pure; the same document, variable shape and permit give the same plan. Every root field is evaluated in its own door's view. Throws
 * BAD_ARGUMENT for what GraphQL's types cannot say (null operands, `first` with `last`).
 */
import { createHash } from "node:crypto";
import { type DocumentNode, getOperationAST, type GraphQLSchema, Kind, print } from "graphql";
import { HubError } from "../../schema/errorCodes.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import type { Door } from "../access/permit.ts";
import { compileAggregate } from "./compileAggregate.ts";
import { compileConnection } from "./compileConnection.ts";
import { type CollectedField, collectFields, type DocumentParts, selectionSets } from "./collectFields.ts";
import type { ByIdPlan, NodeSelection, OperationPlan, PlanContext, RootPlan } from "./operationPlan.ts";
import { planBuilder, type PlanBuilder } from "./planBuilder.ts";
import { readRegionSelection, readSelection } from "./readSelection.ts";
import { referencedAttributes } from "./referenced.ts";
import { rootArguments, textArgument } from "./rootArguments.ts";
import { type Scan, scansOf } from "./scan.ts";

export interface CompileInput {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** Coerced: only their shape ends up in the plan. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: PlanContext;
}

export function compile(input: CompileInput): OperationPlan {
  const operation = getOperationAST(input.document, input.operationName);
  if (!operation) throw new HubError("BAD_REQUEST");
  const fragments = new Map(
    input.document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])),
  );
  const document: DocumentParts = { operation, fragments, variables: input.variables };
  const builder = planBuilder(input.schema, input.context, document);
  const roots: RootPlan[] = [];
  const doors = new Set<Door>();
  let introspection = false;
  for (const field of collectFields(document, ["Query"], [operation.selectionSet])) {
    if (field.name === "__schema" || field.name === "__type") {
      introspection = true;
      continue;
    }
    const root = compileRoot(builder, field);
    roots.push(root);
    if (root.kind === "aggregate" || root.kind === "published") doors.add("aggregate");
    else if (root.kind !== "typename" && root.kind !== "regions") doors.add("query");
  }
  return { roots, slots: builder.slots, used: builder.used(), introspection, doors: [...doors], context: input.context };
}

function compileRoot(builder: PlanBuilder, field: CollectedField): RootPlan {
  if (field.name === "__typename") return { kind: "typename", key: field.key };
  if (field.name === "region" || field.name === "regions") {
    const args = rootArguments(builder, field);
    const code = args.get("code");
    const within = args.get("within");
    const level = args.get("level");
    return {
      kind: "regions",
      key: field.key,
      one: code?.kind === "leaf" ? builder.slot(code.source, null, "code") : null,
      within: within?.kind === "leaf" ? builder.slot(within.source, null, "within") : null,
      level: level?.kind === "fixed" ? String(level.value) : null,
      region: readRegionSelection(builder, selectionSets(field)),
    };
  }
  if (field.name === "node" || field.name === "nodes") return compileById(builder, field, [...builder.context.vocabulary.entities.values()]);
  for (const entity of builder.context.vocabulary.entities.values()) {
    if (field.name === entity.singular) return compileById(builder, field, [entity]);
    if (field.name === entity.plural) return compileConnection(builder, field, entity, cursorHash(builder, field));
    if (field.name === `${entity.plural}Aggregate`) return compileAggregate(builder, field, entity, "aggregate");
    if (field.name === `${entity.plural}Published`) return compileAggregate(builder, field, entity, "published");
  }
  throw new HubError("GRAPHQL_VALIDATION_FAILED");
}

function compileById(builder: PlanBuilder, field: CollectedField, entities: readonly EntityDef[]): ByIdPlan {
  const list = field.name === "nodes";
  const argument = rootArguments(builder, field).get(list ? "ids" : "id");
  const targets = new Map<string, { readonly selection: NodeSelection; readonly scans: readonly Scan[] }>();
  for (const entity of entities) {
    if (builder.schema.getType(entity.name) === undefined) continue;
    const selection = readSelection(builder, entity, "query", selectionSets(field));
    targets.set(entity.name, { selection, scans: scansOf(builder.context, entity, "query", referencedAttributes([selection], TRUE, [])) });
  }
  const ids: ByIdPlan["ids"] = list
    ? { slot: builder.slot(argument?.kind === "leaves" ? argument.source : { kind: "literal", value: [] }, null, "ids") }
    : [textArgument(builder, argument, "id")];
  return { kind: "byId", key: field.key, list, ids, targets };
}

/**
 * What a cursor belongs to: the field with its filter and order as written. Variables' values are added when it is sealed; page
 * arguments are left out, so that any page size may go on.
 */
function cursorHash(builder: PlanBuilder, field: CollectedField): string {
  const [node] = field.nodes;
  const kept = (node.arguments ?? []).filter((argument) => argument.name.value === "where" || argument.name.value === "orderBy");
  const text = kept.map((argument) => print(argument)).join(" ");
  return createHash("sha256").update(`${field.name} ${text} ${builder.context.permit.purpose ?? ""}`).digest("base64url");
}
