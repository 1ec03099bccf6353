/** The three hashes of a permit (semantics.md §8): what keys schemas, what keys plans, and what an answer must still find current. */
import type { Coordinate } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { Agency } from "../identity/network.ts";
import { hashOf } from "./canonical.ts";
import type { Permit, Publication, Reach, Scope } from "./permit.ts";

/** Which coordinates exist in which role, and which statistics are published. */
export const schemaHashOf = (reach: Permit["reach"], published: Permit["published"]): string =>
  hashOf({
    query: reach.query satisfies ReadonlyMap<Coordinate, Reach>,
    aggregate: reach.aggregate,
    // Whoever publishes: one owner or two that publish the same make one schema.
    published: new Map([...published].map(([entity, { by, measures }]) => [entity, { by, measures }])),
  });

/**
 * Scopes and publications with rule ids, reasons and folded predicates. Agency attributes stand in predicates by name alone, and their
 * presence and emptiness is folded into the form, so agencies whose rules are alike share the hash. Literals of rules belong to it.
 */
export const permitHashOf = (scopes: ReadonlyMap<string, Scope>, publications: readonly Publication[]): string => hashOf({ scopes, publications });

/** All rules on one (source, entity) with the bound values of the agency's attributes and the mapping's version. */
export const sliceOf = (version: string, scopes: readonly Scope[], publications: readonly Publication[], agency: Agency): string => {
  const bound = new Map<string, unknown>();
  for (const predicate of predicatesOf(scopes, publications)) {
    for (const name of agencyAttributesOf(predicate)) bound.set(name, agency.attributes[name] ?? null);
  }
  return hashOf({ version, scopes, publications, bound });
};

function* predicatesOf(scopes: readonly Scope[], publications: readonly Publication[]): Iterable<Predicate> {
  for (const { grants, restrictions, hides } of scopes) {
    for (const { when } of [...grants, ...restrictions, ...hides]) yield when;
  }
  for (const { when, hides, restrictions, known } of publications) {
    yield when;
    for (const clause of [...hides, ...restrictions]) yield clause.when;
    yield* predicatesOf(known, []);
  }
}

/** Names of the agency's attributes that a predicate compares with. */
function agencyAttributesOf(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.of.flatMap(agencyAttributesOf);
    case "not":
      return agencyAttributesOf(predicate.of);
    case "compare":
      return predicate.operand.kind === "agency" ? [predicate.operand.attribute] : [];
    case "isNull":
    case "true":
    case "false":
    case "unknown":
      return [];
  }
}
