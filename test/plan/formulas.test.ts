/** Formulas over rules: how they fold, what they ask of a cell, and how they go into a source. */
import { describe, expect, test } from "vitest";
import { FALSE, TRUE, UNKNOWN, type Predicate } from "../../schema/predicate.ts";
import type { SourceCond } from "../../adapters/contract/sourceQuery.ts";
import type { Scope } from "../../src/access/permit.ts";
import { ALWAYS, NEVER } from "../../src/plan/conditions.ts";
import { type Bindings, slotSink } from "../../src/plan/bindings.ts";
import { atomsOf, evaluateGuard, type Guard, guardAll, guardAny, guardAtom, levelAtLeast, rowInView } from "../../src/plan/guards.ts";
import { baseInstance, type QueryScope } from "../../src/plan/instance.ts";
import { lowerGuard, lowerTruth, placeAtom } from "../../src/plan/lowerPredicate.ts";
import { strataOf } from "../../src/plan/strata.ts";
import { sayGuard } from "../../src/plan/explainWords.ts";
import { sqlCond } from "../mapping/support.ts";
import { east, entityOf } from "./support/handMade.ts";
import { clause, contextOf, hide, is, isNull, open } from "./support/permits.ts";

const yes: Guard = { kind: "true" };
const no: Guard = { kind: "false" };
const [p, q] = [is("code", "p"), is("code", "q")];
const atom = (of: Predicate, value: "TRUE" | "FALSE" = "TRUE"): Guard => ({ kind: "atom", atom: { predicate: of, is: value, id: `${value} ${JSON.stringify(of)}` } });

describe("guards fold", () => {
  test.each<readonly [what: string, make: () => Guard, folded: Guard]>([
    ["all of nothing", () => guardAll([]), yes],
    ["all of TRUE", () => guardAll([yes, yes]), yes],
    ["all with TRUE", () => guardAll([yes, atom(p), atom(q)]), { kind: "and", of: [atom(p), atom(q)] }],
    ["all with FALSE", () => guardAll([atom(p), no]), no],
    ["all of one", () => guardAll([yes, atom(p)]), atom(p)],
    ["any of nothing", () => guardAny([]), no],
    ["any of FALSE", () => guardAny([no, no]), no],
    ["any with FALSE", () => guardAny([no, atom(p), atom(q)]), { kind: "or", of: [atom(p), atom(q)] }],
    ["any with TRUE", () => guardAny([atom(p), yes]), yes],
    ["any of one", () => guardAny([atom(p), no]), atom(p)],
    ["TRUE is TRUE", () => guardAtom(TRUE, "TRUE"), yes],
    ["TRUE is FALSE", () => guardAtom(TRUE, "FALSE"), no],
    ["FALSE is TRUE", () => guardAtom(FALSE, "TRUE"), no],
    ["FALSE is FALSE", () => guardAtom(FALSE, "FALSE"), yes],
    ["UNKNOWN is TRUE", () => guardAtom(UNKNOWN, "TRUE"), no],
    ["UNKNOWN is FALSE", () => guardAtom(UNKNOWN, "FALSE"), no],
    ["a condition is FALSE", () => guardAtom(p, "FALSE"), atom(p, "FALSE")],
  ])("%s", (_, make, folded) => {
    expect(make()).toEqual(folded);
  });

  test("their atoms are found below every connective, once each, in order", () => {
    const found = atomsOf([{ kind: "not", of: { kind: "and", of: [atom(q), atom(p)] } }, { kind: "or", of: [atom(p), atom(isNull("name"))] }, yes]);
    expect(found.map(({ predicate }) => predicate)).toEqual([q, p, isNull("name")]);
  });

  test.each<readonly [guard: Guard, truth: boolean]>([
    [yes, true],
    [no, false],
    [atom(p), true],
    [atom(q), false],
    [atom(isNull("name")), false],
    [{ kind: "and", of: [atom(p), atom(q)] }, false],
    [{ kind: "and", of: [atom(p), yes] }, true],
    [{ kind: "and", of: [] }, true],
    [{ kind: "or", of: [atom(p), atom(q)] }, true],
    [{ kind: "or", of: [atom(q)] }, false],
    [{ kind: "not", of: atom(q) }, true],
    [{ kind: "not", of: atom(p) }, false],
  ])("%#: has one truth", (guard, truth) => {
    expect(evaluateGuard(guard, new Map([[`TRUE ${JSON.stringify(p)}`, true], [`TRUE ${JSON.stringify(q)}`, false]]))).toBe(truth);
  });
});

