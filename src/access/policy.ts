/**
 * A region's policy as data: what `policy.yaml` says, resolved so that bad references cannot exist in it (languages.md §3).
 *
 * `open`, doors and purposes are expanded on the day of parsing and so are part of the value; groups and `own` stay symbolic, because
 * the network decides who is in them.
 */
import type { AgencyId, EntityName, Purpose, RegionCode, RuleId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { Level } from "../../schema/vocabulary.ts";
import type { Place } from "../mapping/yamlFile.ts";
import type { Door, Words } from "./permit.ts";

export type Grantee =
  /** Agencies whose region is exactly the owner's. */
  | { readonly kind: "own" }
  /** Every agency but the anonymous one. */
  | { readonly kind: "agencies" }
  /** Every agency, the anonymous one included. */
  | { readonly kind: "everyone" }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "agency"; readonly agency: AgencyId };

export interface AttributeLevels {
  /** Level of `all`: every attribute, those of later vocabularies too. */
  readonly every: Level | null;
  readonly named: ReadonlyMap<string, Level>;
}

export interface PublishedTable {
  readonly by: readonly string[];
  readonly measures: ReadonlyMap<string, readonly ("sum" | "avg")[]>;
  readonly minGroup: number;
}

export type Effect =
  /** `allow`, `mask`: raise cells to these levels. */
  | { readonly kind: "grant"; readonly levels: ReadonlyMap<EntityName, AttributeLevels> }
  /** `deny`, `atMost`: lower cells to these levels; `hide`: take rows out. */
  | { readonly kind: "restrict"; readonly levels: ReadonlyMap<EntityName, AttributeLevels>; readonly hides: ReadonlySet<EntityName> }
  | { readonly kind: "publish"; readonly tables: ReadonlyMap<EntityName, PublishedTable> };

export interface Rule {
  readonly id: RuleId;
  readonly at: Place;
  readonly to: readonly Grantee[];
  readonly except: readonly Grantee[];
  readonly effect: Effect;
  /** `all` and the entity's own predicate together; an entity without one is not in it. */
  readonly where: ReadonlyMap<EntityName, Predicate>;
  /** Null: every purpose and none, later ones too (restrictions only). */
  readonly purposes: ReadonlySet<Purpose> | null;
  /** Binds a caller without any purpose too. */
  readonly withoutPurpose: boolean;
  /** Null: every door, later ones too (restrictions only). */
  readonly doors: ReadonlySet<Door> | null;
  /** Valid while fromMs ≤ now < untilMs (epoch ms). */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly basis: string | null;
  /** What others may read of it; never the predicate. */
  readonly reason: Words | null;
}

export type PublishingRule = Rule & { readonly effect: Extract<Rule["effect"], { readonly kind: "publish" }> };

export interface Policy {
  readonly region: RegionCode;
  readonly rules: readonly Rule[];
}

export const doors: readonly Door[] = ["query", "aggregate", "subscribe", "export"];
