/**
 * A compiled operation: what to ask of which source, in which strata, and how rows become the answer.
 *
 * Holds no key, agency id, attribute value or variable value: operands are slots that `bind` fills, so one plan serves every agency
 * with an equal permitHash and every value of the variables with an equal shape.
 */
import type { Door, Permit } from "../access/permit.ts";
import type { Lost } from "../mapping/lost.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import type { CompareOperator, Operand } from "../../schema/predicate.ts";
import type { RegionCode, SourceId } from "../../schema/ids.ts";
import type { OperandSource } from "./arguments.ts";
import type { PublicationScan } from "./lowerPublication.ts";
import type { Scan } from "./scan.ts";
import type { Filter, SemiJoin } from "./semiJoin.ts";

/** What compile needs to know of a source: its mapping. Whether it answers is no concern of a plan. */
export interface PlanSource {
  readonly id: SourceId;
  readonly region: RegionCode;
  /** What of it is read now. */
  readonly mapping: Mapping;
  /** What drift has taken from it. */
  readonly lost: Lost;
}

/** A source of the network's files that cannot be asked at all, and of which not even the mapping is known. */
export interface AbsentSource {
  readonly source: SourceId;
  /** Null where its files do not say so either. */
  readonly region: RegionCode | null;
}

export interface PlanContext {
  readonly vocabulary: Vocabulary;
  readonly permit: Permit;
  /** Ordered by id: the order of answers. */
  readonly sources: readonly PlanSource[];
  /** Those that have, or may have, a policy: what is planned without them is no whole. */
  readonly absent: readonly AbsentSource[];
  /** Zone of time buckets that name none. */
  readonly timeZone: string;
}

/** Index into `OperationPlan.slots`. */
export type OperandSlot = number;

export interface PlanSlot {
  readonly source: OperandSource;
  /** Types the value and bounds its digits; null: an integer or text argument, taken as it is. */
  readonly attribute: AttributeDef | null;
  /** For messages: where in the document the value is used, in the caller's own words. */
  readonly argument: string;
  /** A measure of a group (count, sum, avg) is compared, not the attribute itself: its digits are not bounded by the scale. */
  readonly measure: boolean;
}

export type NodeField =
  | { readonly kind: "attribute"; readonly key: string; readonly attribute: AttributeDef; readonly parts: readonly ObjectPartField[] | null }
  | { readonly kind: "id"; readonly key: string }
  | { readonly kind: "ownerRegion"; readonly key: string }
  | { readonly kind: "typename"; readonly key: string; readonly name: string }
  | { readonly kind: "region"; readonly key: string; readonly attribute: AttributeDef; readonly region: RegionSelection }
  | { readonly kind: "provenance"; readonly key: string; readonly fields: readonly ProvenanceField[] }
  | { readonly kind: "original"; readonly key: string; readonly of: AttributeDef; readonly fields: readonly OriginalField[] }
  | { readonly kind: "link"; readonly key: string; readonly attribute: AttributeDef; readonly target: NodeSelection }
  | { readonly kind: "across"; readonly key: string; readonly link: AcrossLinkDef; readonly first: IntArgument; readonly target: NodeSelection }
  | { readonly kind: "acrossCount"; readonly key: string; readonly link: AcrossLinkDef; readonly partial: boolean };

export interface ObjectPartField {
  readonly key: string;
  /** Name of the part, or `__typename`. */
  readonly part: string;
}
export interface ProvenanceField {
  readonly key: string;
  readonly field: "source" | "ownerRegion" | "receivedAt" | "revision" | "mappingVersion" | "__typename";
  readonly attribute: AttributeDef | null;
}
export interface OriginalField {
  readonly key: string;
  readonly field: "value" | "unit" | "code" | "__typename";
}

/** Fields of the hub constant Region, `parent` nested. Null: the region is printed as its code. */
export interface RegionSelection {
  readonly fields: readonly { readonly key: string; readonly field: string; readonly nested: RegionSelection | null }[];
}

export interface NodeSelection {
  readonly entity: EntityDef;
  readonly fields: readonly NodeField[];
}

export interface OrderTerm {
  readonly path: readonly [string, ...string[]];
  readonly descending: boolean;
}

export type EdgeField =
  | { readonly kind: "cursor"; readonly key: string }
  | { readonly kind: "node"; readonly key: string; readonly selection: NodeSelection }
  | { readonly kind: "typename"; readonly key: string; readonly name: string };

export interface ConnectionFields {
  /** In response order. */
  readonly fields: readonly (
    | { readonly kind: "nodes"; readonly key: string; readonly selection: NodeSelection }
    | { readonly kind: "edges"; readonly key: string; readonly fields: readonly EdgeField[] }
    | { readonly kind: "pageInfo"; readonly key: string; readonly fields: readonly { readonly key: string; readonly field: string }[] }
    | { readonly kind: "totalCount"; readonly key: string; readonly partial: boolean }
    | { readonly kind: "typename"; readonly key: string; readonly name: string }
  )[];
}

export type IntArgument = { readonly literal: number | null } | { readonly slot: OperandSlot };
export type TextArgument = { readonly literal: string | null } | { readonly slot: OperandSlot };

