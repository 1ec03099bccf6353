/** Exact sums over parts: rationals, added without rounding, printed once (semantics.md §5). */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { type Rational, rational } from "../harmonise/decimal.ts";

export const ZERO: Rational = rational(0n);

export function addRational(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  return reduced(a.n * b.d + b.n * a.d, a.d * b.d);
}

export const multiplyRational = (a: Rational, b: Rational): Rational => reduced(a.n * b.n, a.d * b.d);
export const divideByCount = (a: Rational, count: bigint): Rational => reduced(a.n, a.d * count);

/** Keeps numerators short while many groups are added. */
function reduced(n: bigint, d: bigint): Rational {
  let a = n < 0n ? -n : n;
  let b = d;
  while (b !== 0n) [a, b] = [b, a % b];
  return a > 1n ? { n: n / a, d: d / a } : { n, d };
}

/** A source's exact sum: decimal text of any length, or an integer. Null: no value was summed. */
export function sumOfCell(cell: Cell): Rational | null {
  if (cell === null) return null;
  if (typeof cell === "bigint") return rational(cell);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(cell));
  if (match === null) throw new Error("a source answered a sum that is not a decimal");
  const fraction = match[3] ?? "";
  const n = BigInt(`${match[2]}${fraction}`);
  return rational(match[1] === "-" ? -n : n, 10n ** BigInt(fraction.length));
}
