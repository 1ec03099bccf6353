/**
 * The last answer of each query to sources whose region lets it stand in for them while they do not answer (`stale:` of `source.yaml`).
 *
 * The key holds everything that the rows may depend on: who asked, for what, under which rules and mapping, and the bound query to its last
 * byte. So nothing crosses from one agency, purpose, permit, epoch or value to another (semantics.md §8); whatever is not found is missing.
 */
import { getHeapStatistics } from "node:v8";
import { LRUCache } from "lru-cache";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import { answerCharactersMax, charactersOf } from "../../adapters/contract/adapter.ts";
import type { SourceTemplate } from "../../adapters/contract/sourceQuery.ts";
import type { Permit } from "../access/permit.ts";
import { sha256Text } from "../identity/sha256.ts";
import type { Rows } from "./callSource.ts";

/** Whose answers they are. */
export interface Asked {
  readonly agencyId: string;
  readonly permit: Pick<Permit, "purpose" | "epoch" | "permitHash">;
  /** Of the mapping, and of what its source's tables have lost since. */
  readonly mappingVersion: string;
}

export interface LastAnswers {
  remember(key: string, rows: Rows): void;
  /** Null where there is none, or none as young as that. */
  find(key: string, maxAgeMs: number): { readonly rows: Rows; readonly ageMs: number } | null;
  /** What was answered under other rules than these can never be found again: it goes at once. */
  keepEpoch(epoch: number): void;
}

/** Characters that all answers may hold together, about: twice as many bytes. A heap below the usual four gigabytes has less for them. */
const charactersMax = Math.min(2 * answerCharactersMax, Math.floor(getHeapStatistics().heap_size_limit / 64));
/** One answer may not drive out all others. */
const oneMax = Math.floor(charactersMax / 16);
/** What a cell and a row weigh besides their texts. */
const cellWeight = 8;

/** `clock`: monotonic milliseconds. */
export function lastAnswers(clock: () => number): LastAnswers {
  const known = new LRUCache<string, { readonly rows: Rows; readonly atMs: number }>({
    maxSize: charactersMax,
    maxEntrySize: oneMax,
    sizeCalculation: ({ rows }, key) => key.length + rows.reduce((sum, row) => sum + charactersOf(row) + cellWeight * (row.length + 1), cellWeight),
  });
  let inForce = -1;
  return {
    remember(key, rows) {
      known.set(key, { rows, atMs: clock() });
    },
    find(key, maxAgeMs) {
      const found = known.get(key);
      if (found === undefined) return null;
      const ageMs = Math.max(0, clock() - found.atMs);
      return ageMs <= maxAgeMs ? { rows: found.rows, ageMs } : null;
    },
    keepEpoch(epoch) {
      if (epoch === inForce) return;
      inForce = epoch;
      known.clear();
    },
  };
}

const templates = new WeakMap<SourceTemplate, string>();

function templateHash(template: SourceTemplate): string {
  let hash = templates.get(template);
  if (hash === undefined) {
    hash = sha256Text(JSON.stringify(template, spelt));
    templates.set(template, hash);
  }
  return hash;
}

/** Values that JSON has no word for; a text never looks like one of them. */
const spelt = (_key: string, value: unknown): unknown => {
  if (typeof value === "string") return `"${value}`;
  if (typeof value === "bigint") return `n${value}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString("hex")}`;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return `f${Object.is(value, -0) ? "-0" : value}`;
  return value;
};

export const answerKey = ({ agencyId, permit: { purpose, epoch, permitHash }, mappingVersion }: Asked, { source, template, values, rowsMax }: AuthorisedQuery): string =>
  JSON.stringify([agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax], spelt);
