/**
 * All sources of a network, each in its own state: ready, refused for its files, or unavailable and tried again. The hub starts
 * whatever the sources do; a broken mapping stops its region alone.
 */
import type { SourceKinds } from "../../adapters/contract/sourceKinds.ts";
import type { SourceId } from "../../schema/ids.ts";
import type { Vocabulary } from "../../schema/vocabulary.ts";
import type { Log } from "../observe/logEvents.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Environment } from "./fillEnvironment.ts";
import { openSource, type OpenedSource } from "./openSource.ts";
import { readSourceFiles } from "./sourceFiles.ts";
import type { ReadySource, SourceState } from "./sourceState.ts";

export interface SourcesInput {
  /** Folder with `network.yaml` and `regions/`. */
  readonly networkDir: string;
  /** `HUB_DATA`; mirrors lie in `mirrors/` of it. */
  readonly dataDir: string;
  /** For `${NAME}` in source files; the caller puts `HUB_DATA` in. */
  readonly env: Environment;
  readonly vocabulary: Vocabulary;
  readonly kinds: SourceKinds;
  readonly clock?: Clock;
  /** How long the start waits for the first version of a mirror. */
  readonly firstWaitMs?: number;
  /** Each source's tables are looked at once in this time at least. */
  readonly driftEveryMs?: number;
  /** In [0, 1): spreads the looks of sources over the time. */
  readonly random?: () => number;
  readonly log: Log;
  /** A secret for each source's order of equal rows; absent: a table without a row number has to name a `tie`. */
  readonly keySecretOf?: (source: SourceId) => string;
}

export interface SourceRegistry {
  /** In the order of their ids. */
  list(): readonly SourceState[];
  /** Null where there is no such source or it cannot be asked now. */
  get(id: SourceId): ReadySource | null;
  /** Called when any state changes: plans and permits that name sources are then made anew. Gives what ends it. */
  onChange(listener: () => void): () => void;
  /** Of all sources, now instead of at their turn within the minute. */
  checkDrift(): Promise<void>;
  /** The source answered with something that is no data: its tables are looked at soon, for they may have changed. */
  suspect(id: SourceId): void;
  /** Mirrors read now instead of at their next turn; what was wrong with what was read, a line each. */
  refresh(id: SourceId, signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

const firstWaitDefaultMs = 20_000;
const driftEveryDefaultMs = 60_000;
/** A look comes so much of its time early, at most. */
const jitter = 0.25;
/** A source that answers garbage to everyone is looked at no more often. */
const suspectEveryMs = 1000;

/** Throws CONFIG_INVALID where the network's folder cannot be read; everything else is a source's state. */
export async function openSources(input: SourcesInput): Promise<SourceRegistry> {
  const { clock = systemClock, firstWaitMs = firstWaitDefaultMs, driftEveryMs = driftEveryDefaultMs, random = Math.random } = input;
  const listeners = new Set<() => void>();
  const onChange = (): void => {
    for (const listener of listeners) listener();
  };
  const files = await readSourceFiles(input.networkDir);
  const opened = new Map<SourceId, OpenedSource>(
    await Promise.all(files.map(async (file) => [file.id, await openSource({ ...input, clock, firstWaitMs, file, onChange })] as const)),
  );
  const checkDrift = async (): Promise<void> => {
    await Promise.all([...opened.values()].map((source) => source.checkDrift()));
  };
  let isClosed = false;
  const cancels = new Map<SourceId, () => void>();
  /** Sources of one machine are not all looked at in one moment. */
  const scheduleDrift = (id: SourceId, source: OpenedSource): void => {
    if (isClosed) return;
    const delayMs = driftEveryMs * (1 - jitter * random());
    cancels.set(id, clock.after(delayMs, () => void source.checkDrift().finally(() => scheduleDrift(id, source))));
  };
  for (const [id, source] of opened) scheduleDrift(id, source);
  const suspectedMs = new Map<SourceId, number>();
  return {
    list: () => [...opened.values()].map((source) => source.state()),
    get: (id) => {
      const state = opened.get(id)?.state();
      return state?.status === "ready" ? state.source : null;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    checkDrift,
    suspect: (id) => {
      const nowMs = clock.now();
      if (isClosed || nowMs - (suspectedMs.get(id) ?? Number.NEGATIVE_INFINITY) < suspectEveryMs) return;
      suspectedMs.set(id, nowMs);
      void opened.get(id)?.checkDrift();
    },
    refresh: async (id, signal) => (await opened.get(id)?.refresh(signal)) ?? [],
    close: async () => {
      isClosed = true;
      for (const cancel of cancels.values()) cancel();
      await Promise.all([...opened.values()].map((source) => source.close()));
    },
  };
}
