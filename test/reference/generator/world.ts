/**
 * Random networks: one to four sources of unlike kinds and shapes over few rows, with the rows of B that they stand for.
 *
 * A `World` is data: `encode.ts` makes the sources of it and `worldRows.ts` B; changing a record changes both, so that pairs of worlds
 * with equal views can be made (non-interference).
 */
import { booleanStyles, dateStyles, decimalStyles, type Drawn, enumStyles, type FieldStyle, hours, instantStyles, integerStyles, listStyles, localText, lonLatStyle, regionStyles, type SourceCell, textStyles } from "./fieldStyles.ts";
import { ratio } from "../exact.ts";
import { chance, drawOf, type Generate, pick, upTo } from "./draw.ts";
import { pollutantCodes, ppbOfOzone, valueWithUnit } from "./observationUnits.ts";

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

/** Drop folders and REST sources are read from their mirrors, whose cells are texts. */
export type SourceKind = "sqlite" | "drop" | "rest";

export interface SourceWorld {
  readonly id: string;
  readonly region: string;
  readonly kind: SourceKind;
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
/** A mirror's tables are strict about texts alone, and its columns of numbers order as texts do. */
const common = (g: Generate, kind: SourceKind): Common => ({ strict: chance(g, 50) && kind === "sqlite", keep: chance(g, 30), latest: chance(g, 30), tie: chance(g, 20) && kind === "sqlite" });

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

function stationTables(g: Generate, kind: SourceKind): SourceWorld["tables"] {
  const keyIsCode = chance(g, 40);
  const keyPublic = keyIsCode && chance(g, 40);
  const parts = chance(g, 25) ? ["", "water"] : [""];
  return parts.map((part, index) => {
    const base = common(g, kind);
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

function enterpriseTable(g: Generate, kind: SourceKind): SourceWorld["tables"][number] {
  const base = common(g, kind);
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

function penaltyTable(g: Generate, kind: SourceKind, enterpriseBy: "key" | "uscc", keyIsUscc: boolean): SourceWorld["tables"][number] {
  const base = common(g, kind);
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

function observationTable(g: Generate, kind: SourceKind, stationBy: "key" | "code", stations: readonly Row[], stationColumn: string): SourceWorld["tables"][number] {
  const base = common(g, kind);
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

const places: readonly (readonly [string, string])[] = [["alpha", "130000"], ["alpha-b", "130000"], ["beta", "120000"], ["gamma", "110000"]];

export function makeWorld(g: Generate): World {
  const count = pick(g, [1, 2, 2, 3, 3, 4]);
  const first = upTo(g, places.length - 1);
  const chosen = Array.from({ length: count }, (_, index) => places[(first + index) % places.length] as (typeof places)[number]);
  return { sources: chosen.map(([id, region]) => makeSource(g, id, region, pick(g, ["sqlite", "sqlite", "sqlite", "drop", "rest"] as const))) };
}

function makeSource(g: Generate, id: string, region: string, kind: SourceKind): SourceWorld {
  const stations = stationTables(g, kind);
  const stationBy = pick(g, ["key", "code"] as const);
  const enterprise = enterpriseTable(g, kind);
  const keyIsUscc = enterprise.shape.key[0] === "uscc";
  const enterpriseBy = pick(g, ["key", "uscc"] as const);
  const allStations = stations.flatMap((table) => table.rows);
  const stationColumn = stations[0]?.shape.key[0] ?? "sid";
  const tables = [...stations, enterprise, penaltyTable(g, kind, enterpriseBy, keyIsUscc), observationTable(g, kind, stationBy, allStations, stationColumn)];
  return { id, region, kind, tables, stationBy, enterpriseBy };
}
