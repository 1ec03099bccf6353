import { checked } from "../../../adapters/contract/checked.ts";
import { parsePostgresConnection } from "../../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../../adapters/postgres/openPostgres.ts";
import { openSession } from "../../../adapters/postgres/session.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
import { hasPostgres, makeSchema } from "../../fixtures/postgresServer.ts";
import type { ColumnType, Harness } from "./harness.ts";

const typeWords: Readonly<Record<ColumnType, string>> = {
  integer: "int8",
  number: "float8",
  text: "text",
  decimal: "numeric",
  date: "date",
  local: "timestamp",
  instant: "timestamptz",
};
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const withPort = (text: string): string => {
  const url = new URL(text);
  url.port ||= "5432";
  return url.href;
};

export const postgresHarness: Harness = {
  kind: "postgres",
  isThere: await hasPostgres(),
  types: new Set(Object.keys(typeWords) as ColumnType[]),
  // `faultCases` speak PostgreSQL's protocol where they lie.
  lies: [],
  hasWriteWords: true,
  hashesKeys: true,
  async open(tables, through) {
    const { url, schema, run, drop } = await makeSchema();
    for (const { name, columns, unique, rows } of tables) {
      const names = Object.keys(columns);
      const lines = [...Object.entries(columns).map(([column, { type, notNull }]) => `${quote(column)} ${typeWords[type]}${notNull === true ? " NOT NULL" : ""}`), ...unique.map((list) => `UNIQUE (${list.map(quote).join(", ")})`)];
      await run(`CREATE TABLE ${quote(name)} (${lines.join(", ")})`);
      const cells = names.map((column) => rows.map((row) => row[column] ?? null).map((cell) => (cell === null ? null : String(cell))));
      const lists = Object.values(columns).map(({ type }, index) => `$${index + 1}::text[]::${typeWords[type]}[]`);
      if (rows.length > 0) await run(`INSERT INTO ${quote(name)} SELECT * FROM unnest(${lists.join(", ")})`, cells);
      await run(`ANALYZE ${quote(name)}`);
    }
    const connection = parsePostgresConnection({ url: await through(withPort(url)), schema, connectTimeout: "2s" });
    const adapter = checked(await openPostgres({ connection, keySecret }));
    const first = quote(String(tables[0]?.name));
    const rowsOfFirst = async (): Promise<number> => Number((await run(`SELECT count(*) FROM ${first}`))[0]?.[0]);
    const before = await rowsOfFirst();
    const text = "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'one-network' AND state = 'active' AND query LIKE '%' || $1 || '%'";
    return {
      adapter,
      running: async () => Number((await run(text, [String(tables[0]?.name)]))[0]?.[0]),
      async tryToWrite() {
        const session = await openSession(connection, keySecret);
        const said = await Promise.all([`DELETE FROM ${first}`, "CREATE TABLE more (id int)"].map((text) => session.read(text, []).then(() => null, (cause: { readonly code?: unknown }) => cause.code)));
        await session.end();
        return { isRefused: said.every((code) => code === "25006"), written: Math.abs((await rowsOfFirst()) - before) };
      },
      close: async () => {
        await adapter.close();
        await drop();
      },
    };
  },
};
