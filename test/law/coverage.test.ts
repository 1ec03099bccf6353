/** The generator says everything that the laws are about: each feature occurs in a sample of its networks, policies and questions. */
import { expect, it } from "vitest";
import { chance, type Generate } from "../reference/generator/draw.ts";
import { encode } from "../reference/generator/encode.ts";
import { agencies, makeRules, nowMs, policyYaml } from "../reference/generator/policies.ts";
import { makeQuery } from "../reference/generator/queries.ts";
import type { ServerKind } from "../reference/generator/typedStyles.ts";
import { makeWorld, type World } from "../reference/generator/world.ts";
import { isExact } from "../reference/exact.ts";
import { governed, makeAsking, names, openWorld } from "../reference/harness/cases.ts";
import { generatorOf } from "../reference/laws/networks.ts";
import { newTally, type Tally } from "../reference/laws/tally.ts";
import type { ModelRow, ModelRule } from "../reference/model.ts";
import type { Filter, Query, Selection } from "../reference/query.ts";
import { seed } from "./hold.ts";

function noteWorld(world: World, rows: readonly ModelRow[], tally: Tally): void {
  tally.note(`${world.sources.length} sources`);
  for (const { kind, tables } of world.sources) {
    tally.note(`a ${kind} source`);
    for (const { shape } of tables) {
      for (const what of ["keep", "latest", "tie", "strict", "keyPublic"] as const) if (shape[what]) tally.note(what);
      if (shape.part !== "") tally.note("an entity in parts");
      if (shape.fixed.unpivot !== undefined) tally.note("unpivot");
    }
  }
  const owners = new Set(world.sources.map(({ region }) => region));
  if (owners.size < world.sources.length) tally.note("two sources of one region");
  if (owners.size > 1) tally.note("several regions");
  for (const { cells, entity } of rows) {
    for (const value of Object.values(cells)) {
      if (value === null) tally.note("a NULL");
      if (typeof value === "string" && /[\u{10000}-\u{10FFFF}]/u.test(value)) tally.note("a text beyond the BMP");
      if (isExact(value) && value.d > 10n ** 6n) tally.note("a number finer than any scale");
      if (isExact(value) && value.n / value.d > 10n ** 12n) tally.note("a huge number");
      if (isExact(value) && value.n < 0n) tally.note("a negative number");
    }
    if (new Set(rows.filter((row) => row.entity === entity).map((row) => String(row.cells.quality))).size < rows.filter((row) => row.entity === entity).length) tally.note("ties");
  }
}

function noteRules(rules: readonly ModelRule[], tally: Tally): void {
  for (const rule of rules) {
    tally.note(rule.effect);
    tally.note(`to ${rule.to[0]?.split(":")[0]}`);
    if (rule.to.length > 1) tally.note("to several");
    if (rule.except.length > 0) tally.note("except");
    if (rule.purposes !== null) tally.note("purposes");
    if (rule.doors !== null) tally.note(`only at the door ${rule.doors[0]}`);
    if (rule.hides.length > 0) tally.note("hide");
    if (rule.fromMs !== null && rule.fromMs > nowMs) tally.note("not in force yet");
    if (rule.untilMs !== null) tally.note(rule.untilMs <= nowMs ? "expired" : "expires later");
    if (policyYaml([rule]).includes('"open"')) tally.note("open");
    for (const levels of Object.values(rule.levels)) {
      for (const [name, level] of Object.entries(levels)) {
        if (name === "all") tally.note(`all ${level}`);
        else if (rule.effect === "grant") tally.note(level === "CLEAR" ? "allow" : "mask");
        else tally.note(level === "NULL" ? "deny" : "atMost");
      }
    }
    for (const filter of Object.values(rule.where)) noteFilter(filter, "rule", tally);
  }
  const granted = rules.filter(({ effect }) => effect === "grant").flatMap(({ owner, levels }) => Object.entries(levels).flatMap(([entity, of]) => Object.keys(of).map((name) => `${owner} ${entity} ${name}`)));
  if (new Set(granted).size < granted.length) tally.note("overlapping grants");
}

