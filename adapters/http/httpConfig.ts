/** What `connection` of every kind over HTTP has: address, headers, rate, deadlines and caps. */
import { configProblem, readDurationMs, readInteger, readMap, readText, type ConfigMap, type Path } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import type { HttpOptions } from "./httpGet.ts";

export const httpWords = ["url", "headers", "rate", "timeout", "bodyBytesMax", "mediaType"] as const;

export interface HttpConfig extends Omit<HttpOptions, "judge" | "pauseMaxMs"> {
  /** Without a slash at its end. */
  readonly url: string;
}

const bodyBytesDefaultMax = 32 * 1024 * 1024;
const rateUnitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function parseRate(value: ConfigValue | undefined, path: Path): HttpConfig["rate"] {
  if (value === undefined) return { count: 10, perMs: 1000 };
  const text = readText(value, path);
  const found = /^(\d{1,6})\/([smh])$/.exec(text);
  const count = Number(found?.[1] ?? 0);
  if (count === 0) configProblem(path, `must be a rate such as 10/s or 600/m, not \`${text}\`.`);
  return { count, perMs: rateUnitsMs[found?.[2] ?? "s"] ?? 1000 };
}

function parseUrl(value: ConfigValue | undefined, path: Path): string {
  const text = readText(value, path);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) configProblem(path, "must be an http or https address.");
  if (url.username !== "" || url.password !== "") configProblem(path, "must not hold a password; send it in a header.");
  if (url.search !== "" || url.hash !== "") configProblem(path, "must not hold a query or fragment.");
  return text.replace(/\/+$/, "");
}

function parseHeaders(value: ConfigValue | undefined, path: Path): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  return Object.fromEntries(
    Object.entries(readMap(value, path, null)).map(([name, given]) => {
      const text = readText(given, [...path, name]);
      if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || /[\r\n\0]/.test(text)) configProblem([...path, name], "is no HTTP header.");
      return [name.toLowerCase(), text] as const;
    }),
  );
}

/** Throws a ConfigProblem. `timeoutMs`: of one request where nothing is said. */
export function parseHttpConfig(connection: ConfigMap, timeoutMs: number): HttpConfig {
  const path = (key: string): Path => ["connection", key];
  return {
    url: parseUrl(connection["url"], path("url")),
    headers: parseHeaders(connection["headers"], path("headers")),
    rate: parseRate(connection["rate"], path("rate")),
    timeoutMs: connection["timeout"] === undefined ? timeoutMs : readDurationMs(connection["timeout"], path("timeout")),
    bodyBytesMax: connection["bodyBytesMax"] === undefined ? bodyBytesDefaultMax : readInteger(connection["bodyBytesMax"], path("bodyBytesMax"), { least: 1, greatest: 512 * 1024 * 1024 }),
    mediaType: connection["mediaType"] === undefined ? null : readText(connection["mediaType"], path("mediaType")).toLowerCase(),
  };
}
