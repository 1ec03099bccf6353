/** `connection` of a SensorThings source; its tables are the standard's entity sets. */
import { configProblem, readDurationMs, readInteger, readMap, readText, readTexts } from "../contract/configReader.ts";
import type { LiveInput } from "../contract/sourceKinds.ts";
import type { FetchLimits } from "../fetched/fetchedSource.ts";
import { parseLimits } from "../fetched/limitsConfig.ts";
import { httpWords, parseHttpConfig, type HttpConfig } from "../http/httpConfig.ts";
import { entitySets, type EntitySet } from "./entitySets.ts";

export interface SensorThingsConfig {
  readonly http: HttpConfig;
  readonly limits: FetchLimits;
  /** `$top`: entities of one page. */
  readonly page: number;
  /** How the server spells `@iot.id`. */
  readonly ids: "number" | "text";
  /** The longest interval of a `phenomenonTime`: servers do not agree which end of it a filter compares. */
  readonly longestMs: number;
  /** Sets that a query may read without narrowing. */
  readonly readAll: ReadonlySet<EntitySet>;
  /** Columns that the mapping names, by set. */
  readonly columns: ReadonlyMap<EntitySet, readonly string[]>;
}

const timeoutDefaultMs = 10_000;
/** All but `Observations` are lists of what stands somewhere. */
const small: readonly EntitySet[] = entitySets.filter((set) => set !== "Observations");

const isSet = (name: string): name is EntitySet => (entitySets as readonly string[]).includes(name);

/** Throws a ConfigProblem. */
export function parseSensorThings({ connection, mentioned }: LiveInput): SensorThingsConfig {
  const map = readMap(connection, ["connection"], [...httpWords, "fetch", "page", "ids", "intervals", "readAll"]);
  const ids = map["ids"] === undefined ? "number" : readText(map["ids"], ["connection", "ids"]);
  if (ids !== "number" && ids !== "text") configProblem(["connection", "ids"], "must be number or text: how the server spells `@iot.id`.");
  const readAll = map["readAll"] === undefined ? small : readTexts(map["readAll"], ["connection", "readAll"]);
  for (const name of readAll) if (!isSet(name)) configProblem(["connection", "readAll"], `\`${name}\` is no entity set; known: ${entitySets.join(", ")}.`);
  return {
    http: parseHttpConfig(map, timeoutDefaultMs),
    limits: parseLimits(map["fetch"]),
    page: map["page"] === undefined ? 100 : readInteger(map["page"], ["connection", "page"], { least: 1, greatest: 10_000 }),
    ids,
    longestMs: map["intervals"] === undefined ? 0 : readDurationMs(map["intervals"], ["connection", "intervals"]),
    readAll: new Set([...small, ...(readAll as readonly EntitySet[])]),
    columns: new Map(entitySets.flatMap((set) => (mentioned[set] === undefined ? [] : [[set, mentioned[set]] as const]))),
  };
}
