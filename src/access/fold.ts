/**
 * Predicates folded with what is known before any row: which attributes the agency has, and which of them are empty (semantics.md §8).
 * Values stay symbolic, so that agencies with equal rules share plans.
 */
import { FALSE, TRUE, UNKNOWN, type Operand, type Predicate } from "../../schema/predicate.ts";
import type { Agency } from "../identity/network.ts";

/** Missing attributes are UNKNOWN, empty lists FALSE; `and`, `or`, `not` are simplified as Kleene's logic says. */
export function fold(predicate: Predicate, attributes: Agency["attributes"]): Predicate {
  switch (predicate.kind) {
    case "true":
    case "false":
    case "unknown":
    case "isNull":
      return predicate;
    case "compare":
      return foldOperand(predicate, predicate.operand, attributes);
    case "not":
      return negate(fold(predicate.of, attributes));
    case "and":
      return join("and", predicate.of.map((part) => fold(part, attributes)));
    case "or":
      return join("or", predicate.of.map((part) => fold(part, attributes)));
  }
}

/** Atoms over attributes that cannot be read are UNKNOWN, `isNull` too: nobody knows whether there is a value. */
export function foldUnread(predicate: Predicate, unread: ReadonlySet<string>): Predicate {
  switch (predicate.kind) {
    case "true":
    case "false":
    case "unknown":
      return predicate;
    case "compare":
    case "isNull":
      return unread.has(predicate.path[0]) ? UNKNOWN : predicate;
    case "not":
      return negate(foldUnread(predicate.of, unread));
    case "and":
    case "or":
      return join(predicate.kind, predicate.of.map((part) => foldUnread(part, unread)));
  }
}

function foldOperand(predicate: Predicate, operand: Operand, attributes: Agency["attributes"]): Predicate {
  if (operand.kind === "literals") return operand.values.length === 0 ? FALSE : predicate;
  if (operand.kind !== "agency") return predicate;
  const value = Object.hasOwn(attributes, operand.attribute) ? attributes[operand.attribute] : undefined;
  return value === undefined ? UNKNOWN : value.length === 0 ? FALSE : predicate;
}

function negate(folded: Predicate): Predicate {
  switch (folded.kind) {
    case "true":
      return FALSE;
    case "false":
      return TRUE;
    case "unknown":
      return UNKNOWN;
    default:
      return { kind: "not", of: folded };
  }
}

/** One FALSE ends an `and`, one TRUE an `or`; the neutral ones and repeated UNKNOWNs go. */
function join(kind: "and" | "or", parts: readonly Predicate[]): Predicate {
  const [neutral, absorbing] = kind === "and" ? (["true", "false"] as const) : (["false", "true"] as const);
  if (parts.some((part) => part.kind === absorbing)) return { kind: absorbing };
  const rest = parts.filter((part, index) => {
    if (part.kind === neutral) return false;
    return part.kind !== "unknown" || parts.findIndex((other) => other.kind === "unknown") === index;
  });
  if (rest.length === 0) return { kind: neutral };
  return rest.length === 1 ? (rest[0] ?? UNKNOWN) : { kind, of: rest };
}

/** Which truths some row could give, as far as the form of the predicate tells: an upper bound. */
export interface Outcomes {
  readonly true: boolean;
  readonly false: boolean;
  readonly unknown: boolean;
}

export function outcomesOf(predicate: Predicate): Outcomes {
  switch (predicate.kind) {
    case "true":
      return { true: true, false: false, unknown: false };
    case "false":
      return { true: false, false: true, unknown: false };
    case "unknown":
      return { true: false, false: false, unknown: true };
    case "compare":
      return { true: true, false: true, unknown: true };
    case "isNull":
      return { true: true, false: true, unknown: false };
    case "not": {
      const of = outcomesOf(predicate.of);
      return { true: of.false, false: of.true, unknown: of.unknown };
    }
    case "and":
      return meetAll(predicate.of.map(outcomesOf));
    case "or":
      // By De Morgan: an OR is TRUE, FALSE, UNKNOWN where the AND of the negations is FALSE, TRUE, UNKNOWN.
      return flip(meetAll(predicate.of.map((part) => flip(outcomesOf(part)))));
  }
}

const flip = (outcomes: Outcomes): Outcomes => ({ true: outcomes.false, false: outcomes.true, unknown: outcomes.unknown });

const meetAll = (parts: readonly Outcomes[]): Outcomes => ({
  true: parts.every((part) => part.true),
  false: parts.some((part) => part.false),
  unknown: parts.some((part) => part.unknown) && parts.every((part) => part.unknown || part.true),
});

/** A grant with it can raise a cell in some row. */
export const canGrant = (predicate: Predicate): boolean => outcomesOf(predicate).true;
/** A grant with it raises its cells in every row. */
export const alwaysGrants = (predicate: Predicate): boolean => !outcomesOf(predicate).false && !outcomesOf(predicate).unknown;
/** A restriction with it can bind in some row (it binds unless FALSE). */
export const canRestrict = (predicate: Predicate): boolean => outcomesOf(predicate).true || outcomesOf(predicate).unknown;
/** A restriction with it binds in every row. */
export const alwaysRestricts = (predicate: Predicate): boolean => !outcomesOf(predicate).false;
