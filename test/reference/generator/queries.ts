/** Random questions over every door, of what the agency's schema has. */
import { type GraphQLInputObjectType, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from "graphql";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import type { AttributeDef } from "../../../schema/vocabulary.ts";
import { acrossCountName, enumValueName } from "../../../schema/derive/names.ts";
import { keyName } from "../figures.ts";
import { entityOf, type ModelRow } from "../model.ts";
import { attributesOf, entities, operatorsOf, valueFor } from "./policies.ts";
import type { Aggregate, ById, Connection, Door, Filter, GroupBy, Literal, Measure, Operator, OrderTerm, Path, Query, Selection } from "../query.ts";
import { chance, type Generate, pick, upTo } from "./draw.ts";

/** Names that the agency's schema has: everything else is as if it did not exist. */
export interface Names {
  fields(type: string): ReadonlySet<string>;
  inputs(type: string): ReadonlySet<string>;
  values(type: string): ReadonlySet<string>;
}

export const namesOf = (schema: GraphQLSchema): Names => ({
  fields: (name) => {
    const type = schema.getType(name);
    return new Set(isObjectType(type) ? Object.keys(type.getFields()) : []);
  },
  inputs: (name) => {
    const type = schema.getType(name);
    return new Set(isInputObjectType(type) ? Object.keys((type as GraphQLInputObjectType).getFields()) : []);
  },
  values: (name) => {
    const type = schema.getType(name);
    return new Set(isEnumType(type) ? type.getValues().map((value) => value.name) : []);
  },
});

const suffixOf = (door: Door): string => (door === "aggregate" ? "Aggregate" : "");
const isPlainKind = (kind: string): boolean => kind !== "link" && kind !== "list" && kind !== "object";

function filterAtoms(names: Names, entity: string, door: Door, viaLink: boolean): readonly AttributeDef[] {
  const has = names.inputs(`${entity}${suffixOf(door)}${viaLink ? "Link" : ""}Filter`);
  return attributesOf(entity).filter(({ name }) => has.has(name));
}

export function makeFilter(g: Generate, names: Names, entity: string, door: Door, depth: number, viaLink = false): Filter {
  const atoms = filterAtoms(names, entity, door, viaLink);
  const many = (): Filter[] => Array.from({ length: upTo(g, 2) }, () => makeFilter(g, names, entity, door, depth - 1, viaLink));
  const kind = depth === 0 ? 9 : upTo(g, 9);
  if (kind === 0) return { and: many() };
  if (kind === 1) return { or: many() };
  if (kind <= 3) return { not: makeFilter(g, names, entity, door, depth - 1, viaLink) };
  const across = acrossAtom(g, names, entity, door, depth, viaLink);
  if (across !== null) return across;
  if (atoms.length === 0) return { and: [] };
  if (kind === 4) return { all: distinctBy(Array.from({ length: 2 }, () => makeAtom(g, names, atoms, door, depth)), (atom) => ("at" in atom ? atom.at : "across" in atom ? atom.across : "path" in atom ? (atom.path[0] ?? "") : "")) };
  return makeAtom(g, names, atoms, door, depth);
}

/** Now and then, where the schema has such a filter; `some` and `none` of rows of all sources. */
function acrossAtom(g: Generate, names: Names, entity: string, door: Door, depth: number, viaLink: boolean): Filter | null {
  const has = names.inputs(`${entity}${suffixOf(door)}${viaLink ? "Link" : ""}Filter`);
  const links = entityOf(vocabulary(), entity).acrossLinks.filter(({ name }) => has.has(name));
  if (links.length === 0 || depth === 0 || !chance(g, 30)) return null;
  const { name, target } = pick(g, links);
  return { across: name, quantity: pick(g, ["some", "none"] as const), of: makeFilter(g, names, target, door, Math.min(depth - 1, 1)) };
}

function distinctBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return items.filter((item, index) => items.findIndex((other) => key(other) === key(item)) === index);
}

