/**
 * Filters on a column of numbers, whatever its unit: the bound of a filter is carried back to the bound of the column by bisection
 * over the doubles, so that the column is compared as it stands and its index serves (languages.md §2 row 12, semantics.md §6).
 *
 * Sound because a unit is strictly monotone, and so is the step from a double to the decimal that it spells. Every operator is a
 * closed interval of doubles; an empty one is [1, 0].
 */
import type { SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { decimalMax, decimalMin, rationalOf } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { doubleBefore, leastDouble } from "./bisect.ts";
import { TRUE_COND, allOf, anyOf, compare, constant, inConstants, isNull, orderWhere, slot, when } from "./conditions.ts";
import { hasOnly, scalarOf, stageOf, type CompareOperator, type FieldContext, type Operand, type Rewrite } from "./fieldContext.ts";
import type { LoweredAtom, SumLens } from "./mapping.ts";
import { compareExact, exactCell, printedCell } from "./unifiedOrder.ts";

type Interval = readonly [number, number];
const EMPTY: Interval = [1, 0];

interface Domain {
  readonly low: number;
  readonly high: number;
  /** Numbers that a missing marker names. */
  readonly missing: readonly number[];
  readonly integers: boolean;
}

/** Ends of the stretch around 0 in which the chain gives values; null where it gives none at 0, so nothing is known. */
function domainOf(context: FieldContext, integers: boolean): Domain | null {
  const gives = (value: number): boolean => context.chain.printed([value]) !== null;
  const missing = (stageOf(context.spec, "missing")?.texts ?? [])
    .filter((text) => text.trim() !== "")
    .map(Number)
    .filter((value) => Number.isFinite(value) && !gives(value));
  const zero = missing.includes(0) ? doubleBefore(1) : 0;
  if (integers) {
    const high = [Number.MAX_SAFE_INTEGER, decimalMax - 1].find((end) => gives(end) && gives(-end));
    return high === undefined ? null : { low: -high, high, missing, integers };
  }
  if (!gives(zero)) return null;
  const ends = doubleBefore(decimalMax);
  // Marked numbers and those too small to be read lie inside the stretch: for the search they count as given.
  const inside = (value: number): boolean => missing.includes(value) || Math.abs(value) < decimalMin || gives(value);
  const above = leastDouble((value) => value > 0 && !inside(value), 0, ends, ends);
  const below = leastDouble((value) => value >= 0 || inside(value), -ends, 0, -ends);
  return { low: below ?? 0, high: above === null ? ends : doubleBefore(above), missing, integers };
}

/** The cell is a number that the chain reads. */
function validCond(column: SourceExpr, safe: boolean, domain: Domain, isWhole: boolean): SourceCond {
  const bounds = allOf(
    compare(column, ">=", constant(isWhole ? Math.ceil(domain.low) : domain.low)),
    compare(column, "<=", constant(isWhole ? Math.floor(domain.high) : domain.high)),
    domain.integers || isWhole
      ? TRUE_COND
      : anyOf(compare(column, ">=", constant(decimalMin)), compare(column, "<=", constant(-decimalMin)), compare(column, "=", constant(0))),
  );
  return safe ? bounds : allOf({ kind: "hasType", of: column, type: "number" }, bounds);
}

/** The opposite in a typed column, as ranges, so that an index finds the few rows; marked numbers have no value either. */
const noNumberCond = (column: SourceExpr, domain: Domain, isWhole: boolean): SourceCond =>
  anyOf(
    isNull(column),
    compare(column, "<", constant(isWhole ? Math.ceil(domain.low) : domain.low)),
    compare(column, ">", constant(isWhole ? Math.floor(domain.high) : domain.high)),
    ...(domain.integers || isWhole ? [] : [allOf(compare(column, ">", constant(-decimalMin)), compare(column, "<", constant(decimalMin)), compare(column, "<>", constant(0)))]),
    ...(domain.missing.length === 0 ? [] : [inConstants(column, domain.missing)]),
  );

type Below = (value: number) => boolean;

export function rewriteNumber(context: FieldContext): Rewrite | null {
  const [column] = context.columns;
  const { type, chain, spec } = context;
  if (context.columns.length !== 1 || !column || !hasOnly(spec, ["missing", "unit"])) return null;
  const integers = type.kind === "integer";
  if (integers ? column.kind !== "integer" || !column.safe : type.kind !== "decimal") return null;
  if (column.kind !== "number" && column.kind !== "integer") return null;
  const domain = domainOf(context, integers);
  if (!domain) return null;

  const cells = column.expr;
  const notMarked = domain.missing.length === 0 ? TRUE_COND : inConstants(cells, domain.missing, true);
  // A typed column of whole numbers is compared with whole numbers, or some databases would not use its index.
  const isWhole = column.kind === "integer" && column.safe;
  const bounds = validCond(cells, column.safe, domain, isWhole);
  const valid = context.guaranteed ? TRUE_COND : allOf(bounds, notMarked);
  const clean = when(valid, cells);

  const linear = chain.linear([0]) ?? chain.linear([1]);
  if (!linear || linear.factor.n <= 0n) return null;
  const inverse = (value: Unified): number => {
    if (typeof value !== "number" && !(typeof value === "object" && value !== null && "n" in value)) return 0;
    const { n, d } = rationalOf(value as number);
    return ((Number(n) / Number(d) - Number(linear.offset.n) / Number(linear.offset.d)) * Number(linear.factor.d)) / Number(linear.factor.n);
  };
  /** Least cell of the domain that is not below the operand, or null. */
  const least = (isBelow: Below, guess: number): number | null => {
    const holds = (value: number): boolean => !isBelow(integers ? Math.ceil(value) : Math.abs(value) < decimalMin ? 0 : value);
    return leastDouble(holds, domain.low, domain.high, guess);
  };
  const interval = (operator: CompareOperator, from: number | null, after: number | null): Interval => {
    switch (operator) {
      case "eq":
      case "ne":
        return from === null ? EMPTY : [from, after === null ? domain.high : doubleBefore(after)];
      case "gte":
        return from === null ? EMPTY : [from, domain.high];
      case "gt":
        return after === null ? EMPTY : [after, domain.high];
      case "lt":
        return from === null ? [domain.low, domain.high] : [domain.low, doubleBefore(from)];
      case "lte":
        return after === null ? [domain.low, domain.high] : [domain.low, doubleBefore(after)];
      default:
        return EMPTY;
    }
  };
  const whole = (bound: number | null, round: (value: number) => number): number | null => (bound === null || !isWhole ? bound : round(bound));
  /** `sign` compares a cell's value with the operand: printed for filters, exact for orders. */
  const atomBy = (operator: CompareOperator, sign: (value: number, operand: Unified) => number, note: string): LoweredAtom => {
    let last: { operand: Unified; found: Interval } | undefined;
    const find = (operand: Operand): Interval | null => {
      const value = scalarOf(operand);
      if (value === null || exactCell(type, value) === null) return null;
      if (last?.operand === value) return last.found;
      const guess = inverse(value);
      const from = least((cell) => sign(cell, value) < 0, guess);
      const after = operator === "gte" || operator === "lt" ? null : least((cell) => sign(cell, value) <= 0, from ?? guess);
      const found = interval(operator, from, after);
      last = { operand: value, found };
      return found;
    };
    const [low, high] = [slot(0), slot(1)];
    const cond =
      operator === "ne"
        ? allOf(anyOf(compare(cells, "<", low), compare(cells, ">", high)), valid)
        : allOf(compare(cells, ">=", low), compare(cells, "<=", high), notMarked, context.guaranteed ? TRUE_COND : bounds);
    return { grade: "R", cond, bind: [(operand) => whole(find(operand)?.[0] ?? null, Math.ceil), (operand) => whole(find(operand)?.[1] ?? null, Math.floor)], note };
  };
  const printedSign = (cell: number, operand: Unified): number => {
    const [own, other] = [chain.printed([cell]), printedCell(type, operand)];
    if (own === null || other === null) return Number.NaN;
    return (own as number) < (other as number) ? -1 : (own as number) > (other as number) ? 1 : 0;
  };
  const exactSign = (cell: number, operand: Unified): number => compareExact(type, chain.read([cell]), operand);
  const how = stageOf(spec, "unit") ? "unit rewritten by bisection" : "column compared as it stands";
  const markedAware = (sign: typeof printedSign) => (cell: number, operand: Unified) => {
    // a marked number has no value of its own; its neighbour's stands for it
    const own = cell === 0 ? -decimalMin : doubleBefore(cell);
    return sign(domain.missing.includes(cell) ? own : cell, operand);
  };
  const sum: SumLens = { expr: clean, split: [], linear: () => linear };
  return {
    valid,
    atom: (operator) => (["eq", "ne", "lt", "lte", "gt", "gte"].includes(operator) ? atomBy(operator, markedAware(printedSign), how) : null),
    order: {
      grade: "R",
      ...orderWhere(valid, cells, column.safe ? noNumberCond(cells, domain, isWhole) : undefined),
      decode: (cell) => chain.read([cell]),
      compare: (operator) => atomBy(operator, markedAware(exactSign), `${how}, by the exact value`),
    },
    group: null,
    sum: type.kind === "decimal" || integers ? sum : null,
  };
}

