/** A mirror over a real folder or server, with a clock that a test moves by hand, read through the SQLite adapter. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import { mint, type AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import type { ConfigValue, MirroredKind } from "../../adapters/contract/tableReader.ts";
import { openSqlite } from "../../adapters/sqlite/openSqlite.ts";
import type { Clock } from "../../src/sources/clock.ts";
import { openMirrored, type MirroredAdapter, type MirrorOptions } from "../../src/sources/mirror.ts";

const lensModule = pathToFileURL(join(import.meta.dirname, "../adapters/fixtures/stubLenses.ts"));

export const openLocal: MirrorOptions["openLocal"] = ({ file, lenses }) => openSqlite({ file, lensModule, lenses });

export interface HandClock extends Clock {
  /** Moves time and runs what has come due; what it starts is not awaited. */
  advance(ms: number): void;
}

export function handClock(startMs = Date.now() + 60_000): HandClock {
  let nowMs = startMs;
  const waiting = new Set<{ atMs: number; run: () => void }>();
  return {
    now: () => nowMs,
    after: (delayMs, run) => {
      const entry = { atMs: nowMs + delayMs, run };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    advance: (ms) => {
      nowMs += ms;
      for (const entry of [...waiting].filter(({ atMs }) => atMs <= nowMs)) {
        waiting.delete(entry);
        entry.run();
      }
    },
  };
}

export async function temporaryDir(): Promise<{ dir: string; dispose(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "mirror-"));
  return { dir, dispose: () => rm(dir, { recursive: true, force: true }) };
}

export interface OpenInput extends Partial<Omit<MirrorOptions, "kind" | "config" | "dir">> {
  readonly dir: string;
  readonly connection: Readonly<Record<string, ConfigValue>>;
  readonly tables: ConfigValue;
}

export function openMirror(kind: MirroredKind, { dir, connection, tables, ...more }: OpenInput): Promise<MirroredAdapter> {
  const config = kind.parseConfig({ connection, tables, timeZone: "Asia/Shanghai", baseDir: dir });
  return openMirrored({ kind, config, dir: join(dir, "versions"), indexing: {}, openLocal, clock: handClock(), firstWaitMs: 1e9, ...more });
}

/** Every row of a table, by the columns named. */
export const selectAll = (table: string, columns: readonly string[]): AuthorisedQuery =>
  mint({
    source: "mirror",
    template: {
      kind: "rows",
      parts: [
        {
          table,
          alias: "t",
          joins: [],
          where: { kind: "true" },
          columns: [...columns.map((column) => ({ kind: "column", alias: "t", column }) as const), { kind: "rowid", alias: "t" }],
        },
      ],
      order: [{ column: columns.length, descending: false }],
      backward: false,
      limitSlot: null,
      slotCount: 0,
    },
    values: [],
    rowsMax: 1_000_000,
  });

export async function readAll(adapter: Adapter, table: string, columns: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const rows: (readonly unknown[])[] = [];
  for await (const batch of adapter.rows(selectAll(table, columns), AbortSignal.timeout(20_000))) rows.push(...batch.rows);
  return rows.map((row) => row.slice(0, columns.length));
}
