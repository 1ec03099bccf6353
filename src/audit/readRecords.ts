/** The records of the journal as values, for the index and for people who ask. Reading checks the chain on the way. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import { isChainName, journalFolder, segmentFile, segmentsOf } from "./layout.ts";
import { type JournalRecord, readRecord } from "./recordCodec.ts";
import { scanSegment } from "./scanSegment.ts";

export interface StoredRecord {
  readonly chain: string;
  readonly segment: number;
  readonly seq: number;
  readonly receipt: string;
  readonly record: JournalRecord;
}

/** Names of the chains under `<dataDir>/journal`. */
export const chainsOf = async (dataDir: string): Promise<readonly string[]> => {
  try {
    return (await readdir(journalFolder(dataDir))).filter(isChainName).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
};

/**
 * One array a segment, oldest first, from segment `fromSegment` on. A record that is being written right now is left out;
 * damage throws JOURNAL_BROKEN (which record it is, `verify` says).
 */
export async function* readRecords(dataDir: string, chain: string, fromSegment = 1): AsyncGenerator<readonly StoredRecord[]> {
  const folder = join(journalFolder(dataDir), chain);
  for (const segment of segmentsOf(await readdir(folder)).filter((number) => number >= fromSegment)) {
    const file = join(folder, segmentFile(segment));
    const found: StoredRecord[] = [];
    const scan = scanSegment(await readFile(file), null, ({ seq, payload, hash }) => {
      const record = readRecord(payload);
      if (record === null) throw unreadable(file, seq, "it was written by another version of the hub");
      found.push({ chain, segment, seq, receipt: `${chain}:${seq}:${hash.toString("hex", 0, 8)}`, record });
    });
    yield found;
    if (scan.fault !== null && !scan.fault.isIncomplete) throw unreadable(file, scan.fault.seq, scan.fault.reason);
  }
}

const unreadable = (file: string, seq: number, problem: string): HubError =>
  new HubError("JOURNAL_BROKEN", { place: file, problem: `record ${seq} cannot be read: ${problem}. Run \`audit verify\`.` });
