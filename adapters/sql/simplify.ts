/**
 * Conditions made plainer without changing which rows they select, so that the database sees bare comparisons and can use indexes:
 * `(quality = 'RAW') IS TRUE` at the top of a WHERE is `quality = 'RAW'`; a NOT NULL column is not NULL.
 */
import type { SourceCond, SourceExpr } from "../contract/sourceQuery.ts";

type NeverNull = (expr: SourceExpr) => boolean;

/**
 * `onlyTruth`: whoever reads the result asks only whether it is TRUE (a WHERE, an ON, a CASE, an IS TRUE), so FALSE and NULL may be
 * exchanged. Under NOT, IS FALSE and IS NOT FALSE they may not.
 */
export function simplify(cond: SourceCond, onlyTruth: boolean, neverNull: NeverNull): SourceCond {
  switch (cond.kind) {
    case "and":
    case "or":
      return junction(cond.kind, cond.of.map((part) => simplify(part, onlyTruth, neverNull)));
    case "not": {
      const of = simplify(cond.of, false, neverNull);
      return isConstant(of) ? constant(of.kind === "false") : { kind: "not", of };
    }
    case "isTrue": {
      const of = simplify(cond.of, true, neverNull);
      return onlyTruth || isConstant(of) ? of : { kind: "isTrue", of };
    }
    case "isNotTrue": {
      const of = simplify(cond.of, true, neverNull);
      return isConstant(of) ? constant(of.kind === "false") : { kind: "isNotTrue", of };
    }
    case "isFalse": {
      const of = simplify(cond.of, false, neverNull);
      return isConstant(of) ? constant(of.kind === "false") : { kind: "isFalse", of };
    }
    case "isNotFalse": {
      const of = simplify(cond.of, false, neverNull);
      return isConstant(of) || isTwoValued(of, neverNull) ? of : { kind: "isNotFalse", of };
    }
    case "isNull":
      return neverNull(cond.of) ? constant(cond.negated) : cond;
    case "inList":
      // `IN ()` is no SQL; FALSE also for NULL, as SQLite has it.
      return cond.list.kind === "constants" && cond.list.values.length === 0 ? constant(cond.negated) : cond;
    default:
      return cond;
  }
}

/** The condition is never NULL, so it needs no reading. */
function isTwoValued(cond: SourceCond, neverNull: NeverNull): boolean {
  switch (cond.kind) {
    case "and":
    case "or":
      return cond.of.every((part) => isTwoValued(part, neverNull));
    case "not":
      return isTwoValued(cond.of, neverNull);
    case "compare":
      return neverNull(cond.left) && neverNull(cond.right);
    case "true":
    case "false":
    case "isNull":
    case "hasType":
    case "inRanges":
    case "isTrue":
    case "isNotTrue":
    case "isFalse":
    case "isNotFalse":
      return true;
    case "consistsOf":
    case "digits":
    case "significant":
    case "inList":
    case "startsWith":
    case "contains":
    case "isLatest":
      return false;
  }
}

/** Expressions that are not NULL in any row of which `cond` is TRUE, by `exprKey`. */
export function notNullWhere(cond: SourceCond): ReadonlySet<string> {
  switch (cond.kind) {
    case "and":
      return new Set(cond.of.flatMap((part) => [...notNullWhere(part)]));
    case "or": {
      const [first, ...others] = cond.of.map(notNullWhere);
      return new Set([...(first ?? [])].filter((key) => others.every((other) => other.has(key))));
    }
    case "compare":
      return new Set([exprKey(cond.left), exprKey(cond.right)]);
    case "inList":
      // NULL NOT IN (an empty list) is TRUE.
      return cond.negated ? new Set() : new Set([exprKey(cond.left)]);
    case "isNull":
      return cond.negated ? new Set([exprKey(cond.of)]) : new Set();
    case "hasType":
    case "consistsOf":
    case "digits":
    case "significant":
    case "inRanges":
      return new Set([exprKey(cond.of)]);
    case "isFalse":
      // A comparison is FALSE only where it is not NULL.
      return ["compare", "consistsOf", "digits", "significant"].includes(cond.of.kind) ? notNullWhere(cond.of) : new Set();
    case "startsWith":
    case "contains":
      return new Set([exprKey(cond.text)]);
    case "isTrue":
      return notNullWhere(cond.of);
    default:
      return new Set();
  }
}

/** Equal texts for equal expressions. */
export const exprKey = (expr: SourceExpr): string =>
  JSON.stringify(expr, (_, value: unknown) => (typeof value === "bigint" ? { bigint: String(value) } : value));

/** The conjuncts of a simplified condition; none for `true`. */
export function conjuncts(cond: SourceCond): readonly SourceCond[] {
  if (cond.kind === "true") return [];
  return cond.kind === "and" ? cond.of.flatMap(conjuncts) : [cond];
}

function junction(kind: "and" | "or", parts: readonly SourceCond[]): SourceCond {
  const [neutral, absorbing] = kind === "and" ? (["true", "false"] as const) : (["false", "true"] as const);
  if (parts.some((part) => part.kind === absorbing)) return { kind: absorbing };
  const left = parts.filter((part) => part.kind !== neutral);
  const [only] = left;
  if (only === undefined) return { kind: neutral };
  return left.length === 1 ? only : { kind, of: left };
}

type Constant = { readonly kind: "true" } | { readonly kind: "false" };
const isConstant = (cond: SourceCond): cond is Constant => cond.kind === "true" || cond.kind === "false";
const constant = (value: boolean): Constant => ({ kind: value ? "true" : "false" });
