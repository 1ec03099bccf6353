/**
 * A scope where the source's tables changed under its mapping: what cannot be read is withheld, and a rule that reads it decides nothing
 * in the caller's favour (a grant needs TRUE, a restriction binds unless FALSE).
 */
import type { LostEntity } from "../mapping/lost.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { canGrant, foldUnread } from "./fold.ts";
import type { Clause, HideClause, Scope } from "./permit.ts";

export function withLost(scope: Scope, lost: LostEntity | undefined): Scope {
  if (lost === undefined) return scope;
  const fold = <Of extends Clause | HideClause>(clause: Of): Of => ({ ...clause, when: foldUnread(clause.when, lost.attributes) });
  const grants = scope.grants.map(fold);
  const restrictions = scope.restrictions.map(fold);
  const hides = scope.hides.map(fold);
  const isChanged = (before: readonly (Clause | HideClause)[], now: readonly (Clause | HideClause)[]): boolean =>
    now.some(({ when }, index) => JSON.stringify(when) !== JSON.stringify(before[index]?.when satisfies Predicate | undefined));
  const rows = lost.rows || isChanged(scope.grants, grants) || isChanged(scope.restrictions, restrictions) || isChanged(scope.hides, hides);
  const granted = new Set(scope.grants.flatMap(({ levels }) => [...levels].flatMap(([name, level]) => (level === "NULL" ? [] : [name]))));
  const attributes = rows ? granted : new Set([...granted].filter((name) => lost.attributes.has(name)));
  if (!rows && attributes.size === 0) return scope;
  return { ...scope, grants: lost.rows ? [] : grants.filter(({ when }) => canGrant(when)), restrictions, hides, lost: { attributes, rows } };
}
