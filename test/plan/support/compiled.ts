/** Plans of documents that are not validated, and of a schema that promises more than the hub's words hold. */
import { buildSchema, type GraphQLSchema, getOperationAST, getVariableValues, parse } from "graphql";
import { deriveSchema } from "../../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../../schema/derive/visibility.ts";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import type { Permit } from "../../../src/access/permit.ts";
import { compile } from "../../../src/plan/compile.ts";
import type { OperationPlan, RootPlan } from "../../../src/plan/operationPlan.ts";
import { contextOf, open } from "./permits.ts";

const hub = deriveSchema(vocabulary(), allVisible(vocabulary()));

/**
 * Arguments that the derived schema never has: names that are nobody's attribute, operators that the hub lacks, values of another form.
 * Should schema and plan ever come apart, the plan refuses; it never leaves a condition out.
 */
export const wider = buildSchema(`
  enum Direction { ASC DESC }
  enum Word { NAME MOONS }
  input Operators { eq: Operators, in: [Operators], gte: Int, median: Int, code: Operators, isNull: Word }
  input Where { isNull: Boolean, moons: Operators, name: Operators }
  input Codes { code: Direction, name: Direction }
  input Order { moons: Direction, name: Codes, region: Codes }
  input Group { field: Word! }
  input Columns { moons: Operators, name: Operators }
  input Having { count: Operators, countDistinct: Columns, avg: Columns, key: Columns }
  input GroupOrder { avg: Direction }
  type Count { totalCount: Int }
  type Query {
    stations(where: Where, orderBy: [Order!]): Count
    stationsAggregate(groupBy: [Group!], having: Having, orderBy: [GroupOrder!]): Count
    enterprisesPublished(where: Where): Count
  }
`);

export interface Asking {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly permit?: Permit;
  readonly schema?: GraphQLSchema;
}

export function compiled(query: string, { variables = {}, permit = open, schema = hub }: Asking = {}): OperationPlan {
  const document = parse(query);
  const { coerced, errors } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], variables);
  if (coerced === undefined) throw new Error(errors.join("\n"));
  return compile({ schema, document, operationName: null, variables: coerced, context: contextOf(permit) });
}

/** The one root of a plan, of a kind. */
export function rootOf<Kind extends RootPlan["kind"]>(kind: Kind, plan: OperationPlan): RootPlan & { readonly kind: Kind } {
  const [root] = plan.roots;
  if (root?.kind !== kind) throw new Error(`the root is ${root?.kind}`);
  return root as RootPlan & { readonly kind: Kind };
}
