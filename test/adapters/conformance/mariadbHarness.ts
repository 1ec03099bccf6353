import { checked } from "../../../adapters/contract/checked.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../../adapters/mysql/flavour.ts";
import { openMysql } from "../../../adapters/mysql/openMysql.ts";
import { openSession } from "../../../adapters/mysql/session.ts";
import type { FaultCase } from "../../faults/faultCases.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
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
/** ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION */
const cannotInReadOnly = 1792;

const withPort = (text: string): string => {
  const url = new URL(text);
  url.port ||= "3306";
  return url.href;
};

/** What a MariaDB's bytes are when they lie; the others' are PostgreSQL's, which here are no packets at all. */
const lies: readonly FaultCase[] = [
  { id: "F07", what: "a packet that announces sixteen megabytes", fault: () => ({ kind: "say", text: "\u00fe\u00ff\u00ff\u0001\u0000" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "an answer of a thousand columns that never come", fault: () => ({ kind: "say", text: "\u0003\u0000\u0000\u0001\u00fc\u00e8\u0003" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "a server that asks for a file of the hub's", fault: () => ({ kind: "say", text: "\u000c\u0000\u0000\u0001\u00fb/etc/passwd" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
];

export const mariadbHarness: Harness = {
  kind: "mariadb",
  isThere: await hasMariadb(),
  types: new Set(Object.keys(typeWords) as ColumnType[]),
  lies,
  hasWriteWords: true,
  hashesKeys: true,
  async open(tables, through) {
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
    const connection = parseMysqlConnection({ url: await through(withPort(url)), connectTimeout: "2s" }, mariadb);
    const adapter = checked(await openMysql({ connection, flavour: mariadb, keySecret }));
    const first = quote(String(tables[0]?.name));
    const rowsOfFirst = async (): Promise<number> => Number((await run(`SELECT count(*) FROM ${first}`))[0]?.[0]);
    const before = await rowsOfFirst();
    const text = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Execute', 'Query') AND ID <> CONNECTION_ID() AND INFO LIKE CONCAT('%', ?, '%')";
    return {
      adapter,
      running: async () => Number((await run(text, [String(tables[0]?.name)]))[0]?.[0]),
      async tryToWrite() {
        const session = await openSession(connection, mariadb, keySecret);
        const said: unknown[] = [];
        for (const statement of [`DELETE FROM ${first}`, "CREATE TABLE more (id int)"]) said.push(await session.read(statement, []).then(() => null, (cause: { readonly errno?: unknown }) => cause.errno));
        await session.end();
        return { isRefused: said.every((errno) => errno === cannotInReadOnly), written: Math.abs((await rowsOfFirst()) - before) };
      },
      close: async () => {
        await adapter.close();
        await drop();
      },
    };
  },
};
