/**
 * The bytes of a journal segment.
 *
 *     segment = head(64) record*
 *     head    = "ONJRNL01" chain(8 ASCII) segment(u32) 0(u16) firstSeq(u48) crc32(u32) hashBefore(32)
 *     record  = "onj1" length(u32) seq(u48) flags(u16) crc32(u32) payload(length) hash(32)
 *     hash    = SHA-256(hash of the record before || the record's bytes up to its own hash)
 *
 * Big-endian. The hash before a record always lies in the 32 bytes in front of it, so one call hashes one stretch of memory, and a
 * record can be checked alone. Each crc covers its head, so that a flipped length is told from a write that was cut short.
 */
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";

export const segmentHeadBytes = 64;
export const recordHeadBytes = 20;
export const hashBytes = 32;
/** A record that is larger is refused: nothing that the hub answers names that many coordinates. */
export const payloadBytesMax = 4 << 20;

const segmentMagic = Buffer.from("ONJRNL01", "latin1");
const recordMagic = 0x6f6e6a31;
/** Everything before this record was synced when it was written: damage in front of it is no torn tail. */
const firstOfBatch = 1;

export interface SegmentHead {
  readonly chain: string;
  readonly segment: number;
  readonly firstSeq: number;
  readonly hashBefore: Buffer;
}

/** The hash in front of a chain's first record: a chain cannot be passed off as another one. */
export const genesis = (chain: string): Buffer => sha256(Buffer.from(`one-network journal 1 ${chain}`));

export const sha256 = (bytes: Uint8Array): Buffer => hash("sha256", bytes, "buffer");

/** Writes a segment's head at the start of `buffer`. */
export const writeSegmentHead = (buffer: Buffer, head: SegmentHead): void => {
  segmentMagic.copy(buffer, 0);
  buffer.write(head.chain, 8, 8, "latin1");
  buffer.writeUInt32BE(head.segment, 16);
  buffer.writeUInt16BE(0, 20);
  buffer.writeUIntBE(head.firstSeq, 22, 6);
  head.hashBefore.copy(buffer, 32);
  buffer.writeUInt32BE(segmentCrc(buffer), 28);
};

/** Null where the head is incomplete or damaged. */
export const readSegmentHead = (buffer: Buffer): SegmentHead | null => {
  if (buffer.length < segmentHeadBytes || !buffer.subarray(0, 8).equals(segmentMagic)) return null;
  if (buffer.readUInt32BE(28) !== segmentCrc(buffer) || buffer.readUInt16BE(20) !== 0) return null;
  return {
    chain: buffer.toString("latin1", 8, 16),
    segment: buffer.readUInt32BE(16),
    firstSeq: buffer.readUIntBE(22, 6),
    hashBefore: buffer.subarray(32, segmentHeadBytes),
  };
};

const segmentCrc = (buffer: Buffer): number => crc32(buffer.subarray(32, segmentHeadBytes), crc32(buffer.subarray(0, 28)));

export interface RecordHead {
  readonly length: number;
  readonly seq: number;
  readonly isFirstOfBatch: boolean;
}

/** Finishes the record whose payload already stands at `at + recordHeadBytes`; answers where the record ends. */
export const sealRecord = (buffer: Buffer, at: number, head: RecordHead): number => {
  buffer.writeUInt32BE(recordMagic, at);
  buffer.writeUInt32BE(head.length, at + 4);
  buffer.writeUIntBE(head.seq, at + 8, 6);
  buffer.writeUInt16BE(head.isFirstOfBatch ? firstOfBatch : 0, at + 14);
  buffer.writeUInt32BE(crc32(buffer.subarray(at, at + 16)), at + 16);
  const end = at + recordHeadBytes + head.length;
  sha256(buffer.subarray(at - hashBytes, end)).copy(buffer, end);
  return end + hashBytes;
};

/** Null where no undamaged head stands at `at`. */
export const readRecordHead = (buffer: Buffer, at: number): RecordHead | null => {
  if (buffer.readUInt32BE(at) !== recordMagic || buffer.readUInt32BE(at + 16) !== crc32(buffer.subarray(at, at + 16))) return null;
  const length = buffer.readUInt32BE(at + 4);
  const flags = buffer.readUInt16BE(at + 14);
  if (length > payloadBytesMax || flags > firstOfBatch) return null;
  return { length, seq: buffer.readUIntBE(at + 8, 6), isFirstOfBatch: flags === firstOfBatch };
};

/** Whether the hash behind the record fits the hash in front of it and the bytes between. */
export const hashFits = (buffer: Buffer, at: number, length: number): boolean => {
  const end = at + recordHeadBytes + length;
  return sha256(buffer.subarray(at - hashBytes, end)).equals(buffer.subarray(end, end + hashBytes));
};
