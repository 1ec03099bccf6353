/**
 * Row ids: `Station.beijing.TAIL` (semantics.md §3).
 *
 * Entity and source stand in the open; the tail is the sealed locator, under a key per (agency, entity, source), so that ids tell
 * nothing and two agencies cannot compare them. A mapping that declares its key public gets `Station.beijing.~LOCATOR` instead.
 */
import { hkdfSync } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { type AgencyId, asEntityName, asSourceId, type EntityName, type SourceId } from "../../schema/ids.ts";
import { sha256Text } from "./sha256.ts";
import { locatorBytes, locatorOf, locatorOfText, locatorText } from "./locator.ts";
import { type SivKey, sivKey, sivOpen, sivSeal } from "./siv.ts";

/** How ids of one (entity, source) are spelled for one agency; "public" for keys that the mapping shows to everyone. */
export type IdKey = SivKey | "public";

export interface IdParts {
  readonly entity: EntityName;
  readonly source: SourceId;
  readonly tail: string;
}

/** 500 agencies × 11 entities × 5 sources fit; one key takes about 1 kB. */
const keysMax = 30_000;

/** Derives (HKDF, RFC 5869) and remembers the keys of one hub. */
export const makeIdKeys = (idMaster: Buffer): ((agency: AgencyId, entity: EntityName, source: SourceId) => SivKey) => {
  const known = new LRUCache<string, SivKey>({ max: keysMax });
  return (agency, entity, source) => {
    // None of the three names can contain a line feed, so no two triples give the same text.
    const name = `${agency}\n${entity}\n${source}`;
    let key = known.get(name);
    if (key === undefined) {
      key = sivKey(Buffer.from(hkdfSync("sha256", idMaster, "", name, 64)));
      known.set(name, key);
    }
    return key;
  };
};

/** The id of a row. `prefix` is `idPrefix(entity, source)`, made once a plan. */
export const encodeId = (prefix: string, locator: readonly Cell[], key: IdKey): string =>
  key === "public" ? `${prefix}~${locatorText(locator)}` : prefix + sivSeal(key, locatorBytes(locator)).toString("base64url");

export const idPrefix = (entity: EntityName, source: SourceId): string => `${entity}.${source}.`;

const idForm = /^([A-Za-z][A-Za-z0-9_]{0,99})\.([A-Za-z0-9_-]{1,100})\.([\x21-\x7e]{1,1800})$/;

/** Null where the text is no id at all (INVALID_ID). Whether entity and source are in the caller's schema is the caller's to ask. */
export const parseId = (text: string): IdParts | null => {
  const found = idForm.exec(text);
  if (found === null) return null;
  const [, entity = "", source = "", tail = ""] = found;
  return { entity: asEntityName(entity), source: asSourceId(source), tail };
};

/**
 * The locator of an id's tail, of `cells` cells. Never fails: a tail that was not made with this key gives a locator that no row
 * has, the same one each time, and is asked for all the same, so that forged, hidden and never-existing ids give the same bytes.
 */
export const decodeTail = (tail: string, key: IdKey, cells: number): readonly Cell[] => {
  const locator = key === "public" ? openPublic(tail) : openSealed(tail, key);
  return locator !== null && locator.length === cells ? locator : impossible(tail, cells);
};

const openPublic = (tail: string): readonly Cell[] | null => (tail.startsWith("~") ? locatorOfText(tail.slice(1)) : null);

const openSealed = (tail: string, key: SivKey): readonly Cell[] | null => {
  const sealed = Buffer.from(tail, "base64url");
  // Node skips what is not base64url; an id has one spelling.
  if (sealed.toString("base64url") !== tail) return null;
  const bytes = sivOpen(key, sealed);
  return bytes === null ? null : locatorOf(bytes);
};

/** U+E000 is for private use and in no register's keys; 256 bits of hash make a match with a stored text impossible in practice. */
const impossible = (tail: string, cells: number): readonly Cell[] => Array<Cell>(cells).fill(`\ue000${sha256Text(tail)}`);
