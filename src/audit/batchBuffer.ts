/**
 * The bytes of the batch that goes out next, in one buffer that lives as long as the writer.
 *
 * In front of the first record always stands the segment's head, written or not: its last 32 bytes are the hash that the first record
 * is chained to, so every record is hashed as one stretch of memory.
 */
import { hashBytes, payloadBytesMax, recordHeadBytes, sealRecord, segmentHeadBytes, writeSegmentHead } from "./frame.ts";
import { type JournalRecord, sizeMax, writeRecord } from "./recordCodec.ts";
import type { ChainPoint } from "./scanSegment.ts";

export interface BatchBuffer {
  /** Forgets what was put and goes on from `point`. */
  begin(point: ChainPoint): void;
  /** Appends a record and answers its receipt. A record that cannot be encoded throws RangeError and leaves no trace. */
  put(record: JournalRecord): string;
  /** Bytes of the records that were put. */
  size(): number;
  /** Where the chain stands behind the last record. */
  after(): ChainPoint;
  /** What to write; valid until the next `begin`. */
  bytes(withHead: boolean): Buffer;
}

export const makeBatchBuffer = (): BatchBuffer => {
  let buffer = Buffer.allocUnsafe(64 << 10);
  let start: ChainPoint = { chain: "", segment: 0, nextSeq: 1, hash: Buffer.alloc(hashBytes) };
  let seq = 1;
  let at = segmentHeadBytes;

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };

  return {
    begin: (point) => {
      start = point;
      seq = point.nextSeq;
      at = segmentHeadBytes;
      writeSegmentHead(buffer, { chain: point.chain, segment: point.segment, firstSeq: point.nextSeq, hashBefore: point.hash });
    },
    put: (record) => {
      const payloadMax = sizeMax(record);
      if (payloadMax > payloadBytesMax) throw new RangeError("the record is too large for the journal");
      reserve(recordHeadBytes + payloadMax + hashBytes);
      const length = writeRecord(buffer, at + recordHeadBytes, record) - at - recordHeadBytes;
      at = sealRecord(buffer, at, { length, seq, isFirstOfBatch: at === segmentHeadBytes });
      seq += 1;
      return `${start.chain}:${seq - 1}:${buffer.toString("hex", at - hashBytes, at - hashBytes + 8)}`;
    },
    size: () => at - segmentHeadBytes,
    after: () => ({ ...start, nextSeq: seq, hash: Buffer.from(buffer.subarray(at - hashBytes, at)) }),
    bytes: (withHead) => buffer.subarray(withHead ? 0 : segmentHeadBytes, at),
  };
};
