/**
 * When a cell is clear, masked or NULL, and when a row is in V, as formulas over the rules' predicates (semantics.md §2).
 *
 * `min( max{grants whose predicate IS TRUE}, min{restrictions whose predicate IS NOT FALSE} )`, so every question about a level is
 * a formula over the two-valued atoms "p IS TRUE" and "p IS FALSE".
 */
import type { Scope } from "../access/permit.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { type EntityDef, type Level, levelChain } from "../../schema/vocabulary.ts";

/** Two-valued. */
export type Guard =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "atom"; readonly atom: GuardAtom }
  | { readonly kind: "and" | "or"; readonly of: readonly Guard[] }
  | { readonly kind: "not"; readonly of: Guard };

export interface GuardAtom {
  readonly predicate: Predicate;
  readonly is: "TRUE" | "FALSE";
  /** Canonical text: equal atoms are one. */
  readonly id: string;
}

const GUARD_TRUE: Guard = { kind: "true" };
const GUARD_FALSE: Guard = { kind: "false" };

export function guardAll(of: readonly Guard[]): Guard {
  const rest = of.filter((guard) => guard.kind !== "true");
  if (rest.some((guard) => guard.kind === "false")) return GUARD_FALSE;
  const [only] = rest;
  return only === undefined ? GUARD_TRUE : rest.length === 1 ? only : { kind: "and", of: rest };
}

export function guardAny(of: readonly Guard[]): Guard {
  const rest = of.filter((guard) => guard.kind !== "false");
  if (rest.some((guard) => guard.kind === "true")) return GUARD_TRUE;
  const [only] = rest;
  return only === undefined ? GUARD_FALSE : rest.length === 1 ? only : { kind: "or", of: rest };
}

/** "predicate IS TRUE" or "predicate IS FALSE", folded where the predicate is constant. */
export function guardAtom(predicate: Predicate, is: "TRUE" | "FALSE"): Guard {
  if (predicate.kind === "true") return is === "TRUE" ? GUARD_TRUE : GUARD_FALSE;
  if (predicate.kind === "false") return is === "FALSE" ? GUARD_TRUE : GUARD_FALSE;
  if (predicate.kind === "unknown") return GUARD_FALSE;
  return { kind: "atom", atom: { predicate, is, id: `${is} ${JSON.stringify(predicate)}` } };
}

/** Position in the attribute's chain; levels that the chain does not know count as NULL. */
const rank = (chain: readonly Level[], level: Level | undefined): number => (level === undefined ? 0 : Math.max(chain.indexOf(level), 0));

/** The cell's level is at least `level`. */
export function levelAtLeast(scope: Scope, entity: EntityDef, attribute: string, level: Level): Guard {
  const definition = entity.attributes.get(attribute);
  if (definition === undefined) return GUARD_FALSE;
  const chain = levelChain(definition);
  const wanted = chain.indexOf(level);
  if (wanted <= 0) return GUARD_TRUE;
  const granted = scope.grants
    .filter((grant) => rank(chain, grant.levels.get(attribute)) >= wanted)
    .map((grant) => guardAtom(grant.when, "TRUE"));
  const unrestricted = scope.restrictions
    .filter((restriction) => restriction.levels.has(attribute) && rank(chain, restriction.levels.get(attribute)) < wanted)
    .map((restriction) => guardAtom(restriction.when, "FALSE"));
  return guardAll([guardAny(granted), ...unrestricted]);
}

/** The row is in V: not hidden, and at least one attribute has a level above NULL. */
export function rowInView(scope: Scope, entity: EntityDef): Guard {
  const shown = scope.hides.map((hide) => guardAtom(hide.when, "FALSE"));
  const some: Guard[] = [];
  for (const attribute of entity.attributes.values()) {
    const lowest = levelChain(attribute)[1];
    if (lowest !== undefined) some.push(levelAtLeast(scope, entity, attribute.name, lowest));
  }
  return guardAll([...shown, guardAny(dedupe(some))]);
}

function dedupe(guards: readonly Guard[]): readonly Guard[] {
  const seen = new Map<string, Guard>();
  for (const guard of guards) seen.set(JSON.stringify(guard), guard);
  return [...seen.values()];
}

/** The distinct atoms of some guards, in order of appearance. */
export function atomsOf(guards: readonly Guard[]): readonly GuardAtom[] {
  const atoms = new Map<string, GuardAtom>();
  const walk = (guard: Guard): void => {
    if (guard.kind === "atom") atoms.set(guard.atom.id, guard.atom);
    else if (guard.kind === "and" || guard.kind === "or") guard.of.forEach(walk);
    else if (guard.kind === "not") walk(guard.of);
  };
  guards.forEach(walk);
  return [...atoms.values()];
}

export function evaluateGuard(guard: Guard, truth: ReadonlyMap<string, boolean>): boolean {
  switch (guard.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "atom":
      return truth.get(guard.atom.id) === true;
    case "and":
      return guard.of.every((of) => evaluateGuard(of, truth));
    case "or":
      return guard.of.some((of) => evaluateGuard(of, truth));
    case "not":
      return !evaluateGuard(guard.of, truth);
  }
}
