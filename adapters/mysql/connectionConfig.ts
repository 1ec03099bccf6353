/** `connection` of a `kind: mariadb` or `kind: mysql` source. */
import { configProblem } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { parseServerConnection, type ServerAddress, type ServerConnection } from "../server/connectionConfig.ts";
import type { Flavour } from "./flavour.ts";

export interface MysqlConnection extends Omit<ServerConnection, "address" | "map"> {
  readonly address: ServerAddress;
}

const path = ["connection", "url"];

/** Throws a `ConfigProblem`. */
export function parseMysqlConnection(value: ConfigValue, { schemes }: Flavour): MysqlConnection {
  const { address, map: _, ...rest } = parseServerConnection(value, { schemes, port: 3306, own: [] });
  return { address: "url" in address ? addressOf(address.url) : address, ...rest };
}

/** Read here and not by the driver, which would take any of its own options from it. */
function addressOf(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : configProblem(path, "is no URL.");
  if (url.search !== "" || url.hash !== "") configProblem(path, "has no place for options; say `ssl` and limits beside it.");
  const database = decoded(url.pathname.slice(1));
  if (url.hostname === "" || url.username === "" || database === "" || database.includes("/")) configProblem(path, "must name a user, a host and one database: user@host:3306/database.");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 3306 : Number(url.port),
    database,
    user: decoded(url.username),
    ...(url.password === "" ? {} : { password: decoded(url.password) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return configProblem(path, "has a percent sign that begins no character; write it as %25.");
  }
}
