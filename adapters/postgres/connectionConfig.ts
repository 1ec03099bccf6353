/** `connection` of a `kind: postgres` source: a URL, or host, port, database, user and password one by one. */
import { configProblem, readDurationMs, readInteger, readMap, readText, type ConfigMap } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";

export interface PostgresConnection {
  /** Given to the driver as it is; may hold a password, is never logged. */
  readonly client: {
    readonly connectionString?: string;
    readonly host?: string;
    readonly port?: number;
    readonly database?: string;
    readonly user?: string;
    readonly password?: string;
    readonly ssl?: boolean | { readonly rejectUnauthorized: boolean };
  };
  readonly schema: string;
  /** Connections that read; one more may be open to cancel. */
  readonly connections: number;
  /** The server ends a statement after this, whatever becomes of the hub. */
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

const known = ["url", "host", "port", "database", "user", "password", "ssl", "schema", "connections", "statementTimeout", "connectTimeout"];

/** Throws a `ConfigProblem`. */
export function parsePostgresConnection(value: ConfigValue): PostgresConnection {
  const path = ["connection"];
  const map = readMap(value, path, known);
  const { url } = map;
  if (url !== undefined) {
    const beside = ["host", "port", "database", "user", "password"].find((key) => map[key] !== undefined);
    if (beside !== undefined) configProblem([...path, beside], "stands in `url` already; say it in one place.");
    if (!/^postgres(?:ql)?:\/\//.test(readText(url, [...path, "url"]))) configProblem([...path, "url"], "must begin with postgres:// or postgresql://.");
  } else if (map.host === undefined) {
    configProblem(path, "needs `url`, or `host` with `database` and `user`.");
  }
  const schema = map.schema === undefined ? "public" : readText(map.schema, [...path, "schema"]);
  if (/^pg_|^information_schema$/i.test(schema)) configProblem([...path, "schema"], `\`${schema}\` is the database's own; name the schema with the region's tables.`);
  return {
    client: { ...(url === undefined ? single(map) : { connectionString: readText(url, [...path, "url"]) }), ...ssl(map.ssl) },
    schema,
    connections: map.connections === undefined ? 4 : readInteger(map.connections, [...path, "connections"], { least: 1, greatest: 50 }),
    statementTimeoutMs: map.statementTimeout === undefined ? 60_000 : readDurationMs(map.statementTimeout, [...path, "statementTimeout"]),
    connectTimeoutMs: map.connectTimeout === undefined ? 5_000 : readDurationMs(map.connectTimeout, [...path, "connectTimeout"]),
  };
}

function single(map: ConfigMap): PostgresConnection["client"] {
  const path = ["connection"];
  return {
    host: readText(map.host, [...path, "host"]),
    port: map.port === undefined ? 5432 : readInteger(map.port, [...path, "port"], { least: 1, greatest: 65_535 }),
    database: readText(map.database, [...path, "database"]),
    user: readText(map.user, [...path, "user"]),
    ...(map.password === undefined ? {} : { password: readText(map.password, [...path, "password"]) }),
  };
}

/** `verify`: TLS with a certificate that the system trusts; `encrypt`: TLS with any certificate. */
function ssl(value: ConfigValue | undefined): Pick<PostgresConnection["client"], "ssl"> {
  if (value === undefined) return {};
  const word = readText(value, ["connection", "ssl"]);
  switch (word) {
    case "off":
      return { ssl: false };
    case "encrypt":
      return { ssl: { rejectUnauthorized: false } };
    case "verify":
      return { ssl: { rejectUnauthorized: true } };
    default:
      return configProblem(["connection", "ssl"], "is off, encrypt or verify.");
  }
}
