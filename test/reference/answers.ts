/** The reference model, second half: what an honest database that held V alone would answer to connections and lookups (§3, §4). */
import { regionByCode } from "../../schema/codes/regions.ts";
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { isExact, printExact } from "./exact.ts";
import { comparePlaces, compareScalars, compareText, entityOf, filterHolds, type ModelInput, refAt, type Value, type View, type ViewRow } from "./model.ts";
import type { ById, Connection, OrderTerm, Selection } from "./query.ts";

export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

export interface ModelAnswer {
  readonly data: Json;
  /** Distinct nodes printed, by source. */
  readonly printed: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The zone in which instants are printed: the network's. No generated instant lies where it ever changed its clock. */
const zoneOffsetMs = 8 * 3_600_000;

export function printInstantAt(ms: number): string {
  const local = new Date(ms + zoneOffsetMs).toISOString();
  return `${local.slice(0, 19)}${local.slice(19, 23) === ".000" ? "" : local.slice(19, 23)}+08:00`;
}

export function printValue(type: AttributeType, value: Value): Json {
  if (value === null) return null;
  if (type.kind === "decimal" && isExact(value)) return printExact(value, type.scale);
  if (type.kind === "instant" && typeof value === "number") return printInstantAt(value);
  return value as Json;
}

const regionJson = (code: string): Json => ({ code, name: regionByCode(code)?.name ?? null });

/** All rows of V that meet the filter, in order. */
export function orderedRows(view: View, input: ModelInput, query: Pick<Connection, "entity" | "where" | "orderBy">): readonly ViewRow[] {
  const entity = entityOf(input.vocabulary, query.entity);
  const { where } = query;
  const rows = view.rows(query.entity).filter((row) => where === null || filterHolds(where, entity, row, input) === true);
  return [...rows].sort((a, b) => compareBy(query.orderBy, a, b, input) || comparePlaces(a.row, b.row));
}

function compareBy(terms: readonly OrderTerm[], a: ViewRow, b: ViewRow, input: ModelInput): number {
  for (const { path, descending } of terms) {
    const x = refAt(a, input.vocabulary, path);
    const y = refAt(b, input.vocabulary, path);
    if (x === null && y === null) continue;
    // NULLs last in both directions.
    if (x === null) return 1;
    if (y === null) return -1;
    const order = compareScalars(x, y);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

export function answerConnection(view: View, input: ModelInput, query: Connection): ModelAnswer {
  const all = orderedRows(view, input, query);
  // Reading backward begins at the end.
  const end = query.backward ? all.length - query.skip : query.skip + query.size;
  const start = query.backward ? end - query.size : query.skip;
  const page = all.slice(Math.max(start, 0), Math.max(Math.min(end, all.length), 0));
  const printed = new Map<string, Set<string>>();
  const nodes = page.map((row) => printRow(row, query.select, view, input, printed));
  const more: Readonly<Record<string, Json>> = query.backward ? { hasPreviousPage: start > 0 } : { hasNextPage: end < all.length };
  return { data: { totalCount: all.length, edges: nodes.map((node) => ({ node })), pageInfo: more }, printed };
}

export function answerById(view: View, input: ModelInput, query: ById): ModelAnswer {
  const printed = new Map<string, Set<string>>();
  const wanted = JSON.stringify(query.locator);
  const found = view.rows(query.entity).find((row) => row.row.source === query.source && JSON.stringify(row.row.locator) === wanted);
  return { data: found === undefined ? null : printRow(found, query.select, view, input, printed), printed };
}

function printRow(row: ViewRow, select: readonly Selection[], view: View, input: ModelInput, printed: Map<string, Set<string>>): Json {
  const { source, entity: name, locator } = row.row;
  printed.set(source, (printed.get(source) ?? new Set()).add(`${name} ${JSON.stringify(locator)}`));
  const entity = entityOf(input.vocabulary, name);
  return Object.fromEntries(select.map((one) => [selectionKey(one), printSelection(row, entity, one, view, input, printed)]));
}

export const selectionKey = (one: Selection): string => {
  switch (one.kind) {
    case "typename":
      return "__typename";
    case "id":
    case "ownerRegion":
    case "provenance":
      return one.kind;
    case "original":
      return `original_${one.name}`;
    default:
      return one.name;
  }
};

function printSelection(row: ViewRow, entity: EntityDef, one: Selection, view: View, input: ModelInput, printed: Map<string, Set<string>>): Json {
  const base = row.row;
  switch (one.kind) {
    case "typename":
      return entity.name;
    case "id":
      // The harness opens the hub's ids and writes them like this.
      return `${entity.name} ${base.source} ${JSON.stringify(base.locator)}`;
    case "ownerRegion":
      return base.ownerRegion;
    case "attribute": {
      const type = entity.attributes.get(one.name)?.type;
      return type === undefined ? null : printCell(type, row.out(one.name));
    }
    case "provenance":
      return Object.fromEntries(one.parts.map((part) => [part, printProvenance(row, entity, part)]));
    case "original": {
      const isClear = (base.together[one.name] ?? []).every((name) => row.level(name) === "CLEAR");
      return isClear && one.name in base.originals ? { value: base.originals[one.name] ?? null } : null;
    }
    case "link": {
      const target = row.target(one.name);
      return target === null ? null : printRow(target, one.select, view, input, printed);
    }
    case "across": {
      const link = entity.acrossLinks.find(({ name }) => name === one.name);
      const key = link === undefined ? null : refAt(row, input.vocabulary, link.key);
      if (link === undefined || key === null) return null;
      const records = view.rows(link.target).filter((record) => record.ref(link.targetKey) === key);
      return records.map((record) => printRow(record, one.select, view, input, printed));
    }
  }
}

function printCell(type: AttributeType, value: Value): Json {
  if (value === null) return null;
  if (type.kind === "region") return typeof value === "string" ? regionJson(value) : null;
  if (type.kind === "object") {
    const { parts } = type;
    return Object.fromEntries(
      Object.entries(parts).map(([name, part]) => {
        const cell = (value as Readonly<Record<string, Value>>)[name] ?? null;
        return [name, part.type.kind === "decimal" ? printValue(part.type, cell) : (cell as Json)];
      }),
    );
  }
  return printValue(type, value);
}

function printProvenance(row: ViewRow, entity: EntityDef, part: string): Json {
  if (part === "source") return row.row.source;
  if (part === "ownerRegion") return row.row.ownerRegion;
  const type = entity.attributes.get(part)?.type;
  return type === undefined ? null : printCell(type, row.out(part));
}

/** V as text: equal texts, equal views. Both columns of every cell, and where the row stands. */
export function viewText(view: View, input: ModelInput): string {
  const lines: string[] = [];
  for (const entity of input.vocabulary.entities.values()) {
    for (const row of view.rows(entity.name)) {
      const cells = [...entity.attributes.values()].map(({ name, type }) => {
        const target = type.kind === "link" ? row.target(name) : null;
        const ref = type.kind === "link" ? (target === null ? null : JSON.stringify(target.row.locator)) : plain(row.ref(name));
        const out = type.kind === "link" ? ref : plain(row.out(name));
        const together = row.row.together[name] ?? [];
        const original = together.length > 0 && together.every((other) => row.level(other) === "CLEAR") ? [row.row.originals[name] ?? null] : null;
        return [name, ref, out, original];
      });
      lines.push(JSON.stringify([row.row.source, entity.name, row.row.locator, row.row.tie, cells]));
    }
  }
  return lines.sort(compareText).join("\n");
}

const plain = (value: Value): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))) as unknown;
