/** What a policy is held against: the vocabulary, the network, and what the mappings of the region's sources say. */
import type { EntityName, RegionCode, SourceId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { AttributeDef, SharingClass, Vocabulary } from "../../schema/vocabulary.ts";
import type { Network } from "../identity/network.ts";

/** One source of the region, as far as its rules depend on it. Read from the mapping, never from the live source. */
export interface PolicySource {
  readonly id: SourceId;
  /** Attributes that the mapping supplies; null where it does not map the entity. */
  mappedAttributes(entity: EntityName): ReadonlySet<string> | null;
  /** `table.column` of every column that feeds the attribute. */
  columns(entity: EntityName, attribute: string): readonly string[];
  /** `table.column` of a key that ids show in the open; empty where the key is not public. */
  publicKeyColumns(entity: EntityName): readonly string[];
  /** Attributes whose lens chain ends in `else`. */
  defaultedAttributes(entity: EntityName): ReadonlySet<string>;
  /** Why the predicate cannot be evaluated exactly in this source, with the mend; null if it can. */
  exactness(entity: EntityName, predicate: Predicate): string | null;
}

export interface PolicyContext {
  readonly region: RegionCode;
  /** The owner's zone, in which days of `from` and `until` begin and end. */
  readonly timeZone: string;
  readonly vocabulary: Vocabulary;
  readonly network: Network;
  readonly sources: readonly PolicySource[];
}

const strictness: Readonly<Record<SharingClass, number>> = { U: 0, C: 1, N: 2 };

/** Class of the attribute in this region: the strictest of all attributes that one of its columns feeds (semantics.md §8). */
export function strictestClass(attribute: AttributeDef, context: PolicyContext): SharingClass {
  let strictest = attribute.sharing;
  for (const source of context.sources) {
    const columns = new Set(source.columns(attribute.entity, attribute.name));
    if (columns.size === 0) continue;
    for (const other of attributesOf(context.vocabulary)) {
      const isStricter = strictness[other.sharing] > strictness[strictest];
      if (isStricter && source.columns(other.entity, other.name).some((column) => columns.has(column))) strictest = other.sharing;
    }
  }
  return strictest;
}

function* attributesOf(vocabulary: Vocabulary): Iterable<AttributeDef> {
  for (const entity of vocabulary.entities.values()) yield* entity.attributes.values();
}
