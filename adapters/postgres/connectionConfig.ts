/** `connection` of a `kind: postgres` source. */
import { configProblem, readText } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { parseServerConnection, type ServerAddress, type ServerConnection, type Tls } from "../server/connectionConfig.ts";

export interface PostgresConnection extends Pick<ServerConnection, "connections" | "statementTimeoutMs" | "connectTimeoutMs"> {
  /** Given to the driver as it is; may hold a password, is never logged. */
  readonly client: ({ readonly connectionString: string } | ServerAddress) & { readonly ssl?: boolean | { readonly rejectUnauthorized: boolean } };
  readonly schema: string;
}

/** Throws a `ConfigProblem`. */
export function parsePostgresConnection(value: ConfigValue): PostgresConnection {
  const { address, tls, map, ...limits } = parseServerConnection(value, { schemes: ["postgres", "postgresql"], port: 5432, own: ["schema"] });
  const path = ["connection", "schema"];
  const schema = map.schema === undefined ? "public" : readText(map.schema, path);
  if (/^pg_|^information_schema$/i.test(schema)) configProblem(path, `\`${schema}\` is the database's own; name the schema with the region's tables.`);
  return { client: { ...("url" in address ? { connectionString: address.url } : address), ...ssl(tls) }, schema, ...limits };
}

function ssl(tls: Tls): Pick<PostgresConnection["client"], "ssl"> {
  switch (tls) {
    case null:
      return {};
    case "off":
      return { ssl: false };
    case "encrypt":
      return { ssl: { rejectUnauthorized: false } };
    case "verify":
      return { ssl: { rejectUnauthorized: true } };
  }
}
