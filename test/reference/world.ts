/**
 * Random networks: one to three SQLite sources of unlike shapes over few rows, with the rows of B that they stand for.
 *
 * A `World` is data: `tablesOf` makes the sources' tables of it and `rowsOf` B; changing a record changes both, so that pairs of worlds
 * with equal views can be made (non-interference).
 */
import fc from "fast-check";
import { decimalStyles, type Drawn, enumStyles, booleanStyles, dateStyles, type FieldStyle, hours, instantStyles, integerStyles, listStyles, localText, lonLatStyle, regionStyles, type SourceCell, textStyles, decimalValue } from "./fieldStyles.ts";
import { ratio } from "./exact.ts";
import type { ModelRow, Value } from "./model.ts";

/** fast-check's imperative generator: `g(arbitrary, …)`. */
export type Generate = fc.GeneratorValue;
export const pick = <T>(g: Generate, from: readonly T[]): T => g(fc.constantFrom<T[]>, ...from) as T;
export const chance = (g: Generate, percent: number): boolean => g(fc.integer, { min: 1, max: 100 }) > 100 - percent;
export const upTo = (g: Generate, max: number): number => g(fc.integer, { min: 0, max });
const same = (draw: fc.Arbitrary<Drawn>): fc.Arbitrary<Drawn> => draw;
export const drawOf = (g: Generate, style: FieldStyle): Drawn => g(same, style.draw);

/** One table, and the part of the mapping that reads it. */
export interface TableShape {
  readonly entity: string;
  readonly part: string;
  readonly table: string;
  readonly strict: boolean;
  readonly key: readonly string[];
  readonly keyPublic: boolean;
  /** A unique column of its own instead of the row number. */
  readonly tie: boolean;
  readonly keep: boolean;
  readonly latest: boolean;
  readonly indexes: readonly string[];
  readonly fields: ReadonlyMap<string, FieldStyle>;
  /** Columns, cells and constant attributes that are no drawn field. */
  readonly fixed: FixedShape;
}

interface FixedShape {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly unpivot?: Readonly<Record<string, unknown>>;
  /** Attributes → columns, beyond the drawn fields. */
  readonly feeds: Readonly<Record<string, readonly string[]>>;
}

export interface Row {
  readonly rowid: number;
  readonly tie: number;
  readonly ver: number;
  readonly del: string | null;
  /** Cells of the fixed columns, by column. */
  readonly fixed: Readonly<Record<string, SourceCell>>;
  readonly drawn: Readonly<Record<string, Drawn>>;
}

export interface SourceWorld {
  readonly id: string;
  readonly region: string;
  readonly tables: readonly { readonly shape: TableShape; readonly rows: readonly Row[] }[];
  /** How observations and penalties name their targets. */
  readonly stationBy: "key" | "code";
  readonly enterpriseBy: "key" | "uscc";
}

export interface World {
  readonly sources: readonly SourceWorld[];
}

const mediums = ["AIR", "SURFACE_WATER", "SOIL"];
export const qualities = ["RAW", "AUTO_CHECKED", "REVIEWED", "PUBLISHED"];
const contacts = ["无", "电话13812345678"];
const names = ["李建国", "欧阳文", "王五"];
const phones = ["13812345678", "010-12345678", "内线"];
const penaltyKinds = ["WARNING", "FINE", "CLOSURE"];
const keyUnits = ["WATER", "AIR", "SOIL"];

/** What the masks make of the generator's values. */
export const maskTable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "free-text": { 无: "无", 电话13812345678: "电话***" },
  "person-name": { 李建国: "李**", 欧阳文: "欧阳*", 王五: "王*" },
  phone: { "13812345678": "138****5678", "010-12345678": "010-****5678", 内线: "***" },
};

function someFields(g: Generate, all: Readonly<Record<string, readonly FieldStyle[]>>): Map<string, FieldStyle> {
  const fields = new Map<string, FieldStyle>();
  for (const [name, styles] of Object.entries(all)) if (chance(g, 80)) fields.set(name, pick(g, styles));
  return fields;
}

