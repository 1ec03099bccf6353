/**
 * Writes what the vocabulary implies into `schema/emitted`: the full schema, the catalogue, and JSON Schemas of the files that people write. `--check` writes nothing, prints
 * how the files differ and exits with 1 where they do.
 */
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printSchema } from "graphql";
import { catalogue } from "./derive/catalogue.ts";
import { deriveSchema } from "./derive/deriveSchema.ts";
import { allVisible } from "./derive/visibility.ts";
import { networkFileSchema } from "./files/networkFile.ts";
import { policyFileSchema, policyTestFileSchema } from "./files/policyFile.ts";
import { sourceFileSchema } from "./files/sourceFile.ts";
import { vocabulary } from "./hubVocabulary.ts";

/** File name → content, as it must be committed. */
export const emitted = (): ReadonlyMap<string, string> => {
  const hub = vocabulary();
  const note = "# Generated from the classes in schema/ by `npm run emit`; the schema of an agency to which everything is granted.\n\n";
  return new Map([
    ["hub.graphql", `${note}${printSchema(deriveSchema(hub, allVisible(hub)))}\n`],
    ["catalogue.json", json(catalogue(hub))],
    ["network.schema.json", json(networkFileSchema())],
    ["source.schema.json", json(sourceFileSchema(hub))],
    ["policy.schema.json", json(policyFileSchema(hub))],
    ["policy.test.schema.json", json(policyTestFileSchema(hub))],
  ]);
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Lines that one text has and the other has not, in order; enough to see what drifted. */
export const difference = (committed: string, current: string): readonly string[] => {
  const before = committed.split("\n");
  const after = current.split("\n");
  const known = new Set(before);
  const wanted = new Set(after);
  return [
    ...before.filter((line) => !wanted.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
    ...(committed !== current && before.every((line) => wanted.has(line)) && after.every((line) => known.has(line))
      ? ["  the same lines in another order or number"]
      : []),
  ];
};

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
};

/** Returns the exit code. `folder`: where the emitted files are committed. */
export const emit = (folder: string, check: boolean, print: (line: string) => void): number => {
  let drifted = 0;
  for (const [name, content] of emitted()) {
    const path = join(folder, name);
    if (!check) {
      writeFileSync(path, content);
      continue;
    }
    const lines = difference(read(path), content);
    if (lines.length === 0) continue;
    drifted = 1;
    print(`schema/emitted/${name} differs from the vocabulary; run \`npm run emit\` and commit it:`);
    for (const line of lines) print(line);
  }
  return drifted;
};

const isMain = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
// The compiled file runs from dist, the emitted files belong to the sources: both are found from the project's root.
if (isMain) process.exitCode = emit(join(process.cwd(), "schema", "emitted"), process.argv.includes("--check"), console.log);
