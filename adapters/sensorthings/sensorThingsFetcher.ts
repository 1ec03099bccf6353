/** Entity sets as pages of rows: `$filter`, `$select` and `$expand` for what is wanted, `@iot.nextLink` from page to page. */
import { SourceFailure } from "../contract/adapter.ts";
import type { FetchedPage, FetchedTable, Fetcher, Pushed } from "../fetched/fetchedSource.ts";
import { atPath, cellText, isArray, isObject, type ExactJson } from "../http/exactJson.ts";
import { badAnswer, followPages, linkOfSameServer } from "../http/followPages.ts";
import { makeGet } from "../http/httpGet.ts";
import { columnPath, entitySets, selection, type ColumnPath, type EntitySet } from "./entitySets.ts";
import { filterOf, pushableColumns } from "./filter.ts";
import { readColumn } from "./readings.ts";
import type { SensorThingsConfig } from "./sensorThingsConfig.ts";

const pauseMaxMs = 5_000;

interface Table {
  readonly set: EntitySet;
  readonly fetched: FetchedTable;
  readonly paths: readonly ColumnPath[];
}

function tableOf(set: EntitySet, mentioned: readonly string[], config: SensorThingsConfig): Table {
  const columns = [...new Set(["@iot.id", ...mentioned])];
  const push = Object.fromEntries(Object.entries(pushableColumns(set, config)).filter(([column]) => columns.includes(column)));
  return {
    set,
    fetched: { name: set, columns, key: ["@iot.id"], push, mayReadAll: config.readAll.has(set), require: [] },
    paths: columns.map((column) => columnPath(set, column)),
  };
}

/** Not by URLSearchParams, which spells a blank as a plus: OData servers differ in whether they read that. */
function addressOf(base: string, { set, paths }: Table, pushed: readonly Pushed[], config: SensorThingsConfig): URL {
  const { select, expand } = selection(set, paths);
  const options: Readonly<Record<string, string | null>> = {
    $top: String(config.page),
    $count: "true",
    $orderby: "id asc",
    $select: select,
    $expand: expand,
    $filter: filterOf(set, pushed, config),
  };
  const said = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return new URL(`${base}/${set}?${said.join("&")}`);
}

/** Dotted, since `@iot.nextLink` holds the dot that `atPath` divides by. */
const member = (body: ExactJson, name: string): ExactJson | undefined => (isObject(body) && Object.hasOwn(body, name) ? body[name] : undefined);

export function sensorThingsFetcher(config: SensorThingsConfig): Fetcher {
  const get = makeGet({ ...config.http, pauseMaxMs, judge: () => "ok" });
  const { url } = config.http;
  const tables = new Map(entitySets.flatMap((set) => (config.columns.has(set) ? [[set as string, tableOf(set, config.columns.get(set) ?? [], config)] as const] : [])));
  const named = (name: string): Table => {
    const table = tables.get(name);
    if (!table) throw new SourceFailure("BAD_ANSWER", "the mapping names no such entity set");
    return table;
  };

  return {
    tables: [...tables.values()].map(({ fetched }) => fetched),
    async *pages(name, pushed, signal): AsyncGenerator<FetchedPage> {
      const table = named(name);
      const first = addressOf(url, table, pushed, config);
      let [read, last, total] = [0, 0, null as number | null];
      const next = (body: ExactJson, at: URL): URL | null => {
        const link = cellText(member(body, "@iot.nextLink"));
        if (link !== null && link !== "") return linkOfSameServer(link, at);
        // A server that counts more than it gave, and says no way on, is asked to skip.
        if (total === null || read >= total || last === 0) return null;
        return new URL(`${first.href}&$skip=${read}`);
      };
      for await (const page of followPages(get, first, ({ body }, at) => next(body, at), signal)) {
        const value = atPath(page.body, "value");
        if (!isArray(value)) return badAnswer("`value` is no list in the body");
        const count = cellText(member(page.body, "@iot.count"));
        if (count !== null) total = /^\d{1,12}$/.test(count) ? Number(count) : badAnswer("`@iot.count` is no number");
        read += value.length;
        last = value.length;
        const rows = value.map((entity) => (isObject(entity) ? table.paths.map((path) => readColumn(entity, path)) : badAnswer("an element of `value` is no object")));
        yield { rows, bytes: page.bytes };
      }
      // More may have come in between; fewer were lost.
      if (total !== null && read < total) badAnswer(`the pages hold ${read} entities and \`@iot.count\` says ${total}`);
    },
    describe: (name, pushed) => {
      const address = addressOf(url, named(name), pushed, config);
      return `GET /${name}${decodeURIComponent(address.search)}`;
    },
  };
}