function makeAtom(g: Generate, names: Names, atoms: readonly AttributeDef[], door: Door, depth: number): Filter {
  const attribute = pick(g, atoms);
  const { name, type } = attribute;
  if (type.kind === "link") {
    if (chance(g, 40)) return { path: [name], isNull: chance(g, 50) };
    return { at: name, holds: depth <= 0 ? { and: [] } : makeFilter(g, names, type.entity, door, depth - 1, true) };
  }
  if (type.kind === "region" && chance(g, 25)) {
    const column = pick(g, ["name", "nameEn", "level", "compact"] as const);
    if (chance(g, 25)) return { path: [name, column], isNull: chance(g, 50) };
    if (column === "level") return { path: [name, column], op: pick(g, ["eq", "ne"] as const), value: pick(g, ["PROVINCE", "COUNTY"]) };
    if (column === "compact") return { path: [name, column], op: "contains", value: "JING_JIN_JI" };
    return { path: [name, column], op: pick(g, ["eq", "ne", "startsWith", "contains", "gt"] as const), value: pick(g, ["石家庄市", "河", "Tianjin", "市"]) };
  }
  const operators = operatorsOf(attribute, false);
  if (operators.length === 0 || chance(g, 20)) return { path: [name], isNull: chance(g, 50) };
  const op = pick(g, operators);
  return { path: [name], op, value: valueFor(g, attribute, op), asVariable: chance(g, 30) };
}

function makeSelection(g: Generate, names: Names, entity: string, depth: number): readonly Selection[] {
  const fields = names.fields(entity);
  const selected: Selection[] = [{ kind: "id" }];
  for (const { name, type } of attributesOf(entity)) {
    if (!fields.has(name) || !chance(g, 60)) continue;
    if (type.kind !== "link") selected.push({ kind: "attribute", name });
    else if (depth > 0) selected.push({ kind: "link", name, select: makeSelection(g, names, type.entity, depth - 1) });
  }
  for (const link of entityOf(vocabulary(), entity).acrossLinks) {
    if (fields.has(link.name) && depth > 0 && chance(g, 85)) {
      const first = chance(g, 30) ? { first: upTo(g, 3) } : {};
      selected.push({ kind: "across", name: link.name, ...first, select: makeSelection(g, names, link.target, chance(g, 20) ? depth - 1 : 0) });
    }
    if (fields.has(acrossCountName(link)) && chance(g, 40)) selected.push({ kind: "acrossCount", name: link.name });
  }
  if (chance(g, 20)) selected.push({ kind: "ownerRegion" });
  if (chance(g, 20)) selected.push({ kind: "typename" });
  const provenance = ["source", "receivedAt", "revision"].filter((part) => names.fields(`${entity}Provenance`).has(part));
  if (fields.has("provenance") && provenance.length > 0 && chance(g, 30)) selected.push({ kind: "provenance", parts: provenance });
  if (fields.has("original")) {
    const spelled = names.values(`${entity}Attribute`);
    for (const { name } of attributesOf(entity)) {
      if (spelled.has(enumValueName(name)) && chance(g, 15)) selected.push({ kind: "original", name });
    }
  }
  return selected;
}

export function makeOrder(g: Generate, names: Names, entity: string, depth = 1): readonly OrderTerm[] {
  return Array.from({ length: upTo(g, 2) }, () => orderTerm(g, names, entity, depth)).flatMap((term) => term ?? []);
}

function orderTerm(g: Generate, names: Names, entity: string, depth: number): OrderTerm | null {
  const has = names.inputs(`${entity}Order`);
  const columns = attributesOf(entity).filter(({ name, type }) => has.has(name) && (isPlainKind(type.kind) || (type.kind === "link" && depth > 0)));
  if (columns.length === 0) return null;
  const { name, type } = pick(g, columns);
  if (type.kind !== "link") return { path: [name], descending: chance(g, 50) };
  const rest = orderTerm(g, names, type.entity, depth - 1);
  return rest === null ? null : { path: [name, ...rest.path], descending: rest.descending };
}

