/** `connection.fetch` of the kinds that fetch: what one query may cost. */
import { readInteger, readMap } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import type { FetchLimits } from "./fetchedSource.ts";

/** Throws a ConfigProblem. */
export function parseLimits(value: ConfigValue | undefined): FetchLimits {
  const path = ["connection", "fetch"];
  const map = value === undefined ? {} : readMap(value, path, ["rows", "bytes", "requests"]);
  const read = (key: string, fallback: number, greatest: number): number => (map[key] === undefined ? fallback : readInteger(map[key], [...path, key], { least: 1, greatest }));
  return {
    rowsMax: read("rows", 50_000, 1_000_000),
    bytesMax: read("bytes", 64 * 1024 * 1024, 1024 * 1024 * 1024),
    requestsMax: read("requests", 32, 1000),
  };
}
