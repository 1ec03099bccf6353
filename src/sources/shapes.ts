/**
 * The tables that a source's mapping was compiled on, kept over restarts: what changed while the hub was down is drift too, and a
 * restart does not take it for what the steward meant. Another `source.yaml` starts anew.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TableInfo } from "../../adapters/contract/adapter.ts";

export interface Shape {
  /** Of the mapping (`Mapping.version`). */
  readonly version: string;
  /** Those that it reads. Names and types, no cell. */
  readonly tables: readonly TableInfo[];
}

const fileOf = (dataDir: string, id: string): string => join(dataDir, "shapes", `${id}.json`);

/** Null where there is none, or none that can be read. */
export async function readShape(dataDir: string, id: string): Promise<Shape | null> {
  const text = await readFile(fileOf(dataDir, id), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const shape = JSON.parse(text) as Shape;
    return typeof shape.version === "string" && Array.isArray(shape.tables) ? shape : null;
  } catch {
    return null;
  }
}

/** Rejects where the data folder cannot be written. */
export async function writeShape(dataDir: string, id: string, shape: Shape): Promise<void> {
  await mkdir(join(dataDir, "shapes"), { recursive: true });
  const file = fileOf(dataDir, id);
  await writeFile(`${file}.tmp`, JSON.stringify(shape));
  await rename(`${file}.tmp`, file);
}
