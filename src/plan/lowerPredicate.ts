/**
 * Lowers a predicate to a source condition by two functions: T (is TRUE) and F (is FALSE), so that NOT never stands over a guard
 * or a three-valued atom (semantics.md §6: a guarded filter under a plain NOT returns rows it must not).
 *
 * T(c op v) = g ∧ c op v · F(c op v) = g ∧ c op̄ v · T(isNull c) = ¬(g ∧ c IS NOT NULL) · F(isNull c) = g ∧ c IS NOT NULL.
 */
import type { SourceCond } from "../../adapters/contract/sourceQuery.ts";
import { regions } from "../../schema/codes/regions.ts";
import type { CompareOperator, Operand, Path } from "../../schema/predicate.ts";
import type { FilterOperator, Grade, LoweredAtom, MappedField } from "../mapping/mapping.ts";
import type { Unified } from "../harmonise/unified.ts";
import { compareColumn, regionColumn } from "./regionColumns.ts";
import { keysOf, operandValue, type SlotSink } from "./bindings.ts";
import { ALWAYS, NEVER, allOf, anyOf, isNotTrue, renameCond } from "./conditions.ts";
import type { Guard } from "./guards.ts";
import type { Alternative, Instance } from "./instance.ts";
import type { Filter } from "./semiJoin.ts";

const opposite: Readonly<Partial<Record<CompareOperator, FilterOperator>>> = { eq: "ne", ne: "eq", lt: "gte", lte: "gt", gt: "lte", gte: "lt" };

/** What `explain` prints of an atom: how it goes into the source. */
export interface AtomNote {
  /** The caller's filter, or a rule, whose predicate an agency must not read. */
  readonly of: "filter" | "rule";
  readonly path: Path;
  readonly operator: string;
  readonly grade: Grade;
  readonly note: string;
}

/** The predicate is TRUE (`want` true) or FALSE (`want` false) for the instance's row. */
export function lowerTruth(predicate: Filter, want: boolean, instance: Instance, slots: SlotSink, notes: AtomNote[] = []): SourceCond {
  switch (predicate.kind) {
    case "true":
      return want ? ALWAYS : NEVER;
    case "false":
      return want ? NEVER : ALWAYS;
    case "unknown":
      return NEVER;
    case "not":
      return lowerTruth(predicate.of, !want, instance, slots, notes);
    case "and":
    case "or": {
      const of = predicate.of.map((part) => lowerTruth(part, want, instance, slots, notes));
      return (predicate.kind === "and") === want ? allOf(of) : anyOf(of);
    }
    case "isNull": {
      const known = anyOf(knownAt(predicate.path, instance, slots, notes));
      return predicate.isNull === want ? isNotTrue(known) : known;
    }
    case "semiJoin":
      return lowerIn(predicate.path, (bindings) => keysOf(bindings, predicate.join), want, instance, slots, notes);
    case "compare":
      return lowerCompare(predicate.path, predicate.operator, predicate.operand, want, instance, slots, notes);
  }
}

/** A row of a path: the alternatives that hold its last attribute, and what is left of the path (columns of a hub constant). */
export function resolvePath(path: Path, instance: Instance): { rows: readonly Alternative[]; attribute: string; rest: readonly string[]; entity: Instance["entity"] } {
  let at = instance;
  let index = 0;
  for (;;) {
    const name = path[index] ?? "";
    const definition = at.entity.attributes.get(name);
    if (definition?.type.kind !== "link" || index === path.length - 1) {
      return { rows: at.alternatives, attribute: name, rest: path.slice(index + 1), entity: at.entity };
    }
    at = at.follow(name);
    index += 1;
  }
}

function knownAt(path: Path, instance: Instance, slots: SlotSink, notes: AtomNote[]): readonly SourceCond[] {
  const { rows, attribute, rest, entity } = resolvePath(path, instance);
  const definition = entity.attributes.get(attribute);
  if (definition?.type.kind === "link") {
    // A link is known iff its target is a row of V.
    const owner = path.length === 1 ? instance : followAll(path.slice(0, -1), instance);
    return owner.follow(attribute).alternatives.map((row) => row.present);
  }
  if (rest.length > 0) {
    const column = rest[0] ?? "code";
    const codes = [...regions.values()].filter((region) => regionColumn(region, column) !== null).map((region) => region.code as string);
    return rows.map((row) => regionIn(row, attribute, slots, () => codes));
  }
  return rows.map((row) => lowerField(row, attribute, "isNotNull", slots, () => null, path, notes));
}

function followAll(path: readonly string[], instance: Instance): Instance {
  return path.reduce((at, name) => at.follow(name), instance);
}

