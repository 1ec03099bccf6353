/**
 * V for one row, by the law itself (semantics.md §2): what policy tests hold rules against. Scans never use it; their strata must give
 * the same.
 */
import type { EntityDef, Level } from "../../schema/vocabulary.ts";
import { applyMask } from "../harmonise/masks.ts";
import type { Unified } from "../harmonise/unified.ts";
import { evaluate, type EvaluationBindings, type Row } from "./evaluate.ts";
import { meet } from "./levels.ts";
import type { Clause, Scope } from "./permit.ts";

export interface RowView {
  /** A `hide` took the row out. */
  readonly hidden: boolean;
  /** Not hidden, and some attribute's disposition is not NULL. */
  readonly inView: boolean;
  readonly levels: ReadonlyMap<string, Level>;
  /** The CLEAR value, else NULL: for every role but output. */
  readonly ref: ReadonlyMap<string, Unified>;
  /** The value, its mask, or NULL: what is printed. */
  readonly out: ReadonlyMap<string, Unified>;
}

/** @param scope undefined where nothing is granted: no row is in V */
export function viewOf(scope: Scope | undefined, entity: EntityDef, row: Row, bindings: EvaluationBindings): RowView {
  const levels = levelsOf(scope, entity, row, bindings);
  const hidden = scope?.hides.some(({ when }) => evaluate(when, row, bindings) !== false) ?? false;
  const inView = !hidden && [...levels.values()].some((level) => level !== "NULL");
  const ref = new Map<string, Unified>();
  const out = new Map<string, Unified>();
  for (const [name, level] of levels) {
    const value = inView ? row([name]) : null;
    ref.set(name, level === "CLEAR" ? value : null);
    out.set(name, level === "CLEAR" ? value : level === "NULL" ? null : applyMask(level, value));
  }
  return { hidden, inView, levels, ref, out };
}

/** A grant holds where its predicate IS TRUE, a restriction where it IS NOT FALSE. */
export function levelsOf(scope: Pick<Scope, "grants" | "restrictions"> | undefined, entity: EntityDef, row: Row, bindings: EvaluationBindings): ReadonlyMap<string, Level> {
  const grants = scope?.grants.filter(({ when }) => evaluate(when, row, bindings) === true) ?? [];
  const restrictions = scope?.restrictions.filter(({ when }) => evaluate(when, row, bindings) !== false) ?? [];
  return new Map(
    [...entity.attributes.values()].map((attribute) => [attribute.name, meet(attribute, said(grants, attribute.name), said(restrictions, attribute.name))]),
  );
}

const said = (clauses: readonly Clause[], attribute: string): readonly Level[] =>
  clauses.map(({ levels }) => levels.get(attribute)).filter((level) => level !== undefined);
