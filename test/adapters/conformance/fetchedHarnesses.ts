/** Kinds that fetch for every query, each over a server that filters texts by code points, as its declared parameters promise. */
import { checked } from "../../../adapters/contract/checked.ts";
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { restLiveKind } from "../../../adapters/rest/restLive.ts";
import { sensorThingsKind } from "../../../adapters/sensorthings/sensorThingsKind.ts";
import { scratchOpener } from "../../../adapters/sqlite/openScratch.ts";
import { suiteLenses } from "./suiteLenses.ts";
import { answer, startApi, type ApiServer } from "../rest/apiServer.ts";
import { codePoints } from "./conditions.ts";
import type { Harness, OpenKind, TableSpec } from "./harness.ts";
import { countOtherThanGet, httpLies } from "./httpServer.ts";
import { lensModule, spelt, typedByLens, type Naming } from "./typedByLens.ts";

const openScratch = scratchOpener(lensModule);
const common = { isThere: true, types: new Set(["integer", "number", "text"] as const), lies: httpLies, hasWriteWords: false } as const;
const columnsOf = ({ columns }: TableSpec): readonly string[] => Object.keys(columns).filter((name) => (common.types as ReadonlySet<string>).has(columns[name]?.type ?? ""));
const keyOf = ({ unique }: TableSpec): readonly string[] => unique[0] ?? [];
const textsOf = (spec: TableSpec): readonly string[] => columnsOf(spec).filter((name) => spec.columns[name]?.type === "text");

const operators = {
  eq: (order: number) => order === 0,
  gte: (order: number) => order >= 0,
  gt: (order: number) => order > 0,
  lte: (order: number) => order <= 0,
  lt: (order: number) => order < 0,
} as const;

/** `s.gte=…`: the rows of which the text is there and on that side. */
function narrowed(spec: TableSpec, parameters: URLSearchParams): TableSpec["rows"] {
  return spec.rows.filter((row) =>
    [...parameters].every(([name, value]) => {
      const found = /^p(\d+)\.(\w+)$/.exec(name);
      if (!found) return true;
      const own = row[textsOf(spec)[Number(found[1])] ?? ""] as Cell;
      if (typeof own !== "string") return false;
      if (found[2] === "in") return value.split("\t").includes(own);
      return operators[found[2] as keyof typeof operators](codePoints(own, value));
    }),
  );
}

const closing = (adapter: OpenKind["adapter"], api: ApiServer, otherThanGet: () => number): OpenKind => ({
  adapter,
  running: async () => null,
  tryToWrite: async () => ({ isRefused: null, written: otherThanGet() }),
  close: async () => {
    await adapter.close();
    await api.close();
  },
});

export const restLiveHarness: Harness = {
  kind: "rest, live",
  ...common,
  // The key alone is never NULL: the source vouches for nothing else.
  mayBeNull: (column) => column !== "id",
  async open(specs, through) {
    const api = await startApi((url, _request, response) => {
      const spec = specs[Number(url.pathname.split("/").at(-1))] as TableSpec;
      const rows = narrowed(spec, url.searchParams);
      const page = Number(url.searchParams.get("page"));
      answer(response, { total: rows.length, list: rows.slice((page - 1) * 2000, page * 2000).map((row) => Object.fromEntries(columnsOf(spec).map((column) => [column, spelt(row[column], "plain")]))) });
    });
    const tables = Object.fromEntries(
      specs.map((spec, index) => [
        spec.name,
        {
          get: `/${index}`,
          rows: "list",
          page: { number: "page", max: "2000", total: "total" },
          push: Object.fromEntries(textsOf(spec).map((column, at) => [column, { ...Object.fromEntries(Object.keys(operators).map((operator) => [operator, `p${at}.${operator}`])), in: { parameter: `p${at}.in`, separator: "\t" } }])),
          live: { key: keyOf(spec), all: "true" },
        },
      ]),
    );
    const naming: Naming = { table: (name) => name, column: (name) => name, texts: "plain" };
    const otherThanGet = countOtherThanGet(api);
    const adapter = await restLiveKind(openScratch).open({ connection: { url: await through(api.url), rate: "100000/s" }, tables, mentioned: Object.fromEntries(specs.map((spec) => [spec.name, columnsOf(spec)])), baseDir: "/", lenses: suiteLenses });
    return closing(checked(typedByLens(adapter, specs, naming)), api, otherThanGet);
  },
};

const sets = ["Observations", "Things", "Datastreams", "Sensors", "ObservedProperties"] as const;

export const sensorThingsHarness: Harness = {
  kind: "sensorthings",
  ...common,
  mayBeNull: (column) => column !== "id",
  async open(specs, through) {
    const api = await startApi((url, _request, response) => {
      const spec = specs[sets.indexOf(url.pathname.split("/").at(-1) as (typeof sets)[number])] as TableSpec;
      const skip = Number(url.searchParams.get("$skip") ?? 0);
      const found = spec.rows.filter((row) => nameHolds(row, url.searchParams.get("$filter")));
      const value = found.slice(skip, skip + 2000).map((row) => {
        const cells = Object.fromEntries(columnsOf(spec).map((column) => [column, spelt(row[column], "plain")]));
        return { "@iot.id": cells[keyOf(spec)[0] ?? ""], name: cells["s"] ?? null, properties: cells };
      });
      const next = new URL(url.pathname + url.search, outside);
      next.searchParams.set("$skip", String(skip + 2000));
      answer(response, { "@iot.count": found.length, ...(skip + 2000 < found.length ? { "@iot.nextLink": next.href } : {}), value });
    });
    const otherThanGet = countOtherThanGet(api);
    const outside = await through(api.url);
    const keys = new Map(specs.map((spec) => [spec.name, keyOf(spec)[0]]));
    const naming: Naming = {
      table: (name) => sets[specs.findIndex((spec) => spec.name === name)] ?? name,
      // `s` is the entity's name, by which the server filters.
      column: (name) => (name === "id" || name === "true" ? "@iot.id" : name === "s" ? "name" : `properties.${name}`),
      texts: "plain",
    };
    const mentioned = Object.fromEntries(specs.map((spec) => [naming.table(spec.name), columnsOf(spec).map(naming.column)]));
    if ([...keys.values()].some((key) => key !== "id" && key !== "true")) throw new Error("a table of the suite has another key");
    const adapter = await sensorThingsKind(openScratch).open({ connection: { url: outside, rate: "100000/s", page: "2000", ids: "text", readAll: "Observations" }, tables: {}, mentioned, baseDir: "/", lenses: suiteLenses });
    return closing(checked(typedByLens(adapter, specs, naming)), api, otherThanGet);
  },
};

/** The filters that a name is narrowed by: `name eq 'x'`, `(name eq 'x' or name eq 'y')`. */
function nameHolds(row: TableSpec["rows"][number], filter: string | null): boolean {
  if (filter === null) return true;
  return filter.split(/ and (?=\(|name |id )/).every((term) => {
    const texts = [...term.matchAll(/(name|id) eq '((?:[^']|'')*)'/g)].map(([, field, text = ""]) => [field, text.replaceAll("''", "'")] as const);
    if (texts.length === 0) throw new Error(`the suite's server does not read ${filter}`);
    return texts.some(([field, text]) => (field === "name" ? row["s"] === text : String(row["id"] ?? row["true"]) === text));
  });
}
