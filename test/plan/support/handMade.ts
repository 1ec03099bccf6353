/**
 * Mappings made by hand, in which every atom is one plain condition on one column: what a plan makes of them can be read at a glance, and
 * nothing in it comes from a lens. `src/mapping` has its own tests.
 */
import type { BoundValue, Cell, SourceCond, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { asEntityName, asRegionCode, asSourceId } from "../../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../../schema/vocabulary.ts";
import type { Unified } from "../../../src/harmonise/unified.ts";
import type { FilterOperator, GroupLens, LinkLens, LoweredAtom, MappedEntity, MappedField, MappedPart, Mapping, OrderLens } from "../../../src/mapping/mapping.ts";
import type { PlanSource } from "../../../src/plan/operationPlan.ts";

export const entityOf = (name: string): EntityDef => {
  const found = vocabulary().entities.get(asEntityName(name));
  if (found === undefined) throw new Error(`no entity ${name}`);
  return found;
};
export const attributeOf = (entity: string, name: string): AttributeDef => {
  const found = entityOf(entity).attributes.get(name);
  if (found === undefined) throw new Error(`no attribute ${entity}.${name}`);
  return found;
};

export const column = (name: string, alias = "t"): SourceExpr => ({ kind: "column", alias, column: name });
const slot: SourceExpr = { kind: "slot", slot: 0 };
const compare = (op: "=" | "<>" | "<" | "<=" | ">" | ">=", left: SourceExpr): SourceCond => ({ kind: "compare", op, left, right: slot });
const isNull = (of: SourceExpr, negated: boolean): SourceCond => ({ kind: "isNull", of, negated });
const signs = { eq: "=", ne: "<>", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;
const lens = (name: string, form: "printed" | "exact" | "number", of: SourceExpr): SourceExpr => ({ kind: "lens", lens: name, form, args: [of] });

/** A value as it would be bound: decimals as text with their fraction, lists as lists. */
const bound = (value: Unified | readonly Unified[]): BoundValue =>
  Array.isArray(value) ? (value as readonly Unified[]).map((item) => bound(item) as Cell) : value !== null && typeof value === "object" ? JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)) : (value as Cell);

function atom(operator: FilterOperator, of: SourceExpr): LoweredAtom {
  const cond: SourceCond =
    operator === "isNull" || operator === "isNotNull"
      ? isNull(of, operator === "isNotNull")
      : operator === "in" || operator === "within"
        ? { kind: "inList", left: of, list: slot, negated: false }
        : operator === "startsWith" || operator === "contains"
          ? { kind: operator, text: of, part: slot }
          : compare(signs[operator], of);
  const binds = operator === "isNull" || operator === "isNotNull" ? [] : [bound];
  return { grade: operator === "within" ? "E" : "R", cond, bind: binds, note: operator === "contains" ? "" : `column ${operator}` };
}

export interface FieldSpec {
  readonly column?: string;
  /** Other attributes' columns that feed this one too. */
  readonly alsoFedBy?: readonly string[];
  readonly inputs?: readonly string[];
  readonly unitColumn?: string;
  readonly split?: boolean;
  readonly link?: LinkLens;
  /** Without a filter, an order, a group. */
  readonly opaque?: boolean;
  readonly unit?: string;
  readonly code?: string;
}

const orderable = (kind: string): boolean => !["link", "list", "object"].includes(kind);

export function field(table: string, attribute: AttributeDef, spec: FieldSpec = {}): MappedField {
  const name = spec.column ?? attribute.name;
  const cell = column(name);
  const own = (of: Cell): Unified => (of === null ? null : `own ${String(of)}`);
  const canonical = (of: Cell): Unified => (of === null ? null : `canonical ${String(of)}`);
  const printed = (of: Cell): Unified => (of === null ? null : attribute.type.kind === "date" ? String(of) : `printed ${String(of)}`);
  const { kind } = attribute.type;
  const plain = spec.opaque !== true && orderable(kind);
  const order: OrderLens | null = !plain
    ? null
    : {
        grade: "R",
        expr: cell,
        split: spec.split === true ? { hasValue: { kind: "hasType", of: cell, type: "number" }, hasNone: { kind: "isNotTrue", of: { kind: "hasType", of: cell, type: "number" } }, expr: { kind: "coalesce", of: [cell] } } : null,
        decode: own,
        canonical: { expr: lens(name, "exact", cell), decode: canonical },
        compare: (operator) => ({ grade: "R", cond: compare(signs[operator], cell), bind: [bound], note: "" }),
      };
  const group: GroupLens | null = plain ? { grade: "R", expr: lens(name, "printed", cell), decode: printed } : null;
  return {
    attribute,
    inputs: (spec.inputs ?? [name]).map((one) => column(one)),
    fedBy: [`${table}.${name}`, ...(spec.alsoFedBy ?? []).map((one) => `${table}.${one}`)],
    original: { unit: spec.unit ?? null, unitInput: null, code: spec.code ?? null },
    constant: undefined,
    read: ([of = null]) => own(of),
    readCell: null,
    filter: (operator) => (spec.opaque === true || (kind === "link" && operator !== "isNotNull") ? null : atom(operator, cell)),
    order,
    group,
    sum:
      kind === "decimal" || kind === "integer"
        ? {
            expr: lens(name, "number", cell),
            split: spec.unitColumn === undefined ? [] : [column(spec.unitColumn)],
            linear: ([unit = null]) => (unit === "bad" ? null : { factor: { n: 10n, d: 1n }, offset: { n: 0n, d: 1n } }),
          }
        : null,
    link: spec.link ?? null,
  };
}

