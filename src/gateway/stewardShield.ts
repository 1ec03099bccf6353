/**
 * Who may ask which field of the steward door: the outer gate, by graphql-shield.
 *
 * Shield fails open in six ways (attacks.md §0), so: everything not named is denied, no verdict is kept, rules are plain functions that
 * answer true or false and are joined by `and` alone, the schema has no interface to drop a rule on, and the start fails unless every
 * field is named here.
 */
import { createRequire } from "node:module";
import { type GraphQLSchema, isAbstractType, isObjectType } from "graphql";
import type * as GraphqlMiddleware from "graphql-middleware";
import type * as GraphqlShield from "graphql-shield";
import { HubError } from "../../schema/errorCodes.ts";
import type { StewardContext } from "./stewardResolvers.ts";

// Its ES modules name a file that is not there.
const require = createRequire(import.meta.url);
const { shield, rule, and } = require("graphql-shield") as typeof GraphqlShield;
const { applyMiddleware } = require("graphql-middleware") as typeof GraphqlMiddleware;

const isSteward = rule("isSteward", { cache: "no_cache" })((_parent, _args, { principal }: StewardContext) => principal.kind === "steward");
const ownsRegion = rule("ownsRegion", { cache: "no_cache" })((_parent, { region }: { readonly region: string }, { principal }: StewardContext) =>
  principal.kind === "steward" && principal.steward.regions.some((own) => own === region));

type FieldRules = Readonly<Record<string, ReturnType<typeof and> | typeof isSteward>>;
export type StewardRules = Readonly<Record<string, FieldRules>>;

export const stewardRules: StewardRules = {
  Query: { me: isSteward, sources: isSteward },
  Mutation: { reloadPolicy: and(isSteward, ownsRegion) },
  Me: { person: isSteward, name: isSteward, permit: isSteward },
  StewardName: { zh: isSteward, en: isSteward },
  StewardPermit: { regions: isSteward, epoch: isSteward },
  StewardSource: { id: isSteward, region: isSteward, status: isSteward, drift: isSteward, withheld: isSteward, message: isSteward },
  SourceDrift: { table: isSteward, column: isSteward, change: isSteward, before: isSteward, now: isSteward },
  Reload: { epoch: isSteward, changed: isSteward },
};

/** Throws where a field has no rule or a rule no field. */
export const assertCovered = (schema: GraphQLSchema, rules: StewardRules): void => {
  const named = new Set(Object.entries(rules).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${type}.${field}`)));
  const declared = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isAbstractType(type)) throw new TypeError(`The steward door has the abstract type ${type.name}; shield would drop its rules`);
    if (isObjectType(type)) for (const field of Object.keys(type.getFields())) declared.add(`${type.name}.${field}`);
  }
  const wrong = [...declared].filter((field) => !named.has(field)).concat([...named].filter((field) => !declared.has(field)));
  if (wrong.length > 0) throw new TypeError(`Steward fields without a rule, or rules without a field: ${wrong.join(", ")}`);
};

export const shielded = (schema: GraphQLSchema): GraphQLSchema => {
  assertCovered(schema, stewardRules);
  // Errors of resolvers pass, so that a steward reads what is wrong with a file; the door masks all that are not a HubError.
  return applyMiddleware(schema, shield(stewardRules, { fallbackRule: denied, fallbackError: new HubError("FORBIDDEN"), allowExternalErrors: true }));
};

const denied = rule("denied", { cache: "no_cache" })(() => false);
