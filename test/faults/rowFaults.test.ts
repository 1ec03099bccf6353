/** F09: rows that hold what they should not cost their own cells or themselves, never the page; what of them is printed is no more than of a sound row. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Database from "better-sqlite3";
import { join } from "node:path";
import { networkYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { hasMariadb } from "../fixtures/mariadbServer.ts";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { openHub } from "../gateway/openHub.ts";
import { openFaultHub, type ServerKind } from "./faultHub.ts";
import { between, lanesOf, oneOf, type Seeded, seedsEach, titleOf, underSeeds } from "./seeds.ts";

type Kind = ServerKind | "sqlite";
const columns = ["name", "output", "legal_rep", "phone", "decided"] as const;
type Column = (typeof columns)[number];

/** What a cell holds, in the words of its database, and what a client reads of it. `isUnread`: it held something, and reads as NULL. */
interface Corrupt {
  readonly what: string;
  readonly column: Column;
  readonly sql: Readonly<Partial<Record<Kind, string>>>;
  readonly reads: string | null;
  readonly isUnread?: boolean;
  /** The database itself reads it as NULL, so nobody can tell that it held something (docs/limitations.md). */
  readonly isNullIn?: Kind;
}

const inAll = (sql: string): Corrupt["sql"] => ({ postgres: sql, mariadb: sql, sqlite: sql });
const long = 3_500_000;

const corrupts: readonly Corrupt[] = [
  { what: "NULL where a name belongs", column: "name", sql: inAll("NULL"), reads: null },
  { what: "bytes that are no UTF-8", column: "name", sql: { sqlite: "CAST(X'41FF42C328' AS TEXT)" }, reads: "A\uFFFDB\uFFFD(" },
  { what: "a control character and the sign for a lost one", column: "name", sql: { postgres: "E'\\u0001\\uFFFD'", sqlite: "char(1) || char(65533)" }, reads: "\u0001\uFFFD" },
  { what: "ten megabytes in a cell", column: "name", sql: { postgres: `repeat('长', ${long})`, mariadb: `REPEAT('长', ${long})`, sqlite: `replace(hex(zeroblob(${long / 2})), '0', '长')` }, reads: "长".repeat(long) },
  { what: "1e400", column: "output", sql: { postgres: "'1e400'", sqlite: "9e999" }, reads: null, isUnread: true },
  { what: "NaN", column: "output", sql: { postgres: "'NaN'" }, reads: null, isUnread: true },
  { what: "minus infinity", column: "output", sql: { postgres: "'-Infinity'", sqlite: "-9e999" }, reads: null, isUnread: true },
  { what: "a text for a number", column: "output", sql: { sqlite: "'CNRY'" }, reads: null, isUnread: true },
  ...["", " ", "1", "138", "1380000", "1380000000000000", "call CNRY"].map((text): Corrupt => ({ what: `a telephone number «${text}» for a mask of eleven digits`, column: "phone", sql: inAll(`'${text}'`), reads: text.trim() === "" ? null : "***" })),
  ...["李", "7", "C", "?!"].map((text): Corrupt => ({ what: `a name «${text}» too short for its mask`, column: "legal_rep", sql: inAll(`'${text}'`), reads: "***" })),
  { what: "no day at all", column: "decided", sql: inAll("NULL"), reads: null },
  { what: "the day 0000-00-00", column: "decided", sql: { mariadb: "'0000-00-00'", sqlite: "'0000-00-00'" }, reads: null, isUnread: true, isNullIn: "mariadb" },
  { what: "a day of no month", column: "decided", sql: { mariadb: "'2026-00-10'", sqlite: "'2026-13-01'" }, reads: null, isUnread: true, isNullIn: "mariadb" },
  { what: "the thirtieth of February", column: "decided", sql: { sqlite: "'2026-02-30'" }, reads: null, isUnread: true },
  { what: "a word for a day", column: "decided", sql: { postgres: "'infinity'", sqlite: "'CNRY'" }, reads: null, isUnread: true },
];

const sound: Readonly<Record<Column, { readonly sql: string; readonly reads: string }>> = {
  name: { sql: "'某某化工'", reads: "某某化工" },
  output: { sql: "100.5", reads: "100.5" },
  legal_rep: { sql: "'王小明'", reads: "王**" },
  phone: { sql: "'13800001234'", reads: "138****1234" },
  decided: { sql: "'2026-03-15'", reads: "2026-03-15" },
};
const soundRows = 12;

const coordinateOf: Readonly<Record<Column, string>> = { name: "Enterprise.name", output: "Enterprise.output", legal_rep: "Enterprise.legalRep", phone: "Enterprise.contactPhone", decided: "PenaltyDecision.decidedOn" };

