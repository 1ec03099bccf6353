/** The hub's parts, opened on the network of `networks/china` over real files, and a way to ask as an agency. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GraphQLSchema, parse, validate } from "graphql";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asPurpose } from "../../schema/ids.ts";
import { policySourceOf } from "../../src/access/mappedSource.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import type { Policy } from "../../src/access/policy.ts";
import { openJournal } from "../../src/audit/openJournal.ts";
import { type Answer, answerer } from "../../src/gateway/answerOperation.ts";
import { hubState } from "../../src/gateway/hubState.ts";
import { openKeys } from "../../src/identity/keys.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { compile } from "../../src/plan/compile.ts";
import { openSources, type SourceRegistry } from "../../src/sources/registry.ts";

const china = join(import.meta.dirname, "networks/china");
/** The files carry licences of their own and are no part of the project. */
export const realData = process.env.ONE_NETWORK_REAL_DATA ?? join(import.meta.dirname, "../../../shared/data");

/** Whether to skip, said aloud; where services are required, absence is a failure. */
export function isAbsent(): boolean {
  if (existsSync(join(realData, "beijing-prsa"))) return false;
  const reason = "there are no real files; set ONE_NETWORK_REAL_DATA to the folder that holds beijing-prsa";
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(reason);
  console.warn(`test/realData is skipped: ${reason}`);
  return true;
}

export interface RealNetwork {
  readonly registry: SourceRegistry;
  readonly log: readonly string[];
  /** What the agency sees. */
  schemaOf(agency: string, purpose: string): GraphQLSchema;
  ask(agency: string, document: string, variables?: Readonly<Record<string, unknown>>, purpose?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Another network than the real files': its folder, and what its sources' `${…}` hold. */
export async function openNetwork({ networkDir = china, env = { ONE_NETWORK_REAL_DATA: realData } }: { readonly networkDir?: string; readonly env?: Readonly<Record<string, string>> } = {}): Promise<RealNetwork> {
  const dataDir = mkdtempSync(join(tmpdir(), "real-data-"));
  const log: string[] = [];
  const network = parseNetwork(readFileSync(join(networkDir, "network.yaml"), "utf8"), "network.yaml");
  const keys = openKeys(dataDir);
  const journal = await openJournal(dataDir);
  const registry = await openSources({
    networkDir,
    dataDir,
    env,
    vocabulary: vocabulary(),
    kinds: sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)),
    firstWaitMs: 100_000,
    log: (event) => void log.push(JSON.stringify(event)),
  });
  const ready = registry.list().flatMap((state) => (state.status === "ready" ? [{ folder: state.file.split("/")[1] ?? "", ...state.source }] : []));
  const policies = [...new Map(ready.map(({ folder, region }) => [folder, region]))].map(([folder, region]): Policy => {
    const file = `regions/${folder}/policy.yaml`;
    const sources = ready.filter((source) => source.region === region).map(({ mapping }) => policySourceOf(mapping, () => null));
    return parsePolicy(readFileSync(join(networkDir, file), "utf8"), file, { region, timeZone: network.timeZone, vocabulary: vocabulary(), network, sources });
  });
  const state = hubState(vocabulary(), network, registry, { epoch: 1, policies });
  const { answer } = answerer({ state, registry, journal, keys, now: Date.now, clock: () => performance.now() });
  const permitOf = (name: string, purposeName: string, nowMs: number) => {
    const agency = [...network.agencies.values()].find(({ id }) => id === name);
    if (!agency) throw new Error(`no agency ${name}`);
    const purpose = asPurpose(purposeName);
    return { agency, purpose, permit: state.permitOf(agency, purpose, nowMs) };
  };
  return {
    registry,
    log,
    schemaOf: (name, purpose) => state.schemaOf(permitOf(name, purpose, Date.now()).permit),
    async ask(name, text, variables = {}, purposeName = "research") {
      const nowMs = Date.now();
      const { agency, purpose, permit } = permitOf(name, purposeName, nowMs);
      const schema = state.schemaOf(permit);
      const document = parse(text);
      const [problem] = validate(schema, document);
      if (problem) throw problem;
      const plan = compile({ schema, document, operationName: null, variables, context: state.planContext(permit) });
      return answer({
        principal: { kind: "agency", agency, anonymous: false, purposes: [purpose], mintedBy: "cli", expiresAtMs: nowMs + 60_000 },
        permit,
        plan,
        variables,
        correlationId: "test",
        generation: state.current().number,
        introspection: null,
        documentHash: createHash("sha256").update(text).digest("hex"),
        nowMs,
        signal: AbortSignal.timeout(60_000),
      });
    },
    async close() {
      await registry.close();
      await journal.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