const station = entityOf("Station");
const scopeOf = (parts: Partial<Pick<Scope, "grants" | "restrictions" | "hides">>): Scope => ({ source: east.id, region: east.region, entity: station.name, door: "query", grants: [], restrictions: [], hides: [], ...parts });

describe("a cell's level is at least", () => {
  const of = scopeOf({ grants: [clause("a", { contact: "free-text" }, p), clause("b", { contact: "CLEAR" }, q)], restrictions: [clause("c", { contact: "free-text" }, isNull("name")), clause("d", { contact: "phone" }, isNull("code"))] });
  test.each<readonly [attribute: string, level: "NULL" | "free-text" | "CLEAR" | "phone", guard: Guard]>([
    ["contact", "NULL", yes],
    ["contact", "phone", yes],
    ["contact", "free-text", { kind: "and", of: [{ kind: "or", of: [atom(p), atom(q)] }, atom(isNull("code"), "FALSE")] }],
    ["contact", "CLEAR", { kind: "and", of: [atom(q), atom(isNull("name"), "FALSE"), atom(isNull("code"), "FALSE")] }],
    ["name", "CLEAR", no],
    ["moon", "CLEAR", no],
  ])("%s %s", (attribute, level, guard) => {
    expect(levelAtLeast(of, station, attribute, level)).toEqual(guard);
  });

  test("a row is in V by any of its cells, and where nothing hides it", () => {
    expect(rowInView(scopeOf({ grants: [clause("a", { code: "CLEAR", name: "CLEAR" }, p)], hides: [hide("h", q)] }), station)).toEqual({ kind: "and", of: [atom(q, "FALSE"), atom(p)] });
    expect(rowInView(scopeOf({ grants: [clause("a", { code: "CLEAR" })] }), station)).toEqual(yes);
    expect(rowInView(scopeOf({}), station)).toEqual(no);
  });
});

describe("strata", () => {
  const many = (count: number, name = "name") => Array.from({ length: count }, (_, index) => clause(`g${index}`, { [name]: "CLEAR" }, is("code", `${index}`)));
  const base = clause("base", { code: "CLEAR" });

  test("are made of ten conditions at most, and where no row is seen of none", () => {
    expect(strataOf(scopeOf({ grants: [base, ...many(10)] }), station, ["name"]).map(({ levels }) => levels && [...levels])).toEqual([[], [["name", "CLEAR"]]]);
    expect(strataOf(scopeOf({ grants: [base, ...many(11)] }), station, ["name"])).toEqual([{ guard: yes, levels: null }]);
    expect(strataOf(scopeOf({ grants: many(11), hides: [hide("h", TRUE)] }), station, ["name"])).toEqual([]);
  });

  test("leave out what the vocabulary does not have", () => {
    expect(strataOf(scopeOf({ grants: [base] }), station, ["code", "moon"]).map(({ levels }) => [...(levels ?? [])])).toEqual([[["code", "CLEAR"]]]);
  });

  const scopes: Readonly<Record<string, Scope>> = {
    "one condition": scopeOf({ grants: [base, clause("a", { name: "CLEAR" }, p)] }),
    "one condition that grants and restricts": scopeOf({ grants: [clause("a", { code: "CLEAR", name: "CLEAR" }, p), base], restrictions: [clause("b", { code: "NULL" }, p)] }),
    "opposites without a base": scopeOf({ grants: [clause("a", { code: "CLEAR", name: "CLEAR" }, p), clause("x", { elevation: "CLEAR" })], restrictions: [clause("b", { elevation: "NULL" }, p)] }),
    "two conditions and a hide of one": scopeOf({ grants: [base, clause("a", { name: "CLEAR" }, p), clause("b", { elevation: "CLEAR" }, q)], hides: [hide("h", p)] }),
    "three conditions on one cell": scopeOf({ grants: [base, clause("a", { name: "CLEAR" }, p), clause("b", { name: "CLEAR" }, q)], restrictions: [clause("c", { name: "NULL" }, isNull("elevation"))] }),
    "masks in steps": scopeOf({ grants: [clause("m", { contact: "free-text" }, p), clause("c", { contact: "CLEAR" }, q)], restrictions: [clause("r", { contact: "free-text" }, p)] }),
  };
  test.each(Object.keys(scopes))("%s", async (name) => {
    const scope = scopes[name];
    if (scope === undefined) throw new Error(name);
    const text = strataOf(scope, station, ["code", "name", "elevation", "contact"]).map(({ guard, levels }) => `${sayGuard(guard, scope)}: ${JSON.stringify([...(levels ?? [])])}`);
    await expect(`${text.join("\n")}\n`).toMatchFileSnapshot(`golden/strata/${name.replaceAll(" ", "-")}.txt`);
  });
});