function noteFilter(filter: Filter, where: string, tally: Tally): void {
  for (const kind of ["and", "or", "all"] as const) {
    if (!(kind in filter)) continue;
    const parts = (filter as Readonly<Record<typeof kind, readonly Filter[]>>)[kind];
    tally.note(`${where} ${kind}${parts.length === 0 ? " of nothing" : ""}`);
    for (const part of parts) noteFilter(part, where, tally);
  }
  if ("not" in filter) {
    tally.note(`${where} not`);
    noteFilter(filter.not, where, tally);
  }
  if ("at" in filter) {
    tally.note(`${where} over a link`);
    noteFilter(filter.holds, where, tally);
  }
  if ("across" in filter) {
    tally.note(`${where} ${filter.quantity}`);
    noteFilter(filter.of, where, tally);
  }
  if ("isNull" in filter) tally.note(`${where} isNull`);
  if (!("op" in filter)) return;
  tally.note(`${where} ${filter.op}`);
  if (Array.isArray(filter.value) && filter.value.length === 0) tally.note(`${where} empty list`);
  if (filter.path.length > 1) tally.note(`${where} on the region table`);
  if (filter.asVariable === true) tally.note(`${where} by a variable`);
  if (typeof filter.value === "object" && "agency" in filter.value) tally.note(`${where} $agency`);
  if (typeof filter.value === "object" && "nowPlusMs" in filter.value) tally.note(`${where} $now`);
}

function noteSelection(select: readonly Selection[], tally: Tally): void {
  for (const one of select) {
    tally.note(`select ${one.kind}`);
    if ("select" in one) noteSelection(one.select, tally);
  }
}

function noteQuery(query: Query, tally: Tally): void {
  tally.note(query.kind);
  if ("where" in query && query.where !== null) noteFilter(query.where, query.kind, tally);
  if ("select" in query) noteSelection(query.select, tally);
  if (query.kind === "byId") tally.note(`by ${query.via}`);
  if (query.kind === "connection") {
    tally.note(query.backward ? "last" : "first");
    if (query.skip > 0) tally.note(query.backward ? "before" : "after");
    if (query.size === 0) tally.note("an empty page");
    for (const { path } of query.orderBy) tally.note(path.length > 1 ? "order by a link's attribute" : "order by");
  }
  if (query.kind === "connection" || query.kind === "byId") return;
  for (const { figure } of query.measures) tally.note(`${query.kind} ${figure}`);
  for (const { bucket, zone, path } of query.groupBy) {
    tally.note(`${query.kind} groupBy`);
    if (bucket !== undefined) tally.note(`bucket ${bucket}`);
    if (zone !== undefined) tally.note("bucket in a zone");
    if (path.length > 1) tally.note("group by a link's attribute");
  }
  if (query.having !== null) noteFilter(query.having, `${query.kind} having`, tally);
  if (query.orderBy.length > 0) tally.note(`${query.kind} orderBy`);
  if (query.first !== null) tally.note(`${query.kind} first`);
}

/** Every one is to be met. */
const features: readonly string[] = [
  ...["1", "2", "3", "4"].map((count) => `${count} sources`),
  ...["sqlite", "drop", "rest"].map((kind) => `a ${kind} source`),
  ...["keep", "latest", "tie", "strict", "keyPublic", "an entity in parts", "unpivot", "two sources of one region", "several regions"],
  ...["a NULL", "ties", "a text beyond the BMP", "a number finer than any scale", "a huge number", "a negative number"],
  ...["grant", "restrict", "publish", "allow", "mask", "deny", "atMost", "hide", "open", "all CLEAR", "all NULL", "overlapping grants"],
  ...["own", "agencies", "everyone", "group", "agency", "several"].map((grantee) => `to ${grantee}`),
  ...["except", "purposes", "not in force yet", "expired", "expires later", ...["query", "aggregate", "subscribe"].map((door) => `only at the door ${door}`)],
  ...["and", "or", "not", "isNull", "eq", "ne", "in", "lt", "gte", "startsWith", "contains", "within", "and of nothing", "or of nothing", "empty list", "$agency", "$now", "on the region table"].map((what) => `rule ${what}`),
  ...["and", "or", "all", "not", "isNull", "eq", "ne", "in", "lt", "gte", "startsWith", "contains", "within", "and of nothing", "or of nothing", "empty list", "on the region table", "over a link", "some", "none", "by a variable"].map((what) => `connection ${what}`),
  ...["and", "or", "not", "isNull", "eq", "in", "over a link", "some", "none", "by a variable"].map((what) => `aggregate ${what}`),
  ...["connection", "byId", "aggregate", "published", "by field", "by node", "by nodes", "first", "last", "after", "before", "an empty page", "order by", "order by a link's attribute"],
  ...["id", "ownerRegion", "typename", "attribute", "original", "provenance", "link", "across", "acrossCount"].map((kind) => `select ${kind}`),
  ...["count", "countDistinct", "min", "max", "sum", "avg", "groupBy", "orderBy", "first", "having eq", "having not", "having or", "having isNull", "having in"].map((what) => `aggregate ${what}`),
  ...["count", "sum", "avg", "groupBy", "orderBy", "first", "having eq", "eq", "isNull"].map((what) => `published ${what}`),
  ...["bucket HOUR", "bucket DAY", "bucket MONTH", "bucket YEAR", "bucket in a zone", "group by a link's attribute"],
];

