/** Strata: disjoint, together V, wholly of one level each, and merged where nothing asked for differs (semantics.md §6). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, asRegionCode, asRuleId, asSourceId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { type Level, levelChain } from "../../schema/vocabulary.ts";
import type { Clause, HideClause, Scope } from "../../src/access/permit.ts";
import { atomsOf, evaluateGuard, levelAtLeast, rowInView } from "../../src/plan/guards.ts";
import { strataOf } from "../../src/plan/strata.ts";

const station = vocabulary().entities.get(asEntityName("Station"));
if (station === undefined) throw new Error("no Station");

const quality = (value: string): Predicate => ({ kind: "compare", path: ["quality"], operator: "eq", operand: { kind: "literal", value } });
const name = (value: string): Predicate => ({ kind: "compare", path: ["name"], operator: "eq", operand: { kind: "literal", value } });
const always: Predicate = { kind: "true" };

const clause = (when: Predicate, levels: Readonly<Record<string, Level>>): Clause => ({ rule: asRuleId("r"), when, levels: new Map(Object.entries(levels)), reason: null });
const scope = (parts: Partial<Pick<Scope, "grants" | "restrictions" | "hides">>): Scope => ({
  source: asSourceId("s"),
  region: asRegionCode("130000"),
  entity: asEntityName("Station"),
  door: "query",
  grants: [],
  restrictions: [],
  hides: [],
  ...parts,
});
const hide = (when: Predicate): HideClause => ({ rule: asRuleId("h"), when, reason: null });

const levelsOf = (of: Scope, referenced: readonly string[]) => strataOf(of, station, referenced).map(({ levels }) => (levels === null ? null : Object.fromEntries(levels)));

describe("strata", () => {
  test("a scan without predicates is one stratum without a guard", () => {
    const [only, ...rest] = strataOf(scope({ grants: [clause(always, { code: "CLEAR", contact: "free-text" })] }), station, ["code", "contact", "name"]);
    expect(rest).toEqual([]);
    expect(only?.guard).toEqual({ kind: "true" });
    expect(Object.fromEntries(only?.levels ?? [])).toEqual({ code: "CLEAR", contact: "free-text" });
  });

  test("nothing granted is no stratum", () => {
    expect(strataOf(scope({}), station, ["code"])).toEqual([]);
    expect(strataOf(scope({ grants: [clause(always, { code: "CLEAR" })], hides: [hide(always)] }), station, ["code"])).toEqual([]);
  });

  test("a predicate that bears on nothing asked for splits nothing", () => {
    const of = scope({ grants: [clause(always, { code: "CLEAR" }), clause(quality("RAW"), { name: "CLEAR" })] });
    expect(levelsOf(of, ["code"])).toEqual([{ code: "CLEAR" }]);
    expect(levelsOf(of, ["code", "name"])).toHaveLength(2);
  });

  test("rows that only a predicate brings into V are kept apart from rows that it does not", () => {
    const [only, ...rest] = strataOf(scope({ grants: [clause(quality("RAW"), { name: "CLEAR" })] }), station, ["code"]);
    expect(rest).toEqual([]);
    expect(only?.guard.kind).toBe("atom");
  });

  test("three predicates on three attributes are eight strata, a fourth makes guards per cell", () => {
    const grants = ["code", "elevation", "operator", "active"].map((attribute, index) => clause(name(`n${index}`), { [attribute]: "CLEAR" }));
    const base = clause(always, { medium: "CLEAR" });
    expect(levelsOf(scope({ grants: [base, ...grants.slice(0, 3)] }), ["code", "elevation", "operator", "active"])).toHaveLength(8);
    expect(levelsOf(scope({ grants: [base, ...grants] }), ["code", "elevation", "operator", "active"])).toEqual([null]);
    // What is asked for decides: two attributes split into four, whatever else the rules say.
    expect(levelsOf(scope({ grants: [base, ...grants] }), ["code", "elevation"])).toHaveLength(4);
  });

  test("one predicate cannot be TRUE and FALSE at once, but may be neither", () => {
    const of = scope({ grants: [clause(quality("RAW"), { code: "CLEAR", name: "CLEAR" }), clause(always, { elevation: "CLEAR" })], restrictions: [clause(quality("RAW"), { elevation: "NULL" })] });
    // TRUE: name, no elevation. FALSE: elevation alone. UNKNOWN: neither, so no row of V.
    expect(levelsOf(of, ["name", "elevation"])).toEqual(expect.arrayContaining([{ name: "CLEAR" }, { elevation: "CLEAR" }]));
    expect(levelsOf(of, ["name", "elevation"])).toHaveLength(2);
  });
});

const attributes = ["code", "name", "contact", "elevation", "position"];
const level = (attribute: string): fc.Arbitrary<Level> => fc.constantFrom(...levelChain(station.attributes.get(attribute) as never));
const anyPredicate = fc.constantFrom<Predicate[]>(always, { kind: "unknown" }, quality("RAW"), quality("REVIEWED"), name("a"));
const anyClause = fc
  .tuple(anyPredicate, fc.subarray(attributes).chain((of) => fc.tuple(...of.map((attribute) => fc.tuple(fc.constant(attribute), level(attribute))))))
  .map(([when, levels]) => clause(when, Object.fromEntries(levels)));
const anyScope = fc
  .record({ grants: fc.array(anyClause, { maxLength: 4 }), restrictions: fc.array(anyClause, { maxLength: 3 }), hides: fc.array(anyPredicate.map(hide), { maxLength: 2 }) })
  .map(scope);

test("every row of V lies in exactly one stratum, at the levels that the stratum says; every other row in none", () => {
  fc.assert(
    fc.property(anyScope, fc.subarray(attributes), (of, referenced) => {
      const strata = strataOf(of, station, referenced);
      const inView = rowInView(of, station);
      const questions = referenced.flatMap((attribute) => levelChain(station.attributes.get(attribute) as never).slice(1).map((wanted) => levelAtLeast(of, station, attribute, wanted)));
      const atoms = atomsOf([inView, ...questions, ...strata.map(({ guard }) => guard)]);
      const predicates = [...new Set(atoms.map(({ id }) => id.replace(/^(TRUE|FALSE) /, "")))];
      for (let code = 0; code < 3 ** predicates.length; code += 1) {
        const truth = new Map<string, boolean>();
        predicates.forEach((predicate, index) => {
          const value = Math.floor(code / 3 ** index) % 3;
          truth.set(`TRUE ${predicate}`, value === 0);
          truth.set(`FALSE ${predicate}`, value === 1);
        });
        const met = strata.filter(({ guard }) => evaluateGuard(guard, truth));
        expect(met.length).toBe(evaluateGuard(inView, truth) ? 1 : 0);
        const [stratum] = met;
        if (stratum === undefined || stratum.levels === null) continue;
        for (const attribute of referenced) {
          const chain = levelChain(station.attributes.get(attribute) as never);
          const reached = chain.toReversed().find((wanted) => evaluateGuard(levelAtLeast(of, station, attribute, wanted), truth));
          expect(stratum.levels.get(attribute) ?? "NULL").toBe(reached);
        }
      }
    }),
    { numRuns: 300 },
  );
});