const bindings: Bindings = { operands: [], agency: {}, nowMs: 0, limit: 1, cursor: null, lookup: [] };
function rowOf() {
  const slots = slotSink();
  const query: QueryScope = { context: contextOf(open), source: east, door: "query", slots, joins: [], nextAlias: 0 };
  const [part] = east.mapping.entities.get(station.name)?.parts ?? [];
  if (part === undefined) throw new Error("no part");
  const instance = baseInstance(query, station, part, new Map([["region", "CLEAR"], ["code", "CLEAR"], ["movedFrom", "CLEAR"]]));
  const [row] = instance.alternatives;
  if (row === undefined) throw new Error("no row");
  return { instance, row, slots };
}

describe("a predicate in a source", () => {
  const lowered = (predicate: Predicate, want = true): SourceCond => {
    const { instance, slots } = rowOf();
    return lowerTruth(predicate, want, instance, slots);
  };
  test.each<readonly [predicate: Predicate, isTrue: string, isFalse: string]>([
    [TRUE, "1", "0"],
    [FALSE, "0", "1"],
    [UNKNOWN, "0", "0"],
    [{ kind: "not", of: UNKNOWN }, "0", "0"],
    [{ kind: "and", of: [] }, "1", "0"],
    [{ kind: "or", of: [] }, "0", "1"],
    [is("code", "a", "lt"), `"t"."code" < :s0`, `"t"."code" >= :s0`],
    [is("code", "a", "gte"), `"t"."code" >= :s0`, `"t"."code" < :s0`],
    [is("code", "a", "startsWith"), `hub_starts("t"."code", :s0)`, `("t"."code" IS NOT NULL AND ((hub_starts("t"."code", :s0)) IS NOT TRUE))`],
    [is("name", "withheld"), "0", "0"],
    [is("moon", "a"), "0", "0"],
    [isNull("moon"), "1", "0"],
    [{ kind: "compare", path: ["region", "code"], operator: "eq", operand: { kind: "literal", value: "1" } }, `"t"."region" = :s0`, `"t"."region" <> :s0`],
    [{ kind: "isNull", path: ["movedFrom"], isNull: false }, `"#0".rowid IS NOT NULL`, `(("#0".rowid IS NOT NULL) IS NOT TRUE)`],
    [{ kind: "isNull", path: ["movedFrom", "movedFrom"], isNull: false }, `("#0".rowid IS NOT NULL AND "#1".rowid IS NOT NULL)`, `((("#0".rowid IS NOT NULL AND "#1".rowid IS NOT NULL)) IS NOT TRUE)`],
  ])("%j", (predicate, isTrue, isFalse) => {
    expect([sqlCond(lowered(predicate)), sqlCond(lowered(predicate, false))]).toEqual([isTrue, isFalse]);
  });

  test("columns that no region has are NULL in every row", () => {
    const codes = (column: string): readonly unknown[] => {
      const { instance, slots } = rowOf();
      lowerTruth({ kind: "isNull", path: ["region", column], isNull: false }, true, instance, slots);
      return slots.binders[0]?.(bindings) as readonly unknown[];
    };
    expect(codes("moon")).toEqual([]);
    expect(codes("name").length).toBeGreaterThan(300);
  });

  test("reads an else of a hub constant by the region's own code", () => {
    const { instance, slots } = rowOf();
    const notes: Parameters<typeof lowerTruth>[4] = [];
    lowerTruth({ kind: "compare", path: ["region", "name"], operator: "eq", operand: { kind: "literal", value: "河北省" } }, true, instance, slots, notes);
    expect(slots.binders.map((bind) => bind(bindings))).toEqual([["130000"]]);
    // How it goes into the source is not the filter's own way, so it leaves no note.
    expect(notes).toEqual([]);
  });
});

