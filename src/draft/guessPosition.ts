/** Two columns that are a position: by their names and by values that lie in China, or at least on the globe. */
import { entityWords, technical } from "./dictionary.ts";
import { together } from "./evidence.ts";
import type { FieldGuess } from "./guessColumn.ts";
import { matchName, spellingsOf } from "./names.ts";
import { type ColumnProfile, medianOf, type TableProfile } from "./profile.ts";

const bestOf = (table: TableProfile, entity: string, what: "lon" | "lat"): { readonly column: ColumnProfile; readonly score: number } | null => {
  const spellings = spellingsOf(technical[what], entityWords[entity] ?? { zh: [], en: [] }, `${entity}.${what}`);
  let best: { column: ColumnProfile; score: number } | null = null;
  for (const column of table.columns) {
    const score = matchName(column.name, spellings)?.score ?? 0;
    if (score >= 0.3 && (column.filled === 0 || column.numeric >= 0.8) && (best === null || score > best.score)) best = { column, score };
  }
  return best;
};

const within = (value: number | null, [low, high]: readonly [number, number]): boolean => value !== null && value >= low && value <= high;
const lonOfChina = [73, 136] as const;
const latOfChina = [3, 54] as const;

export function guessPosition(table: TableProfile, entity: string): FieldGuess | null {
  const [lon, lat] = [bestOf(table, entity, "lon"), bestOf(table, entity, "lat")];
  if (lon === null || lat === null || lon.column === lat.column) return null;
  const [x, y] = [medianOf(lon.column.numbers), medianOf(lat.column.numbers)];
  const isInChina = within(x, lonOfChina) && within(y, latOfChina);
  const isSwapped = within(y, lonOfChina) && within(x, latOfChina);
  const isShifted = [lon, lat].some(({ column }) => /gcj|amap|gaode|mars|高德|火星/i.test(column.name.raw));
  const [east, north] = isSwapped ? [lat.column, lon.column] : [lon.column, lat.column];
  const isOnGlobe = within(x, [-180, 180]) && within(y, [-90, 90]);
  return {
    attribute: "position",
    columns: [east.name.raw, north.name.raw],
    value: { lon: east.name.raw, lat: north.name.raw, ...(isShifted ? { crs: "GCJ-02" } : {}) },
    confidence: together((lon.score + lat.score) / 2, isInChina || isSwapped ? 0.6 : 0.1),
    evidence: [
      "names of a longitude and a latitude",
      ...(isSwapped ? ["their values stand the other way round"] : isInChina ? ["values within China"] : []),
      isShifted ? "a name says GCJ-02" : "the numbers cannot tell WGS-84 from the shifted GCJ-02 (100 to 700 m): ask where they come from",
    ],
    doubt: x !== null && !isOnGlobe ? "the values are no degrees" : x !== null && !isInChina && !isSwapped ? "the values lie outside China" : null,
  };
}
