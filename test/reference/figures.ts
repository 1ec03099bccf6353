/** The reference model, third half: aggregates over V, and published statistics over B with suppression first (§5). */
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { type Json, type ModelAnswer, printValue } from "./answers.ts";
import { exact, type Exact, isExact, plus, printExact, printed, ratio } from "./exact.ts";
import {
  allTruths,
  anyTruth,
  compareScalars,
  compareText,
  compareWith,
  entityOf,
  filterHolds,
  isHidden,
  levelOf,
  type ModelInput,
  type ModelRow,
  type ModelRule,
  notTruth,
  refAt,
  rulesAt,
  ruleTruth,
  type Truth,
  typeAt,
  type Value,
  type View,
} from "./model.ts";
import type { Aggregate, GroupBy, Having, Measure } from "./query.ts";

/** Zones that buckets are asked in, as offsets at an instant: from the platform, not from the hub. */
function offsetMs(zone: string, ms: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(ms);
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second")) - Math.floor(ms / 1000) * 1000;
}

/** The start of the bucket; midnights that a zone skips are not generated. */
function bucketStart(ms: number, bucket: NonNullable<GroupBy["bucket"]>, zone: string): number {
  const offset = offsetMs(zone, ms);
  const local = new Date(ms + offset);
  if (bucket === "HOUR") return Math.floor((ms + offset) / 3_600_000) * 3_600_000 - offset;
  const start = Date.UTC(local.getUTCFullYear(), bucket === "YEAR" ? 0 : local.getUTCMonth(), bucket === "DAY" ? local.getUTCDate() : 1);
  return start - offsetMs(zone, start - offsetMs(zone, start - offset));
}

interface Group {
  readonly keys: readonly Value[];
  readonly values: ReadonlyMap<string, Value>;
}

export const keyName = (path: readonly string[], isRegion: boolean): string => {
  const words = isRegion ? [...path, "code"] : path;
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
};
const measureId = ({ figure, path }: Measure): string => `${figure} ${path.join(".")}`;

/** Every measure that is printed, filtered or ordered by. */
function measuresOf(query: Aggregate): readonly Measure[] {
  const found = new Map<string, Measure>();
  const add = (on: Measure | { readonly key: readonly string[] }): void => {
    if ("figure" in on) found.set(measureId(on), on);
  };
  const walk = (having: Having): void => {
    if ("and" in having) having.and.forEach(walk);
    else if ("or" in having) having.or.forEach(walk);
    else if ("not" in having) walk(having.not);
    else add(having.on);
  };
  query.measures.forEach(add);
  if (query.having !== null) walk(query.having);
  for (const { on } of query.orderBy) add(on);
  return [...found.values()];
}

const printedKey = (type: AttributeType, value: Value): Value => (type.kind === "decimal" && isExact(value) ? printed(value, type.scale) : value);

const textOf = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

export function answerAggregate(view: View, input: ModelInput, query: Aggregate): ModelAnswer {
  const entity = entityOf(input.vocabulary, query.entity);
  const { where } = query;
  const rows = view.rows(query.entity).filter((row) => where === null || filterHolds(where, entity, row, input) === true);
  const keyOf = (row: (typeof rows)[number]): readonly Value[] =>
    query.groupBy.map(({ path, bucket, zone }) => {
      const value = refAt(row, input.vocabulary, path);
      if (bucket !== undefined && typeof value === "number") return bucketStart(value, bucket, zone ?? "Asia/Shanghai");
      return printedKey(typeAt(input.vocabulary, entity, path), value);
    });
  const grouped = new Map<string, { keys: readonly Value[]; rows: (typeof rows)[number][] }>();
  for (const row of rows) {
    const keys = keyOf(row);
    const group = grouped.get(textOf(keys)) ?? { keys, rows: [] };
    group.rows.push(row);
    grouped.set(textOf(keys), group);
  }
  if (query.groupBy.length === 0 && grouped.size === 0) grouped.set("", { keys: [], rows: [] });
  const groups = [...grouped.values()].map((group): Group => {
    const values = new Map<string, Value>();
    for (const measure of measuresOf(query)) {
      const cells = measure.path.length === 0 ? [] : group.rows.map((row) => refAt(row, input.vocabulary, measure.path));
      values.set(measureId(measure), figureOf(measure, measure.path.length === 0 ? null : typeAt(input.vocabulary, entity, measure.path), cells, group.rows.length));
    }
    return { keys: group.keys, values };
  });
  return { data: finish(query, entity, input, groups), printed: new Map() };
}

