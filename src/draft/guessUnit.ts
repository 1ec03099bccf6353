/**
 * The unit of a column of numbers: what it is said to be in, held against what its median can be. Where two units are plausible and nothing
 * tells them apart (ozone in ppb or µg/m³ differ by a factor of two), there is no guess.
 */
import { pollutants } from "../../schema/codes/pollutants.ts";
import { unitByText } from "../../schema/codes/units.ts";
import { decimalOf, printDecimal } from "../harmonise/decimal.ts";
import { applyLinear, conversion } from "../harmonise/units.ts";
import { likely } from "./evidence.ts";
import type { Name } from "./names.ts";
import { medianOf } from "./profile.ts";

export interface UnitGuess {
  /** Null: not to be told. */
  readonly unit: string | null;
  readonly confidence: number;
  readonly evidence: string;
  /** Other units that the numbers do not exclude. */
  readonly rivals: readonly string[];
}

/** Units in which agencies keep a quantity whose canonical unit is the key. */
const candidates: Readonly<Record<string, readonly string[]>> = {
  "ug/m3": ["ug/m3", "mg/m3"],
  "mg/m3": ["mg/m3", "ug/m3"],
  "mg/L": ["mg/L", "ug/L"],
  hPa: ["hPa", "kPa", "Pa"],
  Cel: ["Cel", "K"],
  CNY: ["CNY", "万元"],
  t: ["t", "万t", "kg"],
  m: ["m", "mm"],
  "uS/cm": ["uS/cm", "mS/m"],
};

/** Medians of quantities that are no pollutants, in the canonical unit: what is common, not what is possible. Output and energy may be anything. */
export const commonMedians: Readonly<Record<string, readonly [number, number]>> = {
  "PenaltyDecision.amount": [2_000, 2_000_000],
  "Outlet.height": [4, 300],
  "Outlet.diameter": [0.1, 15],
  "Station.elevation": [-10, 5_000],
};

const nameEndings: readonly (readonly [RegExp, string])[] = [
  [/ug[_]?(?:per)?[_]?m3|μg|µg|微克/i, "ug/m3"],
  [/mg[_]?(?:per)?[_]?m3|毫克每?立方米/i, "mg/m3"],
  [/ppb/i, "ppb"],
  [/ppm/i, "ppm"],
  [/mg[_]?(?:per)?[_]?l(?![a-z])/i, "mg/L"],
  [/ug[_]?(?:per)?[_]?l(?![a-z])/i, "ug/L"],
  [/万元|wan_?yuan|(?:^|_)wy(?:$|_)/i, "万元"],
  [/(?:^|_)(?:yuan|cny|rmb)(?:$|_)/i, "CNY"],
  [/万吨|wandun/i, "万t"],
  [/(?:^|_)(?:kpa)(?:$|_)/i, "kPa"],
  [/(?:^|_)(?:hpa)(?:$|_)/i, "hPa"],
  [/(?:^|_)(?:mm)(?:$|_)/i, "mm"],
  [/(?:_)(?:m)$/i, "m"],
  [/(?:_)(?:t|tce|ton|tons)$/i, "t"],
];

/** The unit that a column's comment or name says, in brackets or at its end. */
export const unitSaid = ({ raw, unit, comment }: Name): string | null => (comment === null ? null : unitInName(comment.raw, comment.unit)) ?? unitInName(raw, unit);

export function unitInName(raw: string, bracket: string | null): string | null {
  const inBracket = bracket === null ? undefined : unitByText(bracket);
  if (inBracket !== undefined) return inBracket.code;
  return nameEndings.find(([pattern]) => pattern.test(raw))?.[1] ?? null;
}

const inCanonical = (value: number, from: string, to: string, pollutant: string | null): number | null => {
  const linear = conversion({ from, to, pollutant, at: "298.15K" });
  const decimal = decimalOf(value);
  return linear === null || decimal === null ? null : Number(printDecimal(applyLinear(decimal, linear), 9));
};

const short = (value: number): string => String(Number(value.toPrecision(2)));

export interface UnitInput {
  readonly numbers: readonly number[];
  readonly named: string | null;
  readonly pollutant: string | null;
  /** `Entity.attribute` of quantities with a fixed unit. */
  readonly coordinate: string;
  readonly canonical: string;
}

