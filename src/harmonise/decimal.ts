/**
 * Exact decimals: an exact value (a rational) and a printed one (half-even at a scale). semantics.md §4.
 *
 * A Decimal is either a JS number, standing for the decimal that `String(x)` spells (never for the binary fraction), or an
 * exact rational. Numbers keep the hot path free of BigInt; every function accepts both.
 */
export interface Rational {
  readonly n: bigint;
  /** Positive; n/d need not be reduced. */
  readonly d: bigint;
}
export type Decimal = number | Rational;
