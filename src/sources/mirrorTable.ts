/** One table of a mirror while it is built: columns appear as rows name them, parts are replaced, keys and indexes come last. */
import type Database from "better-sqlite3";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import { foldCase } from "../../adapters/contract/columnNames.ts";
import { integerColumns, type MirrorCell } from "../../adapters/contract/tableReader.ts";

/** The part that a row came with: the mirror's own column, shown to nobody. */
export const partColumn = "$part";

/** Prefix of tables that the mirror keeps for itself; no declared table may begin so. */
const reservedPrefix = "hub:";

/** SQLite takes 2000. */
const columnsMax = 1900;
/** Longer texts are no cells but accidents; they are NULL, counted. */
const cellCharactersMax = 1024 * 1024;
const rowsMax = 20_000_000;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export interface Indexing {
  /** Keys that a mapping relies on; unique where the rows are. */
  readonly keys: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
  /** Columns that the mapping names: a table without any row has these. */
  readonly mentioned: readonly string[];
}

export const noIndexing: Indexing = { keys: [], indexes: [], mentioned: [] };

export interface TableBuild {
  replacePart(part: string): void;
  removePart(part: string): void;
  insert(part: string, columns: readonly string[], rows: readonly (readonly MirrorCell[])[]): void;
  /** Adds columns that no row has named. */
  declare(columns: readonly string[]): void;
  /** `proven`: keys that were unique before and must stay so. Gives the keys that are unique now. */
  index(indexing: Indexing, proven: readonly (readonly string[])[], warn: (text: string) => void): readonly (readonly string[])[];
  columns(): readonly string[];
  count(): number;
  readonly overlongCells: () => number;
}

export function openTableBuild(database: Database.Database, table: string): TableBuild {
  const name = quoteName(table);
  database.exec(`CREATE TABLE IF NOT EXISTS ${name} (${quoteName(partColumn)} TEXT NOT NULL) STRICT`);
  const stored = database.prepare("SELECT name FROM pragma_table_info(?)").pluck();
  const columns = new Map<string, string>();
  const reread = (): void => {
    for (const column of stored.all(table) as string[]) columns.set(foldCase(column), column);
  };
  reread();
  let count = database.prepare(`SELECT count(*) FROM ${name}`).pluck().get() as number;
  let overlong = 0;
  const dropIndexes = (): void => {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL").pluck().all(table) as string[];
    for (const index of names) database.exec(`DROP INDEX ${quoteName(index)}`);
  };
  const aside = `${reservedPrefix}repeated ${table}`;
  // A unique index would refuse rows that `index` resolves later; those that it resolved last time may be needed again when the
  // row that stayed goes.
  const makeWritable = once(() => {
    dropIndexes();
    count += takeBack(database, table, aside);
    if (count > 0) database.exec(`CREATE INDEX ${quoteName(`${table}:part`)} ON ${name} (${quoteName(partColumn)})`);
  });

  const ensureColumns = (wanted: readonly string[]): readonly string[] =>
    wanted.map((column) => {
      const known = columns.get(foldCase(column));
      if (known !== undefined) return known;
      if (columns.size >= columnsMax) throw new SourceFailure("OVER_CAP", `table ${table} has more than ${columnsMax} columns`);
      database.exec(`ALTER TABLE ${name} ADD COLUMN ${quoteName(column)} ${integerColumns.has(column) ? "INTEGER" : "TEXT"}`);
      columns.set(foldCase(column), column);
      return column;
    });

  let insertFor = { key: "", statement: null as Database.Statement | null };
  const statementFor = (wanted: readonly string[]): Database.Statement => {
    const key = JSON.stringify(wanted);
    if (insertFor.key !== key || !insertFor.statement) {
      const names = [partColumn, ...ensureColumns(wanted)];
      const statement = database.prepare(`INSERT INTO ${name} (${names.map(quoteName).join(", ")}) VALUES (${names.map(() => "?").join(", ")})`);
      insertFor = { key, statement };
    }
    return insertFor.statement as Database.Statement;
  };

  const removePart = (part: string): void => {
    makeWritable();
    if (count > 0) count -= database.prepare(`DELETE FROM ${name} WHERE ${quoteName(partColumn)} = ?`).run(part).changes;
  };

  return {
    replacePart: removePart,
    removePart,
    insert: (part, wanted, rows) => {
      if (rows.length === 0) return;
      makeWritable();
      const statement = statementFor(wanted);
      count += rows.length;
      if (count > rowsMax) throw new SourceFailure("OVER_CAP", `table ${table} has more than ${rowsMax} rows`);
      for (const row of rows) {
        const cells = row.map((cell) => {
          if (typeof cell !== "string" || cell.length <= cellCharactersMax) return cell;
          overlong += 1;
          return null;
        });
        statement.run(part, ...cells);
      }
    },
    declare: (wanted) => void ensureColumns(wanted),
    index: ({ keys, indexes }, proven, warn) => {
      dropIndexes();
      const present = (set: readonly string[]): readonly string[] | null => {
        const names = set.map((column) => columns.get(foldCase(column)));
        return names.every((each) => each !== undefined) ? names : null;
      };
      const made = new Set<string>();
      const create = (set: readonly string[], unique: boolean): void => {
        made.add(JSON.stringify(set));
        database.exec(`CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoteName(`${table}:${set.join(",")}`)} ON ${name} (${set.map(quoteName).join(", ")})`);
      };
      const unique: (readonly string[])[] = [];
      for (const key of keys) {
        const set = present(key);
        if (!set || made.has(JSON.stringify(set))) continue;
        const duplicates = countDuplicates(database, name, set);
        const mustBe = proven.some((each) => JSON.stringify(each) === JSON.stringify(set));
        if (duplicates > 0 && mustBe) {
          const removed = setRepeatedAside(database, name, aside, set, columns.has("$precedence"));
          count -= removed;
          warn(`${table}: ${removed} rows repeat the key ${set.join(", ")}; the last of each stays.`);
        } else if (duplicates > 0) {
          warn(`${table}: the key ${set.join(", ")} is not unique (${duplicates} rows too many).`);
        }
        const isUnique = duplicates === 0 || mustBe;
        create(set, isUnique);
        if (isUnique) unique.push(set);
      }
      for (const index of indexes) {
        const set = present(index);
        if (set && !made.has(JSON.stringify(set))) create(set, false);
      }
      return unique;
    },
    columns: () => [...columns.values()].filter((column) => column !== partColumn),
    count: () => count,
    overlongCells: () => overlong,
  };
}

