/**
 * One source from its file to a compiled mapping over an open adapter, tried again in the background for as long as the source
 * cannot be reached. What is wrong with its files is said once and stops this source alone.
 */
import { join } from "node:path";
import { SourceFailure, type Adapter, type TableInfo } from "../../adapters/contract/adapter.ts";
import type { SourceKinds } from "../../adapters/contract/sourceKinds.ts";
import { ConfigProblem } from "../../adapters/contract/tableReader.ts";
import { HubError, placeOfFault } from "../../schema/errorCodes.ts";
import { asRegionCode, type RegionCode, type SourceId } from "../../schema/ids.ts";
import type { Vocabulary } from "../../schema/vocabulary.ts";
import { faultShape } from "../observe/faultShape.ts";
import { compileMapping } from "../mapping/compileMapping.ts";
import { didYouMean, fault } from "../mapping/fault.ts";
import { type Lost, withoutLost } from "../mapping/lost.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { readSource, regionNamed } from "../mapping/parseSource.ts";
import type { SourceSyntax } from "../mapping/sourceSyntax.ts";
import { parseYaml } from "../mapping/yamlFile.ts";
import { driverCodeOf } from "../observe/faultShape.ts";
import type { Log } from "../observe/logEvents.ts";
import type { Clock } from "./clock.ts";
import { changedTables, findDrift, mappedTables, type Drift } from "./drift.ts";
import { fillEnvironment, placeOf, type Environment } from "./fillEnvironment.ts";
import { mentionedColumns } from "./mentionedColumns.ts";
import { openMirrored, type Lenses, type RefreshReport } from "./mirror.ts";
import { mirrorIndexes } from "./mirrorIndexes.ts";
import { readShape, writeShape } from "./shapes.ts";
import { readCodeFiles, type SourceFile } from "./sourceFiles.ts";
import type { SourceState } from "./sourceState.ts";

export interface OpenSourceInput {
  readonly file: SourceFile;
  readonly dataDir: string;
  readonly env: Environment;
  readonly vocabulary: Vocabulary;
  readonly kinds: SourceKinds;
  readonly clock: Clock;
  readonly firstWaitMs: number;
  readonly log: Log;
  /** Of the hub's own for each source (`LiveInput.keySecret`). */
  readonly keySecretOf?: ((source: SourceId) => string) | undefined;
  /** Called after each change of `state`. */
  onChange(): void;
}