interface Common {
  readonly strict: boolean;
  readonly keep: boolean;
  readonly latest: boolean;
  readonly tie: boolean;
}
const common = (g: Generate): Common => ({ strict: chance(g, 50), keep: chance(g, 30), latest: chance(g, 30), tie: chance(g, 20) });

/** Rows with what lies below permissions: deleted, superseded, killed by a deleted revision. */
function makeRows(g: Generate, shape: Omit<TableShape, "fixed">, keys: readonly Readonly<Record<string, SourceCell>>[]): readonly Row[] {
  const rows: Row[] = [];
  const add = (fixed: Row["fixed"], ver: number, del: string | null): void => {
    const rowid = rows.length * 7 + 3 + upTo(g, 5);
    const drawn = Object.fromEntries([...shape.fields].map(([name, style]) => [name, drawOf(g, style)]));
    rows.push({ rowid, tie: (rows.length * 37) % 101, ver, del, fixed, drawn });
  };
  for (const key of keys) {
    const fate = upTo(g, 9);
    if (shape.latest && fate <= 2) add(key, 1, "N");
    add(key, 2, shape.keep && fate === 3 ? pick(g, ["Y", null]) : "N");
    if (shape.latest && shape.keep && fate === 4) add(key, 3, "Y");
  }
  return rows;
}

/** Half of the tables have indexes on what is filtered and ordered by. */
const indexes = (g: Generate, columns: readonly string[]): readonly string[] => columns.filter(() => chance(g, 30));

function stationTables(g: Generate): SourceWorld["tables"] {
  const keyIsCode = chance(g, 40);
  const keyPublic = keyIsCode && chance(g, 40);
  const parts = chance(g, 25) ? ["", "water"] : [""];
  return parts.map((part, index) => {
    const base = common(g);
    const fields = someFields(g, {
      name: textStyles(),
      medium: enumStyles(mediums),
      elevation: [...decimalStyles(1, { strict: base.strict }), ...decimalStyles(1, { strict: base.strict, unit: "km", factor: ratio(1000n) })],
      operator: textStyles(["甲公司", "乙公司"]),
      contact: textStyles(contacts).slice(0, 1),
      active: booleanStyles,
      activeFrom: dateStyles,
      position: [lonLatStyle(base.strict)],
      region: regionStyles,
      quality: enumStyles(qualities),
      revision: integerStyles,
      receivedAt: instantStyles,
    });
    const shape = {
      ...base,
      entity: "Station",
      part,
      table: `station${part}`,
      key: [keyIsCode ? "code" : "sid"],
      keyPublic,
      tie: base.tie && !keyPublic,
      fields,
      indexes: indexes(g, [...fields].flatMap(([name, style]) => style.columns.map((column) => `${name}_${column.name}`))),
    };
    const columns = [{ name: "code", type: "TEXT" }, ...(keyIsCode ? [] : [{ name: "sid", type: "TEXT" }]), { name: "moved", type: "TEXT" }];
    const keys = Array.from({ length: upTo(g, 6) }, (_, at) => ({
      code: `${pick(g, ["S", "𠀀", "\ue000", "s"])}${index}${at}`,
      ...(keyIsCode ? {} : { sid: `k${index}${at}` }),
      moved: chance(g, 30) ? (keyIsCode ? `S0${upTo(g, 5)}` : `k0${upTo(g, 5)}`) : null,
    }));
    return {
      shape: { ...shape, fixed: { columns, fields: { code: "code", movedFrom: "moved" }, feeds: { code: ["code"], movedFrom: ["moved"] } } },
      rows: makeRows(g, shape, keys),
    };
  });
}

