/** Predicates, guards and levels in words. */
import { describe, expect, test } from "vitest";
import { FALSE, TRUE, UNKNOWN, type Predicate } from "../../schema/predicate.ts";
import type { Level } from "../../schema/vocabulary.ts";
import { asEntityName, asRegionCode, asSourceId } from "../../schema/ids.ts";
import type { Scope } from "../../src/access/permit.ts";
import { sayGuard, sayLevels, sayPredicate, saySource } from "../../src/plan/explainWords.ts";
import { type Guard, guardAtom } from "../../src/plan/guards.ts";
import { clause, hide, is, isNull } from "./support/permits.ts";

const a = is("a", "x");
const b = is("b", 2, "gt");
const and = (...of: readonly Predicate[]): Predicate => ({ kind: "and", of });
const or = (...of: readonly Predicate[]): Predicate => ({ kind: "or", of });
const slots = [{ source: { kind: "variable", path: ["where", "x", 1] }, attribute: null, argument: "", measure: false }] as const;

describe("a predicate", () => {
  test.each<readonly [predicate: Predicate, words: string]>([
    [TRUE, "every row"],
    [FALSE, "no row"],
    [UNKNOWN, "unknown"],
    [a, `a eq "x"`],
    [and(a, b), `a eq "x" and b gt 2`],
    [or(a, b), `a eq "x" or b gt 2`],
    [and(a, or(a, b), and(b, b)), `a eq "x" and (a eq "x" or b gt 2) and (b gt 2 and b gt 2)`],
    [or({ kind: "not", of: a }, b), `not (a eq "x") or b gt 2`],
    [{ kind: "not", of: and(a, b) }, `not (a eq "x" and b gt 2)`],
    [and({ kind: "not", of: { kind: "compare", path: ["p"], operator: "eq", operand: { kind: "slot", slot: 0 } } }), "not (p eq $where.x.1)"],
    [or(and({ kind: "compare", path: ["p"], operator: "eq", operand: { kind: "slot", slot: 0 } })), "(p eq $where.x.1)"],
    [isNull("a"), "a is null"],
    [{ kind: "isNull", path: ["a", "b"], isNull: false }, "a.b is not null"],
    [{ kind: "compare", path: ["a", "b"], operator: "in", operand: { kind: "literals", values: ["x", 1] } }, `a.b in ["x",1]`],
    [{ kind: "compare", path: ["a"], operator: "eq", operand: { kind: "slot", slot: 7 } }, "a eq ?"],
    [{ kind: "compare", path: ["a"], operator: "within", operand: { kind: "agency", attribute: "partners" } }, "a within $agency.partners"],
    [{ kind: "compare", path: ["a"], operator: "gt", operand: { kind: "now", offsetMs: 0 } }, "a gt $now"],
    [{ kind: "compare", path: ["a"], operator: "gt", operand: { kind: "now", offsetMs: -3_600_000 } }, "a gt $now - 3600 s"],
    [{ kind: "compare", path: ["a"], operator: "gt", operand: { kind: "now", offsetMs: 1500 } }, "a gt $now + 1.5 s"],
  ])("%#: %j", (predicate, words) => {
    expect(sayPredicate(predicate, slots)).toBe(words);
  });

  test("has no values where it has no slots", () => {
    expect(sayPredicate({ kind: "compare", path: ["a"], operator: "eq", operand: { kind: "slot", slot: 0 } })).toBe("a eq ?");
  });

  test("a list of a document and of variables", () => {
    expect(saySource({ kind: "list", items: [{ kind: "literal", value: "a" }, { kind: "variable", path: ["v"] }] })).toBe(`["a", $v]`);
  });
});

const scope: Scope = {
  source: asSourceId("s"),
  region: asRegionCode("130000"),
  entity: asEntityName("Station"),
  door: "query",
  grants: [clause("grant", { name: "CLEAR" }, a), clause("always", { code: "CLEAR" })],
  restrictions: [clause("limit", { name: "NULL" }, a), clause("other", { name: "NULL" }, b)],
  hides: [hide("hides", isNull("a"))],
};

describe("a guard names rules and never what they look at", () => {
  const atom = () => guardAtom(a, "TRUE");
  const falseB = () => guardAtom(b, "FALSE");
  test.each<readonly [guard: () => Guard, words: string]>([
    [() => ({ kind: "true" }), "every row"],
    [() => ({ kind: "false" }), "no row"],
    [atom, "condition of grant, limit IS TRUE"],
    [falseB, "condition of other IS FALSE"],
    [() => guardAtom(isNull("a"), "FALSE"), "condition of hides IS FALSE"],
    [() => guardAtom(is("a", "nobody"), "TRUE"), "condition of a rule IS TRUE"],
    [() => ({ kind: "not", of: atom() }), "condition of grant, limit IS NOT TRUE"],
    [() => ({ kind: "not", of: { kind: "and", of: [atom(), falseB()] } }), "not (condition of grant, limit IS TRUE and condition of other IS FALSE)"],
    [() => ({ kind: "and", of: [atom(), { kind: "or", of: [falseB(), { kind: "and", of: [atom()] }] }, falseB()] }), "condition of grant, limit IS TRUE and (condition of other IS FALSE or (condition of grant, limit IS TRUE)) and condition of other IS FALSE"],
    [() => ({ kind: "or", of: [{ kind: "not", of: atom() }, { kind: "or", of: [atom()] }] }), "condition of grant, limit IS NOT TRUE or (condition of grant, limit IS TRUE)"],
  ])("%#", (guard, words) => {
    expect(sayGuard(guard(), scope)).toBe(words);
  });

  test("without a scope there are no rules to name", () => {
    expect(sayGuard(atom(), undefined)).toBe("condition of a rule IS TRUE");
  });
});

test.each<readonly [names: readonly string[], levels: Readonly<Record<string, Level>>, words: string]>([
  [["b", "a"], { a: "CLEAR", b: "CLEAR" }, "clear: b, a"],
  [["a", "b", "c", "d"], { a: "NULL", b: "phone", d: "CLEAR" }, "clear: d; masked: b (phone); withheld: a, c"],
  [["a", "b"], { a: "phone", b: "free-text" }, "masked: a (phone), b (free-text)"],
  [[], {}, ""],
])("the levels of %j in %j", (names, levels, words) => {
  expect(sayLevels(names, new Map(Object.entries(levels)))).toBe(words);
});
