/**
 * Finds where a chain goes on: at the start of a process, and after the disk has failed.
 *
 * Only the last segment is read. A torn tail is cut, and its bytes are kept in a file beside it; damage in front of a synced batch
 * is refused, because cutting there would drop acknowledged records and the evidence with them.
 */
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import { genesis, sha256 } from "./frame.ts";
import type { JournalFiles } from "./journalFiles.ts";
import { segmentFile, segmentsOf } from "./layout.ts";
import { type ChainPoint, isFollowedBySyncedBatch, type SegmentScan, scanSegment } from "./scanSegment.ts";

export interface ResumePoint {
  readonly point: ChainPoint;
  /** Length of the segment's good bytes; 0 where it still needs its head. */
  readonly end: number;
  readonly cut: { readonly bytes: number; readonly sha256: string } | null;
}

/** Throws JOURNAL_BROKEN (evidence untouched) or the file system's error. */
export const resumeChain = async (folder: string, chain: string, files: JournalFiles): Promise<ResumePoint> => {
  const last = segmentsOf(await files.list(folder)).at(-1);
  const first: ChainPoint = { chain, segment: 1, nextSeq: 1, hash: genesis(chain) };
  if (last === undefined) return { point: first, end: 0, cut: null };
  const file = join(folder, segmentFile(last));
  const bytes = await files.readAll(file);
  const scan = scanSegment(bytes, last === 1 ? first : null);
  if (scan.fault === null) {
    refuseForeign(scan, chain, last, file);
    return { point: scan.after, end: scan.end, cut: null };
  }
  const isDamagedHead = scan.end === 0 && !scan.fault.isIncomplete;
  if (isDamagedHead || isFollowedBySyncedBatch(bytes, scan.end)) throw broken(file, scan.fault.seq, scan.fault.reason);
  // The head goes out with the segment's first batch: without it nothing here was acknowledged, and the segment before decides.
  const point = scan.end > 0 ? scan.after : last === 1 ? first : await endOf(folder, chain, last - 1, files);
  if (scan.end > 0) refuseForeign(scan, chain, last, file);
  return { point: { ...point, segment: last }, end: scan.end, cut: await cutTail(file, bytes.subarray(scan.end), scan.end, files) };
};

const endOf = async (folder: string, chain: string, segment: number, files: JournalFiles): Promise<ChainPoint> => {
  const file = join(folder, segmentFile(segment));
  const scan = scanSegment(await files.readAll(file), null);
  if (scan.fault !== null) throw broken(file, scan.fault.seq, scan.fault.reason);
  refuseForeign(scan, chain, segment, file);
  return scan.after;
};

const refuseForeign = (scan: SegmentScan, chain: string, segment: number, file: string): void => {
  if (scan.after.chain !== chain || scan.after.segment !== segment) throw broken(file, scan.after.nextSeq, "the segment belongs to another place");
};

const cutTail = async (file: string, tail: Buffer, end: number, files: JournalFiles): Promise<ResumePoint["cut"]> => {
  if (tail.length > 0) await writeWhole(`${file}.cut-${end}`, tail, files);
  const fd = await files.open(file);
  try {
    await files.truncate(fd, end);
    await files.sync(fd);
  } finally {
    await files.close(fd);
  }
  return tail.length > 0 ? { bytes: tail.length, sha256: sha256(tail).toString("hex") } : null;
};

const writeWhole = async (file: string, bytes: Buffer, files: JournalFiles): Promise<void> => {
  const fd = await files.open(file);
  try {
    await files.truncate(fd, 0);
    await files.write(fd, bytes, 0);
    await files.sync(fd);
  } finally {
    await files.close(fd);
  }
};

const broken = (file: string, seq: number, reason: string): HubError =>
  new HubError("JOURNAL_BROKEN", {
    place: file,
    problem: `record ${seq}: ${reason}. Run \`audit verify\`, keep the folder as evidence, and rename it to NAME.broken: the hub then begins a new chain.`,
  });
