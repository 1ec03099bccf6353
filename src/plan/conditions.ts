/** Smart constructors and renaming for source conditions: constants fold, slots and aliases move into a query's own numbering. */
import type { SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";

export const ALWAYS: SourceCond = { kind: "true" };
export const NEVER: SourceCond = { kind: "false" };

export function allOf(conds: readonly SourceCond[]): SourceCond {
  const of: SourceCond[] = [];
  for (const cond of conds) {
    if (cond.kind === "false") return NEVER;
    if (cond.kind === "true") continue;
    if (cond.kind === "and") of.push(...cond.of);
    else of.push(cond);
  }
  const [only] = of;
  if (only === undefined) return ALWAYS;
  return of.length === 1 ? only : { kind: "and", of };
}

export function anyOf(conds: readonly SourceCond[]): SourceCond {
  const of: SourceCond[] = [];
  for (const cond of conds) {
    if (cond.kind === "true") return ALWAYS;
    if (cond.kind === "false") continue;
    if (cond.kind === "or") of.push(...cond.of);
    else of.push(cond);
  }
  const [only] = of;
  if (only === undefined) return NEVER;
  return of.length === 1 ? only : { kind: "or", of };
}

/** `(cond) IS NOT TRUE`: two-valued, so it may stand anywhere. */
export function isNotTrue(cond: SourceCond): SourceCond {
  if (cond.kind === "true") return NEVER;
  if (cond.kind === "false") return ALWAYS;
  return { kind: "isNotTrue", of: cond };
}

export interface Renaming {
  readonly alias: (alias: string) => string;
  readonly slot: (slot: number) => number;
}

export function renameExpr(expr: SourceExpr, to: Renaming): SourceExpr {
  switch (expr.kind) {
    case "column":
      return { ...expr, alias: to.alias(expr.alias) };
    case "rowid":
    case "keyHash":
      return { ...expr, alias: to.alias(expr.alias) };
    case "constant":
      return expr;
    case "slot":
      return { kind: "slot", slot: to.slot(expr.slot) };
    case "lens":
      return { ...expr, args: expr.args.map((arg) => renameExpr(arg, to)) };
    case "coalesce":
      return { kind: "coalesce", of: expr.of.map((of) => renameExpr(of, to)) };
    case "when":
      return { kind: "when", cond: renameCond(expr.cond, to), then: renameExpr(expr.then, to), otherwise: renameExpr(expr.otherwise, to) };
    case "truth":
      return { kind: "truth", cond: renameCond(expr.cond, to) };
    case "start":
    case "linear":
    case "bucket":
      return { ...expr, of: renameExpr(expr.of, to) };
  }
}

export function renameCond(cond: SourceCond, to: Renaming): SourceCond {
  switch (cond.kind) {
    case "true":
    case "false":
      return cond;
    case "and":
    case "or":
      return { kind: cond.kind, of: cond.of.map((of) => renameCond(of, to)) };
    case "not":
    case "isTrue":
    case "isNotTrue":
    case "isFalse":
    case "isNotFalse":
      return { kind: cond.kind, of: renameCond(cond.of, to) };
    case "compare":
      return { ...cond, left: renameExpr(cond.left, to), right: renameExpr(cond.right, to) };
    case "inList":
      return {
        ...cond,
        left: renameExpr(cond.left, to),
        list: cond.list.kind === "constants" ? cond.list : renameExpr(cond.list, to),
      };
    case "isNull":
    case "hasType":
    case "consistsOf":
    case "digits":
    case "significant":
      return { ...cond, of: renameExpr(cond.of, to) };
    case "inRanges":
      return { ...cond, of: renameExpr(cond.of, to), low: renameExpr(cond.low, to), high: renameExpr(cond.high, to) };
    case "startsWith":
    case "contains":
      return { kind: cond.kind, text: renameExpr(cond.text, to), part: renameExpr(cond.part, to) };
    case "isLatest":
      return { ...cond, alias: to.alias(cond.alias) };
  }
}

/** Aliases that a condition reads. */
export function aliasesOf(cond: SourceCond): ReadonlySet<string> {
  const found = new Set<string>();
  renameCond(cond, {
    alias: (alias) => {
      found.add(alias);
      return alias;
    },
    slot: (slot) => slot,
  });
  return found;
}

const conjuncts = (cond: SourceCond): readonly SourceCond[] => (cond.kind === "and" ? cond.of : [cond]);
export const conjunctsOf = (cond: SourceCond): readonly SourceCond[] => (cond.kind === "true" ? [] : conjuncts(cond));

/**
 * The same conjunction with lens calls and look-ups of other rows last: sources evaluate in the written order, and a row that a plain
 * comparison turns down should not pay for a lens.
 */
export function cheapFirst(cond: SourceCond): SourceCond {
  if (cond.kind !== "and") return cond;
  const costs = new Map(cond.of.map((of) => [of, costOf(of)] as const));
  return { kind: "and", of: cond.of.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0)) };
}

function costOf(cond: SourceCond): number {
  let cost = 0;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      const { kind } = value as { kind?: unknown };
      if (kind === "lens" || kind === "bucket") cost += 10;
      else if (kind === "isLatest") cost += 100;
      else if (kind === "compare" || kind === "inList" || kind === "startsWith" || kind === "contains") cost += 1;
      Object.values(value).forEach(visit);
    }
  };
  visit(cond);
  return cost;
}
