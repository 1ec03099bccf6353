import { describe, expect, it } from "vitest";
import type { CompareOperator, Operand, Path, Predicate } from "../../schema/predicate.ts";
import { evaluate, type EvaluationBindings, type Truth } from "../../src/access/evaluate.ts";
import { parsePredicate } from "../../src/access/parsePredicate.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { parseYaml } from "../../src/mapping/yamlFile.ts";
import { network } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const predicate = (text: string): Predicate => parsePredicate(parseYaml(text, "p.yaml", "POLICY_INVALID"), { entity: Firm, agencies: [...network.agencies.values()] });
const nowMs = Date.parse("2026-06-01T00:00:00Z");
const row: Readonly<Record<string, Unified>> = {
  code: "A1",
  name: "示例😀",
  state: "RAW",
  tags: ["x", "y"],
  active: true,
  staff: 12,
  output: { n: 2n, d: 3n },
  seen: nowMs - 3_600_000,
  founded: "2020-02-29",
  pollutant: "a34004",
  region: "130102",
};
const truth = (text: string, attributes: Readonly<Record<string, string | readonly string[]>> = {}): Truth =>
  evaluate(predicate(text), ([name]) => row[name] ?? null, { entity: Firm, attributes, nowMs });

describe("a predicate on a row", () => {
  it.each<readonly [string, Truth]>([
    ["{}", true],
    ["{ and: [] }", true],
    ["{ or: [] }", false],
    ["{ code: {} }", true],
    ["{ code: { eq: A1 } }", true],
    ["{ code: { ne: A1 } }", false],
    ["{ code: { ne: B } }", true],
    ["{ code: { ne: A } }", true],
    ["{ code: { isNull: true } }", false],
    ["{ code: { isNull: false } }", true],
    ["{ code: { in: [B, A1] } }", true],
    ["{ code: { in: [B] } }", false],
    ["{ name: { startsWith: 例 } }", false],
    ["{ name: { contains: 站 } }", false],
    ["{ secret: { startsWith: x } }", null],
    ["{ staff: { lt: 12 } }", false],
    ["{ staff: { lt: 13 } }", true],
    ["{ staff: { lte: 12 } }", true],
    ["{ staff: { lte: 11 } }", false],
    ["{ staff: { gt: 12 } }", false],
    ["{ staff: { gte: 13 } }", false],
    ["{ output: { lt: 0.68 } }", true],
    ["{ output: { gt: 0.68 } }", false],
    ["{ output: { lte: 0.66 } }", false],
    ["{ output: { eq: 0.66 } }", false],
    ["{ active: { eq: true } }", true],
    ["{ active: { ne: true } }", false],
    ["{ and: [{ secret: { eq: x } }, { code: { eq: A1 } }] }", null],
    ["{ and: [{ secret: { eq: x } }, { code: { eq: B } }] }", false],
    ["{ code: { in: [] } }", false],
    ["{ secret: { in: [] } }", false],
    ["{ not: { secret: { in: [] } } }", true],
    ["{ secret: { eq: x } }", null],
    ["{ secret: { ne: x } }", null],
    ["{ not: { secret: { eq: x } } }", null],
    // Nobody knows whether NULL is in a list, so neither a list nor its NOT holds.
    ["{ secret: { in: [x, 'null'] } }", null],
    ["{ not: { secret: { in: [x] } } }", null],
    ["{ secret: { isNull: true } }", true],
    ["{ secret: { isNull: false } }", false],
    ["{ secret: { eq: x }, code: { eq: B } }", false],
    ["{ or: [{ secret: { eq: x } }, { code: { eq: A1 } }] }", true],
    ["{ or: [{ secret: { eq: x } }, { code: { eq: B } }] }", null],
    ["{ state: { in: [RAW, REVIEWED] } }", true],
    ["{ tags: { contains: y } }", true],
    ["{ tags: { contains: z } }", false],
    ["{ name: { startsWith: 示 } }", true],
    ["{ name: { contains: 例😀 } }", true],
    // U+FF5E is below U+1F600 by code points and above its surrogates by UTF-16.
    ["{ name: { gt: 示例～ } }", true],
    ["{ staff: { gte: 12, lt: 13 } }", true],
    ["{ staff: { gt: 9 } }", true],
    // 2/3 prints 0.67
    ["{ output: { eq: 0.67 } }", true],
    ["{ output: { gt: 0.66 } }", true],
    ["{ output: { lt: 0.67 } }", false],
    ["{ seen: { gte: { $now: -PT1H } } }", true],
    ["{ seen: { gt: { $now: -PT1H } } }", false],
    ["{ seen: { lt: 2026-06-01T08:00+08:00 } }", true],
    // Instants are numbers: as texts, an early one would be above this row's.
    ["{ seen: { gt: 1970-01-02T00:00Z } }", true],
    ["{ founded: { lte: 2020-02-29 } }", true],
    ["{ region: { within: [130000] } }", true],
    ["{ region: { within: [100000] } }", true],
    ["{ region: { within: [130200, 110000] } }", false],
    ["{ region: { in: [130000] } }", false],
    ["{ region: { code: { startsWith: '1301' } } }", true],
    ["{ region: { name: { eq: 长安区 } } }", true],
    ["{ region: { level: { eq: COUNTY }, within: [130100] } }", true],
    ["{ region: { level: { eq: PROVINCE } } }", false],
  ])("%s is %s", (text, expected) => {
    expect(truth(text)).toBe(expected);
  });

  it("is UNKNOWN where the agency has no such attribute, and FALSE where its list is empty", () => {
    const within = "{ region: { within: $agency.partners } }";
    expect(truth(within)).toBeNull();
    expect(truth(`{ not: ${within} }`)).toBeNull();
    expect(truth(within, { partners: [] })).toBe(false);
    expect(truth(within, { partners: ["110000", "130100"] })).toBe(true);
    expect(truth("{ region: { within: $agency.region } }", { region: "130000" })).toBe(true);
  });

  const of = (path: Path, operator: CompareOperator, operand: Operand, slots?: EvaluationBindings["slots"]): Truth =>
    evaluate({ kind: "compare", path, operator, operand }, ([name]) => row[name] ?? null, { entity: Firm, attributes: {}, nowMs, ...(slots === undefined ? {} : { slots }) });

  it("takes the values of slots, and is UNKNOWN where there are none", () => {
    const slot: Operand = { kind: "slot", slot: 1 };
    expect([of(["code"], "eq", slot, ["x", "A1"]), of(["code"], "eq", slot, ["A1"]), of(["code"], "eq", slot)]).toEqual([true, null, null]);
  });

  it("is UNKNOWN of what the vocabulary does not have", () => {
    const literal: Operand = { kind: "literal", value: "A1" };
    expect([of(["moon"], "eq", literal), of(["region", "moon"], "eq", literal), of(["moon", "name"], "eq", literal)]).toEqual([null, null, null]);
  });

  it("is UNKNOWN of an attribute that only the row has", () => {
    const seen = evaluate({ kind: "compare", path: ["moon"], operator: "eq", operand: { kind: "literal", value: "full" } }, () => "full", { entity: Firm, attributes: {}, nowMs });
    expect(seen).toBeNull();
  });

  it("is UNKNOWN where one value is compared with a list, and takes one value as a list of it", () => {
    const list: Operand = { kind: "literals", values: ["A1"] };
    expect([of(["code"], "eq", list), of(["code"], "in", { kind: "literal", value: "A1" }), of(["region"], "within", { kind: "literal", value: "130000" })]).toEqual([null, true, true]);
  });

  it("knows constants", () => {
    const truths = (["true", "false", "unknown"] as const).map((kind) => evaluate({ kind }, () => null, { entity: Firm, attributes: {}, nowMs }));
    expect(truths).toEqual([true, false, null]);
  });
});
