/**
 * Policies from files into force and kept there (languages.md §3, semantics.md §8).
 *
 * A broken policy stops its region alone, by default deny; while the hub runs, a broken file is refused and the policy in force stays.
 * A policy is held against the mappings of its region's sources as soon as they are known: again whenever one of them comes up, in the
 * same turn of the event loop in which the source becomes askable.
 */
import { HubError, placeOfFault } from "../../schema/errorCodes.ts";
import type { RegionCode } from "../../schema/ids.ts";
import type { Vocabulary } from "../../schema/vocabulary.ts";
import { policySourceOf } from "../access/mappedSource.ts";
import { parsePolicy } from "../access/parsePolicy.ts";
import type { Policy } from "../access/policy.ts";
import type { Journal } from "../audit/disclosure.ts";
import type { Network } from "../identity/network.ts";
import type { Log } from "../observe/logEvents.ts";
import type { SourceRegistry } from "../sources/registry.ts";
import type { Store } from "../store/openStore.ts";
import { confirmEpoch, lastEpoch, reserveEpoch } from "../store/policyEpochs.ts";
import { exactnessOf } from "./exactness.ts";
import { networkHashes, type PolicyFile, readPolicyFile, readPolicyFiles, regionOfFolder, sha256 } from "./policyFiles.ts";

export interface PoliciesInput {
  readonly networkDir: string;
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly registry: SourceRegistry;
  /** Words of `kind` whose sources are read from a mirror. */
  readonly mirroredKinds: ReadonlySet<string>;
  readonly log: Log;
}

/** Policies in force, at the number under which the journal names them. */
export interface PoliciesInForce {
  readonly epoch: number;
  readonly policies: readonly Policy[];
}

export interface PolicyKeeping extends PoliciesInput {
  readonly store: Store;
  readonly journal: Pick<Journal, "activate">;
  /** ISO instant. */
  readonly now: () => string;
}

export interface OpenPolicies {
  readonly initial: PoliciesInForce;
  /** From now on whoever answers is told of changes: call once, after the state that holds the policies has been made. */
  attach(apply: (inForce: PoliciesInForce) => void): void;
  /** Throws POLICY_INVALID (the old policy stays) or CONFIG_INVALID for a region that has no policy file. */
  reload(region: RegionCode): Promise<{ readonly epoch: number; readonly changed: boolean }>;
}

/** What every folder's file comes to now; a region that is not known yet, or whose file is broken, is not in it. */
export function parsePolicies(files: Iterable<PolicyFile>, input: PoliciesInput): readonly Policy[] {
  const policies = new Map<RegionCode, Policy>();
  for (const file of files) {
    const region = regionOfFolder(input.registry, file.folder);
    if (region === null) {
      input.log({ event: "policy.region_unknown", at: file.file });
      continue;
    }
    if (policies.has(region)) {
      input.log({ event: "policy.region_taken", at: file.file, region });
      continue;
    }
    try {
      policies.set(region, parseFile(file, region, input));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      input.log({ event: "policy.refused", code: error.code, at: placeOfFault(error) ?? file.file, region });
    }
  }
  return [...policies.values()];
}

/** Throws POLICY_INVALID with file, line, column and the mend. */
export function parseFile(file: PolicyFile, region: RegionCode, { network, vocabulary, registry, mirroredKinds }: PoliciesInput): Policy {
  const sources = registry.list().flatMap((state) => {
    if (state.status !== "ready" || state.source.region !== region) return [];
    const { mapping } = state.source;
    return [policySourceOf(mapping, exactnessOf(mapping, mirroredKinds.has(mapping.kind)))];
  });
  return parsePolicy(file.text, file.file, { region, timeZone: network.timeZone, vocabulary, network, sources });
}

/** Equal files at the next start are the same epoch; others get the next number, and the journal names it before anyone is answered. */
export async function openPolicies(input: PolicyKeeping): Promise<OpenPolicies> {
  const { networkDir, registry, store, journal } = input;
  const files = new Map((await readPolicyFiles(networkDir)).map((file) => [file.folder, file]));
  const last = lastEpoch(store);
  let hashes = await networkHashes(networkDir);
  let epoch = last?.epoch ?? 0;
  let known = readySources(registry);
  let current = parsePolicies(files.values(), input);
  let apply: (inForce: PoliciesInForce) => void = () => undefined;

  const activate = async (next: Readonly<Record<string, string>>, bring: () => void): Promise<void> => {
    const number = (lastEpoch(store)?.epoch ?? 0) + 1;
    reserveEpoch(store, { epoch: number, activatedAt: input.now(), files: next });
    const receipt = await journal.activate(number, next, () => {
      epoch = number;
      hashes = next;
      bring();
    });
    confirmEpoch(store, number, receipt.id);
  };
  if (last === null || last.receipt === "" || JSON.stringify(last.files) !== JSON.stringify(hashes)) await activate(hashes, () => undefined);

  // Two reloads at once would take one number twice.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const result = turn.then(run, run);
    turn = result.catch(() => undefined);
    return result;
  };

  const reload = async (region: RegionCode): Promise<{ epoch: number; changed: boolean }> => {
    const folder = [...files.keys()].find((name) => regionOfFolder(registry, name) === region) ?? registry.list().map(({ file }) => file.split("/")[1] ?? "").find((name) => regionOfFolder(registry, name) === region);
    const file = folder === undefined ? null : await readPolicyFile(networkDir, folder);
    if (folder === undefined || file === null) throw new HubError("CONFIG_INVALID", { problem: `Region ${region} has no policy file; write \`policy.yaml\` beside its source file.` });
    // Parsed whatever the bytes: what the file says may be in force only in part, because a source came up that it does not fit.
    const policy = parseFile(file, region, input);
    const hash = sha256(file.text);
    if (hashes[file.file] === hash && current.some((known) => known.region === region)) return { epoch, changed: false };
    await activate({ ...hashes, [file.file]: hash }, () => {
      files.set(folder, file);
      current = [...current.filter((known) => known.region !== region), policy];
      apply({ epoch, policies: current });
    });
    input.log({ event: "policy.activated", epoch });
    return { epoch, changed: true };
  };

  return {
    initial: { epoch, policies: current },
    attach: (next) => {
      apply = next;
      const follow = (): void => {
        const now = readySources(registry);
        if (now === known) return;
        known = now;
        current = parsePolicies(files.values(), input);
        apply({ epoch, policies: current });
      };
      registry.onChange(follow);
      // One may have come up while the epoch was being recorded.
      follow();
    },
    reload: (region) => inTurn(() => reload(region)),
  };
}

/** Changes when a source's mapping becomes known or another one. */
const readySources = (registry: SourceRegistry): string =>
  registry.list().map((state) => `${state.id} ${state.status === "ready" ? state.source.mapping.version : state.status}`).join("\n");
