/** Reads one segment's bytes in order and says where, and how, they stop being a chain. Pure. */
import { hashBytes, hashFits, readRecordHead, readSegmentHead, recordHeadBytes, segmentHeadBytes } from "./frame.ts";

export interface ChainPoint {
  readonly chain: string;
  readonly segment: number;
  readonly nextSeq: number;
  /** Hash of the last record before this point. */
  readonly hash: Buffer;
}

export interface Fault {
  /** The record that should stand here. */
  readonly seq: number;
  readonly offset: number;
  readonly reason: string;
  /**
   * The bytes are what a write leaves that was cut short: a beginning of a record, or nothing but zeros. Such a record was never
   * acknowledged. Anything else was changed afterwards, or the disk lost pages of the last write.
   */
  readonly isIncomplete: boolean;
}

export interface SegmentScan {
  readonly after: ChainPoint;
  /** Where the good records end. */
  readonly end: number;
  readonly fault: Fault | null;
}

export type OnRecord = (record: { readonly seq: number; readonly payload: Buffer; readonly hash: Buffer }) => void;

/** `expected` is the point that the segment must go on from; null trusts the segment's own head (the last segment at a start). */
export const scanSegment = (bytes: Buffer, expected: ChainPoint | null, onRecord?: OnRecord): SegmentScan => {
  const head = readSegmentHead(bytes);
  if (head === null) {
    const after = expected ?? { chain: "", segment: 0, nextSeq: 1, hash: Buffer.alloc(hashBytes) };
    const isIncomplete = bytes.length < segmentHeadBytes || isZero(bytes, 0);
    return { after, end: 0, fault: { seq: after.nextSeq, offset: 0, reason: isIncomplete ? "the segment's head is incomplete" : "the segment's head is damaged", isIncomplete } };
  }
  let seq = expected?.nextSeq ?? head.firstSeq;
  let hash = expected?.hash ?? head.hashBefore;
  const { chain, segment } = expected ?? head;
  let at = segmentHeadBytes;
  const stop = (fault: Omit<Fault, "seq" | "offset"> | null): SegmentScan => ({
    after: { chain, segment, nextSeq: seq, hash: Buffer.from(hash) },
    end: at,
    fault: fault === null ? null : { seq, offset: at, ...fault },
  });
  const isContinuation = head.chain === chain && head.segment === segment && head.firstSeq === seq && head.hashBefore.equals(hash);
  if (!isContinuation) return { ...stop({ reason: "the segment does not go on where the one before it ends", isIncomplete: false }), end: 0 };
  while (at < bytes.length) {
    if (at + recordHeadBytes > bytes.length || isZero(bytes, at)) return stop({ reason: "the record is incomplete", isIncomplete: true });
    const record = readRecordHead(bytes, at);
    if (record === null) return stop({ reason: "the record's head is damaged", isIncomplete: false });
    if (record.seq !== seq) return stop({ reason: `record ${record.seq} stands in its place`, isIncomplete: false });
    const end = at + recordHeadBytes + record.length + hashBytes;
    if (end > bytes.length) return stop({ reason: "the record is incomplete", isIncomplete: true });
    if (!hashFits(bytes, at, record.length)) return stop({ reason: "the hash does not fit the record", isIncomplete: false });
    hash = bytes.subarray(end - hashBytes, end);
    onRecord?.({ seq, payload: bytes.subarray(at + recordHeadBytes, end - hashBytes), hash });
    seq += 1;
    at = end;
  }
  return stop(null);
};

/**
 * Whether a sound record that opens a batch stands somewhere behind `from`. Then everything before it had been synced and
 * acknowledged: what is damaged was changed afterwards, and must be kept as evidence instead of being cut.
 */
export const isFollowedBySyncedBatch = (bytes: Buffer, from: number): boolean => {
  for (let at = bytes.indexOf("onj1", from + 1, "latin1"); at !== -1; at = bytes.indexOf("onj1", at + 1, "latin1")) {
    if (at + recordHeadBytes > bytes.length) return false;
    const record = readRecordHead(bytes, at);
    if (record === null || !record.isFirstOfBatch) continue;
    if (at + recordHeadBytes + record.length + hashBytes <= bytes.length && hashFits(bytes, at, record.length)) return true;
  }
  return false;
};

const isZero = (bytes: Buffer, from: number): boolean => {
  // The first byte of a head is never zero, so sound records leave here at once.
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] !== 0) return false;
  return true;
};