function lowerCompare(
  path: Path,
  operator: CompareOperator,
  operand: Operand,
  want: boolean,
  instance: Instance,
  slots: SlotSink,
  notes: AtomNote[],
): SourceCond {
  const { rows, attribute, rest, entity } = resolvePath(path, instance);
  const definition = entity.attributes.get(attribute);
  if (definition === undefined) return NEVER;
  const [column] = rest;
  if (column !== undefined && column !== "code") {
    // Columns of the region table are constants of the hub: the comparison becomes the list of codes for which it holds.
    return anyOf(
      rows.map((row) =>
        regionIn(row, attribute, slots, (bindings) => {
          const value = operandValue(operand, operator, definition, bindings);
          return [...regions.values()]
            .filter((region) => compareColumn(regionColumn(region, column), operator, value) === want)
            .map((region) => region.code as string);
        }),
      ),
    );
  }
  const value = (bindings: Parameters<SlotSink["binders"][number]>[0]): Unified | readonly Unified[] => operandValue(operand, operator, definition, bindings);
  if (want) return anyOf(rows.map((row) => lowerField(row, attribute, operator, slots, value, path, notes)));
  const inverse = opposite[operator];
  if (inverse !== undefined) return anyOf(rows.map((row) => lowerField(row, attribute, inverse, slots, value, path, notes)));
  return anyOf(
    rows.map((row) =>
      allOf([
        lowerField(row, attribute, "isNotNull", slots, () => null, path, notes),
        isNotTrue(lowerField(row, attribute, operator, slots, value, path, notes)),
      ]),
    ),
  );
}

type List = (bindings: Parameters<SlotSink["binders"][number]>[0]) => readonly Unified[];

/** The value at a path is in a list that every run brings; `want` false: it is known, and not in the list. */
export function lowerIn(path: Path, list: List, want: boolean, instance: Instance, slots: SlotSink, notes: AtomNote[]): SourceCond {
  const { rows, attribute } = resolvePath(path, instance);
  return anyOf(
    rows.map((row) => {
      const isIn = lowerField(row, attribute, "in", slots, list, path, notes);
      return want ? isIn : allOf([lowerField(row, attribute, "isNotNull", slots, () => null, path, notes), isNotTrue(isIn)]);
    }),
  );
}

function regionIn(row: Alternative, attribute: string, slots: SlotSink, codes: (bindings: Parameters<SlotSink["binders"][number]>[0]) => readonly string[]): SourceCond {
  return lowerField(row, attribute, "in", slots, codes, [attribute], []);
}

function lowerField(
  row: Alternative,
  attribute: string,
  operator: FilterOperator,
  slots: SlotSink,
  operand: (bindings: Parameters<SlotSink["binders"][number]>[0]) => Unified | readonly Unified[],
  path: Path,
  notes: AtomNote[],
): SourceCond {
  const field: MappedField | undefined = row.part.fields.get(attribute);
  const atom = field?.filter(operator) ?? null;
  if (atom === null) return NEVER;
  const clear = row.clear(attribute);
  if (clear.kind === "false") return NEVER;
  notes.push({ of: "filter", path, operator, grade: atom.grade, note: atom.note });
  return allOf([row.present, clear, placeAtom(atom, row, slots, operand)]);
}

/** Puts an atom of the mapping into the query: aliases renamed, slots numbered and bound. */
export function placeAtom(
  atom: LoweredAtom,
  row: Alternative,
  slots: SlotSink,
  operand: (bindings: Parameters<SlotSink["binders"][number]>[0]) => Unified | readonly Unified[],
): SourceCond {
  const numbers = new Map<number, number>();
  return renameCond(row.cond(atom.cond), {
    alias: (alias) => alias,
    slot: (slot) => {
      const known = numbers.get(slot);
      if (known !== undefined) return known;
      const bind = atom.bind[slot];
      if (bind === undefined) throw new Error("an atom of the mapping names a slot that it does not bind");
      const number = slots.add((bindings) => bind(operand(bindings)));
      numbers.set(slot, number);
      return number;
    },
  });
}

/** A guard over rule predicates, which read B's true values: no guard stands inside it. */
export function lowerGuard(guard: Guard, row: Alternative, slots: SlotSink, notes: AtomNote[] = []): SourceCond {
  switch (guard.kind) {
    case "true":
      return ALWAYS;
    case "false":
      return NEVER;
    case "and":
      return allOf(guard.of.map((of) => lowerGuard(of, row, slots, notes)));
    case "or":
      return anyOf(guard.of.map((of) => lowerGuard(of, row, slots, notes)));
    case "not":
      return isNotTrue(lowerGuard(guard.of, row, slots, notes));
    case "atom": {
      const trueValues: Alternative = { ...row, present: ALWAYS, clear: () => ALWAYS };
      const instance: Instance = {
        entity: row.entity,
        alternatives: [trueValues],
        follow: () => {
          throw new Error("a rule's predicate is row-local");
        },
      };
      const ruleNotes: AtomNote[] = [];
      const cond = lowerTruth(guard.atom.predicate, guard.atom.is === "TRUE", instance, slots, ruleNotes);
      notes.push(...ruleNotes.map((note) => ({ ...note, of: "rule" as const })));
      return cond;
    }
  }
}