const asExact = (value: Value): Exact => (isExact(value) ? value : exact(String(value)));

function figureOf(measure: Measure, type: AttributeType | null, cells: readonly Value[], rows: number): Value {
  const known = cells.filter((cell) => cell !== null);
  switch (measure.figure) {
    case "count":
      return rows;
    case "countDistinct":
      return new Set(known.map((cell) => textOf(type === null ? cell : printedKey(type, cell)))).size;
    case "min":
      return known.reduce<Value>((least, cell) => (least === null || compareScalars(cell, least) < 0 ? cell : least), null);
    case "max":
      return known.reduce<Value>((most, cell) => (most === null || compareScalars(cell, most) > 0 ? cell : most), null);
    case "sum":
      return known.length === 0 ? null : known.map(asExact).reduce(plus);
    case "avg":
      return known.length === 0 ? null : divide(known.map(asExact).reduce(plus), known.length);
  }
}

const divide = (sum: Exact, count: number): Exact => ratio(sum.n, sum.d * BigInt(count));

function finish(query: Aggregate, entity: EntityDef, input: ModelInput, groups: readonly Group[]): Json {
  const { having } = query;
  const kept = groups.filter((group) => having === null || havingHolds(having, group, query, entity, input) === true);
  const sorted = [...kept].sort((a, b) => compareGroups(a, b, query));
  const cut = query.first === null ? sorted : sorted.slice(0, query.first);
  return { groups: cut.map((group) => printGroup(group, query, entity, input)) };
}

const isOwner = (path: readonly string[]): boolean => path[0] === "ownerRegion";
const typeOfKey = (path: readonly string[], entity: EntityDef, input: ModelInput): AttributeType => (isOwner(path) ? { kind: "text" } : typeAt(input.vocabulary, entity, path));

function valueOn(on: Measure | { readonly key: readonly string[] }, group: Group, query: Aggregate): Value {
  if ("figure" in on) return group.values.get(measureId(on)) ?? null;
  return group.keys[query.groupBy.findIndex(({ path }) => path.join(".") === on.key.join("."))] ?? null;
}

function havingHolds(having: Having, group: Group, query: Aggregate, entity: EntityDef, input: ModelInput): Truth {
  if ("and" in having) return allTruths(having.and.map((of) => havingHolds(of, group, query, entity, input)));
  if ("or" in having) return anyTruth(having.or.map((of) => havingHolds(of, group, query, entity, input)));
  if ("not" in having) return notTruth(havingHolds(having.not, group, query, entity, input));
  const value = valueOn(having.on, group, query);
  if ("isNull" in having) return (value === null) === having.isNull;
  const isKey = "key" in having.on;
  const path = "key" in having.on ? having.on.key : having.on.path;
  const counts = "figure" in having.on && (having.on.figure === "count" || having.on.figure === "countDistinct");
  return compareWith(having.op, counts ? { kind: "integer" } : typeOfKey(path, entity, input), value, having.value, isKey);
}

