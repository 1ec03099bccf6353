/**
 * A network as a command sees it beside the running hub, or without one: sources opened anew, mirrors as they are stored.
 *
 * Mirrors are read through links in a folder of the command's own: the hub's folder belongs to its own builds, which a second
 * process must not sweep away.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary as hubVocabulary } from "../../schema/hubVocabulary.ts";
import { type HubState, hubState } from "../gateway/hubState.ts";
import { openKeys } from "../identity/keys.ts";
import type { Network } from "../identity/network.ts";
import { makeLog } from "../observe/log.ts";
import { systemClock } from "../sources/clock.ts";
import { openSources, type SourceRegistry } from "../sources/registry.ts";
import { parsePolicies } from "../steward/openPolicies.ts";
import { readPolicyFiles } from "../steward/policyFiles.ts";
import { lastEpoch } from "../store/policyEpochs.ts";
import { openStore } from "../store/openStore.ts";
import type { HubConfig } from "./config.ts";
import { openDataFolder } from "./dataFolder.ts";
import { lensModule } from "./lensModule.ts";
import { preparedEnvironment } from "./prepareNetwork.ts";
import { readNetwork } from "./readNetwork.ts";

export interface StoredNetwork {
  readonly network: Network;
  readonly registry: SourceRegistry;
  /** Policies as the files say now, at the epoch that the hub last recorded. */
  readonly state: HubState;
  close(): Promise<void>;
}

/** What keeps a region out goes to `log`, a line each, as at the hub. Throws HubError. */
export async function openStoredNetwork(config: HubConfig, log: (line: string) => void): Promise<StoredNetwork> {
  const { networkDir, dataDir } = config;
  const network = readNetwork(networkDir);
  openDataFolder(dataDir);
  sweepSnapshots(dataDir);
  const snapshot = mkdtempSync(join(dataDir, snapshotPrefix));
  const closing: (() => void | Promise<void>)[] = [() => rmSync(snapshot, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    linkMirrors(join(dataDir, "mirrors"), join(snapshot, "mirrors"));
    const vocabulary = hubVocabulary();
    const kinds = sourceKinds(lensModule);
    const env = { ...preparedEnvironment(dataDir), ...process.env, HUB_DATA: dataDir };
    const registry = await openSources({ networkDir, dataDir: snapshot, env, vocabulary, kinds, keySecretOf: openKeys(dataDir).keySecretOf, clock: onceClock, log: () => undefined });
    closing.push(registry.close);
    for (const state of registry.list()) {
      if (state.status === "refused") log(state.message);
      if (state.status === "unavailable") log(`${state.id} is unavailable and left out: ${state.reason} ${state.detail}`);
    }
    const files = await readPolicyFiles(networkDir);
    const policies = parsePolicies(files, { networkDir, network, vocabulary, registry, mirroredKinds: new Set(Object.keys(kinds.mirrored)), log: inWords(log) });
    const state = hubState(vocabulary, network, registry, { epoch: recordedEpoch(dataDir), policies });
    return { network, registry, state, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const inWords = (say: (line: string) => void) => makeLog({ level: "info", format: "text", write: (line) => say(line.trimEnd()), now: Date.now });

const snapshotPrefix = "command-";
/** No command takes so long; what is older was left by one that was killed, and its links would keep old mirrors on the disk. */
const snapshotAgeMaxMs = 3_600_000;

function sweepSnapshots(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const folder = join(dataDir, name);
    const madeAt = name.startsWith(snapshotPrefix) ? statSync(folder, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (madeAt !== undefined && Date.now() - madeAt > snapshotAgeMaxMs) rmSync(folder, { recursive: true, force: true });
  }
}

/** What is due at once, a look at the source of a stored mirror, is not done: a command reads what is there. */
const onceClock: typeof systemClock = { now: systemClock.now, after: (delayMs, run) => (delayMs === 0 ? () => undefined : systemClock.after(delayMs, run)) };

function linkMirrors(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const source of readdirSync(from)) {
    mkdirSync(join(to, source), { recursive: true });
    for (const name of readdirSync(join(from, source))) {
      if (name !== "current.json" && !name.endsWith(".db")) continue;
      try {
        linkSync(join(from, source, name), join(to, source, name));
      } catch (error) {
        // Superseded and removed since it was listed, or a file system without hard links.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") copyFileSync(join(from, source, name), join(to, source, name));
      }
    }
  }
}

function recordedEpoch(dataDir: string): number {
  if (!existsSync(join(dataDir, "store.sqlite"))) return 0;
  const store = openStore(dataDir);
  try {
    return lastEpoch(store)?.epoch ?? 0;
  } finally {
    store.close();
  }
}
