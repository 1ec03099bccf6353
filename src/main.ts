/** `npm start`: opens every part in order, starts the gateway, and closes all of them when told to stop. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sourceKinds } from "../adapters/index.ts";
import { HubError } from "../schema/errorCodes.ts";
import { vocabulary as hubVocabulary } from "../schema/hubVocabulary.ts";
import { openJournal } from "./audit/openJournal.ts";
import { announcement } from "./cli/announce.ts";
import { type HubConfig, projectDir, readConfig } from "./cli/config.ts";
import { assertPortFree, openDataFolder } from "./cli/dataFolder.ts";
import { lensModule } from "./cli/lensModule.ts";
import { prepareNetwork } from "./cli/prepareNetwork.ts";
import { makeProgress } from "./cli/progress.ts";
import { readNetwork } from "./cli/readNetwork.ts";
import { hubState } from "./gateway/hubState.ts";
import { readExamples } from "./gateway/sandboxConfig.ts";
import { startGateway } from "./gateway/server.ts";
import { ensureClients } from "./identity/clients.ts";
import { openKeys } from "./identity/keys.ts";
import { makeRemoteKeys } from "./identity/remoteKeys.ts";
import { openSuspensions } from "./identity/suspensions.ts";
import { makeTokenCache } from "./identity/tokenCache.ts";
import { openSources } from "./sources/registry.ts";
import { openPolicies } from "./steward/openPolicies.ts";
import { openStore } from "./store/openStore.ts";

/** Closes what was opened, the last first. */
type Closing = (() => void | Promise<void>)[];

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Prints the announcement and answers what stops the hub. Throws HubError, with everything closed, where it cannot start. */
async function start(config: HubConfig): Promise<() => Promise<void>> {
  const closing: Closing = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    await open(config, closing);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(config: HubConfig, closing: Closing): Promise<void> {
  const { networkDir, dataDir, host, port } = config;
  const network = readNetwork(networkDir);
  await assertPortFree(host, port);
  openDataFolder(dataDir);

  const progress = makeProgress(process.stdout);
  const prepared = await prepareNetwork(networkDir, dataDir, progress.report).finally(progress.end);
  closing.push(prepared.close);

  const vocabulary = hubVocabulary();
  const kinds = sourceKinds(lensModule);
  const registry = await openSources({ networkDir, dataDir, env: { ...process.env, ...prepared.environment, HUB_DATA: dataDir }, vocabulary, kinds, log });
  closing.push(registry.close);
  const store = openStore(dataDir);
  closing.push(store.close);
  const keys = openKeys(dataDir);
  ensureClients(store, dataDir, network, new Date().toISOString());
  const journal = await openJournal(dataDir);
  closing.push(journal.close);
  if (journal.cut !== null) log(`the journal ended in ${journal.cut.bytes} bytes of a record that was never acknowledged; they were cut and kept beside it`);

  const mirroredKinds = new Set(Object.keys(kinds.mirrored));
  const policies = await openPolicies({ networkDir, network, vocabulary, registry, mirroredKinds, store, journal, now: () => new Date().toISOString(), log });
  const state = hubState(vocabulary, network, registry, policies.initial);
  policies.attach(state.apply);

  const sandboxDir = join(projectDir, "dist", "sandbox");
  const examples = readExamples(networkDir);
  const gateway = await startGateway({
    state,
    registry,
    journal,
    keys,
    store,
    suspensions: openSuspensions(store),
    tokenCache: makeTokenCache(),
    trust: { keys, remoteKeys: makeRemoteKeys() },
    now: Date.now,
    clock: () => performance.now(),
    host,
    port,
    demonstration: network.demonstration,
    sandboxDir: existsSync(sandboxDir) ? sandboxDir : null,
    sandboxExamples: examples,
    reloadPolicy: policies.reload,
    explainText: null,
    log,
  });
  closing.push(gateway.close);
  const lines = announcement({
    url: gateway.url,
    epoch: policies.initial.epoch,
    network,
    sources: registry.list(),
    hasSandbox: existsSync(sandboxDir),
    example: examples[0]?.query ?? "{ regions(level: PROVINCE) { code name } }",
    config,
  });
  process.stdout.write(`${lines.join("\n")}\n`);
}

function readArguments(): HubConfig {
  try {
    const { values } = parseArgs({ options: { network: { type: "string" } } });
    return readConfig(values.network, process.env);
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError("CONFIG_INVALID", { problem: `${error instanceof Error ? error.message : String(error)}. Use: npm start -- --network DIR, with PORT, HOST and HUB_DATA from the environment.` });
  }
}

try {
  const close = await start(readArguments());
  const stop = (): void => {
    // A second signal does not wait.
    process.once("SIGINT", () => process.exit(130));
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`closing failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  // A sentence for what the operator can mend; a stack only for what nobody foresaw.
  log(error instanceof HubError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
