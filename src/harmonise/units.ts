/** Conversions between units as exact rationals: unified = factor · x + offset. */
import { molarVolume, unitByText, units, type Fraction, type Unit } from "../../schema/codes/units.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import { add, multiply, rational, type Decimal, type Rational } from "./decimal.ts";

export interface Linear {
  readonly factor: Rational;
  readonly offset: Rational;
}

/** State of a gas: reference (GB 3095 since the amendment of 2018) or standard (before it, and stack emissions). */
export type GasState = keyof typeof molarVolume;

export const identity: Linear = { factor: rational(1n), offset: rational(0n) };

/**
 * From what a source counts in (a code of the unit table or another spelling) to a unit of the table.
 *
 * Null where a unit is unknown, the dimensions differ, or an amount of substance (ppb, ppm) of something without a molar mass is
 * meant to be a mass: particles have none. c[µg/m³] = ppb · M / Vm (domain.md §2.3).
 */
export function conversion(options: { from: string; to: string; pollutant: string | null; at: GasState }): Linear | null {
  const from = unitByText(options.from);
  const to = units.get(options.to);
  if (!from || !to) return null;
  const bridge = dimensionBridge(from, to, options.pollutant, options.at);
  if (!bridge) return null;
  const factor = over(times(from.factor, bridge), to.factor);
  const offset = over(minus(times(from.offset, bridge), to.offset), to.factor);
  return { factor: reduce(factor), offset: reduce(offset) };
}

/** The unit in which the hub holds a pollutant's values; null for a code that the table has not. */
export const canonicalUnit = (pollutant: string): string | null => pollutants.get(pollutant)?.canonical ?? null;

export const applyLinear = (value: Decimal, { factor, offset }: Linear): Decimal => add(multiply(value, factor), offset);

/** Factor between the base units of two dimensions. */
function dimensionBridge(from: Unit, to: Unit, pollutant: string | null, at: GasState): Fraction | null {
  if (from.dimension === to.dimension) return rational(1n);
  const molarMassMilli = pollutant === null ? null : (pollutants.get(pollutant)?.molarMassMilli ?? null);
  if (molarMassMilli === null) return null;
  const volume = molarVolume[at];
  const ugPerPpb = { n: molarMassMilli * volume.d, d: 1000n * volume.n };
  if (from.dimension === "amountFraction" && to.dimension === "massConcentration") return ugPerPpb;
  if (from.dimension === "massConcentration" && to.dimension === "amountFraction") return { n: ugPerPpb.d, d: ugPerPpb.n };
  return null;
}

const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const over = (a: Fraction, b: Fraction): Fraction => rational(a.n * b.d, a.d * b.n);
const minus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });

function reduce({ n, d }: Fraction): Rational {
  let a = n < 0n ? -n : n;
  let b = d;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? rational(0n) : { n: n / a, d: d / a };
}
