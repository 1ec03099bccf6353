/** A REST source as pages of rows in answer to declared parameters. */
import { SourceFailure } from "../contract/adapter.ts";
import type { FetchedPage, Fetcher, Pushed } from "../fetched/fetchedSource.ts";
import { flattenRow } from "../http/flattenRow.ts";
import { makeGet } from "../http/httpGet.ts";
import type { LiveConfig, LiveTable } from "./liveConfig.ts";
import { firstUrl, readPages, type Parameters } from "./pages.ts";
import { judgeBy } from "./restConfig.ts";

/** A caller waits: a server that wants a longer pause is busy, and the answer says so at once. */
const pauseMaxMs = 5_000;

function parametersOf({ push }: LiveTable, pushed: readonly Pushed[]): Parameters {
  return pushed.flatMap(({ column, operator, values }) => {
    const declared = Object.hasOwn(push, column) ? push[column] : undefined;
    const name = declared?.parameters[operator];
    if (!declared || name === undefined) throw new Error("a request narrows by what the table does not declare");
    if (operator !== "in") return values.map((value) => [name, value] as const);
    return declared.list.separator === "" ? values.map((value) => [name, value] as const) : [[name, values.join(declared.list.separator)] as const];
  });
}

export function restFetcher({ connection, tables }: LiveConfig): Fetcher {
  const get = makeGet({ ...connection.http, pauseMaxMs, judge: judgeBy(connection) });
  const { url } = connection.http;
  const tableOf = (name: string): LiveTable => {
    const table = tables.find((each) => each.name === name);
    if (!table) throw new Error("the REST source declares no such table");
    return table;
  };
  return {
    tables: tables.map(({ fetched }) => fetched),
    async *pages(name, pushed, signal): AsyncGenerator<FetchedPage> {
      const table = tableOf(name);
      for await (const { elements, bytes } of readPages(get, url, table, parametersOf(table, pushed), signal)) {
        const rows = elements.flatMap((element) => {
          const flat = flattenRow(element, table.each);
          if (!flat) throw new SourceFailure("BAD_ANSWER", "an element of `rows` is no object, or its `each` is no list");
          return flat.map((cells) => table.fetched.columns.map((column) => cells.get(column) ?? null));
        });
        yield { rows, bytes };
      }
    },
    describe: (name, pushed) => {
      const table = tableOf(name);
      const { searchParams } = firstUrl(url, table, parametersOf(table, pushed));
      return `GET ${table.get}${searchParams.size > 0 ? `?${decodeURIComponent(searchParams.toString())}` : ""}`;
    },
  };
}