function compareGroups(a: Group, b: Group, query: Aggregate): number {
  const columns = [...query.orderBy.map(({ on, descending }) => ({ x: valueOn(on, a, query), y: valueOn(on, b, query), descending })), ...query.groupBy.map((_, index) => ({ x: a.keys[index] ?? null, y: b.keys[index] ?? null, descending: false }))];
  for (const { x, y, descending } of columns) {
    if (x === null && y === null) continue;
    if (x === null) return 1;
    if (y === null) return -1;
    const order = compareScalars(x, y);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

function printGroup(group: Group, query: Aggregate, entity: EntityDef, input: ModelInput): Json {
  const json: Record<string, Json> = {};
  if (query.groupBy.length > 0) {
    json.key = Object.fromEntries(
      query.groupBy.map(({ path }, index) => {
        const type = typeOfKey(path, entity, input);
        return [keyName(path, type.kind === "region"), type.kind === "region" ? (group.keys[index] as Json) : printValue(type, group.keys[index] ?? null)];
      }),
    );
  }
  for (const measure of query.measures) {
    const value = group.values.get(measureId(measure)) ?? null;
    if (measure.figure === "count") {
      json.count = value as Json;
      continue;
    }
    const type = typeAt(input.vocabulary, entity, measure.path);
    const under = (json[measure.figure] ?? {}) as Record<string, Json>;
    json[measure.figure] = { ...under, [keyName(measure.path, type.kind === "region")]: printFigure(measure, type, value) };
  }
  return json;
}

function printFigure(measure: Measure, type: AttributeType, value: Value): Json {
  if (value === null || measure.figure === "countDistinct") return value as Json;
  const scale = type.kind === "decimal" ? type.scale : 0;
  if (measure.figure === "sum") return printExact(asExact(value), scale);
  if (measure.figure === "avg") return printExact(asExact(value), scale + 4);
  return printValue(type, value);
}

interface Surviving {
  readonly owner: string;
  readonly by: ReadonlyMap<string, Value>;
  readonly rows: number;
  readonly measures: ReadonlyMap<string, readonly Exact[]>;
}

/** The relation of an owner's publication: suppressed before anything looks at it. */
export function publishedRows(input: ModelInput, entityName: string): readonly Surviving[] {
  const entity = entityOf(input.vocabulary, entityName);
  const truth = ruleTruth(input);
  const here = rulesAt(input, input.purpose, "aggregate");
  const everywhere = knownViews(input);
  const isKnownRow = (row: ModelRow): boolean => everywhere.some(({ rules }) => inView(row, entity, rules, truth));
  const isKnownCell = (row: ModelRow, name: string): boolean => everywhere.some(({ rules }) => inView(row, entity, rules, truth) && levelOf(entity, name, row, rules, truth) !== "NULL");
  const isRestricted = (row: ModelRow, name: string): boolean =>
    here.some((rule) => {
      const said = rule.levels[entityName] ?? {};
      return rule.effect === "restrict" && rule.owner === row.ownerRegion && (name in said || "all" in said) && truth(rule, row) !== false;
    });
  const surviving: Surviving[] = [];
  for (const rule of here) {
    const table = rule.publishes[entityName];
    if (table === undefined) continue;
    const sources = new Set(input.rows.filter((row) => row.ownerRegion === rule.owner).map((row) => row.source));
    for (const source of sources) {
      const rows = input.rows.filter((row) => row.source === source && row.entity === entityName && truth(rule, row) === true && !isHidden(row, here, truth));
      const cell = (row: ModelRow, name: string): Value => (isRestricted(row, name) ? null : (row.cells[name] ?? null));
      const groups = new Map<string, { by: Map<string, Value>; rows: ModelRow[] }>();
      for (const row of rows) {
        const by = new Map(table.by.map((name) => [name, printedKey(entity.attributes.get(name)?.type ?? { kind: "text" }, cell(row, name))] as const));
        const key = textOf([...by]);
        const group = groups.get(key) ?? { by, rows: [] };
        group.rows.push(row);
        groups.set(key, group);
      }
      for (const group of groups.values()) {
        if (group.rows.filter((row) => !isKnownRow(row)).length < table.minGroup) continue;
        const measures = new Map<string, readonly Exact[]>();
        for (const name of Object.keys(table.measures)) {
          const cells = group.rows.filter((row) => cell(row, name) !== null);
          if (cells.filter((row) => !isKnownCell(row, name)).length >= table.minGroup) measures.set(name, cells.map((row) => asExact(cell(row, name))));
        }
        surviving.push({ owner: rule.owner, by: group.by, rows: group.rows.length, measures });
      }
    }
  }
  return surviving;
}

function knownViews(input: ModelInput): readonly { readonly rules: readonly ModelRule[] }[] {
  const purposes = input.agency.purposes.length > 0 ? input.agency.purposes : [null];
  return purposes.flatMap((purpose) => (["query", "aggregate", "subscribe", "export"] as const).map((door) => ({ rules: rulesAt(input, purpose, door) })));
}

const inView = (row: ModelRow, entity: EntityDef, rules: readonly ModelRule[], truth: (rule: ModelRule, row: ModelRow) => Truth): boolean =>
  !isHidden(row, rules, truth) && [...entity.attributes.keys()].some((name) => levelOf(entity, name, row, rules, truth) !== "NULL");

export function answerPublished(input: ModelInput, query: Aggregate): ModelAnswer {
  const entity = entityOf(input.vocabulary, query.entity);
  const { where } = query;
  const valueOf = (row: Surviving, path: readonly string[]): Value => (isOwner(path) ? row.owner : (row.by.get(path[0] ?? "") ?? null));
  const rows = publishedRows(input, query.entity).filter((row) => where === null || publishedHolds(where, row, entity, input) === true);
  const groups = new Map<string, { keys: readonly Value[]; rows: Surviving[] }>();
  for (const row of rows) {
    const keys = query.groupBy.map(({ path, bucket, zone }) => {
      const value = valueOf(row, path);
      return bucket !== undefined && typeof value === "number" ? bucketStart(value, bucket, zone ?? "Asia/Shanghai") : value;
    });
    const group = groups.get(textOf(keys)) ?? { keys, rows: [] };
    group.rows.push(row);
    groups.set(textOf(keys), group);
  }
  if (query.groupBy.length === 0 && groups.size === 0) groups.set("", { keys: [], rows: [] });
  const finished = [...groups.values()].map((group): Group => {
    const values = new Map<string, Value>();
    for (const measure of measuresOf(query)) {
      const cells = measure.path.length === 0 ? [] : group.rows.flatMap((row) => row.measures.get(measure.path[0] ?? "") ?? []);
      const rows = group.rows.reduce((total, row) => total + row.rows, 0);
      values.set(measureId(measure), figureOf(measure, measure.path.length === 0 ? null : typeAt(input.vocabulary, entity, measure.path), cells, rows));
    }
    return { keys: group.keys, values };
  });
  return { data: finish(query, entity, input, finished), printed: new Map() };

  function publishedHolds(filter: NonNullable<Aggregate["where"]>, row: Surviving, of: EntityDef, on: ModelInput): Truth {
    if ("and" in filter) return allTruths(filter.and.map((part) => publishedHolds(part, row, of, on)));
    if ("all" in filter) return allTruths(filter.all.map((part) => publishedHolds(part, row, of, on)));
    if ("or" in filter) return anyTruth(filter.or.map((part) => publishedHolds(part, row, of, on)));
    if ("not" in filter) return notTruth(publishedHolds(filter.not, row, of, on));
    if ("at" in filter) throw new Error("published rows have no links");
    const value = valueOf(row, filter.path);
    if ("isNull" in filter) return (value === null) === filter.isNull;
    return compareWith(filter.op, typeOfKey(filter.path, of, on), value, filter.value as Value);
  }
}

/** Published relations as text, for equality of views. */
export const publishedText = (input: ModelInput): string =>
  [...input.vocabulary.entities.keys()]
    .flatMap((entity) => publishedRows(input, entity).map((row) => textOf([entity, row.owner, [...row.by], row.rows, [...row.measures].map(([name, cells]) => [name, cells.reduce(plus), cells.length])])))
    .sort(compareText)
    .join("\n");