export interface ConnectionPlan {
  readonly kind: "connection";
  readonly key: string;
  readonly entity: EntityDef;
  readonly where: Filter;
  /** Of the filter, inner ones first. */
  readonly semiJoins: readonly SemiJoin[];
  readonly order: readonly OrderTerm[];
  readonly first: IntArgument;
  readonly last: IntArgument;
  readonly after: TextArgument;
  readonly before: TextArgument;
  readonly shape: ConnectionFields;
  /** Of `nodes` and of `edges.node`, each printed on its own; null: no rows are needed (totalCount alone). */
  readonly selections: readonly NodeSelection[] | null;
  readonly scans: readonly Scan[];
  readonly count: readonly Scan[] | null;
  /** A source cannot give all of what is counted (lostParts.ts). */
  readonly countIsTorn: boolean;
  /** Hash of field, filter and order as written: with the values of `cursorSlots`, a cursor of another query is refused. */
  readonly cursorHash: string;
  readonly cursorSlots: readonly OperandSlot[];
}

export interface ByIdPlan {
  readonly kind: "byId";
  readonly key: string;
  readonly list: boolean;
  readonly ids: readonly TextArgument[] | { readonly slot: OperandSlot };
  /** Per concrete type that the schema has; `station(id)` has one: an id of another entity is INVALID_ID there. */
  readonly targets: ReadonlyMap<string, { readonly selection: NodeSelection; readonly scans: readonly Scan[] }>;
}

export type AggregateFunctionName = "count" | "countDistinct" | "min" | "max" | "sum" | "avg";

export interface GroupTerm {
  readonly name: string;
  /** Null: the owner region of published rows. */
  readonly path: readonly [string, ...string[]];
  readonly attribute: AttributeDef | null;
  readonly bucket: { readonly bucket: "HOUR" | "DAY" | "MONTH" | "YEAR"; readonly zone: string } | null;
}

export interface Measure {
  readonly fn: AggregateFunctionName;
  /** Null: rows are counted. */
  readonly attribute: AttributeDef | null;
  /** Through links for countDistinct; else the attribute itself. */
  readonly path: readonly [string, ...string[]];
}

/** What a condition or order on a finished group looks at. */
export type GroupColumn = { readonly measure: number } | { readonly group: number } | { readonly ownerRegion: true };

/** A condition on a finished group, three-valued as every filter. */
export type Having =
  | { readonly kind: "and" | "or"; readonly of: readonly Having[] }
  | { readonly kind: "not"; readonly of: Having }
  | { readonly kind: "isNull"; readonly on: GroupColumn; readonly isNull: boolean }
  | { readonly kind: "compare"; readonly on: GroupColumn; readonly attribute: AttributeDef | null; readonly operator: CompareOperator; readonly operand: Operand };

export interface GroupOrder {
  readonly on: GroupColumn;
  readonly descending: boolean;
}

export type GroupField =
  | { readonly kind: "key"; readonly key: string; readonly fields: readonly { readonly key: string; readonly on: GroupColumn | null; readonly typename: string }[] }
  | { readonly kind: "count"; readonly key: string; readonly measure: number }
  | { readonly kind: "measures"; readonly key: string; readonly fields: readonly { readonly key: string; readonly measure: number | null; readonly typename?: string }[] }
  | { readonly kind: "typename"; readonly key: string; readonly name: string };

export interface AggregatePlan {
  readonly kind: "aggregate" | "published";
  readonly key: string;
  readonly entity: EntityDef;
  readonly where: Filter;
  readonly semiJoins: readonly SemiJoin[];
  readonly groups: readonly GroupTerm[];
  readonly measures: readonly Measure[];
  readonly having: Having | null;
  /** Filter of published rows, over what owners publish; `group` indexes the entity's attributes. */
  readonly publishedWhere: Having | null;
  readonly order: readonly GroupOrder[];
  readonly first: IntArgument;
  readonly partial: boolean;
  readonly shape: readonly (
    | { readonly kind: "groups"; readonly key: string; readonly fields: readonly GroupField[] }
    | { readonly kind: "typename"; readonly key: string; readonly name: string }
  )[];
  readonly scans: readonly Scan[];
  readonly publications: readonly PublicationScan[];
  /** A source cannot give all of what is asked (lostParts.ts): groups would be of less than there is. */
  readonly isTorn: boolean;
}

export type RootPlan =
  | ConnectionPlan
  | ByIdPlan
  | AggregatePlan
  | { readonly kind: "regions"; readonly key: string; readonly one: OperandSlot | null; readonly within: OperandSlot | null; readonly level: string | null; readonly region: RegionSelection }
  | { readonly kind: "typename"; readonly key: string };

/** A (coordinate, door) that the document uses, for `withheld` and the disclosure record. */
export interface UsedCoordinate {
  readonly entity: EntityDef;
  readonly attribute: string;
  readonly door: Door;
}

export interface OperationPlan {
  readonly roots: readonly RootPlan[];
  readonly slots: readonly PlanSlot[];
  readonly used: readonly UsedCoordinate[];
  /** The operation asks `__schema` or `__type`: those fields are answered by graphql-js over the projected schema. */
  readonly introspection: boolean;
  readonly doors: readonly Door[];
  readonly context: PlanContext;
}
