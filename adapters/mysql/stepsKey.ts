/**
 * Numbers on one scale for all parts (`linear`) have up to 73 digits, and the server's decimals 65. So they stand as text of one width
 * that orders as the numbers do, made of blocks of digits by long division, and are whole numbers again when they are decoded.
 */
import type { Cell, SourceExpr } from "../contract/sourceQuery.ts";
import { type SqlFragment, sql } from "../sql/drizzle.ts";
import { parameter, type Scope } from "../sql/renderExpr.ts";
import { renderNumeric, renderWhen, type Typed } from "./typedExpr.ts";
import { typeWord } from "./parameters.ts";
import { digitsMax, TEXT } from "./shape.ts";

/** Digits of a key behind its sign. */
const width = 80;
const nines = 10n ** BigInt(width) - 1n;

/** The expression is on the scale of all parts, or a constant on it that no decimal of the server holds. */
export function holdsSteps(expr: SourceExpr): boolean {
  switch (expr.kind) {
    case "linear":
      return true;
    case "constant":
      return typeof expr.value === "bigint" && String(expr.value).length > digitsMax;
    case "coalesce":
      return expr.of.some(holdsSteps);
    case "when":
      return holdsSteps(expr.then) || holdsSteps(expr.otherwise);
    default:
      return false;
  }
}

/** `1` and the digits, or `0` and what is left of nines where the number is negative. */
export function stepsKey(steps: bigint): string {
  if (steps > nines || steps < -nines) throw new Error("a constant has more digits than the scale of all parts");
  const digits = String(steps < 0n ? nines + steps : steps).padStart(width, "0");
  return `${steps < 0n ? 0 : 1}${digits}`;
}

export function stepsOfKey(key: string): string {
  const digits = BigInt(key.slice(1));
  return String(key.startsWith("1") ? digits : digits - nines);
}

export function renderSteps(expr: SourceExpr, scope: Scope, typed: Typed): SqlFragment {
  switch (expr.kind) {
    case "linear":
      return renderLinear(expr, scope, typed);
    case "constant":
      return renderConstant(expr.value);
    case "when":
      return renderWhen(expr, scope, (part) => renderSteps(part, scope, typed));
    case "coalesce": {
      const of = expr.of.map((part) => renderSteps(part, scope, typed));
      return of.length < 2 ? (of[0] ?? sql`NULL`) : sql`COALESCE(${sql.join(of, sql`, `)})`;
    }
    default:
      throw new Error("what stands beside a number on the scale of all parts is one too");
  }
}

function renderConstant(value: Cell): SqlFragment {
  if (value === null) return sql`NULL`;
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isSafeInteger(value))) throw new Error("the scale of all parts is of whole numbers");
  return parameter({ kind: "constant", value: stepsKey(BigInt(value)), type: typeWord(TEXT, "raw") });
}

/** The server's decimals are of nine words of nine digits: a product that needs more loses its last ones without a word. */
const wordsMax = 9;
const wordDigits = 9;
const words = (digits: number): number => Math.ceil(digits / wordDigits);
/** Above every number that the hub reads; two words. */
const wholeDigits = 18;

const wholeNumber = /^-?\d{1,200}$/;

function renderLinear(expr: Extract<SourceExpr, { kind: "linear" }>, scope: Scope, typed: Typed): SqlFragment {
  const [times, plus, over] = [expr.times, expr.plus, expr.over].map((text) => {
    if (!wholeNumber.test(text)) throw new Error("a scale is made of whole numbers");
    return BigInt(text);
  }) as [bigint, bigint, bigint];
  if (over <= 0n) throw new Error("a scale divides by a positive number");
  // Tens in both are digits behind the point of the quotient, and no part of the arithmetic.
  let behind = 0;
  let [factor, offset] = [times, plus];
  while (behind < 54 && factor % 10n === 0n && offset % 10n === 0n && (factor !== 0n || offset !== 0n)) {
    factor /= 10n;
    offset /= 10n;
    behind += 1;
  }
  const { sql: of, scale } = renderNumeric(expr.of, scope, typed);
  const digitsOf = (value: bigint): number => String(value < 0n ? -value : value).length;
  const fits = (...counts: readonly number[]): boolean => counts.reduce((a, b) => a + b) <= wordsMax;
  if (!fits(words(wholeDigits), words(digitsOf(factor)), words(scale)) || digitsOf(offset) > 2 * wordDigits) throw new Error("a scale has more digits than the server's decimals");

  const number = sql`(${of} * ${sql.raw(`(${factor})`)} + ${sql.raw(`(${offset})`)})`;
  const divisor = sql.raw(String(over));
  const size = sql`ABS(${number})`;
  const blocks: SqlFragment[] = [];
  const quotientOf = (dividend: SqlFragment): SqlFragment => sql`CAST((${dividend} - MOD(${dividend}, ${divisor})) / ${divisor} AS DECIMAL(${sql.raw(String(digitsMax))},0))`;
  const whole = quotientOf(size);
  let rest = sql`MOD(${size}, ${divisor})`;
  let restScale = scale;
  const widths: number[] = [];
  for (let left = behind; left > 0; ) {
    const block = [2 * wordDigits, wordDigits].map((most) => Math.min(most, left)).find((digits) => fits(words(digitsOf(over)), words(digits + 1), words(restScale)));
    if (block === undefined) throw new Error("a scale divides by more digits than the server's decimals have");
    const dividend = sql`(${rest} * ${sql.raw(String(10n ** BigInt(block)))})`;
    blocks.push(quotientOf(dividend));
    widths.push(block);
    left -= block;
    restScale = Math.max(0, restScale - block);
    rest = sql`CAST(MOD(${dividend}, ${divisor}) AS DECIMAL(${sql.raw(String(digitsMax))},${sql.raw(String(restScale))}))`;
  }
  const wholeWidth = width - behind;
  const key = (sign: "0" | "1", part: (of: SqlFragment, digits: number) => SqlFragment): SqlFragment =>
    sql`CONCAT(${sql.raw(`'${sign}'`)}, ${sql.join([part(whole, wholeWidth), ...blocks.map((block, index) => part(block, widths[index] as number))], sql`, `)})`;
  const padded = (part: SqlFragment, digits: number): SqlFragment => sql`LPAD(${part}, ${sql.raw(String(digits))}, '0')`;
  const left = (part: SqlFragment, digits: number): SqlFragment => padded(sql`${sql.raw("9".repeat(digits))} - ${part}`, digits);
  // Cut towards zero: what has no step left is zero, on whichever side it was.
  const isNegative = sql`${number} < 0`;
  return sql`CASE WHEN ABS(${of}) >= ${sql.raw(`1${"0".repeat(wholeDigits)}`)} THEN NULL WHEN ${isNegative} THEN ${key("0", left)} ELSE ${key("1", padded)} END`;
}
