/**
 * The journal: no record, no answer (design.md §8).
 *
 * Records that arrive while a sync is under way go out together in the next write: one sync bounds many answers. There is one serial
 * writer; a record's `isCurrent` runs in the same step that puts it into the batch being written, and an activation is the last
 * record of its batch, so nothing is written between an epoch's record and the moment it comes into force.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import { makeBatchBuffer } from "./batchBuffer.ts";
import { lockChain } from "./chainLock.ts";
import type { Disclosure, Journal, Receipt, RefusalSum } from "./disclosure.ts";
import { type JournalFiles, realJournalFiles } from "./journalFiles.ts";
import { isChainName, journalFolder, segmentFile } from "./layout.ts";
import type { JournalRecord } from "./recordCodec.ts";
import { type ResumePoint, resumeChain } from "./resumeChain.ts";
import { type ChainPoint, scanSegment } from "./scanSegment.ts";

export interface JournalOptions {
  readonly files?: JournalFiles;
  /** A segment that has grown past this is closed before the next batch. 16 MiB are read in 60 ms at a start. */
  readonly segmentBytes?: number;
  /** After a failure the disk is tried again at most this often; between tries every append is refused at once. */
  readonly retryMs?: number;
  /** Monotonic milliseconds, for `retryMs`. */
  readonly elapsedMs?: () => number;
  /** ISO instant for the journal's own records (epochs, gaps). */
  readonly now?: () => string;
  /** Told of every record: how long it took to be durable, or that it was not taken. */
  onAppend?(ms: number, isDone: boolean): void;
}

