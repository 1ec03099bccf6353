/**
 * Goal: what a database itself says of its tables counts before any guess from names. Method: one set of tables whose names say nothing
 * or something else, on each SQL kind; keys and comments are all there is to go by.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { Adapter, TableInfo } from "../../adapters/contract/adapter.ts";
import { sourceKinds } from "../../adapters/index.ts";
import { columnComments } from "../../adapters/sqlite/catalogue.ts";
import { hasMariadb, makeDatabase } from "../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema } from "../fixtures/postgresServer.ts";
import { draftAdapter } from "./draftOf.ts";

const kinds = sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url));

interface Opened {
  readonly adapter: Adapter;
  close(): Promise<void>;
}

/** `zd` may be 总氮 or 浊度, `sw` 水温 or 水位, `f1` anything; `pid` names a site, and nothing in its name says so. */
const columns = {
  t_a: [
    ["id", "integer", "序号"],
    ["bm", "varchar(20)", "站点编码"],
    ["k1", "varchar(40)", "站点名称"],
    ["k2", "char(6)", "行政区划代码"],
  ],
  t_b: [
    ["xh", "integer", "序号"],
    ["pid", "integer", "所属点位"],
    ["sj", "TIME", "监测时间"],
    ["f1", "numeric(10,4)", "二氧化硫浓度(mg/m3)"],
    ["f2", "numeric(10,4)", "臭氧小时浓度，单位：ppb"],
    ["zd", "numeric(10,4)", "氮氧化物浓度(ug/m3)"],
    ["zt", "varchar(4)", "备注"],
  ],
} as const;
const about = { t_a: "空气站点信息表", t_b: "小时数据" } as const;
const rows = {
  t_a: [1, 2, 3].map((id) => [id, `12${id}0A`, `示例站${id}`, `32010${id + 1}`]),
  t_b: Array.from({ length: 60 }, (_, n) => [n + 1, (n % 3) + 1, `2026-01-0${1 + Math.floor(n / 3 / 10)} ${String((Math.floor(n / 3) % 10) + 8).padStart(2, "0")}:00:00`, 0.01 + (n % 7) / 1000, 31.5 + (n % 9), 40 + (n % 13), "x"]),
};
const literal = (cell: string | number): string => (typeof cell === "number" ? String(cell) : `'${cell}'`);
const inserts = Object.entries(rows).map(([table, all]) => `INSERT INTO ${table} VALUES ${all.map((row) => `(${row.map(literal).join(", ")})`).join(", ")}`);
/** A server says a time by a type of its own; plain SQL does not read one that is text. */
const typeOn = (kind: string, type: string): string => (type === "TIME" ? ({ postgres: "timestamp", mariadb: "datetime" }[kind] ?? "varchar(20)") : type);
const keys = { t_a: "PRIMARY KEY (id)", t_b: "PRIMARY KEY (xh), FOREIGN KEY (pid) REFERENCES t_a (id)" } as const;
const tables = ["t_a", "t_b"] as const;

