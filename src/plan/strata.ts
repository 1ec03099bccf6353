/**
 * Splits a scan into disjoint strata in which every referenced attribute is wholly clear, masked or NULL (semantics.md §6).
 *
 * A stratum goes to the source as a plain query without guards per cell, so filters fold, indexes serve, and permissions cost
 * planning, not rows. Above `STRATA_MAX` the scan stays whole and carries a guard per attribute instead.
 */
import type { Scope } from "../access/permit.ts";
import { type EntityDef, type Level, levelChain } from "../../schema/vocabulary.ts";
import { atomsOf, evaluateGuard, type Guard, type GuardAtom, levelAtLeast, rowInView } from "./guards.ts";

/** Eight queries to one source are still cheaper than CASE per cell (semantics.md §6: 0.03 ms against 83 ms). */
const STRATA_MAX = 8;
/** 2^atoms assignments are tried; beyond this planning itself would cost. */
const ATOMS_MAX = 10;

export interface Stratum {
  /** Which rows: over the scan's atoms. */
  readonly guard: Guard;
  /** Level of every referenced attribute; null: guards per cell (then `scan.cellGuards` says which). */
  readonly levels: ReadonlyMap<string, Level> | null;
}

/** `referenced`: attributes in any role of this scan. The result is empty where the agency sees no row. */
export function strataOf(scope: Scope, entity: EntityDef, referenced: readonly string[]): readonly Stratum[] {
  const inView = rowInView(scope, entity);
  const questions = new Map<string, readonly { level: Level; guard: Guard }[]>();
  for (const name of referenced) {
    const attribute = entity.attributes.get(name);
    if (attribute === undefined) continue;
    const above = levelChain(attribute).slice(1).reverse();
    questions.set(name, above.map((level) => ({ level, guard: levelAtLeast(scope, entity, name, level) })));
  }
  const atoms = atomsOf([inView, ...[...questions.values()].flat().map((question) => question.guard)]);
  if (inView.kind === "false") return [];
  if (atoms.length > ATOMS_MAX) return [{ guard: inView, levels: null }];

  const classes = new Map<string, ReadonlyMap<string, Level>>();
  const classOf: (string | null)[] = [];
  const canOccur: boolean[] = [];
  for (let assignment = 0; assignment < 2 ** atoms.length; assignment += 1) {
    const truth = new Map(atoms.map((atom, index) => [atom.id, (assignment & (1 << index)) !== 0]));
    const occurs = isPossible(atoms, truth);
    canOccur.push(occurs);
    if (!occurs || !evaluateGuard(inView, truth)) {
      classOf.push(null);
      continue;
    }
    const levels = new Map<string, Level>();
    for (const [name, above] of questions) {
      const level = above.find((question) => evaluateGuard(question.guard, truth));
      if (level !== undefined) levels.set(name, level.level);
    }
    const id = JSON.stringify([...levels]);
    classes.set(id, levels);
    classOf.push(id);
  }
  if (classes.size > STRATA_MAX) return [{ guard: inView, levels: null }];
  return [...classes].map(([id, levels]) => ({ levels, guard: formula(atoms, (assignment) => classOf[assignment] === id, (assignment) => canOccur[assignment] === true) }));
}

/** One predicate cannot be TRUE and FALSE at once. */
function isPossible(atoms: readonly GuardAtom[], truth: ReadonlyMap<string, boolean>): boolean {
  for (const atom of atoms) {
    if (atom.is === "TRUE" && truth.get(atom.id) === true) {
      const opposite = `FALSE ${atom.id.slice("TRUE ".length)}`;
      if (truth.get(opposite) === true) return false;
    }
  }
  return true;
}

/**
 * The class's rows as a formula: Shannon expansion over the atoms, equal branches folded. A branch whose atoms, all later ones FALSE,
 * cannot occur together cannot occur at all: nothing is asked about its atom.
 */
function formula(atoms: readonly GuardAtom[], isIn: (assignment: number) => boolean, canOccur: (assignment: number) => boolean): Guard {
  const build = (depth: number, assignment: number): Guard => {
    const atom = atoms[depth];
    if (atom === undefined) return isIn(assignment) ? { kind: "true" } : { kind: "false" };
    const whenFalse = build(depth + 1, assignment);
    const holding = assignment | (1 << depth);
    if (!canOccur(holding)) return whenFalse;
    const whenTrue = build(depth + 1, holding);
    if (JSON.stringify(whenTrue) === JSON.stringify(whenFalse)) return whenTrue;
    const positive: Guard = { kind: "atom", atom };
    const negative: Guard = { kind: "not", of: positive };
    const branch = (literal: Guard, rest: Guard): Guard =>
      rest.kind === "false" ? rest : rest.kind === "true" ? literal : { kind: "and", of: [literal, ...(rest.kind === "and" ? rest.of : [rest])] };
    const sides = [branch(positive, whenTrue), branch(negative, whenFalse)].filter((side) => side.kind !== "false");
    const [only] = sides;
    return only === undefined ? { kind: "false" } : sides.length === 1 ? only : { kind: "or", of: sides };
  };
  return build(0, 0);
}