const policyText = `
  - id: f09
    to: agency:partner
    allow: { Enterprise: [uscc, name, output], PenaltyDecision: [docNo, decidedOn] }
    mask: { Enterprise: { legalRep: person-name, contactPhone: phone } }
`;

/** Two tables with the same keys; no type of SQLite's own keeps anything out. */
const tablesOf = (kind: Kind): string => {
  const { text, number, day } = {
    postgres: { text: "text", number: "numeric", day: "date" },
    mariadb: { text: "longtext", number: "decimal(20,4)", day: "date" },
    sqlite: { text: "TEXT", number: "REAL", day: "TEXT" },
  }[kind];
  const key = kind === "mariadb" ? "varchar(40)" : text;
  return `CREATE TABLE enterprise (uscc ${key} NOT NULL PRIMARY KEY, name ${text}, output ${number}, legal_rep ${text}, phone ${text});
    CREATE TABLE penalty (doc_no ${key} NOT NULL PRIMARY KEY, decided ${day})`;
};

/** A server has no row number to order by: each entity names its `tie`. */
const entitiesOf = (kind: Kind): string => `  Enterprise:
    from: enterprise
    key: uscc${kind === "sqlite" ? "" : "\n    tie: uscc"}
    fields: { uscc: uscc, name: name, legalRep: legal_rep, contactPhone: phone, output: { column: output, unit: t } }
  PenaltyDecision:
    from: penalty
    key: doc_no${kind === "sqlite" ? "" : "\n    tie: doc_no"}
    fields: { docNo: doc_no, decidedOn: decided }
`;

interface Lane {
  readonly kind: Kind;
  readonly source: string;
  run(sql: string): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a body as a client reads it
  ask(query: string): Promise<{ readonly text: string; readonly json: any }>;
  checkDrift(): Promise<unknown>;
  close(): Promise<void>;
}

async function openLane(kind: Kind): Promise<Lane> {
  if (kind === "sqlite") {
    const head = sourceYaml.slice(0, sourceYaml.indexOf("entities:"));
    const makeDatabase = (file: string): void => {
      const database = new Database(file);
      database.exec(tablesOf(kind));
      database.close();
    };
    const hub = await openHub({ network: networkYaml, regions: [{ folder: "hebei", region: "130000", source: `${head}deadline: 10s\nentities:\n${entitiesOf(kind)}`, policy: `rules:${policyText}`, makeDatabase }] });
    const token = await hub.net.token("partner", ["enforcement"]);
    return {
      kind,
      source: "hebei",
      run: async (sql) => {
        const database = new Database(join(hub.net.dir, "hebei.db"));
        database.exec(sql);
        database.close();
      },
      ask: (query) => hub.query(token, query),
      checkDrift: () => hub.net.registry.checkDrift(),
      close: () => hub.close(),
    };
  }
  const hub = await openFaultHub({ server: kind, deadlineMs: 10_000, operationMs: 20_000, prepare: tablesOf(kind), tianjin: entitiesOf(kind), policy: policyText });
  return { kind, source: "tianjin", run: hub.region.run, ask: (query) => hub.query(query), checkDrift: () => hub.registry.checkDrift(), close: hub.close };
}

type Row = Readonly<Record<Column, { readonly sql: string; readonly reads: string | null; readonly isUnread?: boolean; readonly what?: string }>>;

/** A row with one to all of its cells corrupt; the long cell once in an answer at most. */
const corruptRow = (kind: Kind, mayBeLong: boolean, random: () => number): Row => {
  const row: Partial<Record<Column, Row[Column]>> = {};
  const least = oneOf(columns, random);
  for (const column of columns) {
    const able = corrupts.flatMap(({ sql, ...rest }) => (rest.column === column && sql[kind] !== undefined && (mayBeLong || rest.reads?.length !== long) ? [{ ...rest, sql: sql[kind], isUnread: rest.isUnread === true && rest.isNullIn !== kind }] : []));
    row[column] = able.length > 0 && (column === least || random() < 0.5) ? oneOf(able, random) : sound[column];
  }
  return row as Row;
};

const kinds: readonly { readonly kind: Kind; readonly isThere: boolean }[] = [
  { kind: "sqlite", isThere: true },
  { kind: "postgres", isThere: await hasPostgres() },
  { kind: "mariadb", isThere: await hasMariadb() },
];

