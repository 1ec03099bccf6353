/**
 * The entries of a zip archive, unpacked under a cap on their sum.
 *
 * The workbook library unpacks without one; a file of 1 MB can hold gigabytes, so every workbook passes here first. Also gives the
 * sheets' own XML, in which the library leaves merged cells unread.
 */
import { inflateRawSync } from "node:zlib";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const entriesMax = 10_000;

/** Null: no archive that can be read, or larger than `bytesMax` when unpacked. */
export function unzip(archive: Buffer, bytesMax: number): ReadonlyMap<string, Buffer> | null {
  try {
    return readEntries(archive, bytesMax);
  } catch {
    return null;
  }
}

function readEntries(archive: Buffer, bytesMax: number): ReadonlyMap<string, Buffer> | null {
  // The end record is the last 22 bytes, before a comment of at most 64 KiB.
  let end = archive.length - 22;
  while (end >= 0 && end > archive.length - 22 - 0x10000 && archive.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0 || archive.readUInt32LE(end) !== endSignature) return null;
  const count = archive.readUInt16LE(end + 10);
  if (count > entriesMax) return null;
  const entries = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  let left = bytesMax;
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== entrySignature) return null;
    const method = archive.readUInt16LE(at + 10);
    const packedSize = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + packedSize);
    if (packed.length !== packedSize || (method !== 0 && method !== 8)) return null;
    // `maxOutputLength` of 0 would mean no bound.
    const bytes = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(left, 1) });
    left -= bytes.length;
    if (left < 0) return null;
    entries.set(name, bytes);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
