/**
 * What one agency may see for one purpose, per source, entity and door: the rules that apply, with their predicates still open.
 *
 * `decide` makes it, `src/plan` splits scans into strata with it, `projectSchema` decides from it which coordinates exist.
 * Agency attributes stay symbolic (`$agency.…` operands); only their presence and emptiness are folded in, so that agencies with
 * equal rules share plans.
 */
import type { Published } from "../../schema/derive/visibility.ts";
import type { AgencyId, Coordinate, EntityName, Purpose, RegionCode, RuleId, SourceId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { Level } from "../../schema/vocabulary.ts";

export type Door = "query" | "aggregate" | "subscribe" | "export";

export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** One rule as it bears on one (source, entity, door): attributes that it does not name are not in `levels`. */
export interface Clause {
  readonly rule: RuleId;
  /** Folded: agency attributes that are missing are UNKNOWN, empty lists FALSE. TRUE where the rule has no predicate. */
  readonly when: Predicate;
  /** Grants raise to this level, restrictions lower to it. */
  readonly levels: ReadonlyMap<string, Level>;
  /** The rule's own public reason, else null (then the kind of rule is named). */
  readonly reason: Words | null;
}

export interface HideClause {
  readonly rule: RuleId;
  readonly when: Predicate;
  readonly reason: Words | null;
}

/** Everything that decides V for one (source, entity, door). No grants: V is empty there. */
export interface Scope {
  readonly source: SourceId;
  readonly region: RegionCode;
  readonly entity: EntityName;
  readonly door: Door;
  readonly grants: readonly Clause[];
  readonly restrictions: readonly Clause[];
  readonly hides: readonly HideClause[];
  /** Where the source's tables changed under its mapping: what cannot be read. */
  readonly lost?: LostScope;
}

export interface LostScope {
  /** Granted attributes whose columns are not what they were. */
  readonly attributes: ReadonlySet<string>;
  /** Which rows there are, or which of them a rule shows, cannot be told: rows may be missing, and `attributes` are all granted ones. */
  readonly rows: boolean;
}

/** A published aggregate of one owner's source (semantics.md §5). */
export interface Publication {
  readonly rule: RuleId;
  readonly source: SourceId;
  readonly region: RegionCode;
  readonly entity: EntityName;
  readonly by: readonly string[];
  readonly measures: ReadonlyMap<string, readonly ("sum" | "avg")[]>;
  readonly minGroup: number;
  readonly when: Predicate;
  readonly hides: readonly HideClause[];
  readonly restrictions: readonly Clause[];
  /** Scopes of this agency under every purpose and door on (source, entity): what is *known* to it. */
  readonly known: readonly Scope[];
}

/** The best a coordinate can reach in some source: decides whether it exists in the schema, and in which roles. */
export type Reach = "MASKED" | "CLEAR";

/** What owners publish of an entity to one agency, by their rules alone: the same whether or not their sources can be asked. */
export interface PublishedFigures extends Published {
  readonly regions: ReadonlySet<RegionCode>;
}

export interface Permit {
  readonly agency: AgencyId;
  readonly purpose: Purpose | null;
  readonly epoch: number;
  /** Keyed by `scopeKey`. Scopes that can grant nothing are absent. */
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly publications: readonly Publication[];
  readonly published: ReadonlyMap<EntityName, PublishedFigures>;
  /** Per door; coordinates that reach nothing are absent. */
  readonly reach: Readonly<Record<"query" | "aggregate", ReadonlyMap<Coordinate, Reach>>>;
  /** Next instant (epoch ms) at which a rule's validity starts or ends; Infinity if none. */
  readonly expiresAtMs: number;
  /** Which coordinates exist in which role: keys the Apollo server. */
  readonly schemaHash: string;
  /** Dispositions, predicate shapes, rule ids and reasons: keys the plan. */
  readonly permitHash: string;
  /** Per `entity|source`: hash of all rules, bound attributes, groups and the mapping version that touch it (semantics.md §8). */
  readonly slices: ReadonlyMap<string, string>;
  /**
   * Per `publicationKey`: hash of everything that decides its figures. Not of what this purpose alone shows, so that two purposes of an
   * agency under which a publication comes to the same have the same figures.
   */
  readonly figureSlices: ReadonlyMap<string, string>;
}

export const scopeKey = (source: SourceId, entity: EntityName, door: Door): string => `${source}|${entity}|${door}`;
/** One grain per agency, over all its purposes. */
export const publicationKey = ({ rule, source, entity }: Pick<Publication, "rule" | "source" | "entity">): string => `${rule}|${entity}|${source}`;
export const sliceKey = (source: SourceId, entity: EntityName): string => `${entity}|${source}`;
