import { describe, expect, it } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asRegionCode } from "../../schema/ids.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import { runPolicyTest } from "../../src/access/policyTest.ts";
import type { Permit } from "../../src/access/permit.ts";
import type { Policy } from "../../src/access/policy.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { beijingPolicy, hebeiPolicy, hebeiPolicyTest, networkYaml, tianjinPolicy } from "./fixtures/examples.ts";
import { source } from "./fixtures/setting.ts";

const hub = vocabulary();
const network = parseNetwork(networkYaml, "network.yaml");
const load = (text: string, region: string): Policy =>
  parsePolicy(text, "policy.yaml", { region: asRegionCode(region), timeZone: network.timeZone, vocabulary: hub, network, sources: [source({}, hub)] });

/** Stands in for validation against the projected schema: the only query of the example asks for enterprises. */
const rejects = (permit: Permit): boolean => ![...permit.reach.query.keys()].some((coordinate) => coordinate === "Enterprise.uscc");

describe("the example policies", () => {
  it.each([
    ["hebei", hebeiPolicy, "130000", 6],
    ["tianjin", tianjinPolicy, "120000", 4],
    ["beijing", beijingPolicy, "110000", 5],
  ])("of %s load", (_, text, region, rules) => {
    expect(load(text, region).rules).toHaveLength(rules);
  });

  it("of hebei passes its own test", () => {
    const file = parsePolicyTest(hebeiPolicyTest, "policy.test.yaml", { vocabulary: hub, network });
    const lines = runPolicyTest(file, { policy: load(hebeiPolicy, "130000"), network, vocabulary: hub, nowMs: Date.parse("2026-06-01T00:00+08:00"), rejects });
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
    expect(lines).toHaveLength(22);
  });
});
