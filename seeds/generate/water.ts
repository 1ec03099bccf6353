/** Invented river and lake water: monthly samples at sections, and their class by the worst single factor of GB 3838-2002. */
import { seededRandom } from "./random.ts";

export interface WaterSection {
  readonly code: string;
  readonly name: string;
  readonly river: string;
  readonly region: Readonly<{ code: string; name: string }>;
  readonly lon: number;
  readonly lat: number;
  readonly lake: boolean;
  /** 1 … 5 */
  readonly target: number;
  /** 1 = about class II, 3 = about class V. */
  readonly load: number;
}

/** mg/L, but temperature in Cel and pH without unit. */
export interface WaterSample {
  readonly temperature: number;
  readonly ph: number;
  readonly oxygen: number;
  readonly codMn: number;
  readonly cod: number;
  readonly ammonia: number;
  readonly phosphorus: number;
  readonly nitrogen: number;
}

const CLASS_NAMES = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"] as const;
export const className = (waterClass: number): string => CLASS_NAMES[waterClass - 1] ?? "劣Ⅴ";

export function sample(section: WaterSection, monthIndex: number): WaterSample {
  const random = seededRandom(`water/${section.code}/${monthIndex}`);
  const vary = (typical: number, digits: number): number => Number(Math.max(0, typical * section.load * (1 + 0.22 * random.normal())).toFixed(digits));
  // monthIndex 0 is July.
  const warmth = Math.cos((2 * Math.PI * monthIndex) / 12);
  return {
    temperature: Number((17 + 10 * warmth + random.normal()).toFixed(1)),
    ph: Number((7.6 + 0.3 * random.normal()).toFixed(2)),
    oxygen: Number(Math.max(1, 9.4 - 1.6 * warmth - 1.1 * section.load + 0.5 * random.normal()).toFixed(2)),
    codMn: vary(2.6, 1),
    cod: vary(10.5, 0),
    ammonia: vary(0.19, 3),
    phosphorus: vary(section.lake ? 0.026 : 0.062, 3),
    nitrogen: vary(1.1, 2),
  };
}

/** Upper limits of classes Ⅰ … Ⅴ, in mg/L; lakes have a phosphorus column of their own (total nitrogen is left out, as in the monthly assessment). */
const LIMITS = {
  codMn: [2, 4, 6, 10, 15],
  cod: [15, 15, 20, 30, 40],
  ammonia: [0.15, 0.5, 1, 1.5, 2],
  phosphorus: [0.02, 0.1, 0.2, 0.3, 0.4],
  lakePhosphorus: [0.01, 0.025, 0.05, 0.1, 0.2],
} as const;
const LEAST_OXYGEN = [7.5, 6, 5, 3, 2] as const;

const classOf = (value: number, limits: readonly number[]): number => {
  const index = limits.findIndex((limit) => value <= limit);
  return index < 0 ? 6 : index + 1;
};

/** 1 … 5, or 6 for worse than Ⅴ (GB 3838-2002 table 1, worst single factor). */
export function assess(water: WaterSample, lake: boolean): number {
  const oxygen = LEAST_OXYGEN.findIndex((least) => water.oxygen >= least);
  const classes = [
    oxygen < 0 ? 6 : oxygen + 1,
    classOf(water.codMn, LIMITS.codMn),
    classOf(water.cod, LIMITS.cod),
    classOf(water.ammonia, LIMITS.ammonia),
    classOf(water.phosphorus, lake ? LIMITS.lakePhosphorus : LIMITS.phosphorus),
  ];
  return Math.max(...classes);
}
