/** `kind: mariadb` and `kind: mysql`. The driver is loaded with the first source of them: it costs 50 ms at start. */
import type { LiveKind } from "../contract/sourceKinds.ts";
import { parseMysqlConnection } from "./connectionConfig.ts";
import { type Flavour, mariadb, mysql } from "./flavour.ts";

const kindOf = (flavour: Flavour): LiveKind => ({
  kind: flavour.kind,
  async open({ connection, keySecret }) {
    const parsed = parseMysqlConnection(connection, flavour);
    const { openMysql } = await import("./openMysql.ts");
    return openMysql({ connection: parsed, flavour, keySecret });
  },
});

export const mariadbKind = kindOf(mariadb);
export const mysqlKind = kindOf(mysql);