export interface OpenJournal extends Journal {
  readonly chain: string;
  /** What was cut from a torn tail at this start, for the log. */
  readonly cut: ResumePoint["cut"];
  /** False after a failed write until the disk answers again; asking tries the disk when a try is due. */
  healthy(): boolean;
  /** Records that wait for the next write. */
  waiting(): number;
  /** Writes a sum of refusals; rejects with AUDIT_UNAVAILABLE. */
  appendSum(refusals: RefusalSum): Promise<Receipt>;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly isCurrent: () => boolean;
  /** Runs after the sync and before anything else is written; such a record ends its batch. */
  readonly apply: (() => void) | null;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

interface Written {
  readonly entry: Waiting;
  readonly receipt: Receipt;
}

/** A batch is bounded so that the first of a thousand waiting answers does not wait for the thousandth's encoding. */
const batchBytesMax = 1 << 20;

/** Takes the first chain under `<dataDir>/journal` that nobody writes, else begins one, and cuts its torn tail. Throws JOURNAL_BROKEN. */
export const openJournal = async (dataDir: string, options: JournalOptions = {}): Promise<OpenJournal> => {
  const files = options.files ?? realJournalFiles;
  const { chain, folder, lock } = await takeChain(journalFolder(dataDir), files);
  try {
    return startWriter(chain, folder, lock, files, await resumeChain(folder, chain, files), options);
  } catch (error) {
    lock.release();
    throw error;
  }
};

type Lock = NonNullable<ReturnType<typeof lockChain>>;

const takeChain = async (root: string, files: JournalFiles): Promise<{ chain: string; folder: string; lock: Lock }> => {
  await files.makeFolder(root);
  const known = (await files.list(root)).filter(isChainName).sort();
  for (const chain of [...known, randomBytes(4).toString("hex")]) {
    const folder = join(root, chain);
    await files.makeFolder(folder);
    const lock = lockChain(folder);
    if (lock === null) continue;
    await files.syncFolder(root);
    return { chain, folder, lock };
  }
  throw new HubError("JOURNAL_BROKEN", { place: root, problem: "every chain is written by another process. Start again." });
};

const startWriter = (chain: string, folder: string, lock: Lock, files: JournalFiles, start: ResumePoint, options: JournalOptions): OpenJournal => {
  const segmentBytes = options.segmentBytes ?? 16 << 20;
  const retryMs = options.retryMs ?? 200;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  const now = options.now ?? (() => new Date().toISOString());

  let point: ChainPoint = start.point;
  let end = start.end;
  let fd: number | null = null;
  let gap: { readonly bytes: number; readonly sha256: string | null } | null = start.cut;
  let failure: { readonly cause: unknown; retryAtMs: number } | null = null;
  let isRunning = false;
  let isClosed = false;
  const queue: Waiting[] = [];
  let idle: (() => void)[] = [];
  const batch = makeBatchBuffer();

  const { onAppend } = options;
  const enqueue = (record: JournalRecord, isCurrent: () => boolean, apply: (() => void) | null): Promise<Receipt> => {
    const receipt = enter(record, isCurrent, apply);
    if (onAppend === undefined) return receipt;
    const fromMs = elapsedMs();
    receipt.then(
      () => onAppend(elapsedMs() - fromMs, true),
      // A policy that changed meanwhile is no fault of the disk.
      (error: unknown) => error instanceof HubError && error.code === "AUDIT_UNAVAILABLE" && onAppend(elapsedMs() - fromMs, false),
    );
    return receipt;
  };

  const enter = (record: JournalRecord, isCurrent: () => boolean, apply: (() => void) | null): Promise<Receipt> =>
    new Promise((resolve, reject) => {
      if (isClosed || (failure !== null && !isRunning && elapsedMs() < failure.retryAtMs)) {
        reject(unavailable(failure?.cause));
        return;
      }
      queue.push({ record, isCurrent, apply, resolve, reject });
      wake();
    });

  const wake = (): void => {
    if (isRunning) return;
    isRunning = true;
    // After the poll phase: every request that this turn of the loop has finished goes into one batch.
    setImmediate(() => void drain());
  };

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      try {
        if (failure !== null) await recover();
        for (const written of await writeBatch(fd === null || end >= segmentBytes ? await nextFile() : fd)) acknowledge(written);
      } catch (error) {
        fail(error);
        break;
      }
    }
    isRunning = false;
    const waiting = idle;
    idle = [];
    for (const done of waiting) done();
  };

  const acknowledge = ({ entry, receipt }: Written): void => {
    try {
      entry.apply?.();
      entry.resolve(receipt);
    } catch (error) {
      entry.reject(error);
    }
  };

  /** Encodes, writes and syncs what waits. The state moves on only after the sync; a failure rejects the whole batch. */
  const writeBatch = async (file: number): Promise<readonly Written[]> => {
    const isNewFile = end === 0;
    const written: Written[] = [];
    batch.begin(point);
    if (gap !== null) batch.put({ kind: "gap", gap: { at: now(), bytes: gap.bytes, cut: gap.sha256 } });
    takeQueue(written);
    if (batch.size() === 0) return written;
    const bytes = batch.bytes(isNewFile);
    try {
      await files.write(file, bytes, end);
      await files.sync(file);
      if (isNewFile) await files.syncFolder(folder);
    } catch (error) {
      for (const { entry } of written) entry.reject(unavailable(error));
      throw error;
    }
    point = batch.after();
    end += bytes.length;
    gap = null;
    return written;
  };

  /** The serial step: what is current now is in the batch that is written now. */
  const takeQueue = (written: Written[]): void => {
    let taken = 0;
    for (const entry of queue) {
      if (batch.size() >= batchBytesMax) break;
      taken += 1;
      try {
        if (!entry.isCurrent()) throw new HubError("POLICY_CHANGED");
        written.push({ entry, receipt: { id: batch.put(entry.record) } });
      } catch (error) {
        entry.reject(error instanceof HubError ? error : unavailable(error));
        continue;
      }
      if (entry.apply !== null) break;
    }
    queue.splice(0, taken);
  };

  const nextFile = async (): Promise<number> => {
    if (fd !== null) {
      const full = fd;
      fd = null;
      await files.close(full);
    }
    if (end >= segmentBytes) {
      point = { ...point, segment: point.segment + 1 };
      end = 0;
    }
    const next = await files.open(join(folder, segmentFile(point.segment)));
    fd = next;
    return next;
  };

  /** Reads the segment again and goes on only from the very record that was acknowledged last. */
  const recover = async (): Promise<void> => {
    if (fd !== null) {
      const failed = fd;
      fd = null;
      await files.close(failed).catch(() => undefined);
    }
    const bytes = end === 0 ? null : await files.readAll(join(folder, segmentFile(point.segment)));
    const file = await files.open(join(folder, segmentFile(point.segment)));
    fd = file;
    const { scanEnd, tail } = bytes === null ? { scanEnd: 0, tail: 0 } : tailAfter(bytes);
    if (scanEnd !== end) throw new HubError("JOURNAL_BROKEN", { place: folder, problem: "acknowledged records are missing after the disk failed" });
    await files.truncate(file, end);
    await files.sync(file);
    gap = { bytes: (gap?.bytes ?? 0) + tail, sha256: gap?.sha256 ?? null };
    failure = null;
  };

  /** Records behind `end` were never acknowledged, sound or not. */
  const tailAfter = (bytes: Buffer): { scanEnd: number; tail: number } => {
    const scan = scanSegment(bytes.subarray(0, end), null);
    const isSame = scan.fault === null && scan.after.nextSeq === point.nextSeq && scan.after.hash.equals(point.hash);
    return { scanEnd: isSame ? scan.end : -1, tail: bytes.length - end };
  };

  const fail = (cause: unknown): void => {
    failure = { cause, retryAtMs: elapsedMs() + retryMs };
    for (const entry of queue.splice(0)) entry.reject(unavailable(cause));
  };

  return {
    chain,
    cut: start.cut,
    append: (disclosure: Disclosure, isCurrent) => enqueue({ kind: "disclosure", disclosure }, isCurrent, null),
    appendSum: (refusals) => enqueue({ kind: "refusals", refusals }, () => true, null),
    activate: (epoch, hashes, apply = () => undefined) => enqueue({ kind: "epoch", epoch: { at: now(), epoch, files: hashes } }, () => true, apply),
    waiting: () => queue.length,
    healthy: () => {
      // A readiness probe keeps answers away, so it must be able to heal: a record that is never current makes the writer recover
      // and write what it owes, the gap, and is itself refused.
      if (failure !== null && !isRunning && elapsedMs() >= failure.retryAtMs) enqueue(probe, () => false, null).catch(() => undefined);
      return failure === null;
    },
    close: async () => {
      isClosed = true;
      if (isRunning) await new Promise<void>((resolve) => idle.push(resolve));
      if (fd !== null) await files.close(fd).catch(() => undefined);
      fd = null;
      lock.release();
    },
  };
};

const probe: JournalRecord = { kind: "gap", gap: { at: "", bytes: 0, cut: null } };

const unavailable = (cause: unknown): HubError => new HubError("AUDIT_UNAVAILABLE", {}, { cause });
