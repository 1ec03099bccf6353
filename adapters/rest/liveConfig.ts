/** `connection` and `tables` of a REST source that is asked live, parsed. */
import { configProblem, readMap, readText, readTexts } from "../contract/configReader.ts";
import type { LiveInput } from "../contract/sourceKinds.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import type { FetchedTable, FetchLimits, PushOperator } from "../fetched/fetchedSource.ts";
import { parseLimits } from "../fetched/limitsConfig.ts";
import { httpWords } from "../http/httpConfig.ts";
import { matcherOf, parsePush, type Push } from "./pushConfig.ts";
import { parseAddress, parseConnection, type RestConnection, type TableAddress, tableWords } from "./restConfig.ts";

export interface LiveTable extends TableAddress {
  readonly push: Push;
  readonly fetched: FetchedTable;
}

export interface LiveConfig {
  readonly connection: RestConnection;
  readonly limits: FetchLimits;
  readonly tables: readonly LiveTable[];
}

/** A query waits for one request no longer than this, whatever its own deadline. */
const timeoutDefaultMs = 10_000;

/** A source whose tables say `live` anywhere is a live one. */
export const isLive = (tables: ConfigValue): boolean =>
  typeof tables === "object" && !Array.isArray(tables) && Object.values(tables).some((table) => typeof table === "object" && !Array.isArray(table) && Object.hasOwn(table, "live"));

function parseTable(name: string, value: ConfigValue, mentioned: readonly string[]): LiveTable {
  const path = ["tables", name];
  const map = readMap(value, path, tableWords);
  if (map["mirror"] !== undefined) configProblem([...path, "mirror"], "and `live` are for different sources; put mirrored tables into a second file, NAME.source.yaml.");
  if (map["live"] === undefined) configProblem(path, "needs `live: { key: … }`, as the source's other tables have it.");
  const livePath = [...path, "live"];
  const live = readMap(map["live"], livePath, ["key", "all"]);
  const key = readTexts(live["key"], [...livePath, "key"]);
  const all = live["all"] === undefined ? "false" : readText(live["all"], [...livePath, "all"]);
  if (all !== "true" && all !== "false") configProblem([...livePath, "all"], "must be true or false: whether a query may read the table without narrowing it.");
  const push = parsePush(map["push"], [...path, "push"]);
  const require = map["require"] === undefined ? [] : readTexts(map["require"], [...path, "require"]);
  for (const column of require) if (!Object.hasOwn(push, column)) configProblem([...path, "require"], `\`${column}\` is no column of \`push\`, so no query could narrow by it.`);
  if (all === "false" && Object.keys(push).length === 0) configProblem(path, "has no `push`, so no query could be asked of it; declare its parameters, or `live: { all: true }` where reading it whole is cheap.");
  return {
    ...parseAddress(name, map, path),
    push,
    fetched: {
      name,
      columns: [...new Set([...key, ...Object.keys(push), ...mentioned])],
      key,
      push: Object.fromEntries(
        Object.entries(push).map(([column, { parameters, list, spelt }]) => [
          column,
          { operators: new Set(Object.keys(parameters) as PushOperator[]), listMax: list.max, separator: list.separator, ...(spelt === null ? {} : { couldBe: matcherOf(spelt) }) },
        ]),
      ),
      mayReadAll: all === "true",
      require,
    },
  };
}

/** Throws a ConfigProblem. */
export function parseLiveConfig({ connection, tables, mentioned }: LiveInput): LiveConfig {
  const map = readMap(connection, ["connection"], [...httpWords, "ok", "busy", "fetch"]);
  return {
    connection: parseConnection(map, timeoutDefaultMs),
    limits: parseLimits(map["fetch"]),
    tables: Object.entries(readMap(tables, ["tables"], null)).map(([name, value]) => parseTable(name, value, mentioned[name] ?? [])),
  };
}
