/**
 * Random networks: one to four sources of unlike kinds and shapes over few rows, with the rows of B that they stand for.
 *
 * A `World` is data: `encode.ts` makes the sources of it and `worldRows.ts` B; changing a record changes both, so that pairs of worlds
 * with equal views can be made (non-interference).
 */
import { type Drawn, type FieldStyle, hours, localStyles, type SourceCell, type Styles } from "./fieldStyles.ts";
import { ratio } from "../exact.ts";
import { chance, drawOf, type Generate, pick, upTo } from "./draw.ts";
import { pollutantCodes, ppbOfOzone, valueWithUnit } from "./observationUnits.ts";
import { type ServerKind, typedStyles } from "./typedStyles.ts";

/** One table, and the part of the mapping that reads it. */
export interface TableShape {
  readonly entity: string;
  readonly part: string;
  readonly table: string;
  readonly strict: boolean;
  readonly key: readonly string[];
  readonly keyPublic: boolean;
  /** A unique column of its own instead of the row number, which no server's table has. */
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
export type MirroredKind = "drop" | "rest";
export type SourceKind = "sqlite" | MirroredKind | ServerKind;
export const isMirrored = (kind: SourceKind): kind is MirroredKind => kind === "drop" || kind === "rest";
export const isServer = (kind: SourceKind): kind is ServerKind => kind === "postgres" || kind === "mariadb";

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
  for (const [name, styles] of Object.entries(all)) if (styles.length > 0 && chance(g, 80)) fields.set(name, pick(g, styles));
  return fields;
}

