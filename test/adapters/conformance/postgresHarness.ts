import { checked } from "../../../adapters/contract/checked.ts";
import { parsePostgresConnection } from "../../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../../adapters/postgres/openPostgres.ts";
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

export const postgresHarness: Harness = {
  kind: "postgres",
  isThere: await hasPostgres(),
  types: new Set(Object.keys(typeWords) as ColumnType[]),
  async open(tables) {
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
    const adapter = checked(await openPostgres({ connection: parsePostgresConnection({ url, schema }) }));
    const text = "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'one-network' AND state = 'active' AND query LIKE '%' || $1 || '%'";
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
