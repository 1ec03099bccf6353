/** B of a world: what its mappings make of its tables, said by the generator itself. */
import type { Drawn, FieldStyle, SourceCell } from "./fieldStyles.ts";
import { keyHashOf } from "../../fixtures/keySecret.ts";
import type { Value } from "../conditions.ts";
import type { ModelRow } from "../model.ts";
import { canonicalUnits, pollutantCodes, unifiedByUnit } from "./observationUnits.ts";
import { isMirrored, isServer, type Row, type SourceKind, type SourceWorld, type TableShape, type World } from "./world.ts";

export const columnsOf = (name: string, style: FieldStyle): readonly string[] => style.columns.map((column) => `${name.replace("$", "")}_${column.name}`);

/** A cell as the source holds it: mirrors hold texts, and nothing where a text is empty. */
export const cellIn = (kind: SourceKind, cell: SourceCell): SourceCell => (!isMirrored(kind) || cell === null ? cell : cell === "" ? null : String(cell));

/** When mirrored rows came, which fills `receivedAt` where the mapping says nothing of it. */
export const receivedAt = "2017-01-01T00:00:00.000Z";
const isReceived = (kind: SourceKind, shape: TableShape): boolean => isMirrored(kind) && !shape.fields.has("receivedAt");

/** Rows of a table that lie in the base relation: of one key the highest revision, unless it is deleted. */
export function baseRows(kind: SourceKind, shape: TableShape, rows: readonly Row[]): readonly Row[] {
  const placeOf = ({ tie, rowid }: Row): number => (isServer(kind) ? tie : rowid);
  const keyOf = (row: Row): string => JSON.stringify(shape.key.map((column) => row.fixed[column]));
  return rows.filter((row) => {
    const isSuperseded = shape.latest && rows.some((other) => keyOf(other) === keyOf(row) && (other.ver > row.ver || (other.ver === row.ver && placeOf(other) > placeOf(row))));
    return !isSuperseded && (!shape.keep || (row.del !== null && row.del !== "Y"));
  });
}

/** B of a world. */
export function rowsOf(world: World): readonly ModelRow[] {
  return world.sources.flatMap((source) => source.tables.flatMap(({ shape, rows }, index) => {
    const branch = source.tables.slice(0, index).filter((table) => table.shape.entity === shape.entity).length;
    const places = rows.map(({ rowid }) => rowid).sort((a, b) => a - b);
    // A mirror numbers rows as they come.
    const numberOf = ({ rowid }: Row): number => (isMirrored(source.kind) ? places.indexOf(rowid) + 1 : rowid);
    return baseRows(source.kind, shape, rows).flatMap((row) => modelRows(source, shape, row, branch, numberOf(row)));
  }));
}

