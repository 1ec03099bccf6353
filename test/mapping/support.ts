/** A small vocabulary of every type, tables as an adapter would show them, and SQL text for source conditions. */
import type { ColumnInfo, TableInfo } from "../../adapters/contract/adapter.ts";
import type { BoundValue, Cell, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { listJson } from "../../adapters/sqlite/values.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import type { AttributeDef, AttributeType, EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import { compileMapping } from "../../src/mapping/compileMapping.ts";
import type { Mapping } from "../../src/mapping/mapping.ts";

const enumType = (name: string, ...values: string[]): AttributeType => ({ kind: "enum", name, values: values.map((value) => ({ name: value, zh: value, en: value })) });

export const quality = enumType("Quality", "RAW", "AUTO_CHECKED", "REVIEWED", "PUBLISHED");

function entity(name: string, attributes: Record<string, { type: AttributeType; key?: boolean }>): EntityDef {
  const of = asEntityName(name);
  const defs = Object.entries(attributes).map(([attribute, { type, key = false }]): [string, AttributeDef] => [
    attribute,
    { entity: of, name: attribute, type, zh: attribute, en: attribute, sharing: "U", sensitivity: "G", key, masks: [], inOpen: true, inProvenance: false },
  ]);
  const singular = name.charAt(0).toLowerCase() + name.slice(1);
  return { name: of, singular, plural: `${singular}s`, zh: name, en: name, attributes: new Map(defs), acrossLinks: [] };
}

const regional = { region: { type: { kind: "region" } }, quality: { type: quality }, receivedAt: { type: { kind: "instant" } }, revision: { type: { kind: "integer" } } } as const;
const link = (to: string): AttributeType => ({ kind: "link", entity: asEntityName(to) });
const part = (type: AttributeType): never => ({ type, zh: "", en: "" }) as never;
const position: AttributeType = { kind: "object", name: "Position", parts: { lon: part({ kind: "decimal", scale: 6 }), lat: part({ kind: "decimal", scale: 6 }) } };
const text: AttributeType = { kind: "text" };

const entities = [
  entity("Station", {
    code: { type: text, key: true },
    name: { type: text },
    medium: { type: enumType("Medium", "AIR", "SURFACE_WATER") },
    role: { type: enumType("StationRole", "URBAN", "BACKGROUND", "ROADSIDE") },
    position: { type: position },
    operator: { type: text },
    active: { type: { kind: "boolean" } },
    activeFrom: { type: { kind: "date" } },
    activeTo: { type: { kind: "date" } },
    movedFrom: { type: link("Station") },
    ...regional,
  }),
  entity("Observation", {
    station: { type: link("Station"), key: true },
    pollutant: { type: { kind: "pollutant" }, key: true },
    start: { type: { kind: "instant" }, key: true },
    end: { type: { kind: "instant" } },
    averaging: { type: enumType("Averaging", "PT1H", "PT8H", "PT8H_ROLLING", "PT24H_ROLLING", "P1D", "P1M", "SPOT"), key: true },
    value: { type: { kind: "decimal", scale: 3, unit: "byPollutant" } },
    unit: { type: text },
    condition: { type: enumType("GasCondition", "REFERENCE_298K", "STANDARD_273K", "ACTUAL") },
    censor: { type: enumType("Censor", "BELOW", "ABOVE") },
    flag: { type: enumType("Flag", "NORMAL", "STOPPED", "MAINTENANCE", "MANUAL", "FAULT", "CALIBRATION", "OVER_RANGE", "LINK_DOWN") },
    ...regional,
  }),
  entity("Enterprise", {
    uscc: { type: text, key: true },
    name: { type: text },
    industry: { type: text },
    legalRep: { type: text },
    contactPhone: { type: text },
    position: { type: position },
    keyUnit: { type: { kind: "list", of: { kind: "enum", name: "KeyUnit", values: ["WATER", "AIR"].map((name) => ({ name, zh: name, en: name })) } } },
    ...regional,
  }),
  entity("PenaltyDecision", {
    docNo: { type: text, key: true },
    enterprise: { type: link("Enterprise") },
    decidedOn: { type: { kind: "date" } },
    amount: { type: { kind: "decimal", scale: 2, unit: "CNY" } },
    kind: { type: { kind: "list", of: { kind: "enum", name: "PenaltyKind", values: ["WARNING", "FINE", "CLOSURE", "CRITICISM", "DAILY_FINE", "CONFISCATION", "PRODUCTION_LIMIT", "SEIZURE", "PERMIT_REVOCATION", "DETENTION"].map((name) => ({ name, zh: name, en: name })) } } },
    revoked: { type: { kind: "boolean" } },
    ...regional,
  }),
  entity("Inspection", { inspectedOn: { type: { kind: "date" } }, enterprise: { type: link("Enterprise") }, officers: { type: { kind: "list", of: { kind: "text" } } }, findings: { type: text }, ...regional }),
  entity("Section", { code: { type: text, key: true }, name: { type: text }, river: { type: text }, position: { type: position }, targetClass: { type: enumType("WaterClass", "I", "II", "III", "IV", "V", "INFERIOR_V") }, ...regional }),
  entity("WaterQualityAssessment", {
    section: { type: link("Section"), key: true },
    start: { type: { kind: "instant" }, key: true },
    end: { type: { kind: "instant" } },
    averaging: { type: enumType("Averaging", "P1M"), key: true },
    class: { type: enumType("WaterClass", "I", "II", "III", "IV", "V", "INFERIOR_V") },
    ...regional,
  }),
  entity("Outlet", { code: { type: text, key: true }, kind: { type: enumType("OutletKind", "MAJOR", "MINOR", "OTHER") }, position: { type: position }, enterprise: { type: link("Enterprise") }, ...regional }),
  entity("Violation", {
    no: { type: text, key: true },
    enterprise: { type: link("Enterprise") },
    legalBasis: { type: { kind: "object", name: "LegalBasis", parts: { cited: part({ kind: "list", of: { kind: "text" } }) } } },
    penalty: { type: link("PenaltyDecision") },
    ...regional,
  }),
];

export const vocabulary: Vocabulary = { entities: new Map(entities.map((def) => [def.name, def])) };

/** `"site TEXT, pm25 REAL"`; a trailing `!` is NOT NULL, `strict` makes the columns typed. */
export function table(name: string, columns: string, options: { unique?: string[][]; strict?: boolean; rowid?: boolean } = {}): TableInfo {
  const infos = columns.split(",").map((column): ColumnInfo => {
    const trimmed = column.trim();
    const notNull = trimmed.endsWith("!");
    const [label = "", type = ""] = trimmed.replace(/!$/, "").split("|").map((piece) => piece.trim());
    return { name: label, type: type.toUpperCase(), nullable: !notNull, typeSafe: options.strict ?? false };
  });
  return { name, columns: infos, unique: options.unique ?? [], indexes: [], rowCountEstimate: 0, ...(options.rowid === undefined ? {} : { rowid: options.rowid }) };
}

export const compileText = (text: string, tables: readonly TableInfo[], codeFiles: Record<string, string> = {}): Mapping =>
  compileMapping({ text, file: "regions/x/source.yaml", source: asSourceId("x"), vocabulary, tables, codeFiles, capabilities: { lensFunctions: true, rowid: true } });

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (cell: Cell): string => {
  if (cell === null) return "NULL";
  if (typeof cell === "string") return `'${cell.replaceAll("'", "''")}'`;
  if (typeof cell === "number" && !Number.isInteger(cell)) return cell.toExponential(17);
  if (typeof cell === "number") return Math.abs(cell) < 1e15 ? `${cell}.0` : cell.toExponential(17);
  return String(cell);
};

/** Slots are `:s0`, `:s1` …; lists are JSON. */
export function sqlExpr(expr: SourceExpr): string {
  switch (expr.kind) {
    case "column":
      return `${quote(expr.alias)}.${quote(expr.column)}`;
    case "rowid":
      return `${quote(expr.alias)}.rowid`;
    case "keyHash":
      throw new Error("a source with row numbers needs no hash of a key");
    case "constant":
      return literal(expr.value);
    case "slot":
      return `:s${expr.slot}`;
    case "lens":
      return `hub_lens('${expr.lens}', '${expr.form}'${expr.args.map((arg) => `, ${sqlExpr(arg)}`).join("")})`;
    case "coalesce":
      return `coalesce(${expr.of.map(sqlExpr).join(", ")})`;
    case "when":
      return `CASE WHEN ${sqlCond(expr.cond)} THEN ${sqlExpr(expr.then)} ELSE ${sqlExpr(expr.otherwise)} END`;
    case "truth":
      return `((${sqlCond(expr.cond)}) IS TRUE)`;
    case "start":
      return `substr(${sqlExpr(expr.of)}, 1, ${expr.length})`;
    case "linear":
      throw new Error("a source with lens functions needs no scale");
    case "bucket":
      return `hub_bucket(${sqlExpr(expr.of)}, '${expr.bucket}', '${expr.zone}')`;
  }
}

const truth = { isTrue: "IS TRUE", isNotTrue: "IS NOT TRUE", isFalse: "IS FALSE", isNotFalse: "IS NOT FALSE" } as const;

export function sqlCond(cond: SourceCond): string {
  switch (cond.kind) {
    case "true":
      return "1";
    case "false":
      return "0";
    case "and":
    case "or":
      return `(${cond.of.map(sqlCond).join(cond.kind === "and" ? " AND " : " OR ")})`;
    case "not":
      return `NOT (${sqlCond(cond.of)})`;
    case "compare":
      return `${sqlExpr(cond.left)} ${cond.op} ${sqlExpr(cond.right)}`;
    case "inList": {
      const list = cond.list.kind === "constants" ? cond.list.values.map(literal).join(", ") : `SELECT value FROM json_each(${sqlExpr(cond.list)})`;
      return `${sqlExpr(cond.left)} ${cond.negated ? "NOT " : ""}IN (${list})`;
    }
    case "isNull":
      return `${sqlExpr(cond.of)} IS ${cond.negated ? "NOT " : ""}NULL`;
    case "hasType":
      return `typeof(${sqlExpr(cond.of)}) IN (${cond.type === "text" ? "'text'" : "'integer', 'real'"})`;
    case "digits":
      return `(length(${sqlExpr(cond.of)}) = ${cond.length} AND octet_length(${sqlExpr(cond.of)}) = ${cond.length} AND ${sqlExpr(cond.of)} NOT GLOB '*[^0-9]*')`;
    case "consistsOf":
    case "significant":
    case "inRanges":
      throw new Error("a source with lens functions asks the lens");
    case "startsWith":
      return `hub_starts(${sqlExpr(cond.text)}, ${sqlExpr(cond.part)})`;
    case "contains":
      return `hub_contains(${sqlExpr(cond.text)}, ${sqlExpr(cond.part)})`;
    case "isLatest": {
      const newer = quote("newer");
      const own = (column: string): string => `${quote(cond.alias)}.${quote(column)}`;
      const by = [...cond.by.map((column) => [`${newer}.${quote(column)}`, own(column)]), [`${newer}.rowid`, `${quote(cond.alias)}.rowid`]];
      const higher = by.map(([theirs, ours], index) => [...by.slice(0, index).map(([a, b]) => `${a} IS ${b}`), `${theirs} > ${ours}`].join(" AND "));
      const same = cond.key.map((column) => `${newer}.${quote(column)} IS ${own(column)}`).join(" AND ");
      return `NOT EXISTS (SELECT 1 FROM ${quote(cond.table)} ${newer} WHERE ${same} AND (${higher.map((one) => `(${one})`).join(" OR ")}))`;
    }
    default:
      return `((${sqlCond(cond.of)}) ${truth[cond.kind]})`;
  }
}

export const bindSlots = (values: readonly BoundValue[]): Record<string, unknown> =>
  Object.fromEntries(values.map((value, index) => [`s${index}`, Array.isArray(value) ? listJson(value as readonly Cell[]) : value]));