function enterpriseTable(g: Generate): SourceWorld["tables"][number] {
  const base = common(g);
  const keyIsUscc = chance(g, 50);
  const fields = someFields(g, {
    name: textStyles(),
    industry: textStyles(["2511", "2511", "2511", "2511", "2511", "3110"]),
    legalRep: textStyles(names).slice(0, 1),
    contactPhone: textStyles(phones).slice(0, 1),
    output: [...decimalStyles(3, { strict: base.strict, unit: "t" }), ...decimalStyles(3, { strict: base.strict, unit: "kg", factor: ratio(1n, 1000n) })],
    energy: decimalStyles(3, { strict: base.strict, unit: "万t", factor: ratio(10_000n) }),
    keyUnit: listStyles(keyUnits),
    region: regionStyles,
    quality: enumStyles(qualities),
  });
  const shape = { ...base, entity: "Enterprise", part: "", table: "enterprise", key: [keyIsUscc ? "uscc" : "eid"], keyPublic: false, fields, indexes: indexes(g, ["uscc"]) };
  const columns = [{ name: "uscc", type: "TEXT" }, ...(keyIsUscc ? [] : [{ name: "eid", type: "INTEGER" }])];
  // Groups large enough to be published, with too few of some measure.
  const keys = Array.from({ length: upTo(g, 14) }, (_, at) => ({ uscc: `U${at}`, ...(keyIsUscc ? {} : { eid: 100 + at }) }));
  return { shape: { ...shape, fixed: { columns, fields: { uscc: "uscc" }, feeds: { uscc: ["uscc"] } } }, rows: makeRows(g, shape, keys) };
}

function penaltyTable(g: Generate, enterpriseBy: "key" | "uscc", keyIsUscc: boolean): SourceWorld["tables"][number] {
  const base = common(g);
  const fields = someFields(g, {
    amount: [...decimalStyles(2, { strict: base.strict, unit: "CNY" }), ...decimalStyles(2, { strict: base.strict, unit: "万元", factor: ratio(10_000n) })],
    decidedOn: dateStyles,
    revoked: booleanStyles,
    kind: listStyles(penaltyKinds),
    region: regionStyles,
    quality: enumStyles(qualities),
    revision: integerStyles,
  });
  const shape = { ...base, entity: "PenaltyDecision", part: "", table: "penalty", key: ["doc"], keyPublic: false, fields, indexes: indexes(g, ["ent", ...[...fields].flatMap(([name, style]) => style.columns.map((column) => `${name}_${column.name}`))]) };
  const byNumber = enterpriseBy === "key" && !keyIsUscc;
  const columns = [{ name: "doc", type: "TEXT" }, { name: "ent", type: byNumber ? "INTEGER" : "TEXT" }];
  const keys = Array.from({ length: upTo(g, 8) }, (_, at) => {
    const target = upTo(g, 9);
    return { doc: `${pick(g, ["京", "𠀀", "a"])}${at}号`, ent: target === 9 ? null : byNumber ? 100 + target : `U${target}` };
  });
  const field = enterpriseBy === "key" ? "ent" : { column: "ent", to: "uscc" };
  return { shape: { ...shape, fixed: { columns, fields: { docNo: "doc", enterprise: field }, feeds: { docNo: ["doc"], enterprise: ["ent"] } } }, rows: makeRows(g, shape, keys) };
}

const pollutantCodes: Readonly<Record<string, string>> = { PM25: "a34004", O3: "a05024", CO: "a21005" };
export const canonicalUnits: Readonly<Record<string, string>> = { a34004: "ug/m3", a05024: "ug/m3", a21005: "mg/m3" };
/** Molar masses over the molar volume at 298.15 K (GB 3095, amendment of 2018). */
const ppbOfOzone = ratio(47998n, 24465n);
const ppmOfMonoxide = ratio(28010n, 24465n);

