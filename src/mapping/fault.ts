/**
 * Faults of a mapping file, and the two ways of reading a node that every parser here needs: as text, and as a map of known words.
 */
import { fileError } from "../../schema/errorCodes.ts";
import type { Place, YamlNode } from "./yamlFile.ts";

/** A scalar with its place. */
export interface Word {
  readonly text: string;
  readonly at: Place;
}

/** Throws MAPPING_INVALID at a place; `problem` says what is wrong and how to mend it. */
export function fault(at: Place, problem: string): never {
  throw fileError("MAPPING_INVALID", at, problem);
}

/** Edit distance with transpositions, cut off early: only near misses are worth suggesting. */
function distance(a: string, b: string): number {
  const [x, y] = [[...a.toLowerCase()], [...b.toLowerCase()]];
  let [before, row]: [number[], number[]] = [[], Array.from({ length: y.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= x.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= y.length; j += 1) {
      const cost = x[i - 1] === y[j - 1] ? 0 : 1;
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[y.length] ?? 0;
}

/** The mend of an unknown word: the nearest known one, else the whole list where it is short. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const all = [...known];
  let best: { name: string; off: number } | undefined;
  for (const name of all) {
    const off = distance(word, name);
    if (off <= Math.max(1, Math.floor(word.length / 3)) && (!best || off < best.off)) best = { name, off };
  }
  if (best) return `did you mean \`${best.name}\`?`;
  if (all.length === 0) return "there is none.";
  return all.length <= 24 ? `known: ${all.join(", ")}.` : `it is none of the ${all.length} known ones.`;
}

export function asText(node: YamlNode, what: string): Word {
  if (node.kind !== "text") fault(node.at, `${what} must be one text, not a ${node.kind}.`);
  if (node.text.trim() === "") fault(node.at, `${what} is empty; write a value or leave the line out.`);
  return { text: node.text, at: node.at };
}

/** One text or a list of texts. Empty texts in a list are kept: `missing` may name them. */
export function asTexts(node: YamlNode, what: string): readonly Word[] {
  if (node.kind === "text") return [asText(node, what)];
  if (node.kind === "map") fault(node.at, `${what} must be a text or a list of texts.`);
  if (node.items.length === 0) fault(node.at, `${what} is an empty list; leave the line out.`);
  return node.items.map((item) => {
    if (item.kind !== "text") fault(item.at, `${what} must list plain texts.`);
    return { text: item.text, at: item.at };
  });
}

export type Entries = ReadonlyMap<string, { readonly key: Place; readonly value: YamlNode }>;

export function asMap(node: YamlNode, what: string): Entries {
  if (node.kind !== "map") fault(node.at, `${what} must be a map of names to values.`);
  return node.entries;
}

/** The map's entries, after every key was found among the known words. */
export function asWords<Known extends string>(node: YamlNode, what: string, known: readonly Known[]): (name: Known) => YamlNode | null {
  const entries = asMap(node, what);
  for (const [name, { key }] of entries) {
    if (!(known as readonly string[]).includes(name)) fault(key, `\`${name}\` is no word of ${what}; ${didYouMean(name, known)}`);
  }
  return (name) => entries.get(name)?.value ?? null;
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1500ms`, `2s`, `10m`, `1h`, `1d` → milliseconds; null for any other text, and for nothing. */
export function durationMs(text: string): number | null {
  const found = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  const ms = found ? Number(found[1]) * (durationUnits[found[2] ?? ""] ?? 0) : 0;
  return ms > 0 ? ms : null;
}

/** `least` and `greatest` as they are written. Throws MAPPING_INVALID beyond them. */
export function asDurationMs(node: YamlNode, what: string, { least, greatest }: DurationBounds): number {
  const word = asText(node, what);
  const ms = durationMs(word.text);
  if (ms === null || ms < (durationMs(least) ?? 0) || ms > (durationMs(greatest) ?? 0)) {
    fault(word.at, `${what} must be a duration from ${least} to ${greatest}, such as 1500ms, 2s or 10m, not \`${word.text}\`.`);
  }
  return ms;
}

/** Durations as people write them. */
export interface DurationBounds {
  readonly least: string;
  readonly greatest: string;
}
