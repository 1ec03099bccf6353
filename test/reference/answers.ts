/** The reference model, second half: what an honest database that held V alone would answer to connections and lookups (§3, §4). */
import { regionByCode } from "../../schema/codes/regions.ts";
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { compareTerms, holds, type Value } from "./conditions.ts";
import { isExact, printExact } from "./exact.ts";
import { comparePlaces, entityOf, linkedAcross, type ModelInput, refAt, seeing, type View, type ViewRow } from "./model.ts";
import type { ById, Connection, Filter, Path, Selection } from "./query.ts";

export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

export interface ModelAnswer {
  readonly data: Json;
  /** Distinct nodes printed, by source. */
  readonly printed: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The zone in which instants are printed: the network's. No generated instant lies where it ever changed its clock. */
const zoneOffsetMs = 8 * 3_600_000;

function printInstant(ms: number): string {
  const local = new Date(ms + zoneOffsetMs).toISOString();
  return `${local.slice(0, 19)}${local.slice(19, 23) === ".000" ? "" : local.slice(19, 23)}+08:00`;
}

export function printValue(type: AttributeType, value: Value): Json {
  if (value === null) return null;
  if (type.kind === "decimal" && isExact(value)) return printExact(value, type.scale);
  if (type.kind === "instant" && typeof value === "number") return printInstant(value);
  if (type.kind !== "object") return value as Json;
  return Object.fromEntries(Object.entries(type.parts).map(([name, part]) => [name, printValue(part.type, (value as Readonly<Record<string, Value>>)[name] ?? null)]));
}

const printCell = (type: AttributeType, value: Value): Json =>
  type.kind === "region" && typeof value === "string" ? { code: value, name: regionByCode(value)?.name ?? null } : printValue(type, value);

export const meeting = (where: Filter | null, entity: string, view: View, input: ModelInput): readonly ViewRow[] =>
  view(entity).filter((row) => where === null || holds(where, seeing(row, input, view), input) === true);

/** All rows of V that meet the filter, in order. */
export function orderedRows(view: View, input: ModelInput, { entity, where, orderBy }: Pick<Connection, "entity" | "where" | "orderBy">): readonly ViewRow[] {
  const at = (row: ViewRow, path: Path): Value => refAt(row, input.vocabulary, path);
  return meeting(where, entity, view, input).toSorted((a, b) => compareTerms(orderBy, (path) => at(a, path), (path) => at(b, path)) || comparePlaces(a.row, b.row));
}

export function answerConnection(view: View, input: ModelInput, query: Connection): ModelAnswer {
  const all = orderedRows(view, input, query);
  // Reading backward begins at the end.
  const end = query.backward ? all.length - query.skip : query.skip + query.size;
  const start = query.backward ? end - query.size : query.skip;
  const page = all.slice(Math.max(start, 0), Math.max(Math.min(end, all.length), 0));
  const printer = printing(view, input);
  const edges = page.map((row) => ({ node: printer.row(row, query.select) }));
  const pageInfo: Json = query.backward ? { hasPreviousPage: start > 0 } : { hasNextPage: end < all.length };
  return { data: { totalCount: all.length, edges, pageInfo }, printed: printer.printed };
}

export function answerById(view: View, input: ModelInput, { entity, places, via, select }: ById): ModelAnswer {
  const printer = printing(view, input);
  const found = places.slice(0, via === "nodes" ? undefined : 1).map(({ source, locator }): Json => {
    const one = view(entity).find(({ row }) => row.source === source && JSON.stringify(row.locator) === JSON.stringify(locator));
    return one === undefined ? null : printer.row(one, select);
  });
  return { data: via === "nodes" ? found : (found[0] ?? null), printed: printer.printed };
}

export const selectionKey = (one: Selection): string => (one.kind === "typename" ? "__typename" : one.kind === "original" ? `original_${one.name}` : one.kind === "acrossCount" ? `${one.name}Count` : "name" in one ? one.name : one.kind);

function printing(view: View, input: ModelInput) {
  const printed = new Map<string, Set<string>>();
  const print = (row: ViewRow, select: readonly Selection[]): Json => {
    const { source, entity, locator } = row.row;
    printed.set(source, (printed.get(source) ?? new Set()).add(`${entity} ${JSON.stringify(locator)}`));
    return Object.fromEntries(select.map((one) => [selectionKey(one), printSelection(row, entityOf(input.vocabulary, entity), one)]));
  };
  const cell = (row: ViewRow, entity: EntityDef, name: string): Json => {
    const type = entity.attributes.get(name)?.type;
    return type === undefined ? null : printCell(type, row.out(name));
  };
  const printSelection = (row: ViewRow, entity: EntityDef, one: Selection): Json => {
    const { source, ownerRegion, locator } = row.row;
    switch (one.kind) {
      case "typename":
        return entity.name;
      case "id":
        // The harness opens the hub's ids and writes them like this.
        return `${entity.name} ${source} ${JSON.stringify(locator)}`;
      case "ownerRegion":
        return ownerRegion;
      case "attribute":
        return cell(row, entity, one.name);
      case "provenance":
        return Object.fromEntries(one.parts.map((part) => [part, part === "source" ? source : part === "ownerRegion" ? ownerRegion : cell(row, entity, part)]));
      case "original":
        return originalOf(row, one.name) === undefined ? null : { value: originalOf(row, one.name) ?? null };
      case "link":
        return [row.target(one.name)].flatMap((target) => (target === null ? [] : print(target, one.select)))[0] ?? null;
      case "across":
        return linkedAcross(view, row, one.name, input)?.slice(0, one.first ?? 100).map((record) => print(record, one.select)) ?? null;
      case "acrossCount":
        return linkedAcross(view, row, one.name, input)?.length ?? null;
    }
  };
  return { row: print, printed };
}

/** The source's spelling, where every attribute that shares a column with this one is CLEAR; else undefined. */
export const originalOf = ({ row, level }: ViewRow, name: string): string | null | undefined =>
  name in row.originals && (row.together[name] ?? []).every((other) => level(other) === "CLEAR") ? (row.originals[name] ?? null) : undefined;
