/** What the `connection` of every server kind says: a URL, or host, port, database, user and password one by one; TLS; limits. */
import { configProblem, readDurationMs, readInteger, readMap, readText, type ConfigMap } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";

/** May hold a password; is never logged. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
}

/** `verify`: TLS with a certificate that the system trusts; `encrypt`: TLS with any certificate. Null: the file says nothing. */
export type Tls = "off" | "encrypt" | "verify" | null;

export interface ServerConnection {
  readonly address: { readonly url: string } | ServerAddress;
  readonly tls: Tls;
  /** Connections that read; one more may be open to cancel. */
  readonly connections: number;
  /** The server ends a statement after this, whatever becomes of the hub. */
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly map: ConfigMap;
}

const path = ["connection"];
const common = ["url", "host", "port", "database", "user", "password", "ssl", "connections", "statementTimeout", "connectTimeout"];

export interface ConnectionWords {
  /** What a URL begins with: `postgres` for `postgres://`. */
  readonly schemes: readonly string[];
  readonly port: number;
  /** Words of the kind's own. */
  readonly own: readonly string[];
}

/** Throws a `ConfigProblem`. */
export function parseServerConnection(value: ConfigValue, { schemes, port, own }: ConnectionWords): ServerConnection {
  const map = readMap(value, path, [...common, ...own]);
  return {
    address: address(map, schemes, port),
    tls: tls(map.ssl),
    connections: map.connections === undefined ? 4 : readInteger(map.connections, [...path, "connections"], { least: 1, greatest: 50 }),
    statementTimeoutMs: map.statementTimeout === undefined ? 60_000 : readDurationMs(map.statementTimeout, [...path, "statementTimeout"]),
    connectTimeoutMs: map.connectTimeout === undefined ? 5_000 : readDurationMs(map.connectTimeout, [...path, "connectTimeout"]),
    map,
  };
}

function address(map: ConfigMap, schemes: readonly string[], port: number): ServerConnection["address"] {
  const { url } = map;
  if (url !== undefined) {
    const beside = ["host", "port", "database", "user", "password"].find((key) => map[key] !== undefined);
    if (beside !== undefined) configProblem([...path, beside], "stands in `url` already; say it in one place.");
    const text = readText(url, [...path, "url"]);
    if (!schemes.some((scheme) => text.startsWith(`${scheme}://`))) configProblem([...path, "url"], `must begin with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}.`);
    return { url: text };
  }
  if (map.host === undefined) configProblem(path, "needs `url`, or `host` with `database` and `user`.");
  return {
    host: readText(map.host, [...path, "host"]),
    port: map.port === undefined ? port : readInteger(map.port, [...path, "port"], { least: 1, greatest: 65_535 }),
    database: readText(map.database, [...path, "database"]),
    user: readText(map.user, [...path, "user"]),
    ...(map.password === undefined ? {} : { password: readText(map.password, [...path, "password"]) }),
  };
}

function tls(value: ConfigValue | undefined): Tls {
  if (value === undefined) return null;
  const word = readText(value, [...path, "ssl"]);
  switch (word) {
    case "off":
    case "encrypt":
    case "verify":
      return word;
    default:
      return configProblem([...path, "ssl"], "is off, encrypt or verify.");
  }
}
