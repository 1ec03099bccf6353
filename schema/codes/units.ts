/**
 * Units by UCUM code (plus 万元 and 亿元), each as an exact factor to the base unit of its dimension.
 *
 * unified = factor · x + offset. Amounts of gas (ppb, ppm) are a dimension of their own: converting them to a mass concentration
 * needs the pollutant's molar mass and the reference state (`pollutants.ts`, domain: GB 3095).
 */
export type Dimension =
  | "massConcentration"
  | "amountFraction"
  | "money"
  | "temperature"
  | "pressure"
  | "angle"
  | "speed"
  | "acidity"
  | "mass"
  | "length"
  | "volumeFlow"
  | "percent"
  | "countConcentration"
  | "soundLevel"
  | "conductivity"
  | "colour"
  | "ratio";

export interface Fraction {
  readonly n: bigint;
  /** Positive. */
  readonly d: bigint;
}

export interface Unit {
  readonly code: string;
  readonly dimension: Dimension;
  readonly factor: Fraction;
  readonly offset: Fraction;
}

const zero: Fraction = { n: 0n, d: 1n };
const unit = (code: string, dimension: Dimension, n = 1n, d = 1n, offset: Fraction = zero): readonly [string, Unit] => [
  code,
  Object.freeze({ code, dimension, factor: { n, d }, offset }),
];

/** Base units have the factor 1: ug/m3, ppb, CNY, Cel, hPa, deg, m/s, [pH], t, m, m3/h, %, {count}/L, dB(A), uS/cm. */
export const units: ReadonlyMap<string, Unit> = new Map([
  unit("ug/m3", "massConcentration"),
  unit("mg/m3", "massConcentration", 1000n),
  unit("ng/m3", "massConcentration", 1n, 1000n),
  unit("g/m3", "massConcentration", 1_000_000n),
  unit("mg/L", "massConcentration", 1_000_000n),
  unit("ug/L", "massConcentration", 1000n),
  unit("ng/L", "massConcentration"),
  unit("ppb", "amountFraction"),
  unit("ppm", "amountFraction", 1000n),
  unit("CNY", "money"),
  unit("万元", "money", 10_000n),
  unit("亿元", "money", 100_000_000n),
  unit("Cel", "temperature"),
  unit("K", "temperature", 1n, 1n, { n: -27315n, d: 100n }),
  unit("hPa", "pressure"),
  unit("kPa", "pressure", 10n),
  unit("Pa", "pressure", 1n, 100n),
  unit("deg", "angle"),
  unit("m/s", "speed"),
  unit("km/h", "speed", 5n, 18n),
  unit("[pH]", "acidity"),
  unit("t", "mass"),
  unit("kg", "mass", 1n, 1000n),
  unit("g", "mass", 1n, 1_000_000n),
  unit("万t", "mass", 10_000n),
  unit("m", "length"),
  unit("cm", "length", 1n, 100n),
  unit("mm", "length", 1n, 1000n),
  unit("km", "length", 1000n),
  unit("m3/h", "volumeFlow"),
  unit("m3/s", "volumeFlow", 3600n),
  unit("L/s", "volumeFlow", 18n, 5n),
  unit("%", "percent"),
  unit("{count}/L", "countConcentration"),
  unit("dB(A)", "soundLevel"),
  unit("uS/cm", "conductivity"),
  unit("mS/m", "conductivity", 10n),
  unit("{degree}", "colour"),
  unit("1", "ratio"),
]);

/** How sources spell units, besides the code itself. U+00B5 and U+03BC both stand for micro. */
const spellings: Readonly<Record<string, string>> = {
  "µg/m³": "ug/m3",
  "μg/m³": "ug/m3",
  "µg/m3": "ug/m3",
  "μg/m3": "ug/m3",
  "ug/m³": "ug/m3",
  "微克/立方米": "ug/m3",
  "mg/m³": "mg/m3",
  "毫克/立方米": "mg/m3",
  "ng/m³": "ng/m3",
  "纳克/立方米": "ng/m3",
  "mg/l": "mg/L",
  "毫克/升": "mg/L",
  "µg/L": "ug/L",
  "μg/L": "ug/L",
  "微克/升": "ug/L",
  元: "CNY",
  亿: "亿元",
  "℃": "Cel",
  "°C": "Cel",
  c: "Cel",
  C: "Cel",
  "°": "deg",
  "m³/h": "m3/h",
  "m³/s": "m3/s",
  "个/L": "{count}/L",
  "µS/cm": "uS/cm",
  "μS/cm": "uS/cm",
  无量纲: "[pH]",
  吨: "t",
  万吨: "万t",
  千克: "kg",
  度: "{degree}",
  米: "m",
};

/** A unit by its code or by a spelling that sources use; blanks around it do not matter. */
export const unitByText = (text: string): Unit | undefined => {
  const trimmed = text.trim();
  return units.get(trimmed) ?? units.get(spellings[trimmed] ?? "");
};

/**
 * Molar volume in L/mol at 101.325 kPa: c[µg/m³] = ppb · M / Vm. 298.15 K is the reference state of GB 3095 since the amendment
 * of 2018, 273.15 K the standard state before it and of stack emissions.
 */
export const molarVolume = {
  "298.15K": { n: 24465n, d: 1000n },
  "273.15K": { n: 22414n, d: 1000n },
} as const satisfies Record<string, Fraction>;
