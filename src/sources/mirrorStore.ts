/**
 * Where a mirror's versions lie: one SQLite file per version and `current.json`, which names the one that counts.
 *
 * A version becomes current by the rename of `current.json`, after both files are on disk; whatever else lies in the folder is a
 * build that did not get so far, or a version that was superseded, and is removed at the next start.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ReaderState } from "../../adapters/contract/tableReader.ts";

export interface MirroredTable {
  readonly state: ReaderState;
  /** When the rows were last known to be the source's. */
  readonly checkedMs: number;
  readonly rows: number;
  /** Columns that the source shows; the file may hold more, all NULL, so that running plans do not break. */
  readonly columns: readonly string[];
  /** Column sets that were unique when first loaded: later duplicates are resolved, the last row stays. */
  readonly unique: readonly (readonly string[])[];
}

export interface Manifest {
  readonly format: typeof manifestFormat;
  /** Configuration under which it was read; another one starts afresh. */
  readonly identity: string;
  /** Keys and indexes that the file has. */
  readonly indexed: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  readonly tables: Readonly<Record<string, MirroredTable>>;
}

export const manifestFormat = 1;
const manifestName = "current.json";

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot sync a directory; the rename is then as durable as they make it.
    if (!["EINVAL", "EPERM", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** The stored version, or null: none, torn, or read under another configuration. Removes everything else from the folder. */
export async function loadVersion(dir: string, identity: string): Promise<Manifest | null> {
  await mkdir(dir, { recursive: true });
  const manifest = await readManifest(dir, identity);
  for (const name of await readdir(dir)) {
    if (manifest && (name === manifestName || name === manifest.file)) continue;
    await rm(join(dir, name), { force: true, recursive: true });
  }
  return manifest;
}

async function readManifest(dir: string, identity: string): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(await readFile(join(dir, manifestName), "utf8")) as Manifest;
    if (manifest.format !== manifestFormat || manifest.identity !== identity || !/^[\w-]+\.db$/.test(manifest.file)) return null;
    const { size } = await stat(join(dir, manifest.file));
    return size === manifest.bytes ? manifest : null;
  } catch {
    return null;
  }
}

/** Makes a built file the current version, durably: data, then name, then the manifest that points to it. */
export async function publishVersion(dir: string, built: string, manifest: Omit<Manifest, "bytes" | "format">): Promise<Manifest> {
  const { size } = await stat(built);
  await syncPath(built);
  await rename(built, join(dir, manifest.file));
  const whole: Manifest = { format: manifestFormat, bytes: size, ...manifest };
  const temporary = join(dir, `${manifestName}.tmp`);
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(whole));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(dir, manifestName));
  await syncPath(dir);
  return whole;
}

export const removeFile = (path: string): Promise<void> => rm(path, { force: true });
