/**
 * An encoded source on a real PostgreSQL or MariaDB. Making a schema or a table is dear, so a schema serves one network after another,
 * and tables that are shaped as the next ones are filled anew.
 */
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../../adapters/mysql/flavour.ts";
import { openMysql } from "../../../adapters/mysql/openMysql.ts";
import { parsePostgresConnection } from "../../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../../adapters/postgres/openPostgres.ts";
import { keySecret } from "../../fixtures/keySecret.ts";
import { hasMariadb, makeDatabase } from "../../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema } from "../../fixtures/postgresServer.ts";
import type { EncodedSource, EncodedTable } from "../generator/encode.ts";
import type { SourceCell } from "../generator/fieldStyles.ts";
import type { ServerKind } from "../generator/typedStyles.ts";

/** False where there is none, with the reason printed. */
export const hasServer: Readonly<Record<ServerKind, () => Promise<boolean>>> = { postgres: hasPostgres, mariadb: hasMariadb };

/** A schema or database of its own. */
interface Place {
  readonly kind: ServerKind;
  readonly run: (text: string) => Promise<unknown>;
  readonly open: () => Promise<Adapter>;
  readonly drop: () => Promise<void>;
  /** The statements that made its tables. */
  shape: string;
  /** Its tables. */
  tables: readonly string[];
}

/** The laws are about sources that answer: a busy machine is waited for. */
const limits = { connections: "2", connectTimeout: "60s", statementTimeout: "60s" };

const makePlace: Readonly<Record<ServerKind, () => Promise<Place>>> = {
  async postgres() {
    const { url, schema, run, drop } = await makeSchema();
    await run("SET synchronous_commit = off");
    return { kind: "postgres", run, drop, shape: "", tables: [], open: () => openPostgres({ connection: parsePostgresConnection({ url, schema, ...limits }), keySecret }) };
  },
  async mariadb() {
    const { url, run, drop } = await makeDatabase();
    // A source may have been written in a mode that takes days that no calendar has.
    await run("SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES'");
    return { kind: "mariadb", run, drop, shape: "", tables: [], open: () => openMysql({ connection: parseMysqlConnection({ url, ...limits }, mariadb), flavour: mariadb, keySecret }) };
  },
};

const idle = new Set<Place>();

/** Writes the source and opens it; closing it frees the place for another. Throws what the server says. */
export async function openServerSource(source: EncodedSource, kind: ServerKind): Promise<Adapter> {
  const shape = source.tables.map((table) => tableText(kind, table)).join("\n");
  const place = [...idle].find((one) => one.kind === kind && one.shape === shape) ?? [...idle].find((one) => one.kind === kind) ?? (await makePlace[kind]());
  idle.delete(place);
  await fill(place, source, shape);
  const adapter = checked(await place.open());
  return {
    ...adapter,
    async close() {
      await adapter.close();
      idle.add(place);
    },
  };
}

/** Drops every place that is free. */
export async function dropServers(): Promise<void> {
  const places = [...idle];
  idle.clear();
  for (const { drop } of places) await drop();
}

const quote = (kind: ServerKind, name: string): string => (kind === "postgres" ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll("`", "``")}\``);

function tableText(kind: ServerKind, { name, columns, unique, indexes }: EncodedTable): string {
  const of = (list: readonly string[]): string => list.map((column) => quote(kind, column)).join(", ");
  const table = `CREATE ${kind === "postgres" ? "UNLOGGED " : ""}TABLE ${of([name])} (${[...columns.map((column) => `${of([column.name])} ${column.type}`), ...unique.map((set) => `UNIQUE (${of(set)})`)].join(", ")});`;
  return [table, ...indexes.map((column) => `CREATE INDEX ${quote(kind, `${name}_${column}`)} ON ${of([name])} (${of([column])});`)].join("\n");
}

async function fill(place: Place, { tables }: EncodedSource, shape: string): Promise<void> {
  const { kind } = place;
  const names = (list: readonly string[]): string => list.map((name) => quote(kind, name)).join(", ");
  const before =
    place.shape === shape ? tables.map(({ name }) => `DELETE FROM ${names([name])};`) : [...(place.tables.length > 0 ? [`DROP TABLE IF EXISTS ${names(place.tables)};`] : []), shape];
  // Until all of it is written the place is of no shape.
  place.shape = "";
  place.tables = [...new Set([...place.tables, ...tables.map(({ name }) => name)])];
  const rows = tables.flatMap((table) => (table.rows.length === 0 ? [] : [`INSERT INTO ${names([table.name])} VALUES ${table.rows.map((row) => `(${row.slice(1).map((cell) => literal(kind, cell)).join(", ")})`).join(", ")};`]));
  await place.run(["BEGIN;", ...before, ...rows, "COMMIT;"].join("\n"));
  place.shape = shape;
  place.tables = tables.map(({ name }) => name);
}

/** A literal takes the type of its column. MariaDB takes no offset behind a time; its session is at UTC. */
function literal(kind: ServerKind, cell: SourceCell | undefined): string {
  if (cell === null || cell === undefined) return "NULL";
  const text = kind === "mariadb" ? String(cell).replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\+00$/, "$1") : String(cell);
  return `'${text.replaceAll("'", "''")}'`;
}
