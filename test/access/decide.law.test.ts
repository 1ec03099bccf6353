import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asRegionCode, asRuleId, asSourceId, coordinate } from "../../schema/ids.ts";
import { levelChain } from "../../schema/vocabulary.ts";
import { viewOf, type RowView } from "../../src/access/disposition.ts";
import type { Row } from "../../src/access/evaluate.ts";
import { scopeKey, type Door, type Permit } from "../../src/access/permit.ts";
import { doors, type Rule } from "../../src/access/policy.ts";
import type { Agency } from "../../src/identity/network.ts";
import { attributesArbitrary, grantArbitrary, restrictionArbitrary, rowArbitrary, rulesArbitrary } from "./fixtures/arbitraries.ts";
import { agency, network, permitOf, permitSource } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const source = asSourceId("s");
const region = asRegionCode("130000");
const agencies = [...network.agencies.keys()];
const asker = fc.tuple(fc.constantFrom(...agencies), attributesArbitrary).map(([id, attributes]): Agency => ({ ...agency(id), attributes }));
const door = fc.constantFrom(...doors);

const permit = (rules: readonly Rule[], who: Agency): Permit => permitOf({ region, rules }, who.id, { agency: who });
const view = (rules: readonly Rule[], who: Agency, at: Door, row: Row): RowView =>
  viewOf(permit(rules, who).scopes.get(scopeKey(source, Firm.name, at)), Firm, row, { entity: Firm, attributes: who.attributes, nowMs: 0 });

const rankOf = (one: RowView, name: string): number => {
  const attribute = Firm.attributes.get(name);
  return attribute && one.inView ? levelChain(attribute).indexOf(one.levels.get(name) ?? "NULL") : 0;
};

/** No row and no cell of `less` that `more` has not. */
function expectNoMore(less: RowView, more: RowView): void {
  if (less.inView) expect(more.inView).toBe(true);
  for (const name of Firm.attributes.keys()) expect(rankOf(less, name)).toBeLessThanOrEqual(rankOf(more, name));
}

describe("the law of rules", () => {
  it("never raises a cell or adds a row when a restriction is added", () => {
    fc.assert(
      fc.property(rulesArbitrary, restrictionArbitrary, asker, door, rowArbitrary, (rules, added, who, at, row) => {
        const other = { ...added, id: asRuleId("added") };
        expectNoMore(view([...rules, other], who, at, row), view(rules, who, at, row));
      }),
      { numRuns: 500 },
    );
  });

  it("never raises a cell or adds a row when a grant is taken away", () => {
    fc.assert(
      fc.property(rulesArbitrary, grantArbitrary, asker, door, rowArbitrary, (rules, taken, who, at, row) => {
        const other = { ...taken, id: asRuleId("taken") };
        expectNoMore(view(rules, who, at, row), view([...rules, other], who, at, row));
      }),
      { numRuns: 500 },
    );
  });

  it("does not depend on the order of rules", () => {
    const shuffled = rulesArbitrary.chain((rules) => fc.tuple(fc.constant(rules), fc.shuffledSubarray([...rules], { minLength: rules.length })));
    fc.assert(
      fc.property(shuffled, asker, ([rules, other], who) => {
        const [one, two] = [permit(rules, who), permit(other, who)];
        expect([two.permitHash, two.schemaHash, [...two.slices]]).toEqual([one.permitHash, one.schemaHash, [...one.slices]]);
      }),
    );
  });

  it("never shows more while attributes of the agency are missing than with any values of them", () => {
    fc.assert(
      fc.property(rulesArbitrary, asker, door, rowArbitrary, (rules, who, at, row) => {
        expectNoMore(view(rules, { ...who, attributes: {} }, at, row), view(rules, who, at, row));
      }),
      { numRuns: 500 },
    );
  });

  it("gives no row a cell beyond what the schema says can be reached", () => {
    fc.assert(
      fc.property(rulesArbitrary, asker, rowArbitrary, (rules, who, row) => {
        const { reach } = permit(rules, who);
        const seen = view(rules, who, "query", row);
        for (const [name, level] of seen.levels) {
          const best = reach.query.get(coordinate(Firm.name, name));
          if (seen.inView && level === "CLEAR") expect(best).toBe("CLEAR");
          if (seen.inView && level !== "NULL") expect(best).toBeDefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is the same for every agency with rules of the same form, whatever its attributes' values", () => {
    fc.assert(
      fc.property(rulesArbitrary, asker, fc.constantFrom("110000", "650000"), (rules, who, other) => {
        const changed = Object.fromEntries(Object.entries(who.attributes).map(([key, value]) => [key, typeof value === "string" ? other : value.map(() => other)]));
        expect(permit(rules, { ...who, attributes: changed }).permitHash).toBe(permit(rules, who).permitHash);
      }),
    );
  });

  it("lets the region's second source see the rules of the first", () => {
    fc.assert(
      fc.property(rulesArbitrary, asker, door, (rules, who, at) => {
        const both = permitOf({ region, rules }, who.id, { agency: who, sources: [permitSource("s"), permitSource("t")] });
        const [first, second] = ["s", "t"].map((id) => both.scopes.get(scopeKey(asSourceId(id), Firm.name, at)));
        expect(second?.grants).toEqual(first?.grants);
        expect(both.schemaHash).toBe(permit(rules, who).schemaHash);
      }),
    );
  });
});
