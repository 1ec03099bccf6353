/** What a steward writes in `policy.test.yaml`, and what is said where it cannot be read. */
import { describe, expect, test } from "vitest";
import { parsePolicyTest, type PolicyTestFile } from "../../src/access/parsePolicyTest.ts";
import { network, refusalOf } from "./fixtures/setting.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";

const parsed = (text: string): PolicyTestFile => parsePolicyTest(text, "t.yaml", { vocabulary: smallVocabulary, network });

test("a file that is no YAML is a policy's fault, as every other one of this file", () => {
  expect(refusalOf(() => parsed("tests: ["))).toMatch(/^POLICY_INVALID t\.yaml:/);
});

describe("a number of rows or groups", () => {
  test.each<readonly [written: string, count: number]>([
    ["0", 0],
    ["12", 12],
    ["123456789", 123_456_789],
  ])("%s", (written, count) => {
    expect(parsed(`tests:\n  - { as: public, rows: { Firm: ${written} } }`).cases[0]?.expectations).toMatchObject([{ kind: "rows", count }]);
  });
});