const openOn: Readonly<Record<string, () => Promise<Opened>>> = {
  sqlite: async () => {
    const dir = mkdtempSync(join(tmpdir(), "declared-"));
    const file = join(dir, "region.db");
    const database = new Database(file);
    for (const table of tables) {
      // As people write it; SQLite keeps the text. The last column's comment stands before the keys.
      const lines = columns[table].map(([name, type, comment]) => `  ${name} ${typeOn("sqlite", type)}, -- ${comment}`);
      database.exec(`CREATE TABLE ${table} (\n${lines.join("\n")}\n  ${keys[table]}\n)`);
    }
    for (const text of inserts) database.exec(text);
    database.close();
    const adapter = await kinds.openLocal({ file, lenses: {} });
    return {
      adapter,
      close: async () => {
        await adapter.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  },
  postgres: async () => {
    const schema = await makeSchema();
    for (const table of tables) {
      await schema.run(`CREATE TABLE ${table} (${columns[table].map(([name, type]) => `${name} ${typeOn("postgres", type)}`).join(", ")}, ${keys[table]})`);
      await schema.run(`COMMENT ON TABLE ${table} IS '${about[table]}'`);
      for (const [name, , comment] of columns[table]) await schema.run(`COMMENT ON COLUMN ${table}.${name} IS '${comment}'`);
    }
    for (const text of inserts) await schema.run(text);
    return opened(await kinds.live["postgres"]?.open({ connection: { url: schema.url, schema: schema.schema }, tables: {}, mentioned: {}, baseDir: "/", lenses: {} }), schema.drop);
  },
  mariadb: async () => {
    const database = await makeDatabase();
    for (const table of tables) await database.run(`CREATE TABLE ${table} (${columns[table].map(([name, type, comment]) => `${name} ${typeOn("mariadb", type)} COMMENT '${comment}'`).join(", ")}, ${keys[table]}) COMMENT '${about[table]}'`);
    for (const text of inserts) await database.run(text);
    return opened(await kinds.live["mariadb"]?.open({ connection: { url: database.url, ssl: "off" }, tables: {}, mentioned: {}, baseDir: "/", lenses: {} }), database.drop);
  },
};

function opened(adapter: Adapter | undefined, drop: () => Promise<void>): Opened {
  if (adapter === undefined) throw new Error("there is no such kind");
  return {
    adapter,
    close: async () => {
      await adapter.close();
      await drop();
    },
  };
}

const isThere: Readonly<Record<string, boolean>> = { sqlite: true, postgres: await hasPostgres(), mariadb: await hasMariadb() };

describe.each(Object.keys(openOn))("%s", (kind) => {
  describe.skipIf(!isThere[kind])("tells", { timeout: 120_000 }, () => {
    let source: Opened;
    let found: readonly TableInfo[];
    let text: string;
    beforeAll(async () => {
      source = (await openOn[kind]?.()) as Opened;
      found = await source.adapter.introspect(AbortSignal.timeout(60_000));
      ({ text } = await draftAdapter(source.adapter, kind, "320000"));
    }, 120_000);
    afterAll(() => source?.close());

    it("foreign keys and comments of its columns", () => {
      const [a, b] = tables.map((name) => found.find((each) => each.name === name));
      expect(b?.foreign).toEqual([{ columns: ["pid"], table: "t_a", to: ["id"] }]);
      expect(a?.foreign).toBeUndefined();
      for (const table of tables) expect(Object.fromEntries((found.find(({ name }) => name === table)?.columns ?? []).map(({ name, comment }) => [name, comment]))).toEqual(Object.fromEntries(columns[table].map(([name, , comment]) => [name, comment])));
      expect(a?.comment).toBe(kind === "sqlite" ? undefined : about.t_a);
    });

    it("enough for a draft: the key is the link, and a comment says entity, attribute and unit", () => {
      expect(text).toMatch(/^ {6}station: pid {3}# sure: a foreign key to t_a\.id/m);
      expect(text).toMatch(/^ {6}code: bm {3}# sure: its comment: the word 站点编码/m);
      expect(text).toMatch(/^ {6}name: k1 {3}# sure: its comment: the word 站点名称/m);
      expect(text).toMatch(/^ {6}f1: \{ pollutant: a21026, unit: mg\/m3 \} {3}# its comment names 二氧化硫/m);
      expect(text).toMatch(/^ {6}f2: \{ pollutant: a05024, unit: ppb \}/m);
      expect(text).toMatch(/^ {6}zd: \{ pollutant: a21002, unit: ug\/m3 \}/m);
      expect(text).not.toMatch(/w21001|w21003/);
    });
  });
});

describe("a CREATE TABLE of SQLite", () => {
  test.each([
    ["CREATE TABLE t (\n a TEXT, -- 站点\n b REAL -- 值\n)", { a: "站点", b: "值" }],
    ["CREATE TABLE t (\n \"a b\" TEXT DEFAULT '--x', -- 站点\n [c] INT /* 序号 */,\n d TEXT\n)", { "a b": "站点", c: "序号" }],
    ["CREATE TABLE t (a TEXT, b TEXT)", {}],
    ["CREATE TABLE t (\n a TEXT DEFAULT '-- no comment',\n b TEXT\n)", {}],
  ])("%j says %j", (definition, comments) => {
    expect(Object.fromEntries(columnComments(definition))).toEqual(comments);
  });
});
