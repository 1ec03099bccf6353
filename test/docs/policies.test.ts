/** docs/policies.md: every example loads, fits the editors' schema, and its test holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseDocument, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { policyFileSchema, policyTestFileSchema } from "../../schema/files/policyFile.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asRegionCode } from "../../schema/ids.ts";
import type { MaskName } from "../../schema/vocabulary.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import { runPolicyTest } from "../../src/access/policyTest.ts";
import { projectSchema } from "../../src/access/projectSchema.ts";
import { applyMask } from "../../src/harmonise/masks.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { source } from "../access/fixtures/setting.ts";
import { blocksOf, projectDir } from "./blocks.ts";
import { faultsOf } from "./jsonSchema.ts";

const page = readFileSync(join(projectDir, "docs/policies.md"), "utf8");
const hub = vocabulary();
const network = parseNetwork(blocksOf(page, "yaml network")[0] ?? "", "docs/policies.md");
const policies = blocksOf(page, "yaml policy");
const tests = blocksOf(page, "yaml test");

describe("docs/policies.md", () => {
  it("has a test for every policy", () => {
    expect(policies.length).toBeGreaterThanOrEqual(4);
    expect(tests).toHaveLength(policies.length);
  });

  it.each(policies.map((policy, index) => [/id: (\S+)/.exec(policy)?.[1] ?? "", policy, tests[index] ?? ""] as const))("%s and its neighbours do what their test says", (_, policyText, testText) => {
    expect(faultsOf(parse(policyText), policyFileSchema(hub))).toEqual([]);
    expect(faultsOf(parse(testText, { version: "1.2", schema: "core" }), policyTestFileSchema(hub))).toEqual([]);
    const policy = parsePolicy(policyText, "policy.yaml", { region: asRegionCode("130000"), timeZone: network.timeZone, vocabulary: hub, network, sources: [source({}, hub)] });
    const file = parsePolicyTest(testText, "policy.test.yaml", { vocabulary: hub, network });
    const lines = runPolicyTest(file, {
      policy,
      network,
      vocabulary: hub,
      nowMs: Date.parse("2026-06-01T00:00+08:00"),
      rejects: (permit, query) => validate(projectSchema(hub, permit), parseDocument(query)).length > 0,
    });
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
    expect(lines.length).toBeGreaterThan(2);
  });

  it("prints masks as the hub does", () => {
    const rows = [...page.matchAll(/^\| `([\w.-]+)` \| ([^|`]+) \| ([^|`]+) \|$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const [, name = "", value = "", printed = ""] of rows) expect(applyMask(name as MaskName, value), name).toBe(printed.replaceAll("\\*", "*"));
  });
});