export interface PartSpec {
  readonly table: string;
  readonly branch?: number;
  readonly key: readonly string[];
  readonly base?: SourceCond;
  readonly joins?: MappedPart["joins"];
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

export function entity(name: string, parts: readonly PartSpec[]): MappedEntity {
  return {
    entity: entityOf(name),
    keyPublic: false,
    parts: parts.map((part, index): MappedPart => ({
      branch: part.branch ?? index,
      table: part.table,
      joins: part.joins ?? [],
      locator: part.key.map((one) => column(one)),
      tie: { kind: "rowid", alias: "t" },
      base: part.base ?? { kind: "true" },
      fields: new Map(Object.entries(part.fields).map(([attribute, spec]) => [attribute, field(part.table, attributeOf(name, attribute), spec)])),
    })),
  };
}

export function source(id: string, region: string, entities: readonly MappedEntity[]): PlanSource {
  const mapping: Mapping = {
    source: asSourceId(id),
    region: asRegionCode(region),
    kind: "sqlite",
    timeZone: "Asia/Shanghai",
    deadlineMs: 1000,
    staleMs: null,
    version: "v",
    entities: new Map(entities.map((one) => [one.entity.name, one])),
    lenses: new Map(),
    warnings: [],
  };
  return { id: mapping.source, region: mapping.region, mapping, lost: new Map() };
}

const byKey = (target: string, ...columns: readonly string[]): LinkLens => ({ by: "key", target: asEntityName(target), columns: columns.map((one) => column(one)) });

/** One part an entity; links by key. */
export const east = source("east", "130000", [
  entity("Station", [
    {
      table: "station",
      key: ["code"],
      base: { kind: "isNull", of: column("code"), negated: true },
      fields: { code: {}, name: {}, medium: {}, position: { inputs: ["lon", "lat"] }, elevation: { unit: "m" }, operator: { column: "remark", code: "free" }, contact: { column: "remark" }, active: {}, activeFrom: {}, movedFrom: { link: byKey("Station", "moved") }, region: {}, quality: {}, revision: {} },
    },
  ]),
  entity("Observation", [
    {
      table: "hourly",
      key: ["code", "at"],
      joins: [{ alias: "u", table: "units", on: { kind: "compare", op: "=", left: column("id", "u"), right: column("unit") } }],
      fields: { station: { link: byKey("Station", "code") }, pollutant: {}, start: { column: "at" }, value: { unitColumn: "unit", split: true }, validHours: {}, flag: {}, region: {} },
    },
  ]),
  entity("Enterprise", [{ table: "firm", key: ["uscc"], fields: { uscc: {}, name: {}, industry: {}, legalRep: {}, contactPhone: {}, keyUnit: {}, output: {}, region: {} } }]),
  entity("PenaltyDecision", [
    { table: "penalty", key: ["no"], fields: { docNo: { column: "no" }, enterprise: { column: "uscc", link: byKey("Enterprise", "uscc") }, decidedOn: {}, amount: {}, revoked: {}, region: {} } },
  ]),
]);

const byValue = (target: string, attribute: string, from: string): LinkLens => ({
  by: "attribute",
  target: asEntityName(target),
  attribute,
  value: { grade: "R", expr: lens(from, "printed", column(from)), decode: (cell) => (cell === null ? null : String(cell)) },
  inputs: [column(from)],
});

/** Several parts an entity, with unlike columns; a link by a value. Decisions of the second part name no enterprise. */
export const west = source("west", "120000", [
  entity("Station", [
    { table: "air", branch: 3, key: ["code"], fields: { code: {}, name: {}, elevation: { split: true }, region: {}, quality: {}, activeFrom: {}, movedFrom: { link: byValue("Station", "operator", "before") } } },
    { table: "water", branch: 5, key: ["basin", "no"], base: { kind: "compare", op: "<>", left: column("del"), right: { kind: "constant", value: "Y" } }, fields: { code: { column: "no" }, name: { column: "title" }, elevation: { unitColumn: "unit" }, region: {}, operator: {}, medium: { opaque: true }, movedFrom: { link: byValue("Station", "medium", "before") } } },
  ]),
  // Its link names one column: only a part whose key has one can be reached.
  entity("Observation", [{ table: "daily", key: ["id"], fields: { station: { link: byKey("Station", "code") }, pollutant: {}, start: { column: "day" }, value: {} } }]),
  entity("Enterprise", [
    { table: "plants", key: ["id"], fields: { uscc: {}, name: {}, industry: {}, output: { unitColumn: "unit" }, region: {} } },
    {
      table: "mines",
      key: ["id"],
      base: { kind: "and", of: [{ kind: "isLatest", table: "mines", alias: "t", key: ["id"], by: ["ver"] }, { kind: "isNull", of: column("code", "j"), negated: true }] },
      joins: [{ alias: "j", table: "codes", on: { kind: "compare", op: "=", left: column("id", "j"), right: column("kind") } }],
      fields: { uscc: { column: "credit" }, name: { column: "title" }, energy: {} },
    },
  ]),
  entity("PenaltyDecision", [
    { table: "fines", key: ["doc"], fields: { docNo: { column: "doc" }, enterprise: { link: byValue("Enterprise", "uscc", "firm") }, amount: { unitColumn: "unit" }, decidedOn: {} } },
    { table: "orders", key: ["doc"], fields: { docNo: { column: "doc" }, decidedOn: { column: "day" }, amount: {}, enterprise: {} } },
  ]),
]);
