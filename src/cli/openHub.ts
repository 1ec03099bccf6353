/** Opens every part of the hub over a prepared network, in order, and starts the gateway. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary as hubVocabulary } from "../../schema/hubVocabulary.ts";
import { openJournal } from "../audit/openJournal.ts";
import { withheldIn } from "../gateway/answerOperation.ts";
import { hubState } from "../gateway/hubState.ts";
import { readExamples } from "../gateway/sandboxConfig.ts";
import { startGateway } from "../gateway/server.ts";
import { ensureClients } from "../identity/clients.ts";
import { openKeys } from "../identity/keys.ts";
import type { Network } from "../identity/network.ts";
import { makeRemoteKeys } from "../identity/remoteKeys.ts";
import { openSuspensions } from "../identity/suspensions.ts";
import { makeTokenCache } from "../identity/tokenCache.ts";
import { explain } from "../plan/explain.ts";
import { openSources } from "../sources/registry.ts";
import { openPolicies } from "../steward/openPolicies.ts";
import { openStore } from "../store/openStore.ts";
import { announcement } from "./announce.ts";
import { openMetrics, openObserved, standingOf } from "./openObserved.ts";
import { type HubConfig, projectDir } from "./config.ts";
import { lensModule } from "./lensModule.ts";
import type { PreparedNetwork } from "./prepareNetwork.ts";

export interface OpenHubInput {
  readonly config: HubConfig;
  readonly network: Network;
  /** What the sources' `${…}` hold besides the process's own environment, and where the network's files are. */
  readonly prepared: Promise<Pick<PreparedNetwork, "environment" | "networkDir" | "notes">>;
  /** Filled while parts are opened, so that a start that fails midway closes what it has: the last first. */
  readonly closing: (() => void | Promise<void>)[];
}

/** Answers the lines to print once the hub is ready; the last one is `ready http://…`. Throws HubError. */
export async function openHub({ config: asked, network, prepared, closing }: OpenHubInput): Promise<readonly string[]> {
  const { log, observer, metrics, close } = await openObserved(asked.observe);
  closing.push(close);
  const { environment, networkDir = asked.networkDir, notes = [] } = await prepared;
  const config: HubConfig = { ...asked, networkDir };
  const { dataDir, host, port } = config;
  const now = (): string => new Date().toISOString();
  const vocabulary = hubVocabulary();
  const kinds = sourceKinds(lensModule);
  const keys = openKeys(dataDir);
  const registry = await openSources({ networkDir, dataDir, env: { ...process.env, ...environment, HUB_DATA: dataDir }, vocabulary, kinds, keySecretOf: keys.keySecretOf, log });
  closing.push(registry.close);
  const store = openStore(dataDir);
  closing.push(store.close);
  ensureClients(store, dataDir, network, now());
  const journal = await openJournal(dataDir, metrics === null ? {} : { onAppend: observer.appended });
  closing.push(journal.close);
  if (journal.cut !== null) log({ event: "journal.tail_cut", bytes: journal.cut.bytes });

  const mirroredKinds = new Set(Object.keys(kinds.mirrored));
  const policies = await openPolicies({ networkDir, network, vocabulary, registry, mirroredKinds, store, journal, now, log });
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
    explainText: (plan, permit, agency) => explain({ plan, permit, agency, withheld: withheldIn(plan), queries: null }),
    log,
    observer,
  });
  closing.push(gateway.close);
  const metricsUrl = await openMetrics({ metrics, config: config.observe.metrics, closing, standing: () => standingOf(state, registry, journal, gateway) });
  const sources = registry.list();
  log({ event: "hub.started", sources: sources.length, ready: sources.filter(({ status }) => status === "ready").length, epoch: state.current().policySet.epoch });
  return [
    ...notes,
    ...announcement({
      url: gateway.url,
      epoch: policies.initial.epoch,
      network,
      sources,
      metricsUrl,
      hasSandbox: existsSync(sandboxDir),
      example: examples[0]?.query ?? "{ regions(level: PROVINCE) { code name } }",
      config,
    }),
  ];
}
