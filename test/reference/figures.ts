/** The reference model, third half: aggregates over V, and published statistics over B with suppression first (§5). */
import type { AttributeType } from "../../schema/vocabulary.ts";
import { type Json, meeting, type ModelAnswer, printValue } from "./answers.ts";
import { cellsAt, compareScalars, compareTerms, holds, printedValue, type See, type Value } from "./conditions.ts";
import { exact, type Exact, isExact, plus, printExact, ratio } from "./exact.ts";
import { entityOf, isHidden, judge, levelOf, type ModelInput, type ModelRow, type ModelRule, refAt, rulesAt, typeAt, type View } from "./model.ts";
import type { Aggregate, Door, Figure, GroupBy, Path } from "./query.ts";

/** Zones that buckets are asked in, as offsets at an instant: from the platform, not from the hub. */
function offsetMs(zone: string, ms: number): number {
  const local = new Date(ms).toLocaleString("sv-SE", { timeZone: zone });
  return Date.parse(`${local.replace(" ", "T")}Z`) - Math.floor(ms / 1000) * 1000;
}

/** The start of the bucket; midnights that a zone skips are not generated. */
function bucketStart(ms: number, bucket: NonNullable<GroupBy["bucket"]>, zone: string): number {
  const offset = offsetMs(zone, ms);
  const local = new Date(ms + offset);
  if (bucket === "HOUR") return Math.floor((ms + offset) / 3_600_000) * 3_600_000 - offset;
  const start = Date.UTC(local.getUTCFullYear(), bucket === "YEAR" ? 0 : local.getUTCMonth(), bucket === "DAY" ? local.getUTCDate() : 1);
  return start - offsetMs(zone, start - offsetMs(zone, start - offset));
}

export const keyName = (path: Path, isRegion: boolean): string =>
  [...path, ...(isRegion ? ["code"] : [])].map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");

export const textOf = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

/** A row of V, or a published one that stands for several rows of B. */
type Counted = Readonly<{ rows: number; at: (path: Path) => Value; cells: (path: Path) => readonly Value[] }>;
type Group = Readonly<{ keys: readonly Value[]; of: readonly Counted[] }>;

export function answerAggregate(view: View, input: ModelInput, query: Aggregate): ModelAnswer {
  const rows = meeting(query.where, query.entity, view, input).map((row): Counted => {
    const at = (path: Path): Value => refAt(row, input.vocabulary, path);
    return { rows: 1, at, cells: (path) => [at(path)] };
  });
  return { data: groupsOf(rows, query, input), printed: new Map() };
}

export function answerPublished(input: ModelInput, query: Aggregate): ModelAnswer {
  const rows = publishedRows(input, query.entity).map(({ owner, by, rows, measures }): Counted => {
    const at = ([name = ""]: Path): Value => (name === "ownerRegion" ? owner : (by.get(name) ?? null));
    return { rows, at, cells: ([name = ""]) => measures.get(name) ?? [] };
  });
  const { where } = query;
  const see = (row: Counted): See => cellsAt((path) => ({ type: typeAt(input.vocabulary, query.entity, path), value: row.at(path) }));
  return { data: groupsOf(rows.filter((row) => where === null || holds(where, see(row), input) === true), query, input), printed: new Map() };
}

function groupsOf(rows: readonly Counted[], query: Aggregate, input: ModelInput): Json {
  const { groupBy, having, orderBy, first } = query;
  const typeOf = (path: Path): AttributeType => typeAt(input.vocabulary, query.entity, path);
  const keyAt = (row: Counted, { path, bucket, zone }: GroupBy): Value => {
    const value = row.at(path);
    return bucket !== undefined && typeof value === "number" ? bucketStart(value, bucket, zone ?? "Asia/Shanghai") : printedValue(typeOf(path), value);
  };
  const grouped = Map.groupBy(rows, (row) => textOf(groupBy.map((by) => keyAt(row, by))));
  const groups = [...grouped.values()].map((of): Group => ({ keys: groupBy.map((by) => keyAt(of[0] as Counted, by)), of }));
  if (groupBy.length === 0 && rows.length === 0) groups.push({ keys: [], of: [] });

  const valueOn = ({ keys, of }: Group, [figure = "", ...path]: Path): Value =>
    figure === "key" ? (keys[groupBy.findIndex((by) => by.path.join() === path.join())] ?? null) : figureOf(figure as Figure, path.length === 0 ? null : typeOf(path), of, path);
  // Keys compare as printed, which they are; figures by their exact value.
  const see = (group: Group): See => cellsAt((path) => ({ type: path[0] === "key" ? typeOf(path.slice(1)) : { kind: "integer" }, value: valueOn(group, path) }));
  const terms = [...orderBy, ...groupBy.map(({ path }) => ({ path: ["key", ...path], descending: false }))];
  const compare = (a: Group, b: Group): number => compareTerms(terms, (path) => valueOn(a, path), (path) => valueOn(b, path));
  const print = (group: Group): Json => {
    const json: Record<string, Json> = {};
    const name = (path: Path): string => keyName(path, typeOf(path).kind === "region");
    if (groupBy.length > 0) json.key = Object.fromEntries(groupBy.map(({ path }, index) => [name(path), printValue(typeOf(path), group.keys[index] ?? null)]));
    for (const { figure, path } of query.measures) {
      const value = valueOn(group, [figure, ...path]);
      if (figure === "count") json.count = value as Json;
      else json[figure] = { ...(json[figure] as object), [name(path)]: printFigure(figure, typeOf(path), value) };
    }
    return json;
  };
  const kept = groups.filter((group) => having === null || holds(having, see(group), input) === true).sort(compare);
  return { groups: kept.slice(0, first ?? kept.length).map(print) };
}