export interface OpenedSource {
  state(): SourceState;
  /** Compares the source's tables with those that the mapping was compiled on; one comparison at a time. Never rejects. */
  checkDrift(): Promise<void>;
  /** A mirror's next version now, and what was wrong with what was read; a live source has none. */
  refresh(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** An adapter that may have to be opened again once the mapping's lenses are known. */
interface Connection {
  readonly adapter: Adapter;
  /** Throws a SourceFailure while tables that the mapping reads have never been read. */
  assertRead(tables: ReadonlySet<string>): void;
  withLenses(lenses: Lenses): Promise<Connection>;
  refresh(signal: AbortSignal): Promise<readonly string[]>;
}

const introspectMs = 10_000;
const retryFirstMs = 2_000;
const retryMaxMs = 60_000;

/** Never rejects: whatever happens is a state. */
export async function openSource(input: OpenSourceInput): Promise<OpenedSource> {
  const { file, clock, onChange } = input;
  const { id } = file;
  const stop = new AbortController();
  let region: RegionCode | null = null;
  let connection: Connection | null = null;
  let compiledOn: readonly TableInfo[] = [];
  let retryMs = retryFirstMs;
  let cancelRetry = (): void => {};
  let running: Promise<void> = Promise.resolve();
  let state: SourceState = { status: "refused", id, file: file.file, region, message: "not opened yet" };

  const become = (next: SourceState): void => {
    state = next;
    onChange();
  };

  const attempt = async (): Promise<void> => {
    // First of all: a policy is its region's, and answers say that its source is missing, whatever is wrong with the rest of the file.
    const root = parseYaml(file.text, file.file, "MAPPING_INVALID");
    region = regionNamed(root);
    const syntax = readSource(root, file.file);
    const own = asRegionCode(syntax.region.text);
    connection ??= await connect(syntax, input, stop.signal, () => void (state.status === "ready" ? checkDrift() : retrySoon()));
    const used = new Set(syntax.parts.flatMap((part) => [part.from.text, ...[...part.joins.values()].map((each) => each.from.text)]));
    connection.assertRead(used);
    const { adapter } = connection;
    const tables = await adapter.introspect(AbortSignal.any([stop.signal, AbortSignal.timeout(introspectMs)]));
    const codeFiles = await readCodeFiles(root, file.dir);
    const compileOn = (on: readonly TableInfo[]): Mapping =>
      compileMapping({ text: file.text, file: file.file, source: id, vocabulary: input.vocabulary, tables: on, codeFiles, capabilities: adapter.capabilities() });
    const { mapping, on } = await compileOnKnown(compileOn, tables);
    connection = await connection.withLenses(Object.fromEntries(mapping.lenses));
    const ready = connection.adapter;
    ready.onTables?.(() => void checkDrift());
    compiledOn = on;
    const drift = findDrift(on, tables, mappedTables(mapping));
    const { mapping: present, lost } = withoutLost(mapping, changedTables(drift, tables));
    if (state.status === "unavailable") input.log({ event: "source.ready", source: id });
    if (mapping.warnings.length > 0) input.log({ event: "source.noted", source: id, notes: mapping.warnings.length });
    become({ status: "ready", id, file: file.file, drift, source: { id, region: own, mapping, present, lost, adapter: ready, health: () => ready.health() } });
    sayDrifts([], drift);
  };

  /** On the tables of the last start with this file, as long as something that it reads has changed since; else on those of now. */
  const compileOnKnown = async (compileOn: (on: readonly TableInfo[]) => Mapping, tables: readonly TableInfo[]): Promise<{ mapping: Mapping; on: readonly TableInfo[] }> => {
    const shape = await readShape(input.dataDir, id);
    const known = shape === null ? null : attemptOn(compileOn, shape.tables);
    if (shape !== null && known !== null && known.version === shape.version) {
      const { lost } = withoutLost(known, changedTables(findDrift(shape.tables, tables, mappedTables(known)), tables));
      if (lost.size > 0) return { mapping: known, on: shape.tables };
    }
    const mapping = compileOn(tables);
    const read = mappedTables(mapping);
    await writeShape(input.dataDir, id, { version: mapping.version, tables: tables.filter(({ name }) => read.has(name)) }).catch((error: unknown) =>
      // A change while the hub is down goes unnoticed then.
      input.log({ event: "drift.check_failed", fault: faultShape(error) }),
    );
    return { mapping, on: tables };
  };

  const sayDrifts = (before: readonly Drift[], found: readonly Drift[]): void => {
    for (const [change, count] of countsOf(found.filter((each) => !before.some((known) => JSON.stringify(known) === JSON.stringify(each))))) input.log({ event: "source.drifted", source: id, change, count });
  };

  let checking: Promise<void> = Promise.resolve();
  const checkDrift = (): Promise<void> => {
    checking = checking.then(compareNow);
    return checking;
  };

  const compareNow = async (): Promise<void> => {
    const { status } = state;
    if (status !== "ready" || !connection) return;
    let now: readonly TableInfo[];
    try {
      now = await connection.adapter.introspect(AbortSignal.any([stop.signal, AbortSignal.timeout(introspectMs)]));
    } catch {
      // Health and answers say that it is away; nothing is known of its tables.
      return;
    }
    const { source, drift } = state;
    const found = findDrift(compiledOn, now, mappedTables(source.mapping));
    // Keys may be unique or not without any other difference.
    const { mapping: present, lost } = withoutLost(source.mapping, changedTables(found, now));
    if (JSON.stringify(found) === JSON.stringify(drift) && coordinatesOf(lost).join() === coordinatesOf(source.lost).join()) return;
    state = { status, id, file: file.file, source: { ...source, present, lost }, drift: found };
    sayDrifts(drift, found);
    onChange();
  };

  const tryOnce = async (): Promise<void> => {
    if (stop.signal.aborted || state.status === "ready") return;
    try {
      await attempt();
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof SourceFailure && region !== null) {
        const detail = error.cause instanceof Error ? error.cause.message : String(error.cause ?? "");
        const isNews = state.status !== "unavailable" || state.reason !== error.status || state.detail !== detail;
        if (isNews) {
          input.log({ event: "source.unavailable", source: id, reason: error.status, driver: driverCodeOf(error) });
          become({ status: "unavailable", id, file: file.file, region, reason: error.status, detail });
        }
        cancelRetry = clock.after(retryMs, () => void retrySoon());
        retryMs = Math.min(retryMs * 2, retryMaxMs);
        return;
      }
      // A fault of the hub itself must not pass for one of the steward's file.
      const message = error instanceof HubError ? error.message : `${file.file}: the hub failed on this file: ${String(error)}`;
      input.log({ event: "source.refused", source: id, code: error instanceof HubError ? error.code : "INTERNAL", at: placeOfFault(error) ?? file.file });
      become({ status: "refused", id, file: file.file, region, message });
      await closeConnection();
    }
  };

  function retrySoon(): Promise<void> {
    cancelRetry();
    running = running.then(tryOnce);
    return running;
  }

  const closeConnection = async (): Promise<void> => {
    const open = connection;
    connection = null;
    await open?.adapter.close();
  };

  await retrySoon();

  return {
    state: () => state,
    checkDrift,
    refresh: async (signal) => (await connection?.refresh(signal)) ?? [],
    close: async () => {
      stop.abort();
      cancelRetry();
      await running;
      await closeConnection();
    },
  };
}

/** A mapping that the tables of another time fit, or null. */
function attemptOn(compileOn: (on: readonly TableInfo[]) => Mapping, tables: readonly TableInfo[]): Mapping | null {
  try {
    return compileOn(tables);
  } catch (error) {
    if (error instanceof HubError) return null;
    throw error;
  }
}

const coordinatesOf = (lost: Lost): readonly string[] => [...lost].flatMap(([entity, { attributes, rows }]) => (rows ? [`${entity} (all of it)`] : [...attributes].map((name) => `${entity}.${name}`)));

function countsOf(drift: readonly Drift[]): ReadonlyMap<Drift["change"], number> {
  const counts = new Map<Drift["change"], number>();
  for (const { change } of drift) counts.set(change, (counts.get(change) ?? 0) + 1);
  return counts;
}

/** Throws MAPPING_INVALID at the place, or a SourceFailure. */
async function connect(syntax: SourceSyntax, input: OpenSourceInput, signal: AbortSignal, onVersion: () => void): Promise<Connection> {
  const { kinds, env, file } = input;
  const { kind, connection, tables } = syntax;
  const filled = (node: SourceSyntax["connection"]) => (node ? fillEnvironment(node, env) : {});
  const mirrored = Object.hasOwn(kinds.mirrored, kind.text) ? kinds.mirrored[kind.text] : undefined;
  const asked = Object.hasOwn(kinds.live, kind.text) ? kinds.live[kind.text] : undefined;
  try {
    const declared = filled(tables);
    const live = asked && (!mirrored || asked.tables?.areLive(declared)) ? asked : undefined;
    if (live) {
      if (tables && !live.tables) fault(tables.at, `a \`${kind.text}\` source has its own tables; leave \`tables\` out.`);
      const config = filled(connection);
      const mentioned = Object.fromEntries([...mentionedColumns(syntax)].map(([table, columns]) => [table, [...columns]]));
      const open = async (lenses: Lenses): Promise<Connection> => liveConnection(await live.open({ connection: config, tables: declared, mentioned, baseDir: file.dir, lenses, keySecret: input.keySecretOf?.(file.id) }), open);
      return await open({});
    }
    if (mirrored) {
      const config = mirrored.parseConfig({ connection: filled(connection), tables: declared, timeZone: syntax.timeZone.text, baseDir: file.dir });
      for (const { name } of config.tables) {
        if (/^(?:sqlite_|hub:)/i.test(name)) throw new ConfigProblem(["tables", name], "begins with a word that the mirror keeps for itself; choose another name.");
      }
      const names = config.tables.map(({ name }) => name);
      for (const part of syntax.parts) {
        for (const from of [part.from, ...[...part.joins.values()].map((each) => each.from)]) {
          if (!names.includes(from.text)) fault(from.at, `\`tables\` declares no table \`${from.text}\`; ${didYouMean(from.text, names)}`);
        }
      }
      const mirror = await openMirrored({
        kind: mirrored,
        config,
        dir: join(input.dataDir, "mirrors", file.id),
        indexing: mirrorIndexes(syntax, input.vocabulary),
        openLocal: (local) => kinds.openLocal(local),
        clock: input.clock,
        firstWaitMs: input.firstWaitMs,
        signal,
        log: (event) => input.log({ ...event, source: file.id }),
      });
      mirror.onVersion(onVersion);
      const self: Connection = {
        adapter: mirror,
        assertRead: (used) => {
          const unread = mirror.unread().filter((table) => used.has(table));
          const [first] = unread;
          if (first === undefined) return;
          const failure = mirror.failures()[first];
          const reason = failure && "detail" in failure ? failure : null;
          throw new SourceFailure(reason?.status ?? "UNAVAILABLE", reason ? `${first}: ${reason.detail}` : `no row of ${unread.join(", ")} has been read yet`);
        },
        withLenses: async (lenses) => {
          await mirror.setLenses(lenses);
          return self;
        },
        refresh: async (signal) => saidOf(await mirror.refresh(signal)),
      };
      return self;
    }
  } catch (error) {
    if (error instanceof ConfigProblem) fault(placeOf({ connection, tables }, error.path, kind.at), `\`${error.path.join(".")}\` ${error.message}`);
    throw error;
  }
  return fault(kind.at, `there is no kind \`${kind.text}\`; ${didYouMean(kind.text, [...Object.keys(kinds.live), ...Object.keys(kinds.mirrored)])}`);
}

const saidOf = ({ tables, warnings }: RefreshReport): readonly string[] => [
  ...Object.entries(tables).flatMap(([table, outcome]) => ("detail" in outcome ? [`${table}: ${outcome.status} ${outcome.detail}`] : [])),
  ...warnings,
];

function liveConnection(adapter: Adapter, open: (lenses: Lenses) => Promise<Connection>): Connection {
  const self: Connection = {
    adapter,
    assertRead: () => {},
    withLenses: async (lenses) => {
      if (Object.keys(lenses).length === 0) return self;
      const again = await open(lenses);
      await adapter.close();
      return again;
    },
    refresh: () => Promise.resolve([]),
  };
  return self;
}