for (const { kind, isThere } of kinds) {
  describe.skipIf(!isThere)(`rows of a ${kind}`, { timeout: 120_000 }, () => {
    const lanes: Lane[] = [];
    beforeAll(async () => {
      while (lanes.length < lanesOf(2)) lanes.push(await openLane(kind));
    });
    afterAll(async () => {
      for (const lane of lanes) await lane.close();
    });

    const row: Seeded = { id: "F09", what: "corrupt cells are null, hidden whole by their masks, or printed as they are, and sound cells beside them stay", seeds: seedsEach };
    test(titleOf(row), async () => {
      await underSeeds(row, lanes, async (lane, _seed, random) => {
        const rows = new Map<string, Row>();
        for (let index = 0; index < soundRows; index += 1) rows.set(`S${String(index).padStart(3, "0")}`, sound);
        // Among the sound ones by their keys, wherever an order puts them.
        const count = between(1, 6, random);
        for (let index = 0; index < count; index += 1) rows.set(`S${String(between(0, soundRows, random)).padStart(3, "0")}-${index}`, corruptRow(kind, index === 0, random));
        const hasBlank = random() < 0.5;
        const entries: readonly (readonly [string, Row])[] = hasBlank ? [...rows, ["", corruptRow(kind, false, random)]] : [...rows];
        await lane.run(
          `INSERT INTO enterprise VALUES ${entries.map(([key, cells]) => `('${key}', ${cells.name.sql}, ${cells.output.sql}, ${cells.legal_rep.sql}, ${cells.phone.sql})`).join(", ")};
           INSERT INTO penalty VALUES ${entries.map(([key, cells]) => `('${key}', ${cells.decided.sql})`).join(", ")}`,
        );
        const { text, json } = await lane.ask("{ enterprises(first: 100) { nodes { uscc name output legalRep contactPhone } } penaltyDecisions(first: 100) { nodes { docNo decidedOn } } }");
        await lane.run("DELETE FROM enterprise; DELETE FROM penalty");
        const told = [...rows.values()].flatMap((cells) => columns.flatMap((column) => cells[column].what ?? []));
        expect(text).not.toContain("CNRY");
        const keys = [...rows.keys()].sort();
        // A row without a key is none (mapping.md).
        const byKey = (nodes: readonly Readonly<Record<string, string | null>>[], key: string) => [...nodes].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
        const shorter = (value: string | null): string | null => (value !== null && value.length > 100 ? `${value.length} × ${new Set(value).size === 1 ? value[0] : "?"}` : value);
        expect(byKey(json.data.enterprises.nodes, "uscc").map(({ name = null, ...rest }) => ({ ...rest, name: shorter(name) })), told.join("; ")).toEqual(
          keys.map((key) => {
            const cells = rows.get(key) as Row;
            return { uscc: key, name: shorter(cells.name.reads), output: cells.output.reads, legalRep: cells.legal_rep.reads, contactPhone: cells.phone.reads };
          }),
        );
        expect(byKey(json.data.penaltyDecisions.nodes, "docNo"), told.join("; ")).toEqual(keys.map((key) => ({ docNo: key, decidedOn: rows.get(key)?.decided.reads })));
        const unread: Record<string, number> = {};
        for (const cells of rows.values()) for (const column of columns) if (cells[column].isUnread === true) unread[coordinateOf[column]] = (unread[coordinateOf[column]] ?? 0) + 1;
        const report = json.extensions.sources.find(({ source }: { source: string }) => source === lane.source);
        expect(report, told.join("; ")).toMatchObject({ status: "OK" });
        expect(report.unread ?? {}, told.join("; ")).toEqual(unread);
      });
    });

    if (kind !== "sqlite") {
      const twice: Seeded = { id: "F09", what: "a key that comes twice is no row, and never one of two", seeds: seedsEach };
      test(titleOf(twice), async () => {
        await underSeeds(twice, lanes, async (lane, _seed, random) => {
          const count = between(2, 30, random);
          const again = between(1, 4, random);
          const keys = Array.from({ length: count }, (_, index) => `D${index}`);
          const doubled = Array.from({ length: again }, () => oneOf(keys, random));
          await lane.run(kind === "postgres" ? "ALTER TABLE enterprise DROP CONSTRAINT enterprise_pkey" : "ALTER TABLE enterprise DROP PRIMARY KEY");
          try {
            await lane.run(`INSERT INTO enterprise (uscc, name) VALUES ${[...keys, ...doubled].map((key, index) => `('${key}', 'n${index}')`).join(", ")}`);
            await lane.checkDrift();
            const { json } = await lane.ask("{ enterprises(first: 100) { totalCount nodes { uscc } } }");
            expect(json.data.enterprises).toEqual({ totalCount: null, nodes: [] });
            expect(json.extensions).toMatchObject({ complete: false, sources: [{ source: lane.source, status: "SCHEMA_DRIFT", rows: 0 }] });
          } finally {
            await lane.run("DELETE FROM enterprise; ALTER TABLE enterprise ADD PRIMARY KEY (uscc)");
          }
          await lane.checkDrift();
          expect((await lane.ask("{ enterprises(first: 1) { totalCount } }")).json).toMatchObject({ data: { enterprises: { totalCount: 0 } }, extensions: { complete: true } });
        });
      });
    }
  });
}