const asExact = (value: Value): Exact => (isExact(value) ? value : exact(String(value)));

function figureOf(figure: Figure, type: AttributeType | null, of: readonly Counted[], path: Path): Value {
  const known = figure === "count" ? [] : of.flatMap((row) => row.cells(path)).filter((cell) => cell !== null);
  switch (figure) {
    case "count":
      return of.reduce((total, { rows }) => total + rows, 0);
    case "countDistinct":
      return new Set(known.map((cell) => textOf(type === null ? cell : printedValue(type, cell)))).size;
    case "min":
      return known.toSorted(compareScalars)[0] ?? null;
    case "max":
      return known.toSorted(compareScalars).at(-1) ?? null;
    case "sum":
      return known.length === 0 ? null : known.map(asExact).reduce(plus);
    case "avg": {
      const sum = known.map(asExact).reduce(plus, ratio(0n));
      return known.length === 0 ? null : ratio(sum.n, sum.d * BigInt(known.length));
    }
  }
}

function printFigure(figure: Figure, type: AttributeType, value: Value): Json {
  const scale = type.kind === "decimal" ? type.scale : 0;
  if (value === null || figure === "countDistinct") return value as Json;
  return figure === "sum" || figure === "avg" ? printExact(asExact(value), figure === "avg" ? scale + 4 : scale) : printValue(type, value);
}

type Surviving = Readonly<{ owner: string; by: ReadonlyMap<string, Value>; rows: number; measures: ReadonlyMap<string, readonly Exact[]> }>;

const everyDoor: readonly Door[] = ["query", "aggregate", "subscribe", "export"];

/** The relation of the owners' publications: suppressed before anything looks at it. */
export function publishedRows(input: ModelInput, entityName: string): readonly Surviving[] {
  const entity = entityOf(input.vocabulary, entityName);
  const truth = judge(input);
  const here = rulesAt(input, input.purpose, "aggregate");
  const purposes = input.agency.purposes.length > 0 ? input.agency.purposes : [null];
  const everywhere = purposes.flatMap((purpose) => everyDoor.map((door) => rulesAt(input, purpose, door)));
  const has = (row: ModelRow, name: string, rules: readonly ModelRule[]): boolean => levelOf(entity, name, row, rules, truth) !== "NULL";
  const inView = (row: ModelRow, rules: readonly ModelRule[]): boolean => !isHidden(row, rules, truth) && [...entity.attributes.keys()].some((name) => has(row, name, rules));
  const isUnknownRow = (row: ModelRow): boolean => !everywhere.some((rules) => inView(row, rules));
  const isUnknownCell = (row: ModelRow, name: string): boolean => !everywhere.some((rules) => inView(row, rules) && has(row, name, rules));
  const isRestricted = (row: ModelRow, name: string): boolean =>
    here.some((rule) => rule.effect === "restrict" && rule.owner === row.ownerRegion && (rule.levels[entityName]?.[name] ?? rule.levels[entityName]?.all) !== undefined && truth(rule, row) !== false);
  const cell = (row: ModelRow, name: string): Value => (isRestricted(row, name) ? null : (row.cells[name] ?? null));
  return here.flatMap((rule) => {
    const table = rule.publishes[entityName];
    if (table === undefined) return [];
    const keys = (row: ModelRow) => table.by.map((name) => [name, printedValue(typeAt(input.vocabulary, entityName, [name]), cell(row, name))] as const);
    const rows = input.rows.filter((row) => row.ownerRegion === rule.owner && row.entity === entityName && truth(rule, row) === true && !isHidden(row, here, truth));
    // Sources of one owner are counted apart.
    return [...Map.groupBy(rows, (row) => textOf([row.source, keys(row)])).values()].flatMap((group): readonly Surviving[] => {
      if (group.filter(isUnknownRow).length < table.minGroup) return [];
      const measures = new Map<string, readonly Exact[]>();
      for (const name of Object.keys(table.measures)) {
        const filled = group.filter((row) => cell(row, name) !== null);
        if (filled.filter((row) => isUnknownCell(row, name)).length >= table.minGroup) measures.set(name, filled.map((row) => asExact(cell(row, name))));
      }
      return [{ owner: rule.owner, by: new Map(keys(group[0] as ModelRow)), rows: group.length, measures }];
    });
  });
}
