/** One spelling of a value, and its hash: keys of caches, plans and cursors. */
import { sha256Text } from "../identity/sha256.ts";

/** JSON with sorted keys, undefined parts left out; maps as sorted pairs, sets as sorted lists, infinities as texts. Bigints and functions have no place in it. */
export const canonical = (value: unknown): string => JSON.stringify(normal(value));

/** SHA-256 of the canonical spelling, in hex. */
export const hashOf = (value: unknown): string => sha256Text(canonical(value));

function normal(value: unknown): unknown {
  if (value instanceof Map) return { map: sorted([...value].map(normal)) };
  if (value instanceof Set) return { set: sorted([...value].map(normal)) };
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, part]) => [key, normal(part)]),
    );
  }
  return value;
}

const sorted = (parts: readonly unknown[]): readonly unknown[] =>
  parts.map((part) => [JSON.stringify(part), part] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
