/**
 * What is in force now: policies at an epoch over the sources as they stand, and the permits, schemas and plans made from them.
 *
 * Everything cached here is keyed by hashes that hold whatever it depends on; a change of policy or sources starts a new generation,
 * and what the old one made is dropped whole.
 */
import { LRUCache } from "lru-cache";
import type { GraphQLSchema } from "graphql";
import type { DeclaredVocabulary } from "../../schema/collect.ts";
import type { Purpose } from "../../schema/ids.ts";
import { decide, type PermitSource } from "../access/decide.ts";
import type { Permit } from "../access/permit.ts";
import type { Policy } from "../access/policy.ts";
import { projectSchema } from "../access/projectSchema.ts";
import type { Agency, Network } from "../identity/network.ts";
import { versionWithout } from "../mapping/lost.ts";
import type { AbsentSource, PlanContext, PlanSource } from "../plan/operationPlan.ts";
import type { SourceRegistry } from "../sources/registry.ts";

export interface PolicySet {
  readonly epoch: number;
  readonly policies: readonly Policy[];
}

/** One generation: immutable but for its caches. */
export interface Generation {
  readonly number: number;
  readonly policySet: PolicySet;
  readonly sources: readonly PlanSource[];
  /** Sources that have a policy, or may have one, and cannot be asked: every answer says so. */
  readonly absent: readonly AbsentSource[];
  readonly permits: Map<string, Permit>;
}

export interface HubState {
  readonly vocabulary: DeclaredVocabulary;
  readonly network: Network;
  current(): Generation;
  /** The permit in force for an agency and purpose; throws what `decide` throws. */
  permitOf(agency: Agency, purpose: Purpose | null, nowMs: number): Permit;
  schemaOf(permit: Permit): GraphQLSchema;
  planContext(permit: Permit): PlanContext;
  /** Puts policies into force; called by the journal's serial writer once the epoch is durable. */
  apply(policySet: PolicySet): void;
}

/** Equal schemas share one; a network of 500 agencies has tens of them. */
const schemasMax = 200;

export function hubState(vocabulary: DeclaredVocabulary, network: Network, registry: SourceRegistry, initial: PolicySet): HubState {
  const schemas = new LRUCache<string, GraphQLSchema>({ max: schemasMax });
  let generation = newGeneration(0, initial, registry);
  registry.onChange(() => {
    generation = newGeneration(generation.number + 1, generation.policySet, registry);
  });
  const state: HubState = {
    vocabulary,
    network,
    current: () => generation,
    permitOf(agency, purpose, nowMs) {
      const { permits, policySet, sources } = generation;
      const key = `${agency.id}\u0001${purpose ?? ""}`;
      const known = permits.get(key);
      if (known !== undefined && nowMs < known.expiresAtMs) return known;
      const permit = decide({
        vocabulary,
        policies: policySet.policies,
        network,
        sources: sources.map(permitSource),
        agency,
        purpose,
        nowMs,
        epoch: policySet.epoch,
      });
      permits.set(key, permit);
      return permit;
    },
    schemaOf(permit) {
      const known = schemas.get(permit.schemaHash);
      if (known !== undefined) return known;
      const made = projectSchema(vocabulary, permit);
      schemas.set(permit.schemaHash, made);
      return made;
    },
    planContext: (permit) => ({ vocabulary, permit, sources: generation.sources, absent: generation.absent, timeZone: network.timeZone }),
    apply(policySet) {
      generation = newGeneration(generation.number + 1, policySet, registry);
    },
  };
  return state;
}

function newGeneration(number: number, policySet: PolicySet, registry: SourceRegistry): Generation {
  const sources: PlanSource[] = [];
  const absent: AbsentSource[] = [];
  const governed = new Set(policySet.policies.map((policy) => policy.region));
  for (const state of registry.list()) {
    if (state.status === "ready") sources.push({ id: state.id, region: state.source.region, mapping: state.source.present, lost: state.source.lost });
    // Where not even the region can be read, which policy would be the source's is not known.
    else if (state.region === null || governed.has(state.region)) absent.push({ source: state.id, region: state.region });
  }
  return { number, policySet, sources, absent, permits: new Map() };
}

const permitSource = (source: PlanSource): PermitSource => ({
  id: source.id,
  region: source.region,
  // What drift takes away is a change of the mapping.
  version: versionWithout(source.mapping, source.lost),
  maps: (entity) => source.mapping.entities.has(entity),
  lost: source.lost,
});
