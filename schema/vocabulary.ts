/**
 * The vocabulary as data: what `@Entity` and `@Attribute` declare, and what every other room reads.
 *
 * Mapping, policy, plan and gateway know entities only through these values; none of them imports an entity class.
 */
import type { EntityName } from "./ids.ts";
import type { Path } from "./predicate.ts";

/** Sharing classes of 政务数据共享条例: 无条件 unconditional, 有条件 conditional, 不予共享 not shared. */
export type SharingClass = "U" | "C" | "N";
/** 一般 general, 重要 important, 核心 core, 个人信息 personal. */
export type Sensitivity = "G" | "I" | "K" | "P";

/** Names of the mask functions of `src/harmonise/masks.ts` (domain.md §3.3). */
export type MaskName =
  | "person-name"
  | "phone"
  | "id-number"
  | "address"
  | "bank-account"
  | "uscc"
  | "plate"
  | "grid-0.01"
  | "year"
  | "free-text";

/** What a cell of an attribute holds in unified terms; see `src/harmonise/unified.ts` for the values themselves. */
export type AttributeType =
  | { readonly kind: "text" }
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly EnumValue[] }
  | { readonly kind: "boolean" }
  | { readonly kind: "integer" }
  /** Exact decimal; `scale` = printed digits after the point. `unit` = fixed canonical UCUM unit, or `byPollutant`. */
  | { readonly kind: "decimal"; readonly scale: number; readonly unit?: string | "byPollutant" }
  | { readonly kind: "instant" }
  | { readonly kind: "date" }
  /** HJ 212-2017 code. */
  | { readonly kind: "pollutant" }
  /** A hub constant: the cell holds the region's code; paths go on into `schema/codes/regions`. */
  | { readonly kind: "region" }
  /** A local to-one link; the cell holds the target row's identity in its own source. */
  | { readonly kind: "link"; readonly entity: EntityName }
  /** A list of enum values or texts, one cell. Roles: output, isNull, contains. */
  | { readonly kind: "list"; readonly of: ListItemType }
  /** An object of a few parts, one cell for permissions, e.g. position { lon lat }. Roles: output and isNull. */
  | { readonly kind: "object"; readonly name: string; readonly parts: Readonly<Record<string, ObjectPart>> };

export type ListItemType =
  | { readonly kind: "text" }
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly EnumValue[] };

export interface ObjectPart {
  readonly type: { readonly kind: "decimal"; readonly scale: number } | { readonly kind: "text" } | { readonly kind: "list"; readonly of: { readonly kind: "text" } };
  readonly zh: string;
  readonly en: string;
}

export interface EnumValue {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
}

export interface AttributeDef {
  readonly entity: EntityName;
  readonly name: string;
  readonly type: AttributeType;
  readonly zh: string;
  readonly en: string;
  readonly sharing: SharingClass;
  readonly sensitivity: Sensitivity;
  /** Part of the entity's identity in the vocabulary: a row whose key attribute is NULL is no row. */
  readonly key: boolean;
  /** Masks that a rule may use here, from strictest to loosest; each is a function of the next looser one's output. */
  readonly masks: readonly MaskName[];
  /** Inside `open` when class U; relations, receivedAt, revision and quality never are (semantics.md §2). */
  readonly inOpen: boolean;
  /** Printed inside `provenance { … }` instead of directly on the node (receivedAt, revision). */
  readonly inProvenance: boolean;
}

/** A link that crosses sources: rows of all sources whose value at `targetKey` is CLEAR and equals this row's at `key`; both are texts. */
export interface AcrossLinkDef {
  readonly entity: EntityName;
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly target: EntityName;
  /** Path on a row of the target, whose value must be CLEAR and equal, e.g. ["uscc"]. */
  readonly targetKey: Path;
  /** Path on this row whose value is looked up, e.g. ["enterprise", "uscc"]. */
  readonly key: Path;
}

export interface EntityDef {
  readonly name: EntityName;
  /** GraphQL root names: `station` and `stations`. */
  readonly singular: string;
  readonly plural: string;
  readonly zh: string;
  readonly en: string;
  /** In declaration order, which is the order of the SDL. */
  readonly attributes: ReadonlyMap<string, AttributeDef>;
  readonly acrossLinks: readonly AcrossLinkDef[];
}

export interface Vocabulary {
  readonly entities: ReadonlyMap<EntityName, EntityDef>;
}

/** The chain of dispositions of an attribute, ascending: NULL < strictest mask < … < loosest mask < CLEAR. */
export type Level = "NULL" | "CLEAR" | MaskName;
export const levelChain = (attribute: AttributeDef): readonly Level[] => ["NULL", ...attribute.masks, "CLEAR"];