function modelRows(source: SourceWorld, shape: TableShape, row: Row, branch: number, rowid: number): readonly ModelRow[] {
  const spelled = ({ cells: [cell = null], spelled: own }: Drawn): string | null => {
    const text = own === undefined ? cellIn(source.kind, cell) : own;
    return text === null ? null : String(text);
  };
  const cells: Record<string, Value> = { region: source.region };
  // What the mapping itself says has no spelling in the source.
  const originals: Record<string, string | null> = { region: null };
  if (shape.entity === "Observation") Object.assign(originals, { averaging: null, unit: shape.table === "obs" ? String(row.fixed.pol) : null, end: String(row.fixed.t) });
  for (const [name, style] of shape.fields) {
    const drawn = row.drawn[name] as Drawn;
    if (name.startsWith("$")) continue;
    cells[name] = drawn.value;
    if (style.columns.length > 0) originals[name] = spelled(drawn);
  }
  if (isReceived(source.kind, shape)) {
    cells.receivedAt = Date.parse(receivedAt);
    originals.receivedAt = receivedAt;
  }
  const fixed = row.fixed;
  const base = { source: source.id, ownerRegion: source.region, entity: shape.entity };
  const key = shape.key.map((column) => fixed[column] ?? null);
  const tie = shape.tie ? row.tie : shape.keyPublic ? String(key[0]) : isServer(source.kind) ? keyHashOf(key.map(String)) : rowid;
  const locator = shape.key.map((column) => cellIn(source.kind, fixed[column] ?? null) as string | number);
  const make = (at: number, more: Readonly<Record<string, Value>>, own: readonly (string | number)[] = locator, names: readonly string[] = []): ModelRow => ({
    ...base,
    locator: own,
    tie: [tie, at],
    cells: { ...cells, ...more },
    names,
    originals: { ...originals, ...(more.$original === undefined ? {} : { value: more.$original as string | null }) },
    together: togetherOf(source.kind, shape),
  });
  switch (shape.entity) {
    case "Station":
      return [make(branch, { code: String(fixed.code), movedFrom: fixed.moved === null || fixed.moved === undefined ? null : `key:${fixed.moved}` }, locator, [`key:${locator[0]}`, `code:${fixed.code}`])];
    case "Enterprise":
      return [make(branch, { uscc: String(fixed.uscc) }, locator, [`key:${locator[0]}`, `uscc:${fixed.uscc}`])];
    case "PenaltyDecision":
      return [make(branch, { docNo: String(fixed.doc), enterprise: fixed.ent === null || fixed.ent === undefined ? null : `${source.enterpriseBy}:${fixed.ent}` })];
    default: {
      const station = `${source.stationBy}:${fixed.st}`;
      const instant = instantOf(String(fixed.t));
      if (shape.table === "obs") {
        const pollutant = pollutantCodes[String(fixed.pol)] ?? "";
        const value = row.drawn.value as Drawn;
        const unified = typeof value.value === "string" ? unifiedByUnit(value.value, (value.cells[1] ?? null) as string | null, pollutant) : value.value;
        return [make(branch, { station, pollutant, start: instant, end: instant + 3_600_000, averaging: "PT1H", value: unified, unit: canonicalUnits[pollutant] ?? null })];
      }
      return (["$pm25", "$o3", "$co"] as const).flatMap((column, index) => {
        const drawn = row.drawn[column] as Drawn;
        const cell = drawn.cells[0] ?? null;
        // A missing cell is no row; rubbish is one without a value.
        if (cell === null || (typeof cell === "string" && (cell.trim() === "" || (column === "$co" && (cell === "-99" || cell === "—"))))) return [];
        // No value, no row: plain SQL asks for both at once.
        if (isServer(source.kind) && drawn.value === null) return [];
        // In a STRICT table a number column vouches for its cells, and one that no measurement can be counts as missing.
        if (shape.strict && column !== "$co" && drawn.value === null) return [];
        const pollutant = ["a34004", "a05024", "a21005"][index] ?? "";
        return [make(branch + index, { station, pollutant, start: instant - 3_600_000, end: instant, averaging: "PT1H", value: drawn.value, unit: canonicalUnits[pollutant] ?? null, $original: spelled(drawn) }, [...locator, columnName(column)])];
      });
    }
  }
}

/** On the source's clock, unless the text says its offset. */
const instantOf = (text: string): number => Date.parse(/\+\d\d(?::\d\d)?$/.test(text) ? text.replace(" ", "T").replace(/\+00$/, "Z") : `${text.replace(" ", "T")}+08:00`);

const columnName = (column: string): string => `${column.slice(1)}_c`;

/** Attributes by the attributes that they share a column with. */
function togetherOf(kind: SourceKind, shape: TableShape): Readonly<Record<string, readonly string[]>> {
  const feeds = feedsOf(kind, shape);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, columns]) => [name, Object.entries(feeds).flatMap(([other, others]) => (others.some((column) => columns.includes(column)) || other === name ? [other] : []))]),
  );
}

function feedsOf(kind: SourceKind, shape: TableShape): Readonly<Record<string, readonly string[]>> {
  const constants = { region: [], ...(shape.entity === "Observation" ? { averaging: [], unit: [] } : {}) };
  const feeds: Record<string, readonly string[]> = { ...constants, ...shape.fixed.feeds };
  for (const [name, style] of shape.fields) {
    if (name.startsWith("$")) feeds.value = [...(feeds.value ?? []), ...columnsOf(name, style)];
    else feeds[name] = [...(feeds[name] ?? []), ...columnsOf(name, style)];
  }
  if (isReceived(kind, shape)) feeds.receivedAt = ["$received"];
  return feeds;
}

/** Attributes that a source maps, per entity: in every part. */
export function mappedAttributes(source: SourceWorld, entity: string): readonly string[] {
  const parts = source.tables.filter(({ shape }) => shape.entity === entity).map(({ shape }) => new Set([...Object.keys(feedsOf(source.kind, shape)), ...(entity === "Observation" ? ["pollutant"] : [])]));
  const [first] = parts;
  return first === undefined ? [] : [...first].filter((name) => parts.every((part) => part.has(name)));
}
