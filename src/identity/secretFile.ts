/** Files that only the hub's own account may read. */
import { randomUUID } from "node:crypto";
import { closeSync, constants, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Makes the file with these contents unless it is there. Whoever comes second finds the first one's file, never half of it. */
export const makeSecretFile = (file: string, contents: () => string): void => {
  if (existsSync(file)) return;
  const whole = writeBeside(file, contents());
  try {
    linkOrCopy(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(whole, { force: true });
  }
};

/** Some mounted file systems have no hard links. */
const linkOrCopy = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
};

/** Replaces the file as a whole. */
export const replaceSecretFile = (file: string, contents: string): void => {
  renameSync(writeBeside(file, contents), file);
};

const writeBeside = (file: string, contents: string): string => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomUUID()}.new`;
  const fd = openSync(beside, "wx", 0o600);
  try {
    writeSync(fd, contents);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return beside;
};
