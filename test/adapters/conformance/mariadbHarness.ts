import { checked } from "../../../adapters/contract/checked.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../../adapters/mysql/flavour.ts";
import { openMysql } from "../../../adapters/mysql/openMysql.ts";
import { hasMariadb, makeDatabase } from "../../fixtures/mariadbServer.ts";
import type { ColumnType, Harness } from "./harness.ts";

const typeWords: Readonly<Record<ColumnType, string>> = {
  integer: "bigint",
  number: "double",
  // A collation that takes `a` for `A` and `á`, as most databases have it.
  text: "varchar(100) COLLATE utf8mb4_general_ci",
  decimal: "decimal(60,30)",
  date: "date",
  local: "datetime(3)",
  instant: "timestamp(3) NULL",
};
const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
const rowsAtOnce = 500;

export const mariadbHarness: Harness = {
  kind: "mariadb",
  isThere: await hasMariadb(),
  types: new Set(Object.keys(typeWords) as ColumnType[]),
  async open(tables) {
    const { url, run, drop } = await makeDatabase();
    for (const { name, columns, unique, rows } of tables) {
      const lines = [...Object.entries(columns).map(([column, { type, notNull }]) => `${quote(column)} ${typeWords[type]}${notNull === true ? " NOT NULL" : ""}`), ...unique.map((list) => `UNIQUE (${list.map(quote).join(", ")})`)];
      await run(`CREATE TABLE ${quote(name)} (${lines.join(", ")})`);
      const spelt = Object.entries(columns).map(([column, { type }]) => (row: (typeof rows)[number]): string | null => {
        const cell = row[column] ?? null;
        return cell === null ? null : type === "instant" ? String(cell).replace(/\+00$/, "") : String(cell);
      });
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        const some = rows.slice(from, from + rowsAtOnce);
        await run(`INSERT INTO ${quote(name)} VALUES ${some.map(() => `(${spelt.map(() => "?").join(", ")})`).join(", ")}`, some.flatMap((row) => spelt.map((cellOf) => cellOf(row))));
      }
      await run(`ANALYZE TABLE ${quote(name)}`);
    }
    const adapter = checked(await openMysql({ connection: parseMysqlConnection({ url }, mariadb), flavour: mariadb }));
    const text = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Execute', 'Query') AND ID <> CONNECTION_ID() AND INFO LIKE CONCAT('%', ?, '%')";
    return {
      adapter,
      running: async () => Number((await run(text, [String(tables[0]?.name)]))[0]?.[0]),
      close: async () => {
        await adapter.close();
        await drop();
      },
    };
  },
};
