/** Conditions of a source: what folds, what is renamed, and in which order a source is to evaluate. */
import { describe, expect, test } from "vitest";
import type { SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { ALWAYS, NEVER, aliasesOf, allOf, anyOf, cheapFirst, conjunctsOf, isNotTrue, renameCond, renameExpr } from "../../src/plan/conditions.ts";

const column = (name: string, alias = "t"): SourceExpr => ({ kind: "column", alias, column: name });
const slot = (number: number): SourceExpr => ({ kind: "slot", slot: number });
const a: SourceCond = { kind: "compare", op: "=", left: column("a"), right: slot(0) };
const b: SourceCond = { kind: "isNull", of: column("b"), negated: true };
const c: SourceCond = { kind: "isNull", of: column("c"), negated: false };
const and = (...of: readonly SourceCond[]): SourceCond => ({ kind: "and", of });
const or = (...of: readonly SourceCond[]): SourceCond => ({ kind: "or", of });

describe("conjunctions and disjunctions fold", () => {
  test.each<readonly [what: string, make: () => SourceCond, folded: SourceCond]>([
    ["AND of nothing", () => allOf([]), ALWAYS],
    ["AND with TRUE", () => allOf([ALWAYS, a, ALWAYS]), a],
    ["AND with FALSE", () => allOf([a, NEVER, b]), NEVER],
    ["AND in an AND", () => allOf([a, and(b, c)]), and(a, b, c)],
    ["OR in an AND", () => allOf([a, or(b, c)]), and(a, or(b, c))],
    ["AND of one", () => allOf([b]), b],
    ["OR of nothing", () => anyOf([]), NEVER],
    ["OR with FALSE", () => anyOf([NEVER, a, NEVER]), a],
    ["OR with TRUE", () => anyOf([a, ALWAYS, b]), ALWAYS],
    ["OR in an OR", () => anyOf([a, or(b, c)]), or(a, b, c)],
    ["AND in an OR", () => anyOf([a, and(b, c)]), or(a, and(b, c))],
    ["OR of one", () => anyOf([b]), b],
    ["not TRUE", () => isNotTrue(ALWAYS), NEVER],
    ["not FALSE", () => isNotTrue(NEVER), ALWAYS],
    ["not a condition", () => isNotTrue(a), { kind: "isNotTrue", of: a }],
  ])("%s", (_, make, folded) => {
    expect(make()).toEqual(folded);
  });

  test("constants are what they say", () => {
    expect([ALWAYS, NEVER]).toEqual([{ kind: "true" }, { kind: "false" }]);
  });
});

const to = { alias: (alias: string) => `${alias}'`, slot: (number: number) => number + 10 };
const renamedColumn = column("a", "t'");

describe("expressions are renamed throughout", () => {
  test.each<readonly [SourceExpr, SourceExpr]>([
    [column("a"), renamedColumn],
    [{ kind: "rowid", alias: "t" }, { kind: "rowid", alias: "t'" }],
    [{ kind: "constant", value: 1 }, { kind: "constant", value: 1 }],
    [slot(1), slot(11)],
    [{ kind: "lens", lens: "l", form: "printed", args: [column("a"), slot(0)] }, { kind: "lens", lens: "l", form: "printed", args: [renamedColumn, slot(10)] }],
    [{ kind: "coalesce", of: [column("a"), slot(2)] }, { kind: "coalesce", of: [renamedColumn, slot(12)] }],
    [
      { kind: "when", cond: { kind: "isNull", of: column("a"), negated: false }, then: column("a"), otherwise: slot(0) },
      { kind: "when", cond: { kind: "isNull", of: renamedColumn, negated: false }, then: renamedColumn, otherwise: slot(10) },
    ],
    [{ kind: "truth", cond: a }, { kind: "truth", cond: { kind: "compare", op: "=", left: renamedColumn, right: slot(10) } }],
    [{ kind: "bucket", of: column("a"), bucket: "DAY", zone: "UTC" }, { kind: "bucket", of: renamedColumn, bucket: "DAY", zone: "UTC" }],
    [{ kind: "start", of: column("a"), length: 4 }, { kind: "start", of: renamedColumn, length: 4 }],
    [{ kind: "linear", of: column("a"), times: "2", plus: "1", over: "10" }, { kind: "linear", of: renamedColumn, times: "2", plus: "1", over: "10" }],
  ])("%j", (expr, renamed) => {
    expect(renameExpr(expr, to)).toEqual(renamed);
  });
});

describe("conditions are renamed throughout", () => {
  const of: SourceCond = { kind: "compare", op: "<", left: column("a"), right: slot(0) };
  const renamed: SourceCond = { kind: "compare", op: "<", left: renamedColumn, right: slot(10) };
  test.each<readonly [SourceCond, SourceCond]>([
    [ALWAYS, ALWAYS],
    [NEVER, NEVER],
    [and(of, of), and(renamed, renamed)],
    [or(of), or(renamed)],
    [{ kind: "not", of }, { kind: "not", of: renamed }],
    [{ kind: "isTrue", of }, { kind: "isTrue", of: renamed }],
    [{ kind: "isNotTrue", of }, { kind: "isNotTrue", of: renamed }],
    [{ kind: "isFalse", of }, { kind: "isFalse", of: renamed }],
    [{ kind: "isNotFalse", of }, { kind: "isNotFalse", of: renamed }],
    [of, renamed],
    [{ kind: "inList", left: column("a"), list: slot(3), negated: true }, { kind: "inList", left: renamedColumn, list: slot(13), negated: true }],
    [{ kind: "inList", left: column("a"), list: { kind: "constants", values: ["x"] }, negated: false }, { kind: "inList", left: renamedColumn, list: { kind: "constants", values: ["x"] }, negated: false }],
    [{ kind: "isNull", of: column("a"), negated: true }, { kind: "isNull", of: renamedColumn, negated: true }],
    [{ kind: "hasType", of: column("a"), type: "text" }, { kind: "hasType", of: renamedColumn, type: "text" }],
    [{ kind: "consistsOf", of: column("a"), characters: "0123456789" }, { kind: "consistsOf", of: renamedColumn, characters: "0123456789" }],
    [{ kind: "digits", of: column("a"), length: 6 }, { kind: "digits", of: renamedColumn, length: 6 }],
    [{ kind: "significant", of: column("a"), digits: 15 }, { kind: "significant", of: renamedColumn, digits: 15 }],
    [{ kind: "inRanges", of: column("a"), low: slot(0), high: slot(1) }, { kind: "inRanges", of: renamedColumn, low: slot(10), high: slot(11) }],
    [{ kind: "startsWith", text: column("a"), part: slot(0) }, { kind: "startsWith", text: renamedColumn, part: slot(10) }],
    [{ kind: "contains", text: column("a"), part: slot(0) }, { kind: "contains", text: renamedColumn, part: slot(10) }],
    [{ kind: "isLatest", table: "T", alias: "t", key: ["k"], by: ["v"] }, { kind: "isLatest", table: "T", alias: "t'", key: ["k"], by: ["v"] }],
  ])("%j", (cond, expected) => {
    expect(renameCond(cond, to)).toEqual(expected);
  });

  test("the aliases that one reads are all that it names", () => {
    const cond = and({ kind: "compare", op: "=", left: column("a", "x"), right: slot(0) }, { kind: "isLatest", table: "T", alias: "y", key: [], by: [] }, { kind: "isNull", of: { kind: "rowid", alias: "z" }, negated: true });
    expect([...aliasesOf(cond)]).toEqual(["x", "y", "z"]);
    expect([...aliasesOf(ALWAYS)]).toEqual([]);
  });
});

test.each<readonly [SourceCond, readonly SourceCond[]]>([
  [ALWAYS, []],
  [NEVER, [NEVER]],
  [a, [a]],
  [and(a, b), [a, b]],
  [or(a, b), [or(a, b)]],
])("the conjuncts of %j", (cond, conjuncts) => {
  expect(conjunctsOf(cond)).toEqual(conjuncts);
});

describe("what costs more is evaluated later", () => {
  const lens = (of: SourceExpr): SourceExpr => ({ kind: "lens", lens: "l", form: "printed", args: [of] });
  const byCost: readonly SourceCond[] = [
    b,
    { kind: "compare", op: "=", left: column("a"), right: slot(1) },
    { kind: "contains", text: column("a"), part: slot(2) },
    and({ kind: "inList", left: column("x"), list: slot(3), negated: false }, { kind: "startsWith", text: column("x"), part: slot(4) }),
    { kind: "isNull", of: lens(column("a")), negated: true },
    { kind: "compare", op: ">", left: { kind: "bucket", of: column("a"), bucket: "DAY", zone: "UTC" }, right: slot(5) },
    { kind: "isNull", of: lens(lens(column("a"))), negated: true },
    { kind: "isLatest", table: "T", alias: "t", key: ["k"], by: ["v"] },
  ];

  test("in a conjunction", () => {
    expect(cheapFirst(and(...byCost.toReversed()))).toEqual({ kind: "and", of: [...byCost.slice(0, 1), ...[byCost[2], byCost[1]], ...byCost.slice(3)] });
  });

  test("equals keep their order", () => {
    const equal = ["b", "a", "c"].map((name): SourceCond => ({ kind: "compare", op: "=", left: column(name), right: slot(0) }));
    expect(cheapFirst(and(...equal))).toEqual(and(...equal));
  });

  test("by every kind of comparison alike", () => {
    const kinds: readonly SourceCond[] = [
      { kind: "contains", text: column("a"), part: slot(2) },
      { kind: "compare", op: "=", left: column("a"), right: slot(1) },
      { kind: "startsWith", text: column("a"), part: slot(2) },
      { kind: "inList", left: column("x"), list: slot(3), negated: false },
    ];
    expect(cheapFirst(and(...kinds, b))).toEqual(and(b, ...kinds));
  });

  test("nowhere else", () => {
    const cond = or({ kind: "isLatest", table: "T", alias: "t", key: [], by: [] }, b);
    expect(cheapFirst(cond)).toBe(cond);
  });
});