function observationTable(g: Generate, stationBy: "key" | "code", stations: readonly Row[], stationColumn: string): SourceWorld["tables"][number] {
  const base = common(g);
  const wide = chance(g, 50);
  const stationKeys = [...stations.map((row) => row.fixed[stationBy === "code" ? "code" : stationColumn] ?? null).filter((cell) => cell !== null), "nowhere"];
  const stationField = stationBy === "key" ? "st" : { column: "st", to: "code" };
  const often = { region: regionStyles, quality: enumStyles(qualities), revision: integerStyles };
  const taken = new Set<string>();
  const fresh = (parts: readonly SourceCell[]): boolean => !taken.has(parts.join("|")) && taken.add(parts.join("|")) !== undefined;
  if (wide) {
    const text = (unit: Parameters<typeof decimalStyles>[1]): FieldStyle => ({ ...(decimalStyles(6, unit)[1] as FieldStyle), field: () => undefined });
    const real = (unit: Parameters<typeof decimalStyles>[1]): FieldStyle => ({ ...(decimalStyles(6, unit)[0] as FieldStyle), field: () => undefined });
    const fields = someFields(g, often);
    fields.set("$pm25", real({ strict: base.strict }));
    fields.set("$o3", real({ strict: base.strict, factor: ppbOfOzone }));
    fields.set("$co", text({ strict: base.strict }));
    const shape = { ...base, entity: "Observation", part: "", table: "wide", key: ["st", "t"], keyPublic: false, fields, indexes: indexes(g, ["t"]) };
    const keys = Array.from({ length: upTo(g, 6) }, () => ({ st: pick(g, stationKeys), t: localText(pick(g, hours)).replace("T", " ") })).filter((key) => fresh([key.st, key.t]));
    return {
      shape: {
        ...shape,
        fixed: {
          columns: [{ name: "st", type: "TEXT" }, { name: "t", type: "TEXT" }],
          unpivot: {
            pm25_c: { pollutant: "a34004", unit: "ug/m3" },
            o3_c: { pollutant: "a05024", unit: "ppb" },
            co_c: { pollutant: "a21005", unit: "mg/m3", missing: ["-99", "—"] },
          },
          // The label is the hour's end.
          fields: { value: "$cell", station: stationField, end: { column: "t", format: "yyyy-MM-dd HH:mm:ss" }, averaging: { constant: "PT1H" } },
          feeds: { station: ["st"], end: ["t"], start: ["t"] },
        },
      },
      rows: makeRows(g, shape, keys),
    };
  }
  const fields = someFields(g, often);
  const byColumn = chance(g, 50);
  fields.set("value", byColumn ? valueWithUnit : pick(g, decimalStyles(6, { strict: base.strict })));
  const shape = { ...base, entity: "Observation", part: "", table: "obs", key: ["st", "pol", "t"], keyPublic: false, fields, indexes: indexes(g, ["t", "st", "value_c"]) };
  const keys = Array.from({ length: upTo(g, 10) }, () => ({ st: pick(g, stationKeys), pol: pick(g, Object.keys(pollutantCodes)), t: `${localText(pick(g, hours))}+08:00` })).filter((key) => fresh([key.st, key.pol, key.t]));
  return {
    shape: {
      ...shape,
      fixed: {
        columns: [{ name: "st", type: "TEXT" }, { name: "pol", type: "TEXT" }, { name: "t", type: "TEXT" }],
        fields: { pollutant: { column: "pol", codes: pollutantCodes }, station: stationField, start: "t", averaging: { constant: "PT1H" } },
        // What a unit beside the value makes of it depends on the pollutant, whose column feeds it too.
        feeds: { ...(byColumn ? { value: ["pol"] } : {}), station: ["st"], pollutant: ["pol"], unit: ["pol"], end: ["t"], start: ["t"] },
      },
    },
    rows: makeRows(g, shape, keys),
  };
}

