/** Short ways to write lens chains in tests. */
import type { LensSpec, ResultSpec, StageSpec } from "../../../src/mapping/lenses/lensSpec.ts";

export const spec = (result: ResultSpec, ...stages: StageSpec[]): LensSpec => ({ stages, result, timeZone: "Asia/Shanghai" });
export const column: StageSpec = { stage: "column" };
export const decimal = (scale: number): ResultSpec => ({ kind: "decimal", scale });
export const of = (kind: "text" | "boolean" | "integer" | "instant" | "date" | "pollutant" | "region" | "link"): ResultSpec => ({ kind });
export const columnText = spec(of("text"), column);
export const unit = (code: string, pollutant: string | null, to: string | null = null, at: "298.15K" | "273.15K" = "298.15K"): StageSpec => ({
  stage: "unit", unit: { constant: code }, pollutant: pollutant === null ? null : { constant: pollutant }, to, at,
});
export const unitFromCells: StageSpec = {
  stage: "unit", unit: { inputs: [1], lens: columnText }, pollutant: { inputs: [2], lens: columnText }, to: null, at: "298.15K",
};

/** One chain of every kind and stage, for the laws. */
export const manySpecs: Readonly<Record<string, LensSpec>> = {
  text: columnText,
  decimal: spec(decimal(3), column),
  integer: spec(of("integer"), column),
  boolean: spec(of("boolean"), column),
  instant: spec(of("instant"), column),
  date: spec(of("date"), column),
  pollutant: spec(of("pollutant"), column),
  enum: spec({ kind: "enum", values: ["RAW", "REVIEWED"] }, column, { stage: "codes", table: { 0: "RAW", 2: "REVIEWED", "*": "RAW" } }),
  ppb: spec(decimal(1), column, { stage: "missing", texts: ["-99", "—"] }, unit("ppb", "a05024")),
  co: spec(decimal(6), column, unit("ug/m3", "a21005")),
  kelvin: spec(decimal(2), column, unit("K", null, "Cel")),
  unitColumn: spec(decimal(3), column, unitFromCells),
  bounds: spec(decimal(3), column, { stage: "bounds", below: ["<*", "*L", "未检出"], above: [">*"], give: "value" }, unit("ug/L", "w20111")),
  censor: spec({ kind: "enum", values: ["BELOW", "ABOVE"] }, column, { stage: "bounds", below: ["<*", "*L", "未检出"], above: [">*"], give: "censor" }),
  thousands: spec(decimal(2), column, { stage: "format", formats: ["1,234.5"] }, unit("万元", null, "CNY")),
  dms: spec(decimal(6), column, { stage: "format", formats: ["dms"] }),
  glued: spec(of("instant"), { stage: "columns", count: 4, glue: " " }, { stage: "format", formats: ["yyyy M d H"] }),
  excel: spec(of("date"), column, { stage: "format", formats: ["excel-1900", "yyyy-MM-dd", "M/d/yy"] }),
  epoch: spec(of("instant"), column, { stage: "format", formats: ["epoch-ms"] }),
  span: spec(of("instant"), column, { stage: "span", give: "start", averaging: { inputs: [1], lens: columnText } }),
  normalised: spec(of("text"), column, { stage: "normalise", how: ["width", "html-text", "upper", "penalty-number", "uscc", "trim"] }),
  matched: spec(of("date"), column, { stage: "match", pattern: "(?:停运|停用)(\\d{6,8})|(\\d{6,8})停[运用]" }, { stage: "format", formats: ["yyMMdd", "yyyyMMdd"] }),
  list: spec({ kind: "list", values: ["A", "B"] }, column, { stage: "list", separator: "," }, { stage: "codes", table: { a: "A", b: "B" } }),
  json: spec({ kind: "list" }, column, { stage: "list", separator: null }),
  flags: spec({ kind: "list" }, { stage: "flags", codes: ["WATER", "AIR"] }),
  otherwise: spec(decimal(2), column, { stage: "else", value: "1.5" }),
  constant: spec(decimal(2), { stage: "constant", value: "2.25" }),
  position: spec({ kind: "object" }, {
    stage: "object", needs: "all",
    parts: [{ name: "lon", inputs: [0], lens: spec(decimal(6), column) }, { name: "lat", inputs: [1], lens: spec(decimal(6), column) }],
  }, { stage: "crs", from: "GCJ-02" }),
};
