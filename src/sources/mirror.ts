/**
 * A mirrored source as an `Adapter`: every read goes to the SQLite adapter of the current version, and versions are swapped whole
 * (semantics.md §6). A read that has begun ends on the version that it began on; a failed refresh leaves the version as it is and
 * its age as the staleness.
 *
 * Versions hold raw cells only; lens chains are evaluated by the SQLite adapter's lens functions, not stored as columns.
 */
import { join } from "node:path";
import { SourceFailure, type Adapter, type SourceFailureStatus, type TableInfo } from "../../adapters/contract/adapter.ts";
import { foldCase } from "../../adapters/contract/columnNames.ts";
import type { MirroredKind, ReaderConfig } from "../../adapters/contract/tableReader.ts";
import { driverCodeOf, faultShape } from "../observe/faultShape.ts";
import type { MirrorEvent } from "../observe/logEvents.ts";
import type { BuildResult, TableOutcome } from "./buildMessages.ts";
import { systemClock, type Clock } from "./clock.ts";
import { holdVersion, type HeldVersion } from "./heldVersion.ts";
import { oneByOne } from "./oneByOne.ts";
import { loadVersion, publishVersion, removeFile, type Manifest } from "./mirrorStore.ts";
import { partColumn, type Indexing } from "./mirrorTable.ts";
import { startLoop } from "./refreshLoop.ts";
import { runBuild } from "./runBuild.ts";

/** Lens chains by id, as plain JSON. */
export type Lenses = Readonly<Record<string, unknown>>;

export interface MirrorOptions {
  readonly kind: MirroredKind;
  readonly config: ReaderConfig;
  /** Folder of this source's versions; belongs to the mirror alone. */
  readonly dir: string;
  readonly indexing: Readonly<Record<string, Indexing>>;
  /** Opens a SQLite file with lens chains installed. */
  openLocal(input: { readonly file: string; readonly lenses: Lenses }): Promise<Adapter>;
  readonly clock?: Clock;
  /** How long `openMirrored` waits for the first version where none is stored. */
  readonly firstWaitMs?: number;
  /** Ends a start that is waiting for its first version. */
  readonly signal?: AbortSignal;
  log?(event: MirrorEvent): void;
}

export interface RefreshReport {
  /** The current version after the refresh, or null: none yet. */
  readonly version: string | null;
  readonly isNew: boolean;
  readonly tables: Readonly<Record<string, TableOutcome>>;
  readonly warnings: readonly string[];
}

export interface MirroredAdapter extends Adapter {
  /** Reads the tables that are named (default: all) and swaps if anything changed. A failure is in the report, not thrown. */
  refresh(signal: AbortSignal, tables?: readonly string[]): Promise<RefreshReport>;
  /** Installs the mapping's lens chains; reads that run go on with the old ones. */
  setLenses(lenses: Lenses): Promise<void>;
  /** Declared tables that have never been read, and so have no columns yet. */
  unread(): readonly string[];
  /** Of each declared table, the failure of its last refresh, or null. */
  failures(): Readonly<Record<string, TableOutcome | null>>;
  /** Called after each new version; gives what ends it. */
  onVersion(listener: (version: string) => void): () => void;
}

const firstWaitDefaultMs = 10_000;

interface Current {
  readonly manifest: Manifest;
  readonly held: HeldVersion;
}