/** The unit stands beside the value. What the unit makes of it depends on the row's pollutant: `unifiedByUnit` below. */
const valueWithUnit: FieldStyle = {
  columns: [
    { name: "c", type: "TEXT" },
    { name: "unit", type: "TEXT" },
  ],
  field: ([column, unit]) => ({ column, unit: { column: unit } }),
  draw: fc
    .tuple(fc.constantFrom("1", "0.05", "12.34", "150", "abc", null), fc.constantFrom("ug/m3", "mg/m3", "ppb", "bogus", null))
    .map(([text, unit]): Drawn => ({ value: text === null || text === "abc" ? null : text, cells: [text, unit] })),
};

function unifiedByUnit(text: string, unit: string | null, pollutant: string): Value {
  const mass = { "ug/m3": ratio(1n), "mg/m3": ratio(1000n) }[unit ?? ""];
  const perMicrogram = canonicalUnits[pollutant] === "mg/m3" ? ratio(1n, 1000n) : ratio(1n);
  const scale = (factor: ReturnType<typeof ratio>): Value => decimalValue(text, 6, ratio(factor.n * perMicrogram.n, factor.d * perMicrogram.d));
  if (mass !== undefined) return scale(mass);
  if (unit !== "ppb" || pollutant === "a34004") return null;
  return scale(pollutant === "a05024" ? ppbOfOzone : ppmOfMonoxide);
}

const places: readonly (readonly [string, string])[] = [["alpha", "130000"], ["alpha-b", "130000"], ["beta", "120000"], ["gamma", "110000"]];

export function makeWorld(g: Generate): World {
  const count = 1 + upTo(g, 2);
  const first = upTo(g, places.length - 1);
  const chosen = Array.from({ length: count }, (_, index) => places[(first + index) % places.length] as (typeof places)[number]);
  return { sources: chosen.map(([id, region]) => makeSource(g, id, region)) };
}

function makeSource(g: Generate, id: string, region: string): SourceWorld {
  const stations = stationTables(g);
  const stationBy = pick(g, ["key", "code"] as const);
  const enterprise = enterpriseTable(g);
  const keyIsUscc = enterprise.shape.key[0] === "uscc";
  const enterpriseBy = pick(g, ["key", "uscc"] as const);
  const allStations = stations.flatMap((table) => table.rows);
  const stationColumn = stations[0]?.shape.key[0] ?? "sid";
  const tables = [...stations, enterprise, penaltyTable(g, enterpriseBy, keyIsUscc), observationTable(g, stationBy, allStations, stationColumn)];
  return { id, region, tables, stationBy, enterpriseBy };
}

export const columnsOf = (name: string, style: FieldStyle): readonly string[] => style.columns.map((column) => `${name.replace("$", "")}_${column.name}`);

/** Rows of a table that lie in the base relation: of one key the highest revision, unless it is deleted. */
export function baseRows(shape: TableShape, rows: readonly Row[]): readonly Row[] {
  const keyOf = (row: Row): string => JSON.stringify(shape.key.map((column) => row.fixed[column]));
  return rows.filter((row) => {
    const isSuperseded = shape.latest && rows.some((other) => keyOf(other) === keyOf(row) && (other.ver > row.ver || (other.ver === row.ver && other.rowid > row.rowid)));
    return !isSuperseded && !isUncountable(shape, row) && (!shape.keep || (row.del !== null && row.del !== "Y"));
  });
}

/**
 * The mapping bounds the number columns of STRICT tables in the base relation: a row in which one of them holds a number beyond what the
 * hub reads is no row (elsewhere the cell alone is NULL).
 */
function isUncountable(shape: TableShape, row: Row): boolean {
  if (!shape.strict) return false;
  return [...shape.fields].some(([name, { isNumber }]) => {
    const drawn = row.drawn[name];
    return !name.startsWith("$") && isNumber === true && drawn?.value === null && drawn.cells[0] !== null;
  });
}

