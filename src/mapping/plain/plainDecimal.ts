/**
 * Columns of exact decimals (`numeric`): a filter's bound is carried back to the column as an exact rational. A cell has at most 39
 * digits behind the point (`decimalOf`), so the bound rounded up at the sixtieth divides the cells as the rational does.
 */
import type { Cell, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import { decimalMax, decimalMin, type Decimal, powerOfTen, scaledInteger } from "../../harmonise/decimal.ts";
import type { Unified } from "../../harmonise/unified.ts";
import { allOf, anyOf, compare, constant, inConstants, orderWhere, slot, TRUE_COND, when } from "../conditions.ts";
import { hasOnly, listOf, scalarOf, stageOf, type CompareOperator, type Operand } from "../fieldContext.ts";
import type { LoweredAtom, SumLens } from "../mapping.ts";
import { cellsOf } from "../rewriteCodes.ts";
import { decodePrinted, isDecimal } from "../unifiedOrder.ts";
import type { PlainContext, PlainRewrite } from "./plainRewrite.ts";
import { decimalOfSteps, scaledExpr, stepDigits, stepsOf, stepsScale } from "./scale.ts";

const boundDigits = 60;
const significantDigits = 18;

/** Cells from `low` to below `end`, as decimal text. */
interface Interval {
  readonly low: string;
  readonly end: string;
}
const EMPTY: Interval = { low: "1", end: "0" };

export function plainDecimal({ columns, chain, spec, type, guaranteed }: PlainContext): PlainRewrite | null {
  const [column] = columns;
  if (columns.length !== 1 || column?.kind !== "decimal" || type.kind !== "decimal" || !hasOnly(spec, ["missing", "unit"])) return null;
  const linear = chain.linear([0]) ?? chain.linear([1]);
  if (!linear || linear.factor.n <= 0n) return null;
  const { factor, offset } = linear;
  const { expr } = column;
  const { scale } = type;

  /** Least text at `boundDigits` that is not below (n/d - offset) / factor. */
  const back = (n: bigint, d: bigint): string => {
    const top = (n * offset.d - offset.n * d) * factor.d * powerOfTen(boundDigits);
    const bottom = d * offset.d * factor.n;
    const quotient = top / bottom;
    return placed(quotient * bottom < top ? quotient + 1n : quotient);
  };
  /** The bound, or one digit above it where it is the rational itself. */
  const next = (bound: string, n: bigint, d: bigint): string => {
    const units = unplaced(bound);
    const isSame = units * (d * offset.d * factor.n) === (n * offset.d - offset.n * d) * factor.d * powerOfTen(boundDigits);
    return isSame ? placed(units + 1n) : bound;
  };
  /** Cells that print as so many steps: from half a step below to half a step above, an even step's ends being its own. */
  const stepInterval = (step: bigint): Interval => {
    const ten = 2n * powerOfTen(scale);
    // At an odd step the half itself belongs to the neighbours: the least decimal of the column above it.
    const above = (n: bigint): string => (step % 2n === 0n ? back(n, ten) : next(back(n, ten), n, ten));
    const until = (n: bigint): string => (step % 2n === 0n ? next(back(n, ten), n, ten) : back(n, ten));
    return { low: above(2n * step - 1n), end: until(2n * step + 1n) };
  };
  const printedAs = (value: Unified): Interval => (isDecimal(value) ? stepInterval(BigInt(scaledInteger(value as Decimal, scale))) : EMPTY);
  const exactAs = (value: Unified): Interval => {
    if (!isDecimal(value)) return EMPTY;
    const steps = stepsOf(value as Decimal);
    // Steps are cut towards zero: those of -0.5 are 0, as are those of 0.5.
    const [from, to] = steps > 0n ? [steps, steps + 1n] : steps < 0n ? [steps - 1n, steps] : [-1n, 1n];
    const one = powerOfTen(stepDigits);
    const low = back(from, one);
    const end = back(to, one);
    return { low: steps > 0n ? low : next(low, from, one), end: steps < 0n ? next(end, to, one) : end };
  };

  const markers = (stageOf(spec, "missing")?.texts ?? []).flatMap((text) => cellsOf(text, column));
  const bounds = allOf(
    compare(expr, ">", constant(-decimalMax)),
    compare(expr, "<", constant(decimalMax)),
    anyOf(compare(expr, ">=", constant(decimalMin)), compare(expr, "<=", constant(-decimalMin)), compare(expr, "=", constant(0))),
    // What prints as no safe integer is no value.
    compare(expr, ">=", constant(stepInterval(-BigInt(Number.MAX_SAFE_INTEGER)).low)),
    compare(expr, "<", constant(stepInterval(BigInt(Number.MAX_SAFE_INTEGER)).end)),
    column.digits !== undefined && column.digits <= significantDigits ? TRUE_COND : { kind: "significant", of: expr, digits: significantDigits },
    markers.length === 0 ? TRUE_COND : inConstants(expr, markers, true),
  );
  const valid = guaranteed ? TRUE_COND : bounds;

  const how = stageOf(spec, "unit") ? "unit rewritten exactly" : "column compared as it stands";
  const atomBy = (operator: CompareOperator, intervalOf: (value: Unified) => Interval, note: string): LoweredAtom | null => {
    const low = (operand: Operand): Cell => boundOf(intervalOf, operand, "low");
    const end = (operand: Operand): Cell => boundOf(intervalOf, operand, "end");
    const one = (op: ">=" | "<", bind: (operand: Operand) => Cell): LoweredAtom => ({ grade: "R", cond: allOf(compare(expr, op, slot(0)), valid), bind: [bind], note });
    switch (operator) {
      case "eq":
        return { grade: "R", cond: allOf(compare(expr, ">=", slot(0)), compare(expr, "<", slot(1)), valid), bind: [low, end], note };
      case "ne":
        return { grade: "R", cond: allOf(anyOf(compare(expr, "<", slot(0)), compare(expr, ">=", slot(1))), valid), bind: [low, end], note };
      case "gte":
        return one(">=", low);
      case "gt":
        return one(">=", end);
      case "lt":
        return one("<", low);
      case "lte":
        return one("<", end);
      case "in": {
        const ranges = (operand: Operand): readonly Interval[] => listOf(operand).map(intervalOf);
        const cond: SourceCond = { kind: "inRanges", of: expr, low: slot(0), high: slot(1) };
        // A cell has fewer digits than the end of its range, which it never is.
        return { grade: "R", cond: allOf(cond, valid), bind: [(operand) => ranges(operand).map((range) => range.low), (operand) => ranges(operand).map(({ end: before }) => placed(unplaced(before) - 1n))], note: "a range for each value" };
      }
      default:
        return null;
    }
  };
  const clean = when(valid, expr);
  const sum: SumLens = { expr: clean, split: [], linear: () => linear };
  return {
    valid,
    atom: (operator) => atomBy(operator, printedAs, how),
    order: {
      grade: "R",
      ...orderWhere(valid, expr),
      decode: (cell) => chain.read([cell]),
      canonical: { expr: scaledExpr(clean, linear), decode: decimalOfSteps, scale: stepsScale },
      compare: (operator) => atomBy(operator, exactAs, `${how}, by the exact value`) as LoweredAtom,
    },
    group: { grade: "R", expr: clean, decode: (cell) => decodePrinted(type, chain.printed([cell])) },
    sum,
  };
}

const boundOf = (intervalOf: (value: Unified) => Interval, operand: Operand, end: keyof Interval): Cell => {
  const value = scalarOf(operand);
  return value === null ? null : intervalOf(value)[end];
};

/** Whole units of 10⁻⁶⁰ as decimal text, and back. */
function placed(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(boundDigits + 1, "0");
  const text = `${units < 0n ? "-" : ""}${digits.slice(0, -boundDigits)}.${digits.slice(-boundDigits)}`;
  return text.replace(/\.?0+$/, "");
}
function unplaced(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const size = BigInt(`${whole}${fraction.padEnd(boundDigits, "0")}`);
  return text.startsWith("-") ? -size : size;
}
