/** The example queries of the demonstration, and how the gateway reads a network's examples. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseExample, readExamples, sandboxConfig } from "../../src/gateway/sandboxConfig.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { networkYaml } from "../fixtures/smallNetwork.ts";

const root = join(import.meta.dirname, "../..");

describe("the demonstration's examples", () => {
  const schema = buildSchema(readFileSync(join(root, "schema/emitted/hub.graphql"), "utf8"));
  const examples = readExamples(join(root, "seeds"));

  test("are there, each with its own title in both languages", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
    expect(new Set(examples.map(({ title }) => title.en)).size).toBe(examples.length);
    for (const { title } of examples) expect(title.zh).not.toBe(title.en);
  });

  test.each(examples.map((example) => [example.title.en, example.query]))("%s fits the hub's schema", (_title, query) => {
    expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
  });
});

test.each([
  ["# 站点 | Stations\n{ stations { totalCount } }", { zh: "站点", en: "Stations" }],
  ["#Stations\n{ stations { totalCount } }", { zh: "Stations", en: "Stations" }],
  ["{ stations { totalCount } }\n# later", { zh: "file", en: "file" }],
  ["#\n{ stations { totalCount } }", { zh: "file", en: "file" }],
])("an example that starts %j is titled %j and kept whole", (text, title) => {
  expect(parseExample(text, "file")).toEqual({ title, query: text });
});

test("a network's examples come in the order of their file names, and other files are left alone", () => {
  const dir = mkdtempSync(join(tmpdir(), "examples-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  expect(readExamples(dir)).toEqual([]);
  mkdirSync(join(dir, "examples"));
  for (const name of ["2.graphql", "1.graphql", "README.md"]) writeFileSync(join(dir, "examples", name), `# ${name}\n`);
  expect(readExamples(dir).map(({ title }) => title.en)).toEqual(["1.graphql", "2.graphql"]);
});

test("only a demonstration names its agencies", () => {
  const network = parseNetwork(networkYaml, "network.yaml");
  expect(sandboxConfig(network, true, []).agencies.map(({ id }) => id)).toEqual(["owner", "partner", "nobody", "public"]);
  expect(sandboxConfig(network, false, [])).toMatchObject({ demonstration: false, anonymous: "public", agencies: [] });
});
