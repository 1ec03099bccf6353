/**
 * The names that the schema derives from the vocabulary, both ways: `src/plan` goes back from them to entities and paths.
 *
 * All functions speak of the whole vocabulary; what an agency sees of it is a subset with the same names.
 */
import type { EntityName } from "../ids.ts";
import type { Path } from "../predicate.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef, Vocabulary } from "../vocabulary.ts";
import { entityOf, isGroupable } from "./visibility.ts";

export interface RootNames {
  readonly one: string;
  readonly many: string;
  readonly aggregate: string;
  readonly published: string;
}

/** `station`, `stations`, `stationsAggregate`, `stationsPublished`. */
export const rootNames = ({ singular, plural }: EntityDef): RootNames => ({
  one: singular,
  many: plural,
  aggregate: `${plural}Aggregate`,
  published: `${plural}Published`,
});

export interface RootField {
  readonly entity: EntityName;
  readonly kind: keyof RootNames;
}

/** From a root field's name to what it asks; `node`, `nodes`, `region` and `regions` are not in it. */
export const rootFields = (vocabulary: Vocabulary): ReadonlyMap<string, RootField> =>
  new Map(
    [...vocabulary.entities.values()].flatMap((entity) =>
      Object.entries(rootNames(entity)).map(([kind, name]) => [name, { entity: entity.name, kind: kind as keyof RootNames }] as const),
    ),
  );

/** `docNo` → `DOC_NO`, `validHours` → `VALID_HOURS`. */
export const enumValueName = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** `["station", "region", "code"]` → `stationRegionCode`. */
const camel = ([first, ...rest]: readonly [string, ...string[]]): string =>
  first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");

/** `penaltyDecisionRecordsCount`: how many rows an across link lists. */
export const acrossCountName = ({ name }: AcrossLinkDef): string => `${name}Count`;

export interface GroupField {
  /** Value of the `field` enum in `groupBy`: `STATION_REGION_CODE`. */
  readonly value: string;
  /** Field in `key`, `countDistinct` and their filters and orders: `stationRegionCode`. */
  readonly field: string;
  /** `["station", "region"]`: a region's path is its code's. */
  readonly path: Path;
  /** The attribute at the end of the path. */
  readonly attribute: AttributeDef;
  /** The link at its beginning, if any. */
  readonly link: AttributeDef | null;
}

const groupField = (link: AttributeDef | null, attribute: AttributeDef): GroupField => {
  const own: readonly [string, ...string[]] = attribute.type.kind === "region" ? [attribute.name, "code"] : [attribute.name];
  const field = camel(link === null ? own : [link.name, ...own]);
  return { value: enumValueName(field), field, path: link === null ? [attribute.name] : [link.name, attribute.name], attribute, link };
};

/** What an entity can be grouped and counted by: its own attributes, and those of rows one link away but for provenance. */
export const groupFields = (entity: EntityDef, vocabulary: Vocabulary): readonly GroupField[] => {
  const attributes = [...entity.attributes.values()];
  const own = attributes.filter(({ type }) => isGroupable(type.kind)).map((attribute) => groupField(null, attribute));
  const linked = attributes.flatMap((link) =>
    link.type.kind !== "link"
      ? []
      : [...entityOf(vocabulary, link.type.entity).attributes.values()]
          .filter(({ type, inProvenance }) => isGroupable(type.kind) && !inProvenance)
          .map((attribute) => groupField(link, attribute)),
  );
  return [...own, ...linked];
};

/** `STATION_REGION_CODE` → `["station", "region"]`. */
export const groupFieldPaths = (entity: EntityDef, vocabulary: Vocabulary): ReadonlyMap<string, Path> =>
  new Map(groupFields(entity, vocabulary).map(({ value, path }) => [value, path]));

/** `stationRegionCode` → `["station", "region"]`; also for `having: { key: … }`, `countDistinct` and their orders. */
export const groupKeyPaths = (entity: EntityDef, vocabulary: Vocabulary): ReadonlyMap<string, Path> =>
  new Map(groupFields(entity, vocabulary).map(({ field, path }) => [field, path]));

/** Published rows know their owner, which is no attribute. */
export const ownerRegionGroup = { value: "OWNER_REGION", field: "ownerRegion" } as const;

/** `original(of:)`: links, keys, objects and what the hub itself adds have no original (semantics.md §3). */
export const hasOriginal = ({ type, key, inProvenance }: AttributeDef): boolean =>
  type.kind !== "link" && type.kind !== "object" && !key && !inProvenance;

/** `VALUE` → `value`, for the enum `ObservationAttribute`. */
export const originalAttributes = (entity: EntityDef): ReadonlyMap<string, string> =>
  new Map([...entity.attributes.values()].filter(hasOriginal).map(({ name }) => [enumValueName(name), name]));

/** Columns of the region table in filters and orders; `code` is the region's own path, the others follow it: `["region", "name"]`. */
export const regionColumns = ["code", "name", "nameEn", "level", "compact"] as const;
export type RegionColumn = (typeof regionColumns)[number];
export const regionPath = (path: Path, column: RegionColumn): Path => (column === "code" ? path : [...path, column]);
