/**
 * The prepared lane: what a document means under a permit is worked out once, and a request that sends it again runs without parsing,
 * validating or compiling (design.md §6).
 *
 * Two levels, because a plan depends on the shape of its variables and a document's validity does not: a document is validated by Apollo
 * once per (generation, permit, schema); per shape it is compiled once.
 */
import { hash } from "node:crypto";
import { getVariableValues, type GraphQLInputType, type GraphQLSchema, isInputType, Kind, typeFromAST } from "graphql";
import { LRUCache } from "lru-cache";
import { HubError } from "../../schema/errorCodes.ts";
import type { Permit } from "../access/permit.ts";
import { shapeOfValue } from "../plan/arguments.ts";
import { type CollectedField, collectFields } from "../plan/collectFields.ts";
import { compile } from "../plan/compile.ts";
import type { OperationPlan, PlanContext } from "../plan/operationPlan.ts";
import type { Introspected } from "./answerOperation.ts";
import type { GraphqlRequest } from "./graphqlRequest.ts";
import type { HubState } from "./hubState.ts";
import { introspect, isIntrospection } from "./introspection.ts";
import { assertQueries, parseWithinLimits } from "./limits.ts";
import { makeValidators, type Validated } from "./validators.ts";

/** A request of the lane, ready to run. */
export interface Prepared {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly introspection: Introspected | null;
  /** SHA-256 of the document text, hex. */
  readonly documentHash: string;
}

export interface PreparedLane {
  /** Null: the document is not known under this permit; ask `prepare`. Throws BAD_VARIABLES, BAD_ARGUMENT. */
  find(permit: Permit, generation: number, request: GraphqlRequest): Prepared | null;
  /** By way of Apollo. Throws the codes of a document's faults. */
  prepare(permit: Permit, generation: number, request: GraphqlRequest): Promise<Prepared>;
}

interface KnownDocument {
  readonly validated: Validated;
  readonly documentHash: string;
  readonly variableTypes: ReadonlyMap<string, GraphQLInputType>;
  readonly context: PlanContext;
  readonly byShape: LRUCache<string, KnownShape>;
}

interface KnownShape {
  readonly plan: OperationPlan;
  /** In response order; null where the operation does not ask about the schema. */
  readonly introspectionRoots: readonly CollectedField[] | null;
  /** Kept where no variable can change it. */
  readonly introspection: Introspected | null;
}

const documentsMax = 2000;
/** Bytes, as estimated from the document's length: a plan is an order of magnitude larger than its text. */
const sizeMax = 128_000_000;
const sizeOf = ({ byShape }: KnownDocument, key: string): number =>
  20 * key.length + 8_000 + ([...byShape.values()].some(({ introspection }) => introspection !== null) ? 1_000_000 : 0);
/** Different shapes of one document's variables: optional filters that come and go. */
const shapesMax = 16;

export const makePreparedLane = (state: HubState): PreparedLane => {
  const validators = makeValidators();
  const documents = new LRUCache<string, KnownDocument>({ max: documentsMax, maxSize: sizeMax, sizeCalculation: sizeOf });
  let newest = -1;
  return {
    find(permit, generation, request) {
      if (generation > newest) {
        // Nobody comes back to what an older generation made.
        documents.clear();
        newest = generation;
      }
      const known = documents.get(keyOf(permit, generation, request));
      return known === undefined ? null : ready(known, request);
    },
    async prepare(permit, generation, request) {
      // Read now: after the wait for Apollo another generation may be in force, and the plan belongs to this one.
      const context = state.planContext(permit);
      assertQueries(parseWithinLimits(request.query, request.operationName));
      const validated = await validators.validate(permit.schemaHash, () => state.schemaOf(permit), request);
      const known: KnownDocument = {
        validated,
        documentHash: documentHashOf(request),
        variableTypes: variableTypesOf(validated),
        context,
        byShape: new LRUCache({ max: shapesMax }),
      };
      const prepared = ready(known, request);
      documents.set(keyOf(permit, generation, request), known);
      return prepared;
    },
  };
};

export const documentHashOf = ({ query }: GraphqlRequest): string => hash("sha256", query);

const keyOf = ({ permitHash, schemaHash }: Permit, generation: number, { operationName, query }: GraphqlRequest): string =>
  `${generation} ${permitHash} ${schemaHash} ${operationName ?? ""}\u0000${query}`;

const variableTypesOf = ({ schema, operation }: Validated): ReadonlyMap<string, GraphQLInputType> => {
  const types = new Map<string, GraphQLInputType>();
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const found = typeFromAST(schema as GraphQLSchema, type as Parameters<typeof typeFromAST>[1]);
    if (isInputType(found)) types.set(variable.name.value, found);
  }
  return types;
};

const noVariables: Readonly<Record<string, unknown>> = Object.freeze({});

const ready = (known: KnownDocument, request: GraphqlRequest): Prepared => {
  const variables = known.variableTypes.size === 0 ? noVariables : coerce(known, request);
  const shape = known.variableTypes.size === 0 ? "" : shapeOf(known, variables);
  let found = known.byShape.get(shape);
  if (found === undefined) {
    found = compileShape(known, variables);
    known.byShape.set(shape, found);
  }
  const { plan, introspectionRoots } = found;
  const introspection = introspectionRoots === null ? null : (found.introspection ?? introspect(known.validated, introspectionRoots, request.variables ?? {}));
  return { plan, variables, introspection, documentHash: known.documentHash };
};

const coerce = ({ validated: { schema, operation } }: KnownDocument, request: GraphqlRequest): Readonly<Record<string, unknown>> => {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, { maxErrors: 1 });
  if (coerced === undefined) throw new HubError("BAD_VARIABLES", {}, { cause: errors[0] });
  return coerced;
};

const shapeOf = ({ variableTypes }: KnownDocument, variables: Readonly<Record<string, unknown>>): string => {
  let shape = "";
  for (const [name, type] of variableTypes) shape += `${shapeOfValue(type, variables[name])};`;
  return shape;
};

const compileShape = ({ validated, context }: KnownDocument, variables: Readonly<Record<string, unknown>>): KnownShape => {
  const { schema, document, operation } = validated;
  const plan = compile({ schema, document, operationName: operation.name?.value ?? null, variables, context });
  if (!plan.introspection) return { plan, introspectionRoots: null, introspection: null };
  const fragments = new Map(document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])));
  const roots = collectFields({ operation, fragments, variables }, ["Query"], [operation.selectionSet]);
  const isFixed = (operation.variableDefinitions ?? []).length === 0;
  return { plan, introspectionRoots: roots, introspection: isFixed && roots.some(isIntrospection) ? introspect(validated, roots, {}) : null };
};
