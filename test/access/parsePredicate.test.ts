/** What a condition reads: all of it must be mapped, and exact, in every source of the region. */
import { describe, expect, test } from "vitest";
import { attributesOf, parsePredicate } from "../../src/access/parsePredicate.ts";
import { UNKNOWN } from "../../schema/predicate.ts";
import { parseYaml } from "../../src/mapping/yamlFile.ts";
import { network } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

describe("the attributes that a condition reads", () => {
  test.each<readonly [condition: string, names: readonly string[]]>([
    ["{}", []],
    ["{ or: [] }", []],
    ["{ code: { eq: A } }", ["code"]],
    ["{ code: { isNull: true } }", ["code"]],
    ["{ not: { code: { eq: A } } }", ["code"]],
    ["{ not: { and: [{ code: { eq: A } }, { not: { or: [{ name: { isNull: false } }, { staff: { gt: 1 } }] } }] } }", ["code", "name", "staff"]],
    ["{ code: { gt: A, lt: B }, or: [{ code: { isNull: true } }, { name: { in: [] } }] }", ["code"]],
    ["{ region: { name: { eq: 河北省 }, within: [130000] } }", ["region"]],
  ])("%s", (condition, names) => {
    const predicate = parsePredicate(parseYaml(condition, "p.yaml", "POLICY_INVALID"), { entity: Firm, agencies: [...network.agencies.values()] });
    expect([...attributesOf(predicate)]).toEqual(names);
  });

  test("are those beside what is not known", () => {
    expect([...attributesOf({ kind: "or", of: [UNKNOWN, { kind: "isNull", path: ["code"], isNull: true }] })]).toEqual(["code"]);
  });
});
