/** Where the journal lies: `<dataDir>/journal/<chain>/000001.seg`, 000002.seg … */
import { join } from "node:path";

export const journalFolder = (dataDir: string): string => join(dataDir, "journal");

/** Eight hexadecimal digits, drawn when the chain begins. */
export const isChainName = (name: string): boolean => /^[0-9a-f]{8}$/.test(name);

export const segmentFile = (segment: number): string => `${String(segment).padStart(6, "0")}.seg`;

/** Numbers of the segments among a chain folder's names, ascending. */
export const segmentsOf = (names: readonly string[]): number[] =>
  names
    .flatMap((name) => /^(\d{6,})\.seg$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
