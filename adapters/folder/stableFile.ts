/**
 * Reading a file that others may write at the same time: the bytes of one version of it, or nothing.
 *
 * A rename over the name gives the name another inode; writing in place moves size or times. So the file is held open, looked at
 * before and after, and compared with what the name means by then. A writer that pauses midway is caught by `settleMs`: only a
 * file that has been still for so long is read at all. Times alone would not do (`cp -p` sets mtime), so ctime counts too.
 */
import { constants } from "node:fs";
import { lstat, open, type FileHandle } from "node:fs/promises";

/** Identity of one version of a file. */
export interface FileStamp {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

export const sameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;

interface BigStats {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const stampOf = (stats: BigStats): FileStamp => ({
  ino: String(stats.ino),
  size: Number(stats.size),
  mtimeNs: String(stats.mtimeNs),
  ctimeNs: String(stats.ctimeNs),
});

/** Null: not there, or no regular file (a symbolic link could lead out of the folder). */
export async function stampFile(path: string): Promise<FileStamp | null> {
  try {
    const stats = await lstat(path, { bigint: true });
    return stats.isFile() ? stampOf(stats) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export interface StableBytes {
  readonly stamp: FileStamp;
  readonly bytes: Buffer;
}

/** Null: the file is gone. `moving`: it changed during every attempt; `tooLarge`: it is above `bytesMax`. */
export type StableRead = StableBytes | null | "moving" | "tooLarge";

const chunkBytes = 1024 * 1024;

async function readHeld(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, Math.min(chunkBytes, size - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at === size ? bytes : bytes.subarray(0, at);
}

/** `onRead` is called between reading and the second look: tests replace the file there. */
export async function readStable(
  path: string,
  { bytesMax, attempts = 3, onRead }: { bytesMax: number; attempts?: number; onRead?: () => void | Promise<void> },
): Promise<StableRead> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    let file: FileHandle;
    try {
      file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ELOOP") return null;
      throw error;
    }
    try {
      const before = await file.stat({ bigint: true });
      if (!before.isFile()) return null;
      if (Number(before.size) > bytesMax) return "tooLarge";
      const stamp = stampOf(before);
      const bytes = await readHeld(file, stamp.size);
      await onRead?.();
      const after = stampOf(await file.stat({ bigint: true }));
      const named = await stampFile(path);
      if (bytes.length === stamp.size && sameStamp(stamp, after) && named !== null && sameStamp(stamp, named)) return { stamp, bytes };
    } finally {
      await file.close();
    }
  }
  return "moving";
}
