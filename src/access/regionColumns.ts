/** Columns of the region table that rules may read besides the code itself: hub constants, so the predicate stays row-local. */
import { regionByCode, type RegionEntry, type RegionLevel } from "../../schema/codes/regions.ts";
import type { AttributeType } from "../../schema/vocabulary.ts";

const levels: Readonly<Record<RegionLevel, string>> = { COUNTRY: "国家", PROVINCE: "省级", PREFECTURE: "地级", COUNTY: "县级" };
const level: RegionColumn["type"] = {
  kind: "enum",
  name: "RegionLevel",
  values: Object.entries(levels).map(([name, zh]) => ({ name, zh, en: name.toLowerCase() })),
};

interface RegionColumn {
  readonly type: Extract<AttributeType, { readonly kind: "text" | "enum" }>;
  readonly value: (entry: RegionEntry) => string;
}

export const regionColumns: ReadonlyMap<string, RegionColumn> = new Map<string, RegionColumn>([
  ["name", { type: { kind: "text" }, value: ({ name }) => name }],
  ["nameEn", { type: { kind: "text" }, value: ({ nameEn }) => nameEn }],
  ["level", { type: level, value: (entry) => entry.level }],
]);

/** The column of the region with this code; NULL for a code that is not listed. */
export function regionValue(code: string, column: string): string | null {
  const entry = regionByCode(code);
  return (entry && regionColumns.get(column)?.value(entry)) ?? null;
}