/** Null: the agency's schema has nothing to ask there. */
export function makeConnection(g: Generate, names: Names): Connection | null {
  const open = entities.filter((entity) => names.fields("Query").has(entityOf(vocabulary(), entity).plural));
  if (open.length === 0) return null;
  const entity = pick(g, open);
  const hasFilter = names.inputs(`${entity}Filter`).size > 0;
  return {
    kind: "connection",
    entity,
    where: hasFilter && chance(g, 75) ? makeFilter(g, names, entity, "query", 3) : null,
    orderBy: makeOrder(g, names, entity),
    size: pick(g, [0, 1, 2, 3, 5, 100]),
    backward: chance(g, 40),
    skip: chance(g, 50) ? 0 : upTo(g, 6),
    select: makeSelection(g, names, entity, 2),
  };
}

/** Rows that are there or were, and now and then one that never was. */
export function makeById(g: Generate, names: Names, rows: readonly ModelRow[]): ById | null {
  const open = rows.filter(({ entity }) => names.fields("Query").has(entityOf(vocabulary(), entity).singular));
  if (open.length === 0) return null;
  const { entity } = pick(g, open);
  const places = Array.from({ length: 1 + upTo(g, 2) }, () => {
    const { source, locator } = pick(g, open.filter((row) => row.entity === entity));
    return { source, locator: chance(g, 10) ? locator.map((cell) => (typeof cell === "number" ? cell + 9000 : `${cell}?`)) : locator };
  });
  return { kind: "byId", entity, places, via: pick(g, ["field", "node", "nodes"] as const), select: makeSelection(g, names, entity, 1) };
}

const numeric = (kind: string): boolean => kind === "decimal" || kind === "integer";

export function makeAggregate(g: Generate, names: Names, kind: "aggregate" | "published"): Aggregate | null {
  const suffix = kind === "aggregate" ? "Aggregate" : "Published";
  const open = entities.filter((entity) => names.fields("Query").has(`${entityOf(vocabulary(), entity).plural}${suffix}`));
  if (open.length === 0) return null;
  const entity = pick(g, open);
  const prefix = `${entity}${suffix}`;
  const keys = columnsOf(entity, names.fields(`${prefix}Key`), kind === "aggregate");
  const groupBy = distinctBy(Array.from({ length: upTo(g, 2) }, () => groupTerm(g, keys)).flatMap((term) => term ?? []), ({ path }) => path.join("."));
  const measures: Measure[] = [{ figure: "count", path: [] }];
  for (const figure of ["countDistinct", "min", "max", "sum", "avg"] as const) {
    const type = { countDistinct: "Distinct", min: "Extremes", max: "Extremes", sum: kind === "aggregate" ? "Totals" : "Sum", avg: kind === "aggregate" ? "Totals" : "Avg" }[figure];
    for (const path of columnsOf(entity, names.fields(`${prefix}${type}`), figure === "countDistinct" && kind === "aggregate")) if (chance(g, 40)) measures.push({ figure, path: path.path });
  }
  const conditions: readonly Path[] = [...measures.map(({ figure, path }) => [figure, ...path]), ...groupBy.map(({ path }) => ["key", ...path])];
  const where = kind === "aggregate" ? (names.inputs(`${prefix}Filter`).size > 0 && chance(g, 60) ? makeFilter(g, names, entity, "aggregate", 2) : null) : publishedFilter(g, names, entity);
  return {
    kind,
    entity,
    where,
    groupBy,
    measures,
    having: chance(g, 40) ? makeHaving(g, entity, conditions, 2) : null,
    orderBy: distinctBy(Array.from({ length: chance(g, 40) ? 1 + upTo(g, 1) : 0 }, () => ({ path: pick(g, conditions), descending: chance(g, 50) })), ({ path }) => path.join(".")),
    first: chance(g, 30) ? upTo(g, 3) : null,
  };
}

interface Column {
  readonly path: readonly string[];
  readonly kind: string;
}

