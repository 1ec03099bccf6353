import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FALSE, TRUE, UNKNOWN, type Predicate } from "../../schema/predicate.ts";
import { evaluate, type Truth } from "../../src/access/evaluate.ts";
import { fold, outcomesOf } from "../../src/access/fold.ts";
import { Firm } from "./fixtures/vocabulary.ts";
import { attributesArbitrary, predicateArbitrary, rowArbitrary } from "./fixtures/arbitraries.ts";

const name = (truth: Truth): "true" | "false" | "unknown" => (truth === null ? "unknown" : truth ? "true" : "false");

describe("a folded predicate", () => {
  it("has the truth of the whole one in every row", () => {
    fc.assert(
      fc.property(predicateArbitrary, attributesArbitrary, rowArbitrary, (predicate, attributes, row) => {
        const bindings = { entity: Firm, attributes, nowMs: 0 };
        expect(evaluate(fold(predicate, attributes), row, bindings)).toBe(evaluate(predicate, row, bindings));
      }),
    );
  });

  it("can have every truth that some row gives it", () => {
    fc.assert(
      fc.property(predicateArbitrary, attributesArbitrary, rowArbitrary, (predicate, attributes, row) => {
        const folded = fold(predicate, attributes);
        expect(outcomesOf(folded)[name(evaluate(folded, row, { entity: Firm, attributes, nowMs: 0 }))]).toBe(true);
      }),
    );
  });

  it("keeps attributes of the agency by name, whatever their values", () => {
    const predicate: Predicate = { kind: "compare", path: ["region"], operator: "within", operand: { kind: "agency", attribute: "partners" } };
    expect(fold(predicate, { partners: ["130000"] })).toEqual(fold(predicate, { partners: ["110000", "120000"] }));
    expect(fold(predicate, {})).toEqual(UNKNOWN);
    expect(fold(predicate, { partners: [] })).toEqual(FALSE);
    expect(fold({ kind: "not", of: predicate }, { partners: [] })).toEqual(TRUE);
    expect(fold({ kind: "or", of: [predicate, TRUE] }, {})).toEqual(TRUE);
    expect(fold({ kind: "and", of: [predicate, FALSE] }, {})).toEqual(FALSE);
  });
});