function noteNetwork(g: Generate, tally: Tally): World {
  const world = makeWorld(g);
  noteWorld(world, encode(world).rows, tally);
  return world;
}

it(`meets every feature in a sample (seed ${seed})`, { timeout: 300_000 }, async () => {
  const tally = newTally();
  const missing = (): readonly string[] => features.filter((feature) => tally.of(feature) === 0);
  const networksMin = 20;
  for (let network = 0; network < 150 && (network < networksMin || missing().length > 0); network += 1) {
    const g = generatorOf(seed + network);
    const world = noteNetwork(g, tally);
    const open = await openWorld(encode(world), { reading: "inline" });
    try {
      for (let policy = 0; policy < 3; policy += 1) {
        const rules = makeRules(g, world, { many: chance(g, 25) });
        noteRules(rules, tally);
        const hub = governed(open, rules);
        if (hub === null) continue;
        const asking = makeAsking(g);
        tally.note(`asked by ${asking.agency}`);
        const known = names(hub, asking);
        for (let question = 0; question < 40; question += 1) {
          const query = makeQuery(g, known, open.rows);
          if (query === null) break;
          noteQuery(query, tally);
        }
      }
    } finally {
      await open.close();
    }
  }
  expect(missing()).toEqual([]);
  expect(agencies.filter(({ id }) => tally.of(`asked by ${id}`) === 0)).toEqual([]);
});

/** Types of columns that the sources on a server have, without what stands in brackets of an `enum`. */
const columnTypes: Readonly<Record<ServerKind, readonly string[]>> = {
  postgres: [
    ...["text", 'text COLLATE "C"', 'text COLLATE "und-x-icu"', "varchar(100)", "varchar(1)", "bool"],
    ...["int", "int2", "int4", "int8", "float4", "float8", "numeric", "numeric(40,20)"],
    ...["date", "timestamp", "timestamp(0)", "timestamp(3)", "timestamptz", "timestamptz(0)", "timestamptz(3)"],
  ],
  mariadb: [
    ...["general_ci", "nopad_bin", "unicode_520_ci", "bin"].map((collation) => `varchar(100) COLLATE utf8mb4_${collation}`),
    ...["varchar(1)", "enum", "boolean", "int", "bigint", "float", "double", "decimal(40,20)"],
    ...["date", "datetime", "datetime(3)", "datetime(6)", "timestamp", "timestamp(3)", "timestamp(6)"],
  ],
};

it.each(["postgres", "mariadb"] as const)(`meets every type of column of a %s source in a sample (seed ${seed})`, { timeout: 300_000 }, (server) => {
  const met = new Set<string>();
  for (let network = 0; network < 150 && columnTypes[server].some((type) => !met.has(type)); network += 1) {
    const sources = makeWorld(generatorOf(seed + network), [server]).sources.filter(({ kind }) => kind === server);
    expect(sources.length).toBeGreaterThan(0);
    for (const { columns } of sources.flatMap((source) => encode({ sources: [source] }).sources.flatMap(({ tables }) => tables))) for (const { type } of columns) met.add(type.replace(/^enum\(.*\)$/, "enum").replace(/ (?:NOT )?NULL$/, ""));
  }
  expect([...met].sort()).toEqual([...columnTypes[server]].sort());
});