function columnsOf(entity: string, has: ReadonlySet<string>, linked: boolean): readonly Column[] {
  const own = attributesOf(entity).filter(({ type }) => isPlainKind(type.kind)).map(({ name, type }): Column => ({ path: [name], kind: type.kind }));
  const through = attributesOf(entity).flatMap(({ name: link, type }): readonly Column[] => {
    if (!linked || type.kind !== "link") return [];
    return attributesOf(type.entity).filter((target) => isPlainKind(target.type.kind)).map((target): Column => ({ path: [link, target.name], kind: target.type.kind }));
  });
  const owner: readonly Column[] = has.has("ownerRegion") ? [{ path: ["ownerRegion"], kind: "text" }] : [];
  return [...owner, ...own, ...through].filter(({ path, kind }) => has.has(keyName(path, kind === "region")));
}

function groupTerm(g: Generate, keys: readonly Column[]): GroupBy | null {
  if (keys.length === 0) return null;
  const { path, kind } = pick(g, keys);
  if (kind !== "instant" || chance(g, 20)) return { path };
  return { path, bucket: pick(g, ["HOUR", "DAY", "MONTH", "YEAR"] as const), ...(chance(g, 50) ? { zone: pick(g, ["UTC", "America/New_York", "Asia/Kolkata"]) } : {}) };
}

function publishedFilter(g: Generate, names: Names, entity: string): Filter | null {
  const has = names.inputs(`${entity}PublishedFilter`);
  const columns = attributesOf(entity).filter(({ name, type }) => has.has(name) && type.kind !== "region");
  if (columns.length === 0 || !chance(g, 50)) return null;
  const attribute = pick(g, columns);
  const op = pick(g, operatorsOf(attribute, true));
  const atom: Filter = chance(g, 30) ? { path: [attribute.name], isNull: chance(g, 50) } : { path: [attribute.name], op, value: valueFor(g, attribute, op) };
  return chance(g, 30) ? { not: atom } : atom;
}

function makeHaving(g: Generate, entity: string, on: readonly Path[], depth: number): Filter {
  const kind = depth === 0 ? 9 : upTo(g, 9);
  if (kind === 0) return { and: Array.from({ length: upTo(g, 2) }, () => makeHaving(g, entity, on, depth - 1)) };
  if (kind === 1) return { or: Array.from({ length: upTo(g, 2) }, () => makeHaving(g, entity, on, depth - 1)) };
  if (kind <= 3) return { not: makeHaving(g, entity, on, depth - 1) };
  const path = pick(g, on);
  const [figure = "", ...rest] = path;
  if (chance(g, 15)) return { path, isNull: chance(g, 50) };
  if (figure === "count" || figure === "countDistinct") return { path, ...countCondition(g) };
  const attribute = attributeAt(entity, rest);
  if (attribute === null) return { path, isNull: false };
  const isFigure = figure === "sum" || figure === "avg";
  const operators: readonly Operator[] = isFigure || numeric(attribute.type.kind) ? ["eq", "ne", "lt", "lte", "gt", "gte"] : operatorsOf(attribute, true).filter((op) => op !== "within");
  const op = pick(g, operators);
  const value = valueFor(g, attribute, op) as Literal | readonly Literal[];
  return { path, op, value: isFigure ? String(value) : value };
}

const countCondition = (g: Generate): { readonly op: Operator; readonly value: Literal | readonly Literal[] } =>
  chance(g, 20) ? { op: "in", value: Array.from({ length: upTo(g, 3) }, () => upTo(g, 4)) } : { op: pick(g, ["eq", "gte", "lt"] as const), value: upTo(g, 3) };

function attributeAt(entity: string, path: readonly string[]): AttributeDef | null {
  const [first = "", second] = path;
  const attribute = entityOf(vocabulary(), entity).attributes.get(first);
  if (attribute === undefined || second === undefined) return attribute ?? null;
  return attribute.type.kind === "link" ? attributeAt(attribute.type.entity, [second]) : attribute;
}

export function makeQuery(g: Generate, names: Names, rows: readonly ModelRow[]): Query | null {
  const kind = upTo(g, 10);
  // As often as any: few schemas have published statistics at all.
  const published = kind >= 9 ? makeAggregate(g, names, "published") : null;
  if (published !== null) return published;
  if (kind <= 4) return makeConnection(g, names);
  if (kind === 5) return makeById(g, names, rows);
  return makeAggregate(g, names, "aggregate");
}