export async function openMirrored(options: MirrorOptions): Promise<MirroredAdapter> {
  const { kind, config, dir, indexing, clock = systemClock, log = () => {} } = options;
  const reader = kind.openReader(config);
  const indexed = JSON.stringify(indexing);
  const names = config.tables.map(({ name }) => name);
  const stop = new AbortController();
  options.signal?.addEventListener("abort", () => stop.abort(options.signal?.reason), { once: true });
  const listeners = new Set<(version: string) => void>();
  const retiring = new Map<HeldVersion, Promise<void>>();
  const outcomes = new Map<string, TableOutcome>();
  /** When each table was last known to equal the source; the manifest says it for the time before this start. */
  const checkedMs = new Map<string, number>();
  let current: Current | null = null;
  let lenses: Lenses = {};
  let sequence = 0;
  let isClosed = false;
  /** Builds. */
  const inTurn = oneByOne();

  /** Changes of what is open, apart from the builds: lenses are wanted at once, and a build may wait for its source for a long time. */
  const inSwap = oneByOne();
  const swap = (manifest: Manifest): Promise<void> => inSwap(() => swapNow(manifest));

  const swapNow = async (manifest: Manifest): Promise<void> => {
    const adapter = await options.openLocal({ file: join(dir, manifest.file), lenses });
    const before = current;
    current = { manifest, held: holdVersion(adapter) };
    if (!before) return;
    const isSuperseded = before.manifest.file !== manifest.file;
    const retired = before.held.retire(() => (isSuperseded ? removeFile(join(dir, before.manifest.file)) : Promise.resolve()));
    const noted = retired.catch((error: unknown) => log({ event: "mirror.old_version_kept", fault: faultShape(error) }));
    retiring.set(before.held, noted.finally(() => retiring.delete(before.held)));
  };

  const publish = async (result: BuildResult, target: string, nowMs: number): Promise<void> => {
    const version = `${nowMs.toString(36)}-${sequence}`;
    await swap(await publishVersion(dir, target, { identity: config.identity, indexed, version, file: `${version}.db`, tables: result.tables }));
    for (const listener of listeners) listener(version);
  };

  const build = async (tables: readonly string[], signal: AbortSignal): Promise<RefreshReport> => {
    const nowMs = clock.now();
    sequence += 1;
    const target = join(dir, `building-${sequence}.tmp`);
    const before: Current | null = current;
    const previous = before && { file: join(dir, before.manifest.file), tables: before.manifest.tables };
    const reindex = before !== null && before.manifest.indexed !== indexed;
    let result: BuildResult;
    try {
      result = await runBuild({ module: kind.module, config, read: tables, previous, indexing, reindex, target, nowMs }, signal);
      if (result.isNew) await publish(result, target, nowMs);
      else if (current) current = { ...current, manifest: { ...current.manifest, tables: result.tables } };
    } catch (error) {
      await removeFile(target);
      const failure = asFailure(error);
      result = { isNew: false, tables: {}, warnings: [], outcomes: Object.fromEntries(tables.map((table) => [table, failure])) };
    }
    for (const [table, outcome] of Object.entries(result.outcomes)) {
      const hadFailed = isFailed(outcomes.get(table));
      outcomes.set(table, outcome);
      if (isFailed(outcome)) {
        if (!hadFailed) log({ event: "mirror.table_failed", table, reason: outcome.status, driver: "driver" in outcome ? outcome.driver : null });
      } else {
        checkedMs.set(table, nowMs);
        if (hadFailed) log({ event: "mirror.table_read", table });
      }
    }
    if (result.warnings.length > 0) log({ event: "mirror.noted", notes: result.warnings.length });
    return { version: current?.manifest.version ?? null, isNew: result.isNew, tables: result.outcomes, warnings: result.warnings };
  };

  const refresh = (signal: AbortSignal, tables: readonly string[] = names): Promise<RefreshReport> =>
    inTurn(() => build(tables, AbortSignal.any([signal, stop.signal])));

  /** Asks cheaply whether a read is worth a build; a source that cannot be looked at counts as failed. */
  const look = async (table: string): Promise<boolean> => {
    const state = current?.manifest.tables[table]?.state ?? null;
    const nowMs = clock.now();
    try {
      if (await reader.hasChanged(table, { state, nowMs }, stop.signal)) return true;
      if (current?.manifest.tables[table]) {
        checkedMs.set(table, nowMs);
        outcomes.set(table, { status: "UNCHANGED", rows: current.manifest.tables[table].rows });
        return false;
      }
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (!isFailed(outcomes.get(table))) log({ event: "mirror.table_failed", table, reason: failure.status, driver: failure.driver });
      outcomes.set(table, failure);
      return false;
    }
  };

  const loop = startLoop({
    tables: config.tables,
    clock,
    hasFailed: (table) => isFailed(outcomes.get(table)),
    look,
    refresh: (tables) => refresh(stop.signal, tables),
    log,
  });

  const stored = await loadVersion(dir, config.identity);
  if (stored) {
    try {
      await swap(stored);
      for (const [table, { checkedMs: at }] of Object.entries(stored.tables)) checkedMs.set(table, at);
    } catch (error) {
      log({ event: "mirror.rebuilt", fault: faultShape(error) });
      current = null;
      await removeFile(join(dir, stored.file));
    }
  }
  if (current === null) {
    const first = loop.now();
    await Promise.race([first, new Promise<void>((resolve) => void clock.after(options.firstWaitMs ?? firstWaitDefaultMs, resolve))]);
  } else {
    if ((current as Current).manifest.indexed !== indexed) await refresh(stop.signal, []);
    loop.soon();
  }

  /** A reader's hold on the current version. */
  const hold = (): HeldVersion => {
    if (!current || isClosed) throw new SourceFailure("UNAVAILABLE", "the mirror has no version yet");
    current.held.take();
    return current.held;
  };
  const withHeld = async <T>(run: (adapter: Adapter) => Promise<T>): Promise<T> => {
    const held = hold();
    try {
      return await run(held.adapter);
    } finally {
      held.release();
    }
  };

  const stalenessMs = (): number | null =>
    current ? Math.max(0, clock.now() - Math.min(...names.map((name) => checkedMs.get(name) ?? clock.now()))) : null;

  return {
    kind: kind.kind,
    get concurrency() {
      return current?.held.adapter.concurrency;
    },
    capabilities: () => current?.held.adapter.capabilities() ?? { lensFunctions: true, rowid: true },
    introspect: (signal) => {
      const manifest = current?.manifest;
      return withHeld(async (adapter) => (await adapter.introspect(signal)).flatMap((info) => shownTable(info, manifest)));
    },
    async *rows(query, signal) {
      const held = hold();
      try {
        yield* held.adapter.rows(query, signal);
      } finally {
        held.release();
      }
    },
    aggregate: (query, signal) => withHeld((adapter) => adapter.aggregate(query, signal)),
    rowsNow: (query) => (current && !isClosed ? (current.held.adapter.rowsNow?.(query) ?? null) : null),
    describe: (query) => {
      if (!current) throw new SourceFailure("UNAVAILABLE", "the mirror has no version yet");
      return current.held.adapter.describe(query);
    },
    stalenessMs,
    health: () => ({
      status: current && names.every((name) => current?.manifest.tables[name]) ? "ok" : "failing",
      stalenessMs: stalenessMs(),
      version: current?.manifest.version ?? "",
    }),
    refresh,
    setLenses: (next) =>
      inSwap(async () => {
        lenses = next;
        if (current) await swapNow(current.manifest);
      }),
    unread: () => names.filter((name) => !current?.manifest.tables[name]),
    failures: () => Object.fromEntries(names.map((name) => [name, isFailed(outcomes.get(name)) ? (outcomes.get(name) ?? null) : null])),
    onVersion: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      isClosed = true;
      loop.stop();
      stop.abort(new SourceFailure("ABORTED", "the hub closes"));
      await inTurn(async () => {});
      await inSwap(async () => {});
      const last = current;
      current = null;
      for (const held of [...retiring.keys(), ...(last ? [last.held] : [])]) held.force();
      await Promise.all(retiring.values());
      await last?.held.retire(() => Promise.resolve());
    },
  };
}

const isFailed = (outcome: TableOutcome | undefined): boolean => outcome !== undefined && outcome.status !== "READ" && outcome.status !== "UNCHANGED";

const asFailure = (error: unknown): { status: SourceFailureStatus; detail: string; driver: string | null } => {
  if (!(error instanceof SourceFailure)) return { status: "UNAVAILABLE", detail: String(error), driver: driverCodeOf(error) };
  return { status: error.status, detail: error.cause instanceof Error ? error.cause.message : String(error.cause ?? ""), driver: driverCodeOf(error) };
};

/** A table as the source shows it: without the mirror's own column and those that the source has no more. */
function shownTable(info: TableInfo, manifest: Manifest | undefined): readonly TableInfo[] {
  const table = manifest?.tables[info.name];
  if (!table) return [];
  const shown = new Set(table.columns.map(foldCase));
  const has = (column: string): boolean => column !== partColumn && shown.has(foldCase(column));
  return [
    {
      ...info,
      columns: info.columns.filter(({ name }) => has(name)),
      unique: info.unique.filter((set) => set.every(has)),
      indexes: info.indexes.filter((set) => set.every(has)),
      rowCountEstimate: table.rows,
    },
  ];
}
