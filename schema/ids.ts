/**
 * Branded names: two of them mixed up would show one agency another's data, so the compiler keeps them apart.
 * `as…` functions are called where text enters the hub and has been checked there.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** An agency of the network file, e.g. `tianjin-bureau`. */
export type AgencyId = Branded<"AgencyId">;
/** A source: one database of one region, e.g. `hebei`, or `hebei-water` for a region's second database. */
export type SourceId = Branded<"SourceId">;
/** GB/T 2260 code of six digits (or another vocabulary's code in networks outside China). */
export type RegionCode = Branded<"RegionCode">;
/** A purpose of the network file, e.g. `joint-enforcement`. */
export type Purpose = Branded<"Purpose">;
/** A rule's public name, e.g. `hb-air-open`. */
export type RuleId = Branded<"RuleId">;
/** An entity of the vocabulary, e.g. `Station`. */
export type EntityName = Branded<"EntityName">;
/** `Type.field`, as the GraphQL specification says. */
export type Coordinate = Branded<"Coordinate">;

export const asAgencyId = (text: string): AgencyId => text as AgencyId;
export const asSourceId = (text: string): SourceId => text as SourceId;
export const asRegionCode = (text: string): RegionCode => text as RegionCode;
export const asPurpose = (text: string): Purpose => text as Purpose;
export const asRuleId = (text: string): RuleId => text as RuleId;
export const asEntityName = (text: string): EntityName => text as EntityName;
export const coordinate = (entity: EntityName, attribute: string): Coordinate =>
  `${entity}.${attribute}` as Coordinate;
