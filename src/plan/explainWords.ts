/** Predicates, guards and levels in words that a person can check against the policy file. */
import type { Clause, HideClause, Scope } from "../access/permit.ts";
import type { Operand } from "../../schema/predicate.ts";
import type { Level } from "../../schema/vocabulary.ts";
import type { OperandSource } from "./arguments.ts";
import { type Guard, type GuardAtom, guardAtom } from "./guards.ts";
import type { PlanSlot } from "./operationPlan.ts";
import type { Filter, SemiJoin, SemiJoinAtom } from "./semiJoin.ts";

/** `joins`: of the operation, by their numbers. */
export function sayPredicate(predicate: Filter, slots: readonly PlanSlot[] = [], joins: readonly SemiJoin[] = []): string {
  switch (predicate.kind) {
    case "true":
      return "every row";
    case "false":
      return "no row";
    case "unknown":
      return "unknown";
    case "and":
    case "or":
      return predicate.of.map((of) => (of.kind === "and" || of.kind === "or" ? `(${sayPredicate(of, slots, joins)})` : sayPredicate(of, slots, joins))).join(` ${predicate.kind} `);
    case "not":
      return `not (${sayPredicate(predicate.of, slots, joins)})`;
    case "semiJoin":
      return sayJoined(predicate, slots, joins);
    case "isNull":
      return `${predicate.path.join(".")} is ${predicate.isNull ? "" : "not "}null`;
    case "compare":
      return `${predicate.path.join(".")} ${predicate.operator} ${sayOperand(predicate.operand, slots)}`;
  }
}

/** `enterprise.penaltyDecisionRecords some (amount gt 100)`; NONE is a `not` around it. */
function sayJoined({ path, join }: SemiJoinAtom, slots: readonly PlanSlot[], joins: readonly SemiJoin[]): string {
  const found = joins.find(({ number }) => number === join);
  if (found === undefined) return `${path.join(".")} among the keys of semi-join ${join + 1}`;
  const { link, where } = found;
  return `${[...path.slice(0, path.length - link.key.length), link.name].join(".")} some (${sayPredicate(where, slots, joins)})`;
}

function sayOperand(operand: Operand, slots: readonly PlanSlot[]): string {
  switch (operand.kind) {
    case "literal":
      return JSON.stringify(operand.value);
    case "literals":
      return JSON.stringify(operand.values);
    case "slot":
      return saySlot(operand.slot, slots);
    case "agency":
      return `$agency.${operand.attribute}`;
    case "now":
      return operand.offsetMs === 0 ? "$now" : `$now ${operand.offsetMs < 0 ? "-" : "+"} ${Math.abs(operand.offsetMs) / 1000} s`;
  }
}

export function saySlot(number: number, slots: readonly PlanSlot[]): string {
  const slot = slots[number];
  return slot === undefined ? "?" : saySource(slot.source);
}

/** A value as the document writes it, or the variable that brings it. */
export function saySource(source: OperandSource): string {
  switch (source.kind) {
    case "literal":
      return JSON.stringify(source.value);
    case "variable":
      return `$${source.path.join(".")}`;
    case "list":
      return `[${source.items.map(saySource).join(", ")}]`;
  }
}

/** Rules by their public names: what they look at is for their owner (semantics.md §7). */
export function sayGuard(guard: Guard, scope: Scope | undefined): string {
  switch (guard.kind) {
    case "true":
      return "every row";
    case "false":
      return "no row";
    case "and":
    case "or":
      return guard.of.map((of) => (of.kind === "and" || of.kind === "or" ? `(${sayGuard(of, scope)})` : sayGuard(of, scope))).join(` ${guard.kind} `);
    case "not":
      return guard.of.kind === "atom" ? sayAtom(guard.of.atom, scope, "IS NOT") : `not (${sayGuard(guard.of, scope)})`;
    case "atom":
      return sayAtom(guard.atom, scope, "IS");
  }
}

function sayAtom(atom: GuardAtom, scope: Scope | undefined, verb: "IS" | "IS NOT"): string {
  const clauses: readonly (Clause | HideClause)[] = scope === undefined ? [] : [...scope.grants, ...scope.restrictions, ...scope.hides];
  const rules = new Set(
    clauses.flatMap(({ rule, when }) => {
      const same = guardAtom(when, atom.is);
      return same.kind === "atom" && same.atom.id === atom.id ? [rule] : [];
    }),
  );
  return `condition of ${[...rules].join(", ") || "a rule"} ${verb} ${atom.is}`;
}

/** `clear: a, b; masked: c (phone); withheld: d`, in the order of the names. */
export function sayLevels(names: readonly string[], levels: ReadonlyMap<string, Level>): string {
  const of = (wanted: (level: Level) => boolean): readonly string[] => names.filter((name) => wanted(levels.get(name) ?? "NULL"));
  const said = (word: string, list: readonly string[]): readonly string[] => (list.length === 0 ? [] : [`${word}: ${list.join(", ")}`]);
  return [
    ...said("clear", of((level) => level === "CLEAR")),
    ...said("masked", of((level) => level !== "CLEAR" && level !== "NULL").map((name) => `${name} (${levels.get(name)})`)),
    ...said("withheld", of((level) => level === "NULL")),
  ].join("; ");
}
