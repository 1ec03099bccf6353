/** Two hand-written sources over two hundred stations, and adapters that remember what they were asked. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { type Hub, hubOf, openHubSources, type OpenSources } from "../reference/harness/hub.ts";

export const network = parseNetwork(
  `
purposes: { check: { zh: 查, en: check } }
agencies:
  reader: { zh: 读者, partners: ["130100"], purposes: [check] }
`,
  "network.yaml",
);
export const reader = { agency: "reader", purpose: "check" };

const yaml = (region: string, id: string): string => `
region: ${region}
kind: sqlite
connection: { file: ${id}.db }
timeZone: Asia/Shanghai
entities:
  Station:
    from: station
    key: code
    fields:
      code: code
      name: name
      elevation: elevation
      operator: operator
      region: region
      quality: quality
      activeFrom: day
`;

/** One query that a source was asked, and how many rows it gave. */
export interface Asked {
  readonly source: string;
  readonly query: AuthorisedQuery;
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly rows: number;
  /** Lines of SQLite's own plan. */
  steps(): readonly string[];
}

export interface Fixture {
  readonly sources: OpenSources;
  readonly asked: Asked[];
  hub(policy: string): Hub;
  close(): Promise<void>;
}

export interface Station {
  readonly code: string;
  readonly name: string | null;
  readonly elevation: number | null;
  readonly operator: string | null;
  readonly region: string | null;
  readonly quality: string | null;
  readonly day: string | null;
}

const qualities = ["RAW", "REVIEWED", "PUBLISHED", null];

/** Ties of seven, NULLs among them. */
export const stationsOf = (prefix: string, count: number): readonly Station[] =>
  Array.from({ length: count }, (_, index) => ({
    code: `${prefix}${String(index).padStart(4, "0")}`,
    name: index % 11 === 0 ? null : `站${index % 13}`,
    elevation: index % 7 === 0 ? null : (index * 37) % 30,
    operator: index % 3 === 0 ? "甲" : "乙",
    region: ["130100", "130200", null][index % 3] ?? null,
    quality: qualities[index % 4] ?? null,
    day: index % 5 === 0 ? null : `2024-01-${String((index % 28) + 1).padStart(2, "0")}`,
  }));

export async function openFixture(count = 100): Promise<Fixture> {
  const dir = mkdtempSync(join(tmpdir(), "plan-"));
  const asked: Asked[] = [];
  const files = new Map<string, string>();
  for (const id of ["hebei", "tianjin"]) {
    const file = join(dir, `${id}.db`);
    files.set(id, file);
    const database = new Database(file);
    database.exec(`
      CREATE TABLE station (code TEXT PRIMARY KEY NOT NULL, name TEXT, elevation REAL, operator TEXT, region TEXT, quality TEXT, day TEXT) STRICT;
      CREATE INDEX station_elevation ON station (elevation);
      CREATE INDEX station_name ON station (name);
    `);
    const insert = database.prepare("INSERT INTO station VALUES (@code, @name, @elevation, @operator, @region, @quality, @day)");
    database.transaction(() => stationsOf(id === "hebei" ? "H" : "T", count).forEach((station) => insert.run(station)))();
    database.exec("ANALYZE");
    database.close();
  }
  const sources = await openHubSources(
    [
      { id: "hebei", region: "130000", file: files.get("hebei") ?? "", yaml: yaml("130000", "hebei") },
      { id: "tianjin", region: "120000", file: files.get("tianjin") ?? "", yaml: yaml("120000", "tianjin") },
    ],
    { watch: (adapter, id) => remembering(adapter, id, files.get(id) ?? "", asked) },
  );
  return {
    sources,
    asked,
    hub: (policy) => hubOf(sources, network, { "130000": policy, "120000": policy }, Date.UTC(2026, 0, 1)),
    async close() {
      await sources.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function remembering(adapter: Adapter, source: string, file: string, asked: Asked[]): Adapter {
  const note = (query: AuthorisedQuery, rows: number): void => {
    const { text, parameters } = adapter.describe(query);
    asked.push({ source, query, text, parameters, rows, steps: () => stepsOf(file, text, parameters.length) });
  };
  return {
    ...adapter,
    rowsNow(query) {
      const batch = adapter.rowsNow?.(query) ?? null;
      if (batch !== null) note(query, batch.rows.length);
      return batch;
    },
    async *rows(query, signal) {
      let rows = 0;
      for await (const batch of adapter.rows(query, signal)) {
        rows += batch.rows.length;
        yield batch;
      }
      note(query, rows);
    },
    async aggregate(query, signal) {
      const batch = await adapter.aggregate(query, signal);
      note(query, batch.rows.length);
      return batch;
    },
  };
}

function stepsOf(file: string, text: string, parameters: number): readonly string[] {
  const database = new Database(file, { readonly: true });
  try {
    // The plan does not depend on what the hub's own functions answer.
    for (const name of ["hub_lens", "hub_bucket"]) database.function(name, { varargs: true, deterministic: true }, () => null);
    return (database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: parameters }, () => 1)) as { detail: string }[]).map(({ detail }) => detail);
  } finally {
    database.close();
  }
}
