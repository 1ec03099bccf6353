/** The file operations of the journal, so that tests count syncs and let the k-th operation fail. */
import * as fs from "node:fs";

export interface JournalFiles {
  /** Names in a folder; empty where there is none. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
  /** For reading and writing, made where it is missing. */
  open(file: string): Promise<number>;
  readAll(file: string): Promise<Buffer>;
  /** Writes every byte or rejects. */
  write(fd: number, bytes: Buffer, position: number): Promise<void>;
  /** Resolves once the file's bytes and length are on the disk. */
  sync(fd: number): Promise<void>;
  truncate(fd: number, length: number): Promise<void>;
  close(fd: number): Promise<void>;
  /** Resolves once the names in a folder are on the disk. */
  syncFolder(folder: string): Promise<void>;
}

type Done = (error: NodeJS.ErrnoException | null) => void;
// fs.promises' file handles cost a third of a group commit's time at one caller; callbacks on a descriptor do not.
const settled = (start: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    start((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });

export const realJournalFiles: JournalFiles = {
  list: async (folder) => {
    try {
      return await fs.promises.readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  },
  makeFolder: async (folder) => {
    await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  },
  open: (file) =>
    new Promise((resolve, reject) => {
      fs.open(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600, (error, fd) => {
        if (error === null) resolve(fd);
        else reject(error);
      });
    }),
  readAll: (file) => fs.promises.readFile(file),
  write: (fd, bytes, position) =>
    new Promise((resolve, reject) => {
      const writeFrom = (offset: number): void => {
        fs.write(fd, bytes, offset, bytes.length - offset, position + offset, (error, written) => {
          if (error !== null) reject(error);
          else if (offset + written === bytes.length) resolve();
          else if (written === 0) reject(new Error("the disk took no bytes"));
          else writeFrom(offset + written);
        });
      };
      writeFrom(0);
    }),
  sync: (fd) => settled((done) => fs.fdatasync(fd, done)),
  truncate: (fd, length) => settled((done) => fs.ftruncate(fd, length, done)),
  close: (fd) => settled((done) => fs.close(fd, done)),
  syncFolder: async (folder) => {
    // Windows keeps names in order by itself and does not open folders.
    if (process.platform === "win32") return;
    const handle = await fs.promises.open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