const once = (run: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
};

/** As a unique index sees it: a key with a NULL in it repeats nothing. */
const notNull = (key: readonly string[]): string => key.map((column) => `${quoteName(column)} IS NOT NULL`).join(" AND ");

function countDuplicates(database: Database.Database, name: string, key: readonly string[]): number {
  const list = key.map(quoteName).join(", ");
  const sql = `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ${name} WHERE ${notNull(key)} GROUP BY ${list} HAVING count(*) > 1)`;
  return database.prepare(sql).pluck().get() as number;
}

/** Moves all rows of a repeated key but the last (by precedence, then as read) to the table `aside`; gives their number. */
function setRepeatedAside(database: Database.Database, name: string, aside: string, key: readonly string[], hasPrecedence: boolean): number {
  const order = `${hasPrecedence ? '"$precedence" DESC, ' : ""}rowid DESC`;
  const ranked = `SELECT rowid AS id, row_number() OVER (PARTITION BY ${key.map(quoteName).join(", ")} ORDER BY ${order}) AS place FROM ${name} WHERE ${notNull(key)}`;
  const repeated = `rowid IN (SELECT id FROM (${ranked}) WHERE place > 1)`;
  if (hasTable(database, aside)) database.exec(`INSERT INTO ${quoteName(aside)} SELECT * FROM ${name} WHERE ${repeated}`);
  else database.exec(`CREATE TABLE ${quoteName(aside)} AS SELECT * FROM ${name} WHERE ${repeated}`);
  return database.prepare(`DELETE FROM ${name} WHERE ${repeated}`).run().changes;
}

function takeBack(database: Database.Database, table: string, aside: string): number {
  if (!hasTable(database, aside)) return 0;
  const columns = database.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(aside) as string[];
  const list = columns.map(quoteName).join(", ");
  const { changes } = database.prepare(`INSERT INTO ${quoteName(table)} (${list}) SELECT ${list} FROM ${quoteName(aside)}`).run();
  database.exec(`DROP TABLE ${quoteName(aside)}`);
  return changes;
}

const hasTable = (database: Database.Database, table: string): boolean =>
  database.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?").pluck().get(table) === 1;
