/** The hub's parts on a network that a bench file writes itself, in this process: for figures that need no HTTP. */
import "reflect-metadata";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceKinds } from "../adapters/index.ts";
import type { SourceKinds } from "../adapters/contract/sourceKinds.ts";
import { vocabulary } from "../schema/hubVocabulary.ts";
import { asPurpose } from "../schema/ids.ts";
import { policySourceOf } from "../src/access/mappedSource.ts";
import { parsePolicy } from "../src/access/parsePolicy.ts";
import { answerer } from "../src/gateway/answerOperation.ts";
import { type HubState, hubState } from "../src/gateway/hubState.ts";
import { openKeys } from "../src/identity/keys.ts";
import type { Agency } from "../src/identity/network.ts";
import { parseNetwork } from "../src/identity/parseNetwork.ts";
import { compile } from "../src/plan/compile.ts";
import { openSources } from "../src/sources/registry.ts";
import { parse } from "graphql";

export interface NetworkText {
  readonly network: string;
  readonly regions: ReadonlyMap<string, { readonly source: string; readonly policy: string }>;
}

export interface BenchHub {
  readonly state: HubState;
  agency(id: string): Agency;
  /** Answers a document; gives the JSON text. */
  ask(agency: string, document: string): Promise<string>;
  close(): Promise<void>;
}

export const purpose = asPurpose("benchmark");

/** `makeData` gets the folder that `${HUB_DATA}` stands for. */
export async function openHub(text: NetworkText, makeData: (dataDir: string) => void, wrap: (kinds: SourceKinds) => SourceKinds = (kinds) => kinds): Promise<BenchHub> {
  const dir = mkdtempSync(join(tmpdir(), "one-network-bench-"));
  const dataDir = join(dir, "data");
  mkdirSync(dataDir);
  makeData(dataDir);
  writeFileSync(join(dir, "network.yaml"), text.network);
  for (const [name, files] of text.regions) {
    mkdirSync(join(dir, "regions", name), { recursive: true });
    writeFileSync(join(dir, "regions", name, "source.yaml"), files.source);
    writeFileSync(join(dir, "regions", name, "policy.yaml"), files.policy);
  }
  const words = vocabulary();
  const network = parseNetwork(readFileSync(join(dir, "network.yaml"), "utf8"), "network.yaml");
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const kinds = wrap(sourceKinds(new URL(`../src/mapping/lenses/sqlFunctions${extension}`, import.meta.url)));
  const registry = await openSources({ networkDir: dir, dataDir, env: { HUB_DATA: dataDir }, vocabulary: words, kinds, log: (event) => void process.stderr.write(`${JSON.stringify(event)}\n`) });
  const policies = registry.list().map((source) => {
    if (source.status !== "ready") throw new Error(`${source.id} is ${source.status}`);
    const { mapping, region } = source.source;
    const file = `regions/${source.id}/policy.yaml`;
    return parsePolicy(readFileSync(join(dir, file), "utf8"), file, { region, timeZone: network.timeZone, vocabulary: words, network, sources: [policySourceOf(mapping, () => null)] });
  });
  const state = hubState(words, network, registry, { epoch: 1, policies });
  const journal = { append: () => Promise.resolve({ id: "bench" }), activate: () => Promise.resolve({ id: "bench" }), close: () => Promise.resolve() };
  const answers = answerer({ state, registry, journal, keys: openKeys(dataDir), now: Date.now, clock: () => performance.now() });
  const agency = (id: string): Agency => {
    const found = [...network.agencies.values()].find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no agency ${id}`);
    return found;
  };
  return {
    state,
    agency,
    async ask(id, document) {
      const nowMs = Date.now();
      const permit = state.permitOf(agency(id), purpose, nowMs);
      const plan = compile({ schema: state.schemaOf(permit), document: parse(document), operationName: null, variables: {}, context: state.planContext(permit) });
      const body = await answers.answerText({
        principal: { kind: "agency", agency: agency(id), anonymous: false, purposes: [purpose], mintedBy: "bench", expiresAtMs: Number.POSITIVE_INFINITY },
        permit,
        plan,
        variables: {},
        correlationId: "bench",
        documentHash: "",
        nowMs,
        signal: new AbortController().signal,
        generation: state.current().number,
        introspection: null,
      });
      // Nobody keeps count here, so nothing comes in pieces.
      return typeof body === "string" ? body : Buffer.concat(body).toString();
    },
    close: () => registry.close(),
  };
}
