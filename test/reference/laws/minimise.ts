/** A broken case made smaller while it stays broken: fewer sources, rows, columns, rules and parts of the question. */
import { encode } from "../generator/encode.ts";
import { everythingSeen } from "../generator/mutations.ts";
import type { SourceWorld, World } from "../generator/world.ts";
import type { ModelRule } from "../model.ts";
import type { Filter, Query, Selection } from "../query.ts";
import { type Case, type Difference, tryAgain } from "./networks.ts";
import { regressionText } from "./regression.ts";
import { newTally } from "./tally.ts";

/** Tries in all: each opens a network, some 20 ms. */
const triesMax = 600;

/** The smallest case found that the law does not hold for; the given one where it does not fail again by itself. */
export async function minimised({ found, kind }: Difference): Promise<Case> {
  let tries = 0;
  const fails = async (one: Case): Promise<boolean> => {
    tries += 1;
    try {
      return (await tryAgain(one, newTally()))?.kind === kind;
    } catch {
      // Not a network, mapping or question any more.
      return false;
    }
  };
  if (!(await fails(found))) return found;
  let smallest = found;
  for (let isSmaller = true; isSmaller && tries < triesMax; ) {
    isSmaller = false;
    for (const smaller of smallerOf(smallest)) {
      if (tries >= triesMax) break;
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

export const rowText = ({ law, world, other, rules, asking, query, salt }: Case, name: string): string =>
  regressionText({ name, law, network: encode(world), other: other === null ? null : encode(other), rules, asking, query, salt });

function* smallerOf(one: Case): Generator<Case> {
  for (const rules of without(one.rules)) yield { ...one, rules };
  for (const query of smallerQueries(one.query)) yield { ...one, query };
  for (const change of smallerWorlds(one.world)) {
    const next = { ...one, world: change(one.world), other: one.other === null ? null : change(one.other) };
    // Two networks must go on looking alike.
    if (next.other !== null && everythingSeen(next.world, one.rules, one.asking.agency) !== everythingSeen(next.other, one.rules, one.asking.agency)) continue;
    yield next;
  }
  for (const [at, rule] of one.rules.entries()) for (const smaller of smallerRules(rule)) yield { ...one, rules: one.rules.with(at, smaller) };
}

function* without<T>(list: readonly T[]): Generator<readonly T[]> {
  // Halves first, then one by one.
  if (list.length > 3) {
    yield list.slice(0, list.length / 2);
    yield list.slice(list.length / 2);
  }
  for (let at = list.length - 1; at >= 0; at -= 1) yield list.toSpliced(at, 1);
}

const leftOut = <T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> => Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

function* smallerRules(rule: ModelRule): Generator<ModelRule> {
  for (const entity of Object.keys(rule.levels)) {
    yield { ...rule, levels: leftOut(rule.levels, entity), where: leftOut(rule.where, entity) };
    for (const name of Object.keys(rule.levels[entity] ?? {})) yield { ...rule, levels: { ...rule.levels, [entity]: leftOut(rule.levels[entity] ?? {}, name) } };
  }
  for (const entity of Object.keys(rule.where)) {
    yield { ...rule, where: leftOut(rule.where, entity) };
    for (const filter of smallerFilters(rule.where[entity] as Filter)) yield { ...rule, where: { ...rule.where, [entity]: filter } };
  }
  if (rule.hides.length > 0) yield { ...rule, hides: [] };
  if (rule.except.length > 0) yield { ...rule, except: [] };
  if (rule.purposes !== null || rule.doors !== null) yield { ...rule, purposes: null, doors: null };
  if (rule.fromMs !== null || rule.untilMs !== null) yield { ...rule, fromMs: null, untilMs: null };
}

function* smallerFilters(filter: Filter): Generator<Filter> {
  const parts = "and" in filter ? filter.and : "or" in filter ? filter.or : "all" in filter ? filter.all : "not" in filter ? [filter.not] : [];
  yield* parts;
  for (const fewer of without(parts)) {
    if ("and" in filter) yield { and: fewer };
    if ("or" in filter) yield { or: fewer };
    if ("all" in filter && fewer.length > 0) yield { all: fewer };
  }
  for (const [at, part] of parts.entries()) {
    for (const smaller of smallerFilters(part)) {
      if ("and" in filter) yield { and: filter.and.with(at, smaller) };
      if ("or" in filter) yield { or: filter.or.with(at, smaller) };
      if ("not" in filter) yield { not: smaller };
    }
  }
  if ("at" in filter) for (const smaller of smallerFilters(filter.holds)) yield { at: filter.at, holds: smaller };
  if ("across" in filter) for (const smaller of smallerFilters(filter.of)) yield { ...filter, of: smaller };
}

function* smallerSelections(select: readonly Selection[]): Generator<readonly Selection[]> {
  if (select.length > 1) yield* without(select);
  for (const [at, one] of select.entries()) {
    if (!("select" in one)) continue;
    for (const smaller of smallerSelections(one.select)) if (smaller.length > 0) yield select.with(at, { ...one, select: smaller });
  }
}

function* smallerQueries(query: Query): Generator<Query> {
  if (query.kind === "byId") {
    for (const places of without(query.places)) if (places.length > 0) yield { ...query, places };
    for (const select of smallerSelections(query.select)) yield { ...query, select };
    return;
  }
  if (query.where !== null) {
    yield { ...query, where: null };
    for (const where of smallerFilters(query.where)) yield { ...query, where };
  }
  for (const orderBy of without(query.orderBy)) yield { ...query, orderBy };
  if (query.kind === "connection") {
    if (query.skip > 0) yield { ...query, skip: 0 };
    if (query.backward) yield { ...query, backward: false };
    for (const select of smallerSelections(query.select)) if (select.length > 0) yield { ...query, select };
    return;
  }
  if (query.having !== null) {
    yield { ...query, having: null };
    for (const having of smallerFilters(query.having)) yield { ...query, having };
  }
  for (const groupBy of without(query.groupBy)) yield { ...query, groupBy };
  // The count is always asked for.
  for (const measures of without(query.measures)) if (measures[0]?.figure === "count") yield { ...query, measures };
  if (query.first !== null) yield { ...query, first: null };
}

type Change = (world: World) => World;

function* smallerWorlds(world: World): Generator<Change> {
  const inSource = (id: string, change: (source: SourceWorld) => SourceWorld): Change => (of) => ({ sources: of.sources.map((source) => (source.id === id ? change(source) : source)) });
  for (const { id } of world.sources.length > 1 ? world.sources : []) yield (of) => ({ sources: of.sources.filter((source) => source.id !== id) });
  for (const source of world.sources) {
    for (const [at, { shape, rows }] of source.tables.entries()) {
      yield inSource(source.id, (of) => ({ ...of, tables: of.tables.toSpliced(at, 1) }));
      const changing = (change: (table: SourceWorld["tables"][number]) => SourceWorld["tables"][number]): Change =>
        inSource(source.id, (of) => ({ ...of, tables: of.tables.map((table, index) => (index === at ? change(table) : table)) }));
      for (const kept of without(rows)) {
        const rowids = new Set(rows.filter((row) => !kept.includes(row)).map(({ rowid }) => rowid));
        yield changing((table) => ({ ...table, rows: table.rows.filter((row) => !rowids.has(row.rowid)) }));
      }
      for (const name of shape.fields.keys()) {
        if (!name.startsWith("$")) yield changing((table) => ({ ...table, shape: { ...table.shape, fields: new Map([...table.shape.fields].filter(([field]) => field !== name)), indexes: [] } }));
      }
    }
  }
}