describe("a guard in a source", () => {
  test.each<readonly [guard: Guard, cond: string]>([
    [yes, "1"],
    [no, "0"],
    [{ kind: "or", of: [atom(p), atom(q, "FALSE")] }, `("t"."code" = :s0 OR "t"."code" <> :s1)`],
    [{ kind: "and", of: [atom(p), { kind: "not", of: atom(isNull("name")) }] }, `("t"."code" = :s0 AND (((("t"."name" IS NOT NULL) IS NOT TRUE)) IS NOT TRUE))`],
  ])("%#", (guard, cond) => {
    const { row, slots } = rowOf();
    expect(sqlCond(lowerGuard(guard, row, slots))).toBe(cond);
  });

  test("looks at its own row alone", () => {
    const { row, slots } = rowOf();
    expect(() => lowerGuard(atom({ kind: "isNull", path: ["movedFrom"], isNull: true }), row, slots)).toThrow("a rule's predicate is row-local");
  });

  test("an atom's slots are bound once each, and all of them", () => {
    const { row, slots } = rowOf();
    const slot = { kind: "slot", slot: 0 } as const;
    const cond: SourceCond = { kind: "compare", op: "=", left: slot, right: slot };
    expect(sqlCond(placeAtom({ grade: "R", note: "", cond, bind: [String] }, row, slots, () => "x"))).toBe(":s0 = :s0");
    expect(slots.binders).toHaveLength(1);
    expect(() => placeAtom({ grade: "R", note: "", cond, bind: [] }, row, slots, () => "x")).toThrow("an atom of the mapping names a slot that it does not bind");
  });

  test("constants are conditions that always and never hold", () => {
    const { row, slots } = rowOf();
    expect([lowerGuard(yes, row, slots), lowerGuard(no, row, slots)]).toEqual([ALWAYS, NEVER]);
  });
});

describe("a row", () => {
  test("follows only local links", () => {
    const { instance } = rowOf();
    expect(() => instance.follow("code")).toThrow("Station.code is not a local link");
    expect(() => instance.follow("moon")).toThrow("Station.moon is not a local link");
    expect(instance.follow("movedFrom")).toBe(instance.follow("movedFrom"));
  });

  test("is CLEAR nowhere where nothing is granted of its entity", () => {
    const slots = slotSink();
    const query: QueryScope = { context: contextOf({ ...open, scopes: new Map() }), source: east, door: "query", slots, joins: [], nextAlias: 0 };
    const [part] = east.mapping.entities.get(station.name)?.parts ?? [];
    expect(part === undefined ? [] : baseInstance(query, station, part, null).alternatives.map((row) => row.clear("code"))).toEqual([NEVER]);
  });
});