interface Common {
  readonly styles: Styles;
  readonly strict: boolean;
  readonly keep: boolean;
  readonly latest: boolean;
  readonly tie: boolean;
}
/** A mirror's tables are strict about texts alone, and its columns of numbers order as texts do. */
function common(g: Generate, kind: SourceKind): Common {
  const strict = chance(g, 50) && kind === "sqlite";
  return { styles: isServer(kind) ? typedStyles(kind) : localStyles(strict), strict, keep: chance(g, 30), latest: chance(g, 30), tie: isServer(kind) ? chance(g, 60) : chance(g, 20) && kind === "sqlite" };
}

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
  let receivedBefore: FieldStyle | undefined;
  let tieBefore: boolean | undefined;
  return parts.map((part, index) => {
    const { styles, ...base } = common(g, kind);
    const fields = someFields(g, {
      name: styles.texts(),
      medium: styles.enums(mediums),
      elevation: [...styles.decimals(1, {}), ...styles.decimals(1, { unit: "km", factor: ratio(1000n) })],
      operator: styles.texts(["甲公司", "乙公司"]),
      contact: styles.plainTexts(contacts),
      active: styles.booleans,
      activeFrom: styles.dates,
      position: styles.position,
      region: styles.regions,
      quality: styles.enums(qualities),
      revision: styles.integers,
      receivedAt: styles.instants,
    });
    // A server puts no days, clocks and instants into one order: a mapping of parts that differ in it is refused.
    if (isServer(kind) && fields.has("receivedAt") && receivedBefore !== undefined) fields.set("receivedAt", receivedBefore);
    receivedBefore = fields.get("receivedAt");
    // So must their ties.
    const tie = (isServer(kind) ? (tieBefore ?? base.tie) : base.tie) && !keyPublic;
    tieBefore = tie;
    const shape = {
      ...base,
      entity: "Station",
      part,
      table: `station${part}`,
      key: [keyIsCode ? "code" : "sid"],
      keyPublic,
      tie,
      fields,
      indexes: indexes(g, [...fields].flatMap(([name, style]) => style.columns.map((column) => `${name}_${column.name}`))),
    };
    const text = (name: string) => ({ name, type: pick(g, styles.keyTexts) });
    const columns = [text("code"), ...(keyIsCode ? [] : [text("sid")]), text("moved")];
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
  const { styles, ...base } = common(g, kind);
  const keyIsUscc = chance(g, 50);
  const fields = someFields(g, {
    name: styles.texts(),
    industry: styles.texts(["2511", "2511", "2511", "2511", "2511", "3110"]),
    legalRep: styles.plainTexts(names),
    contactPhone: styles.plainTexts(phones),
    output: [...styles.decimals(3, { unit: "t" }), ...styles.decimals(3, { unit: "kg", factor: ratio(1n, 1000n) })],
    energy: styles.decimals(3, { unit: "万t", factor: ratio(10_000n) }),
    keyUnit: styles.lists(keyUnits),
    region: styles.regions,
    quality: styles.enums(qualities),
  });
  const shape = { ...base, entity: "Enterprise", part: "", table: "enterprise", key: [keyIsUscc ? "uscc" : "eid"], keyPublic: false, fields, indexes: indexes(g, ["uscc"]) };
  const columns = [{ name: "uscc", type: pick(g, styles.keyTexts) }, ...(keyIsUscc ? [] : [{ name: "eid", type: pick(g, styles.keyNumbers) }])];
  // Groups large enough to be published, with too few of some measure.
  const keys = Array.from({ length: upTo(g, 14) }, (_, at) => ({ uscc: `U${at}`, ...(keyIsUscc ? {} : { eid: 100 + at }) }));
  return { shape: { ...shape, fixed: { columns, fields: { uscc: "uscc" }, feeds: { uscc: ["uscc"] } } }, rows: makeRows(g, shape, keys) };
}

function penaltyTable(g: Generate, kind: SourceKind, enterpriseBy: "key" | "uscc", keyIsUscc: boolean): SourceWorld["tables"][number] {
  const { styles, ...base } = common(g, kind);
  const fields = someFields(g, {
    amount: [...styles.decimals(2, { unit: "CNY" }), ...styles.decimals(2, { unit: "万元", factor: ratio(10_000n) })],
    decidedOn: styles.dates,
    revoked: styles.booleans,
    kind: styles.lists(penaltyKinds),
    region: styles.regions,
    quality: styles.enums(qualities),
    revision: styles.integers,
  });
  const shape = { ...base, entity: "PenaltyDecision", part: "", table: "penalty", key: ["doc"], keyPublic: false, fields, indexes: indexes(g, ["ent", ...[...fields].flatMap(([name, style]) => style.columns.map((column) => `${name}_${column.name}`))]) };
  const byNumber = enterpriseBy === "key" && !keyIsUscc;
  const columns = [{ name: "doc", type: pick(g, styles.keyTexts) }, { name: "ent", type: pick(g, byNumber ? styles.keyNumbers : styles.keyTexts) }];
  const keys = Array.from({ length: upTo(g, 8) }, (_, at) => {
    const target = upTo(g, 9);
    return { doc: `${pick(g, ["京", "𠀀", "a"])}${at}号`, ent: target === 9 ? null : byNumber ? 100 + target : `U${target}` };
  });
  const field = enterpriseBy === "key" ? "ent" : { column: "ent", to: "uscc" };
  return { shape: { ...shape, fixed: { columns, fields: { docNo: "doc", enterprise: field }, feeds: { docNo: ["doc"], enterprise: ["ent"] } } }, rows: makeRows(g, shape, keys) };
}

function observationTable(g: Generate, kind: SourceKind, stationBy: "key" | "code", stations: readonly Row[], stationColumn: string): SourceWorld["tables"][number] {
  const { styles, ...base } = common(g, kind);
  // How a server spells a key's time is not the generator's to know.
  const tie = base.tie || isServer(kind);
  const wide = chance(g, 50);
  const stationKeys = [...stations.map((row) => row.fixed[stationBy === "code" ? "code" : stationColumn] ?? null).filter((cell) => cell !== null), "nowhere"];
  const stationField = stationBy === "key" ? "st" : { column: "st", to: "code" };
  const often = { region: styles.regions, quality: styles.enums(qualities), revision: styles.integers };
  const taken = new Set<string>();
  const fresh = (parts: readonly SourceCell[]): boolean => !taken.has(parts.join("|")) && taken.add(parts.join("|")) !== undefined;
  if (wide) {
    const fields = someFields(g, often);
    fields.set("$pm25", pick(g, styles.observed({})));
    fields.set("$o3", pick(g, styles.observed({ factor: ppbOfOzone })));
    fields.set("$co", pick(g, styles.observed({ marked: true })));
    const shape = { ...base, tie, entity: "Observation", part: "", table: "wide", key: ["st", "t"], keyPublic: false, fields, indexes: indexes(g, ["t"]) };
    const keys = Array.from({ length: upTo(g, 6) }, () => ({ st: pick(g, stationKeys), t: styles.localKey.text(pick(g, hours)) })).filter((key) => fresh([key.st, key.t]));
    return {
      shape: {
        ...shape,
        fixed: {
          columns: [{ name: "st", type: pick(g, styles.keyTexts) }, { name: "t", type: pick(g, styles.localKey.types) }],
          unpivot: {
            pm25_c: { pollutant: "a34004", unit: "ug/m3" },
            o3_c: { pollutant: "a05024", unit: "ppb" },
            co_c: { pollutant: "a21005", unit: "mg/m3", missing: ["-99", "—"] },
          },
          // The label is the hour's end.
          fields: { value: "$cell", station: stationField, end: styles.localKey.field("t"), averaging: { constant: "PT1H" } },
          feeds: { station: ["st"], end: ["t"], start: ["t"] },
        },
      },
      rows: makeRows(g, shape, keys),
    };
  }
  const fields = someFields(g, often);
  const byColumn = chance(g, 50) && styles.unitsBeside;
  fields.set("value", byColumn ? valueWithUnit : pick(g, styles.decimals(6, {})));
  const shape = { ...base, tie, entity: "Observation", part: "", table: "obs", key: ["st", "pol", "t"], keyPublic: false, fields, indexes: indexes(g, ["t", "st", "value_c"]) };
  const keys = Array.from({ length: upTo(g, 10) }, () => ({ st: pick(g, stationKeys), pol: pick(g, Object.keys(pollutantCodes)), t: styles.instantKey.text(pick(g, hours)) })).filter((key) => fresh([key.st, key.pol, key.t]));
  return {
    shape: {
      ...shape,
      fixed: {
        columns: [{ name: "st", type: pick(g, styles.keyTexts) }, { name: "pol", type: pick(g, styles.keyTexts) }, { name: "t", type: pick(g, styles.instantKey.types) }],
        fields: { pollutant: { column: "pol", codes: pollutantCodes }, station: stationField, start: styles.instantKey.field("t"), averaging: { constant: "PT1H" } },
        // What a unit beside the value makes of it depends on the pollutant, whose column feeds it too.
        feeds: { ...(byColumn ? { value: ["pol"] } : {}), station: ["st"], pollutant: ["pol"], unit: ["pol"], end: ["t"], start: ["t"] },
      },
    },
    rows: makeRows(g, shape, keys),
  };
}

const places: readonly (readonly [string, string])[] = [["alpha", "130000"], ["alpha-b", "130000"], ["beta", "120000"], ["gamma", "110000"]];

/** `servers`: kinds of database servers, of which every world then has one at least. */
export function makeWorld(g: Generate, servers: readonly ServerKind[] = []): World {
  const count = pick(g, [1, 2, 2, 3, 3, 4]);
  const first = upTo(g, places.length - 1);
  const chosen = Array.from({ length: count }, (_, index) => places[(first + index) % places.length] as (typeof places)[number]);
  const local = ["sqlite", "drop", "rest"] as const;
  const kinds: readonly SourceKind[] = servers.length === 0 ? ["sqlite", "sqlite", ...local] : [...servers, ...servers, ...local];
  return { sources: chosen.map(([id, region], at) => makeSource(g, id, region, at === 0 && servers.length > 0 ? pick(g, servers) : pick(g, kinds))) };
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
