/** A scope whose source lost columns: rules that read them decide nothing in the caller's favour. */
import { describe, expect, test } from "vitest";
import { asEntityName, asRegionCode, asRuleId, asSourceId } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { withLost } from "../../src/access/lostScope.ts";
import type { Clause, Scope } from "../../src/access/permit.ts";

const clause = (rule: string, when: Predicate, levels: Readonly<Record<string, Clause["levels"] extends ReadonlyMap<string, infer Of> ? Of : never>>): Clause => ({ rule: asRuleId(rule), when, levels: new Map(Object.entries(levels)), reason: null });
const scope = (change: Partial<Scope>): Scope => ({ source: asSourceId("s"), region: asRegionCode("130000"), entity: asEntityName("Station"), door: "query", grants: [clause("open", { kind: "true" }, { name: "CLEAR", code: "CLEAR" })], restrictions: [], hides: [], ...change });
const lost = (names: readonly string[], rows = false) => ({ attributes: new Set(names), rows });
const isNull: Predicate = { kind: "isNull", path: ["revoked"], isNull: true };
const compare: Predicate = { kind: "compare", path: ["revoked"], operator: "eq", operand: { kind: "literal", value: true } };

describe("Where columns are lost", () => {
  test("a grant of theirs is noted, and the others stand", () => {
    const made = withLost(scope({}), lost(["name", "contact"]));
    // What is not granted is nobody's business.
    expect(made.lost).toEqual({ attributes: new Set(["name"]), rows: false });
    expect(made.grants).toEqual(scope({}).grants);
  });

  test("nothing changes for who is granted nothing of them", () => {
    const given = scope({});
    expect(withLost(given, lost(["contact"]))).toBe(given);
    expect(withLost(given, undefined)).toBe(given);
  });

  test.each<[string, Predicate]>([["a comparison", compare], ["isNull", isNull], ["the negation of isNull", { kind: "not", of: isNull }]])("a grant by %s of one grants nothing", (_, when) => {
    const made = withLost(scope({ grants: [clause("some", when, { name: "CLEAR" })] }), lost(["revoked"]));
    expect(made.grants).toEqual([]);
    expect(made.lost).toEqual({ attributes: new Set(["name"]), rows: true });
  });

  test.each<[string, Predicate]>([["a comparison", compare], ["isNull", isNull], ["the negation of isNull", { kind: "not", of: isNull }]])("a restriction by %s of one binds in every row", (_, when) => {
    const given = scope({ restrictions: [clause("deny", when, { name: "NULL" })], hides: [{ rule: asRuleId("hide"), when, reason: null }] });
    const made = withLost(given, lost(["revoked"]));
    expect(made.restrictions.map((each) => each.when)).toEqual([{ kind: "unknown" }]);
    expect(made.hides.map((each) => each.when)).toEqual([{ kind: "unknown" }]);
    expect(made.lost?.rows).toBe(true);
  });

  test("a rule that holds whatever they say goes on", () => {
    const either: Predicate = { kind: "or", of: [{ kind: "compare", path: ["code"], operator: "eq", operand: { kind: "literal", value: "A" } }, compare] };
    const made = withLost(scope({ grants: [clause("some", either, { name: "CLEAR" })] }), lost(["revoked"]));
    expect(made.grants).toHaveLength(1);
    expect(made.lost?.rows).toBe(true);
  });

  test("a rule that another column decides already changes nothing", () => {
    const given = scope({ grants: [clause("some", { kind: "or", of: [{ kind: "true" }, compare] }, { name: "CLEAR" })], restrictions: [clause("never", { kind: "and", of: [{ kind: "false" }, compare] }, { name: "NULL" })] });
    // Both come to a constant, and are another predicate than they were.
    expect(withLost(given, lost(["revoked"])).lost?.rows).toBe(true);
    const plain = scope({ grants: [clause("some", { kind: "compare", path: ["code"], operator: "eq", operand: { kind: "literal", value: "A" } }, { name: "CLEAR" })] });
    expect(withLost(plain, lost(["revoked"]))).toBe(plain);
  });

  test.each<[string, Partial<Scope>]>([
    ["a restriction", { restrictions: [clause("deny", compare, { code: "NULL" })] }],
    ["a hide", { hides: [{ rule: asRuleId("hide"), when: compare, reason: null }] }],
    ["a grant", { grants: [clause("open", { kind: "true" }, { name: "CLEAR", code: "CLEAR" }), clause("more", compare, { code: "CLEAR" })] }],
  ])("every granted attribute is lost where %s alone cannot be told", (_, change) => {
    expect(withLost(scope(change), lost(["revoked"])).lost).toEqual({ attributes: new Set(["name", "code"]), rows: true });
  });

  test("an attribute that a grant keeps at NULL is granted by nobody", () => {
    const given = scope({ grants: [clause("open", { kind: "true" }, { name: "CLEAR", contact: "NULL" })] });
    expect(withLost(given, lost(["contact"]))).toBe(given);
    expect(withLost(given, lost(["contact"], true)).lost).toEqual({ attributes: new Set(["name"]), rows: true });
  });

  test("all else of the scope stays as it is", () => {
    const given = scope({ restrictions: [clause("deny", isNull, { code: "NULL" })] });
    const { lost: _, grants, restrictions, ...rest } = withLost(given, lost(["name"]));
    expect({ ...rest, grants, restrictions }).toEqual({ ...given, grants, restrictions });
    expect(restrictions).toEqual(given.restrictions);
  });

  test("nothing is granted where the rows themselves are lost", () => {
    const made = withLost(scope({}), lost(["name", "code", "contact"], true));
    expect(made.grants).toEqual([]);
    expect(made.lost).toEqual({ attributes: new Set(["name", "code"]), rows: true });
  });
});
