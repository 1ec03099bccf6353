/** Checks every record of every chain. Needs the files and nothing else: no store, no key, no running hub. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import { genesis } from "./frame.ts";
import { isChainName, journalFolder, segmentFile, segmentsOf } from "./layout.ts";
import { isGap, readRecord } from "./recordCodec.ts";
import { type ChainPoint, type Fault, isFollowedBySyncedBatch, scanSegment } from "./scanSegment.ts";

export interface BadRecord {
  readonly file: string;
  /** The first record of the chain that is not as it was written. */
  readonly seq: number;
  readonly reason: string;
}

export interface ChainReport {
  readonly folder: string;
  readonly chain: string;
  readonly segments: number;
  /** Sound records, from the first on. */
  readonly records: number;
  /** Hash of the last sound record, hex: what another agency keeps to notice a chain that was cut back. */
  readonly head: string;
  readonly bad: BadRecord | null;
  /** The chain ends with the beginning of a record: a write that is under way, or was when the hub died. Never acknowledged. */
  readonly tornTail: { readonly file: string; readonly seq: number } | null;
  /** Places where the hub itself cut a tail or met a failing disk, by the record that says so. */
  readonly gaps: readonly { readonly seq: number; readonly at: string; readonly bytes: number }[];
}

export interface VerifyReport {
  readonly isSound: boolean;
  readonly records: number;
  readonly chains: readonly ChainReport[];
}

/** Verifies `<dataDir>/journal`; throws JOURNAL_BROKEN where there is none. A million records of 600 bytes take about 4 s. */
export const verify = async (dataDir: string): Promise<VerifyReport> => {
  const root = journalFolder(dataDir);
  const chains: ChainReport[] = [];
  const names = await readdir(root).catch((cause: unknown) => {
    throw new HubError("JOURNAL_BROKEN", { place: root, problem: "cannot be read as a journal's folder. Name the hub's data folder." }, { cause });
  });
  for (const name of names.sort()) {
    // What an operator set aside as broken is evidence, and is judged with the rest.
    const chain = name.replace(/\.broken$/, "");
    if (isChainName(chain)) chains.push(await verifyChain(join(root, name), chain));
  }
  return {
    isSound: chains.every((chain) => chain.bad === null),
    records: chains.reduce((sum, chain) => sum + chain.records, 0),
    chains,
  };
};

const verifyChain = async (folder: string, chain: string): Promise<ChainReport> => {
  const segments = segmentsOf(await readdir(folder));
  const gaps: { seq: number; at: string; bytes: number }[] = [];
  let point: ChainPoint = { chain, segment: 1, nextSeq: 1, hash: genesis(chain) };
  const report = (fault: Fault | null, segment: number, isTorn: boolean): ChainReport => {
    const file = join(folder, segmentFile(segment));
    return {
      folder,
      chain,
      segments: segments.length,
      records: point.nextSeq - 1,
      head: point.hash.toString("hex"),
      bad: fault === null || isTorn ? null : { file, seq: fault.seq, reason: fault.reason },
      tornTail: fault !== null && isTorn ? { file, seq: fault.seq } : null,
      gaps,
    };
  };
  for (const [index, segment] of segments.entries()) {
    if (segment !== index + 1) {
      const missing = { seq: point.nextSeq, offset: 0, reason: "the segment is missing", isIncomplete: false };
      return report(missing, index + 1, false);
    }
    const bytes = await readFile(join(folder, segmentFile(segment)));
    const scan = scanSegment(bytes, { ...point, segment }, ({ seq, payload }) => {
      // Gap records are rare and short; reading every record would take longer than hashing it.
      if (!isGap(payload)) return;
      const record = readRecord(payload);
      if (record?.kind === "gap") gaps.push({ seq, at: record.gap.at, bytes: record.gap.bytes });
    });
    point = scan.after;
    if (scan.fault !== null) {
      const isAtTheEnd = index === segments.length - 1 && !isFollowedBySyncedBatch(bytes, scan.end);
      return report(scan.fault, segment, scan.fault.isIncomplete && isAtTheEnd);
    }
  }
  return report(null, segments.length, false);
};
