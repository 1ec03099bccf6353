/** The JSON Schemas that editors complete from: every file of the demonstration fits, and they know the words that the parsers know. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { networkFileSchema } from "../../schema/files/networkFile.ts";
import { policyFileSchema, policyTestFileSchema } from "../../schema/files/policyFile.ts";
import type { JsonSchema } from "../../schema/files/shapes.ts";
import { sourceFileSchema } from "../../schema/files/sourceFile.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asRegionCode } from "../../schema/ids.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { parseSource } from "../../src/mapping/parseSource.ts";
import { faultsOf } from "./jsonSchema.ts";

const root = join(import.meta.dirname, "../..");
const hub = vocabulary();
const schemas: Readonly<Record<string, JsonSchema>> = {
  "network.yaml": networkFileSchema(),
  "source.yaml": sourceFileSchema(hub),
  "policy.yaml": policyFileSchema(hub),
  "policy.test.yaml": policyTestFileSchema(hub),
};
const schemaOf = (file: string): JsonSchema => {
  const name = file.endsWith(".source.yaml") ? "source.yaml" : basename(file);
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`no schema for ${file}`);
  return schema;
};
const files = globSync(["seeds/**/*.yaml", "test/realData/**/*.yaml", "bench/network/**/*.yaml"], { cwd: root }).sort();

describe("the emitted schema of a file", () => {
  it.each(files)("accepts %s", (file) => {
    expect(faultsOf(parse(readFileSync(join(root, file), "utf8")), schemaOf(file))).toEqual([]);
  });

  it.each([
    ["source.yaml", "region: 1\nkind: sqlite\ntimeZone: UTC\nentities: { Station: { from: a, key: b, fields: { cod: c } } }", ".entities.Station.fields.cod: is no word here"],
    ["source.yaml", "region: 1\nkind: oracle\ntimeZone: UTC\nentities: {}", ".kind: oracle is not allowed"],
    ["policy.yaml", "rules: [{ id: a, to: everyone, allow: { Station: [nme] } }]", ".rules[0].allow.Station[0]: nme is not allowed"],
    ["policy.yaml", "rules: [{ id: a, to: all, allow: { Station: open } }]", ".rules[0].to: all is not allowed"],
    ["policy.yaml", "rules: [{ id: a, to: own, mask: { Enterprise: { legalRep: phone } } }]", ".rules[0].mask.Enterprise.legalRep: phone is not allowed"],
    ["policy.yaml", "rules: [{ id: a, to: own, allow: { Station: open }, where: { Station: { medium: { eq: WIND } } } }]", ".rules[0].where.Station.medium.eq: WIND is not allowed"],
    ["policy.test.yaml", "tests: [{ rows: { Station: 1 } }]", ".tests[0]: has no as"],
    ["network.yaml", "agencie: {}", ": has no agencies"],
  ])("refuses in %s: %s", (name, text, fault) => {
    expect(faultsOf(parse(text), schemas[name] ?? {})).toContain(fault);
  });
});

describe("the words of a schema are the parser's", () => {
  const network = parseNetwork("agencies: { a: { zh: 甲, en: A } }", "network.yaml");
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };
  const policy = (rule: string): string =>
    refusal(() => parsePolicy(`rules: [${rule}]`, "p", { region: asRegionCode("130000"), timeZone: "UTC", vocabulary: hub, network, sources: [] }));
  const policyTest = (text: string): string => refusal(() => parsePolicyTest(text, "t", { vocabulary: hub, network }));
  const source = (text: string): string => refusal(() => parseSource(`region: 1\nkind: sqlite\ntimeZone: UTC\n${text}`, "s"));
  const at = (name: string, ...path: readonly string[]): readonly string[] => {
    const schema = path.reduce<JsonSchema>((inner, step) => inner[step] as JsonSchema, schemas[name] ?? {});
    return Object.keys(schema.properties as object).sort();
  };
  // A refusal ends with the words that are known: `use a, b or c.` or `known: a, b, c.`
  const listed = (message: string): readonly string[] => {
    const tail = /(?:use|known:) ([\w, ]+)\.$/.exec(message)?.[1] ?? message;
    return tail.split(/, | or /).sort();
  };

  it.each([
    ["a source file", source("zzzzzzzz: 1"), at("source.yaml")],
    ["an entity of it", source("entities: { Station: { zzzzzzzz: 1 } }"), at("source.yaml", "definitions", "Station")],
    ["a field", source("entities: { Station: { from: a, key: b, fields: { code: { column: c, zzzzzzzz: 1 } } } }"), at("source.yaml", "definitions", "field", "anyOf", "1")],
    ["a policy", refusal(() => parsePolicy("zzzzzzzz: 1", "p", { region: asRegionCode("130000"), timeZone: "UTC", vocabulary: hub, network, sources: [] })), at("policy.yaml")],
    ["a rule", policy("{ zzzzzzzz: 1 }"), at("policy.yaml", "definitions", "rule")],
    ["a condition", policy("{ id: a, to: own, allow: { Outlet: all }, where: { Outlet: { zzzzzzzz: 1 } } }"), [...at("policy.yaml", "definitions", "where-Outlet"), "enterprise"].sort()],
    ["a condition on a text", policy("{ id: a, to: own, allow: { Outlet: all }, where: { Outlet: { code: { zzzzzzzz: 1 } } } }"), at("policy.yaml", "definitions", "is-text")],
    ["a policy's test file", policyTest("zzzzzzzz: 1"), at("policy.test.yaml")],
    ["a policy's test", policyTest("tests: [{ zzzzzzzz: 1 }]"), at("policy.test.yaml", "properties", "tests", "items")],
    ["a network", refusal(() => parseNetwork("zzzzzzzz: 1", "n")), at("network.yaml")],
  ])("of %s", (_, message, words) => {
    expect(listed(message)).toEqual(words);
  });
});