/** B of a world. */
export function rowsOf(world: World): readonly ModelRow[] {
  return world.sources.flatMap((source) => source.tables.flatMap(({ shape, rows }, index) => {
    const branch = source.tables.slice(0, index).filter((table) => table.shape.entity === shape.entity).length;
    return baseRows(shape, rows).flatMap((row) => modelRows(source, shape, row, branch));
  }));
}

function modelRows(source: SourceWorld, shape: TableShape, row: Row, branch: number): readonly ModelRow[] {
  const cells: Record<string, Value> = { region: source.region };
  // What the mapping itself says has no spelling in the source.
  const originals: Record<string, string | null> = { region: null };
  if (shape.entity === "Observation") Object.assign(originals, { averaging: null, unit: shape.table === "obs" ? String(row.fixed.pol) : null, end: String(row.fixed.t) });
  for (const [name, style] of shape.fields) {
    const drawn = row.drawn[name] as Drawn;
    if (name.startsWith("$")) continue;
    cells[name] = drawn.value;
    if (style.columns.length > 0) originals[name] = spelled(drawn.cells[0] ?? null);
  }
  const fixed = row.fixed;
  const base = { source: source.id, ownerRegion: source.region, entity: shape.entity };
  const tie = shape.tie ? row.tie : shape.keyPublic ? String(fixed[shape.key[0] ?? ""]) : row.rowid;
  const locator = shape.key.map((column) => fixed[column] as string | number);
  const make = (at: number, more: Readonly<Record<string, Value>>, own: readonly (string | number)[] = locator, names: readonly string[] = []): ModelRow => ({
    ...base,
    locator: own,
    tie: [tie, at],
    cells: { ...cells, ...more },
    names,
    originals: { ...originals, ...(more.$original === undefined ? {} : { value: more.$original as string | null }) },
    together: togetherOf(shape),
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
      const label = String(fixed.t).replace(" ", "T").replace("+08:00", "");
      const instant = Date.parse(`${label}+08:00`);
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
        // In a STRICT table a number column vouches for its cells, and one that no measurement can be counts as missing.
        if (shape.strict && column !== "$co" && drawn.value === null) return [];
        const pollutant = ["a34004", "a05024", "a21005"][index] ?? "";
        return [make(branch + index, { station, pollutant, start: instant - 3_600_000, end: instant, averaging: "PT1H", value: drawn.value, unit: canonicalUnits[pollutant] ?? null, $original: spelled(cell) }, [...locator, columnName(column)])];
      });
    }
  }
}

const columnName = (column: string): string => `${column.slice(1)}_c`;
const spelled = (cell: SourceCell): string | null => (cell === null ? null : String(cell));

/** Attributes by the attributes that they share a column with. */
export function togetherOf(shape: TableShape): Readonly<Record<string, readonly string[]>> {
  const feeds = feedsOf(shape);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, columns]) => [name, Object.entries(feeds).flatMap(([other, others]) => (others.some((column) => columns.includes(column)) || other === name ? [other] : []))]),
  );
}

function feedsOf(shape: TableShape): Readonly<Record<string, readonly string[]>> {
  const constants = { region: [], ...(shape.entity === "Observation" ? { averaging: [], unit: [] } : {}) };
  const feeds: Record<string, readonly string[]> = { ...constants, ...shape.fixed.feeds };
  for (const [name, style] of shape.fields) {
    if (name.startsWith("$")) feeds.value = [...(feeds.value ?? []), ...columnsOf(name, style)];
    else feeds[name] = [...(feeds[name] ?? []), ...columnsOf(name, style)];
  }
  return feeds;
}

/** Attributes that a source maps, per entity: in every part. */
export function mappedAttributes(source: SourceWorld, entity: string): readonly string[] {
  const parts = source.tables.filter(({ shape }) => shape.entity === entity).map(({ shape }) => new Set([...Object.keys(feedsOf(shape)), ...(entity === "Observation" ? ["pollutant"] : [])]));
  const [first] = parts;
  return first === undefined ? [] : [...first].filter((name) => parts.every((part) => part.has(name)));
}
