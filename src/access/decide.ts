/**
 * Policies → Permit: every rule that bears on one agency and purpose now, per source, entity and door, with its row predicates still
 * open (semantics.md §2, §8). Default deny: what no rule grants is in no scope.
 */
import { HubError } from "../../schema/errorCodes.ts";
import type { Coordinate, EntityName, Purpose, RegionCode, SourceId } from "../../schema/ids.ts";
import type { EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import type { Agency, Network } from "../identity/network.ts";
import type { Lost } from "../mapping/lost.ts";
import { withLost } from "./lostScope.ts";
import { permitHashOf, schemaHashOf, sliceOf } from "./permitHashes.ts";
import { addresses } from "./parseGrantees.ts";
import { publicationKey, scopeKey, sliceKey, type Door, type Permit, type Publication, type PublishedFigures, type Reach, type Scope } from "./permit.ts";
import { doors, type Policy, type PublishingRule } from "./policy.ts";
import { addPublished, distinctScopes, publicationsOf } from "./publications.ts";
import { addReach } from "./reach.ts";
import { binds, clausesOf, rulesFor, type Asking, type Clauses } from "./scopes.ts";

/** A source as far as a permit depends on it: from its files, so that a permit is the same while the source is down. */
export interface PermitSource {
  readonly id: SourceId;
  readonly region: RegionCode;
  /** Of the mapping: part of the touched slice. */
  readonly version: string;
  /** Does the mapping supply the entity? There is no scope where it does not. */
  maps(entity: EntityName): boolean;
  /** What its tables have lost since. */
  readonly lost?: Lost;
}

export interface DecideInput {
  readonly vocabulary: Vocabulary;
  /** At most one of a region. A region without one is joining: nothing is granted there. */
  readonly policies: readonly Policy[];
  readonly network: Network;
  readonly sources: readonly PermitSource[];
  readonly agency: Agency;
  /** Null only for agencies that have no purpose, such as the anonymous one. */
  readonly purpose: Purpose | null;
  readonly nowMs: number;
  readonly epoch: number;
}

/**
 * Levels are the owner's rules for every attribute of the vocabulary; an attribute that a source does not map is NULL there by value,
 * not by disposition.
 *
 * @throws HubError PURPOSE_REQUIRED, PURPOSE_NOT_ALLOWED
 */
export function decide(input: DecideInput): Permit {
  const { agency, purpose, network, policies } = input;
  if (purpose === null && agency.purposes.length > 0) throw new HubError("PURPOSE_REQUIRED");
  if (purpose !== null && !agency.purposes.includes(purpose)) throw new HubError("PURPOSE_NOT_ALLOWED");

  const scopes = new Map<string, Scope>();
  const publications: Publication[] = [];
  const published = new Map<EntityName, PublishedFigures>();
  const reach = { query: new Map<Coordinate, Reach>(), aggregate: new Map<Coordinate, Reach>() };
  for (const policy of policies.toSorted((a, b) => (a.region < b.region ? -1 : 1))) {
    const decided = decidePolicy(policy, input);
    for (const entity of input.vocabulary.entities.values()) {
      addReach(reach.query, entity, decided.clauses(entity, "query"));
      addReach(reach.aggregate, entity, decided.clauses(entity, "aggregate"));
    }
    addPublished(published, policy.region, decided.published, input);
    for (const source of input.sources.filter(({ region }) => region === policy.region).toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      for (const scope of decided.scopes(source)) scopes.set(scopeKey(scope.source, scope.entity, scope.door), scope);
      publications.push(...decided.publications(source));
    }
  }
  return {
    agency: agency.id,
    purpose,
    epoch: input.epoch,
    scopes,
    publications,
    published,
    reach,
    expiresAtMs: nextChangeMs(policies, agency, network, input.nowMs),
    schemaHash: schemaHashOf(reach, published),
    permitHash: permitHashOf(scopes, publications),
    slices: slicesOf(input, scopes, publications),
    figureSlices: new Map(publications.map((publication) => [publicationKey(publication), sliceOf(versionOf(input, publication.source), [], [publication], agency)])),
  };
}

interface Decided {
  clauses(entity: EntityDef, door: Door): Clauses;
  scopes(source: PermitSource): readonly Scope[];
  /** Rules that publish, whatever the sources. */
  readonly published: readonly PublishingRule[];
  publications(source: PermitSource): readonly Publication[];
}

/** One owner's rules; sources of the region share the clauses. */
function decidePolicy(policy: Policy, input: DecideInput): Decided {
  const { agency, purpose, vocabulary } = input;
  const asking: Asking = input;
  const rules = rulesFor(policy, asking);
  const published = rules.filter((rule): rule is PublishingRule => rule.effect.kind === "publish" && binds(rule, purpose, "aggregate"));
  const memo = new Map<string, Clauses>();
  const clausesFor = (entity: EntityDef, door: Door, forPurpose: Purpose | null): Clauses => {
    const key = `${entity.name}|${door}|${forPurpose ?? ""}`;
    const known = memo.get(key);
    if (known) return known;
    const clauses = clausesOf(rules.filter((rule) => binds(rule, forPurpose, door)), entity, asking);
    memo.set(key, clauses);
    return clauses;
  };
  const scopesOf = (source: PermitSource, entity: EntityDef, forPurpose: Purpose | null): readonly Scope[] =>
    doors
      .map((door): Scope => ({ source: source.id, region: policy.region, entity: entity.name, door, ...clausesFor(entity, door, forPurpose) }))
      .filter(({ grants }) => grants.length > 0);
  /** An agency without purposes asks for none. */
  const everyPurpose: readonly (Purpose | null)[] = agency.purposes.length > 0 ? agency.purposes : [null];

  return {
    clauses: (entity, door) => clausesFor(entity, door, purpose),
    published,
    scopes: (source) =>
      [...vocabulary.entities.values()].filter(({ name }) => source.maps(name)).flatMap((entity) => scopesOf(source, entity, purpose).map((scope) => withLost(scope, source.lost?.get(entity.name)))),
    publications: (source) =>
      publicationsOf(
        policy,
        published,
        source.id,
        (name) => (source.maps(name) ? vocabulary.entities.get(name) : undefined),
        (entity) => clausesFor(entity, "aggregate", purpose),
        (entity) => distinctScopes(everyPurpose.toSorted().flatMap((forPurpose) => scopesOf(source, entity, forPurpose))),
        asking,
      ),
  };
}

/** Only rules that address the agency: those of others must not be felt. */
function nextChangeMs(policies: readonly Policy[], agency: Agency, network: Network, nowMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const policy of policies) {
    for (const rule of policy.rules) {
      if (!addresses(rule, agency, policy.region, network)) continue;
      for (const boundaryMs of [rule.fromMs, rule.untilMs]) {
        if (boundaryMs > nowMs) next = Math.min(next, boundaryMs);
      }
    }
  }
  return next;
}

const versionOf = ({ sources }: DecideInput, id: SourceId): string => sources.find((source) => source.id === id)?.version ?? "";

function slicesOf(input: DecideInput, scopes: ReadonlyMap<string, Scope>, publications: readonly Publication[]): ReadonlyMap<string, string> {
  const slices = new Map<string, string>();
  for (const source of input.sources) {
    for (const entity of input.vocabulary.entities.keys()) {
      if (!source.maps(entity)) continue;
      const touching = doors.flatMap((door) => scopes.get(scopeKey(source.id, entity, door)) ?? []);
      const published = publications.filter((publication) => publication.source === source.id && publication.entity === entity);
      slices.set(sliceKey(source.id, entity), sliceOf(source.version, touching, published, input.agency));
    }
  }
  return slices;
}
