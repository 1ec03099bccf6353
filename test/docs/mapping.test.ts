import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { sourceFileSchema } from "../../schema/files/sourceFile.ts";
import { stageWords } from "../../src/mapping/parseField.ts";
import { parseSource } from "../../src/mapping/parseSource.ts";
import { faultsOf } from "./jsonSchema.ts";
import { examplesOf } from "./mappingExamples.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/mapping.md"), "utf8");
const examples = examplesOf(page);

describe("docs/mapping.md", () => {
  it.each(examples.map((example) => [`${example.coordinate} ${example.forward}`, example] as const))("reads %s as it says, and goes back as it says", (_, { forward, back, fresh }) => {
    expect({ forward, back }).toEqual(fresh);
  });

  it("has an example of every take and stage", () => {
    const headings = [...page.matchAll(/^### (?:Take|Stage): (.*)$/gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(headings.sort()).toEqual(["a column", "a constant", "flags", "several columns", ...stageWords].sort());
    expect(examples.length).toBeGreaterThanOrEqual(headings.length - 2);
  });

  it("shows a file that the parser and the editors' schema accept", () => {
    const file = /```yaml\n(region: [\s\S]*?)```/.exec(page)?.[1] ?? "";
    expect(parseSource(file, "docs/mapping.md").parts).toHaveLength(2);
    expect(faultsOf(parse(file), sourceFileSchema(vocabulary()))).toEqual([]);
  });
});

it("the demonstration uses no stage that docs/mapping.md does not explain", () => {
  const texts = globSync(join(import.meta.dirname, "../../seeds/regions/*/*source.yaml")).map((file) => readFileSync(file, "utf8"));
  for (const text of texts) for (const [, word = ""] of text.matchAll(/\{ column: [^,}]+, (\w+):/g)) expect(page).toContain(word);
});