export function guessUnit(input: UnitInput): UnitGuess {
  const { numbers, named, pollutant, canonical, coordinate } = input;
  const middle = medianOf(numbers.filter((value) => value > 0)) ?? medianOf(numbers);
  const range = pollutant === null ? (commonMedians[coordinate] ?? null) : (pollutants.get(pollutant)?.plausible ?? null);
  const isGas = pollutant !== null && pollutants.get(pollutant)?.molarMassMilli !== null && pollutants.get(pollutant)?.molarMassMilli !== undefined;
  const fits = (unit: string): boolean | null => {
    const value = middle === null ? null : inCanonical(middle, unit, canonical, pollutant);
    return value === null || range === null ? null : value >= range[0] && value <= range[1];
  };
  const say = (unit: string): string => {
    const value = middle === null ? null : inCanonical(middle, unit, canonical, pollutant);
    // A median is some row's cell: of enterprises and fines it stays out of the file.
    return value === null || pollutant === null ? unit : unit === canonical ? `median ${short(value)} ${canonical}` : `median ${short(value)} ${canonical} if ${unit}`;
  };
  if (named !== null) {
    if (conversion({ from: named, to: canonical, pollutant, at: "298.15K" }) === null) return { unit: null, confidence: 0, evidence: `it is said to be in ${named}, which is no unit of it`, rivals: [] };
    if (fits(named) === false) return { unit: null, confidence: 0.2, evidence: `it is said to be in ${named}, but ${say(named)} is implausible`, rivals: others(canonical, isGas).filter((unit) => fits(unit) === true) };
    return { unit: named, confidence: fits(named) === true ? 0.96 : 0.9, evidence: `it is said to be in ${named}${fits(named) === true && pollutant !== null ? `, ${say(named)}` : ""}`, rivals: [] };
  }
  const all = coordinate === "Station.elevation" ? [canonical] : others(canonical, isGas);
  if (all.length === 1) return fits(canonical) === false ? { unit: null, confidence: 0.2, evidence: `${say(canonical)} is implausible`, rivals: [] } : { unit: canonical, confidence: 0.85, evidence: fits(canonical) === true ? say(canonical) : "there is one unit in use", rivals: [] };
  if (middle === null) return { unit: null, confidence: 0, evidence: "no number to judge by", rivals: all };
  const plausible = all.filter((unit) => fits(unit) !== false);
  const [only] = plausible;
  if (only === undefined) return { unit: null, confidence: 0.1, evidence: `${say(canonical)} is implausible in every known unit`, rivals: [] };
  if (plausible.length === 1 && range !== null) return { unit: only, confidence: 0.88, evidence: pollutant === null ? `plausible only as ${only}` : `${say(only)}; other units are implausible`, rivals: [] };
  const amounts = plausible.filter((unit) => unit === "ppb" || unit === "ppm");
  const masses = plausible.filter((unit) => unit !== "ppb" && unit !== "ppm");
  const [mass] = masses;
  if (mass !== undefined && masses.length === 1 && amounts.length > 0) {
    // Networks under GB 3095 publish whole µg/m³ and CO with one digit; instruments that count in ppb give fractions.
    const digits = Math.max(...numbers.slice(0, 500).map((value) => (String(value).split(".")[1] ?? "").length));
    const isRounded = shareWhole(numbers) >= 0.9 || (pollutant === "a21005" && mass === "mg/m3" && digits <= 2);
    return {
      unit: mass,
      confidence: isRounded ? 0.75 : 0.5,
      evidence: `${say(mass)}${isRounded ? `, rounded as networks publish ${mass}` : ""}; ${amounts.map((unit) => say(unit)).join(", ")} would be plausible too`,
      rivals: amounts,
    };
  }
  return { unit: only, confidence: likely - 0.2, evidence: `${plausible.map((unit) => say(unit)).join(", ")}: all plausible`, rivals: plausible.slice(1) };
}

const others = (canonical: string, isGas: boolean): readonly string[] => [...(candidates[canonical] ?? [canonical]), ...(isGas ? ["ppb", "ppm"] : [])];
const shareWhole = (numbers: readonly number[]): number => (numbers.length === 0 ? 0 : numbers.filter(Number.isInteger).length / numbers.length);
