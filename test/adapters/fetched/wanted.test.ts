/** What is asked of a source is never less than what the query needs, and no more than its parameters allow to leave out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BoundValue, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import type { FetchedTable, Pushed, PushOperator } from "../../../adapters/fetched/fetchedSource.ts";
import { fetchPlan } from "../../../adapters/fetched/fetchPlan.ts";
import { requestsFor } from "../../../adapters/fetched/requests.ts";
import { byCodePoints, wantedBy } from "../../../adapters/fetched/wanted.ts";
import { and, column, compare, constant, inConstants, inSlot, isNull, not, or, part, read, rowsOf, slot, TRUE } from "../fixtures/templates.ts";

const pushable = (operators: readonly PushOperator[], listMax = 50) => ({ operators: new Set(operators), listMax, separator: "," });
const table = (push: Readonly<Record<string, readonly PushOperator[]>>, more: Partial<FetchedTable> = {}): FetchedTable => ({
  name: "t",
  columns: ["id", "a", "b"],
  key: ["id"],
  push: Object.fromEntries(Object.entries(push).map(([name, operators]) => [name, pushable(operators)])),
  mayReadAll: false,
  require: [],
  ...more,
});
const spell = (requests: readonly (readonly Pushed[])[]): string[] => requests.map((pushed) => pushed.map(({ column: name, operator, values }) => `${name} ${operator} ${values.join("|")}`).join(", ") || "all");
const asked = (cond: SourceCond, values: readonly BoundValue[], of: FetchedTable): string[] | string => {
  const requests = requestsFor(of, wantedBy({ cond, alias: "t", values, isOpen: () => true }), 32);
  return requests.kind === "some" ? spell(requests.requests) : `needs ${requests.by.join(requests.all ? " and " : " or ")}`;
};
const [a, b] = [column("a"), column("b")];
const both = table({ a: ["eq", "in"], b: ["gte", "lt"] });

describe("A condition asks", () => {
  test.each<[string, SourceCond, readonly BoundValue[], FetchedTable, string[] | string]>([
    ["for one value", compare(a, "=", slot(0)), ["x"], both, ["a eq x"]],
    ["for a value on the other side", compare(constant("x"), "=", a), [], both, ["a eq x"]],
    ["for a list at once", inSlot(a, 0), [["x", "y", "x", null]], both, ["a in x|y"]],
    ["for a list one by one where the source takes no list", inConstants(a, "x", "y"), [], table({ a: ["eq"] }), ["a eq x", "a eq y"]],
    ["for a list by its ends where the source takes ranges alone", inConstants(b, "m", "d", "p"), [], table({ b: ["gte", "lte"] }), ["b gte d, b lte p"]],
    ["for a list in pieces", inSlot(a, 0), [["1", "2", "3"]], table({}, { push: { a: pushable(["in"], 2) } }), ["a in 1|2", "a in 3"]],
    ["for no list that its separator would tear", inSlot(a, 0), [["x,y", "z"]], table({ a: ["eq", "in"] }), ["a eq x,y", "a eq z"]],
    ["for a range", and(compare(b, ">=", slot(0)), compare(b, "<", slot(1))), ["d", "p"], both, ["b gte d, b lt p"]],
    ["for what includes an exclusive bound", compare(b, ">", slot(0)), ["d"], both, ["b gte d"]],
    ["for nothing by a bound that would leave one row out", compare(b, "<=", slot(0)), ["d"], both, "needs a or b"],
    ["for the tighter of two bounds", and(compare(b, ">=", constant("c")), compare(b, ">=", constant("d")), compare(b, "<", constant("z"))), [], both, ["b gte d, b lt z"]],
    ["for both columns", and(compare(a, "=", constant("x")), compare(b, ">=", constant("d"))), [], both, ["a eq x, b gte d"]],
    ["for each side of an or", or(compare(a, "=", constant("x")), compare(b, ">=", constant("d"))), [], both, ["a eq x", "b gte d"]],
    ["for the union of two lists", or(compare(a, "=", constant("y")), inConstants(a, "x", "z")), [], both, ["a in x|y|z"]],
    ["for all where one side of an or says nothing", or(compare(a, "=", constant("x")), isNull(b)), [], { ...both, mayReadAll: true }, ["all"]],
    ["for nothing where nothing can be", and(compare(a, "=", constant("x")), compare(a, "=", constant("y"))), [], both, []],
    ["for nothing of an empty list", inSlot(a, 0), [[]], both, []],
    ["for nothing that would equal NULL", compare(a, "=", slot(0)), [null], both, []],
    ["for nothing between bounds that cross", and(compare(b, ">", constant("p")), compare(b, "<", constant("d"))), [], both, []],
    ["not by what a negation says", not(read("isTrue", compare(a, "=", constant("x")))), [], both, "needs a or b"],
    ["not by `not in`", { kind: "inList", left: a, list: slot(0), negated: true }, [["x"]], both, "needs a or b"],
    ["not by a value that a source may choke on", compare(a, "=", slot(0)), ["a\u0000"], both, "needs a or b"],
    ["for nothing that the hub asks for where nothing can be", compare(a, "=", slot(0)), ["\ue000forged"], both, []],
    ["for nothing spelt as no cell is", inSlot(a, 0), [["1", "x"]], table({}, { push: { a: { ...pushable(["eq"]), couldBe: (value) => /^\d+$/.test(value) } } }), ["a eq 1"]],
    ["not by a bound spelt as no cell is", compare(a, "<", slot(0)), ["x"], table({}, { push: { a: { ...pushable(["lt"]), couldBe: (value) => /^\d+$/.test(value) } } }), "needs a"],
    ["for a list in one parameter that stands once per value", inSlot(a, 0), [["x", "y"]], table({}, { push: { a: { ...pushable(["in"]), separator: "" } } }), ["a in x|y"]],
    ["not by a value longer than any", compare(a, "=", slot(0)), ["x".repeat(257)], both, "needs a or b"],
    ["not without a filter", TRUE, [], both, "needs a or b"],
    ["whole where that is allowed", TRUE, [], { ...both, mayReadAll: true }, ["all"]],
    ["not without what every request needs", compare(a, "=", constant("x")), [], { ...both, mayReadAll: true, require: ["b"] }, "needs b"],
  ])("%s", (_what, cond, values, of, expected) => {
    expect(asked(cond, values, of)).toEqual(expected);
  });
});

/** Texts that order differently by code points and by UTF-16 units among them. */
const texts = ["", "a", "b", "c", "～", "𝄞", "a,b"] as const;
const cell = fc.constantFrom<(string | null)[]>(...texts, null);
const leaf = (name: "a" | "b"): fc.Arbitrary<SourceCond> =>
  fc.oneof(
    fc.tuple(fc.constantFrom("=", "<>", "<", "<=", ">", ">="), cell).map(([op, value]) => compare(column(name), op as "=", constant(value))),
    fc.array(cell, { maxLength: 3 }).map((list) => inConstants(column(name), ...list)),
    fc.constant(isNull(column(name))),
  );
const condition: fc.Arbitrary<SourceCond> = fc.letrec<{ cond: SourceCond }>((tie) => ({
  cond: fc.oneof(
    { maxDepth: 4 },
    leaf("a"),
    leaf("b"),
    fc.array(tie("cond"), { maxLength: 3 }).map((of) => and(...of)),
    fc.array(tie("cond"), { maxLength: 3 }).map((of) => or(...of)),
    tie("cond").map((of) => read("isTrue", of)),
    tie("cond").map((of) => not(read("isTrue", of))),
    tie("cond").map((of) => read("isNotFalse", of)),
  ),
})).cond;
const operators = fc.subarray<PushOperator>(["eq", "in", "gte", "gt", "lte", "lt"]);
type Row = { readonly a: string | null; readonly b: string | null };

function truth(cond: SourceCond, row: Row): boolean | null {
  const text = (expr: { kind: string; column?: string; value?: unknown }): string | null => (expr.kind === "column" ? row[expr.column as "a"] : (expr.value as string | null));
  switch (cond.kind) {
    case "and":
      return cond.of.reduce<boolean | null>((all, one) => { const now = truth(one, row); return all === false || now === false ? false : all === null || now === null ? null : true; }, true);
    case "or":
      return cond.of.reduce<boolean | null>((any, one) => { const now = truth(one, row); return any === true || now === true ? true : any === null || now === null ? null : false; }, false);
    case "isTrue":
      return truth(cond.of, row) === true;
    case "isNotFalse":
      return truth(cond.of, row) !== false;
    case "not":
      return truth(cond.of, row) === false;
    case "isNull":
      return text(cond.of as never) === null;
    case "compare": {
      const [left, right] = [text(cond.left as never), text(cond.right as never)];
      if (left === null || right === null) return null;
      const order = byCodePoints(left, right);
      return { "=": order === 0, "<>": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[cond.op];
    }
    case "inList": {
      const left = text(cond.left as never);
      const list = cond.list.kind === "constants" ? cond.list.values : [];
      if (list.length === 0) return false;
      return left === null ? null : list.includes(left) ? true : list.includes(null) ? null : false;
    }
    default:
      throw new Error(cond.kind);
  }
}

const brings = (pushed: readonly Pushed[], row: Row): boolean =>
  pushed.every(({ column: name, operator, values }) => {
    const own = row[name as "a"];
    if (own === null) return false;
    const order = byCodePoints(own, values[0] ?? "");
    return { eq: order === 0, in: values.includes(own), gte: order >= 0, gt: order > 0, lte: order <= 0, lt: order < 0 }[operator];
  });

test("Law: every row of which a condition is TRUE is brought by some request, whatever the source's parameters are", () => {
  fc.assert(
    fc.property(condition, operators, operators, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 }), (cond, ofA, ofB, listMax, most) => {
      const of = table({}, { push: { a: pushable(ofA, listMax), b: pushable(ofB, listMax) }, mayReadAll: true });
      const requests = requestsFor(of, wantedBy({ cond, alias: "t", values: [], isOpen: () => true }), most);
      if (requests.kind !== "some") return false;
      return [...texts, null].flatMap((x) => [...texts, null].map((y): Row => ({ a: x, b: y }))).every((row) => truth(cond, row) !== true || requests.requests.some((pushed) => brings(pushed, row)));
    }),
    { numRuns: 3000 },
  );
});

describe("A query over several tables", () => {
  const station: FetchedTable = { name: "station", columns: ["code", "region", "rev"], key: ["code"], push: { code: pushable(["in"]), region: pushable(["eq"]) }, mayReadAll: false, require: [] };
  const hour: FetchedTable = { name: "hour", columns: ["station", "time", "value"], key: ["station", "time"], push: { time: pushable(["gte", "lt"]), station: pushable(["eq"]) }, mayReadAll: false, require: [] };
  const tables = new Map([["station", station], ["hour", hour]]);
  const join = { table: "station", alias: "s", on: compare(column("code", "s"), "=", column("station")) };
  const day = compare(column("time"), ">=", constant("2026"));
  const plan = (where: SourceCond, on: SourceCond = join.on) => fetchPlan(rowsOf([{ ...part("hour", [column("value"), column("region", "s")], where), joins: [{ ...join, on }] }]), [], tables, 32);

  test("reads a joined one by the values of the other's rows", () => {
    expect(plan(day)).toMatchObject({ kind: "fetch", tables: [{ table: hour, requests: [[{ column: "time", operator: "gte" }]], follows: [] }, { table: station, requests: [], follows: [{ column: "code", from: { table: "hour", column: "station" } }] }] });
  });

  test("reads a joined one by what the condition says of it", () => {
    expect(plan(and(day, compare(column("region", "s"), "=", constant("32"))))).toMatchObject({ tables: [{ table: hour }, { table: station, requests: [[{ column: "region", operator: "eq", values: ["32"] }]], follows: [] }] });
  });

  test("is refused where the first cannot be narrowed, and says by what", () => {
    expect(plan(TRUE)).toEqual({ kind: "tooMuch", table: "hour", by: ["time", "station"], all: false });
  });

  test("holds only rows that its own conditions let stand", () => {
    const planned = plan(and(day, compare(column("value"), ">", constant("5")), compare(column("region", "s"), "=", constant("32"))));
    if (planned.kind !== "fetch") throw new Error("refused");
    expect(planned.tables[0]?.keep?.map(({ where }) => where)).toEqual([and(day, compare(column("value"), ">", constant("5")))]);
    expect(planned.tables[1]?.keep).toBeNull();
  });

  test("narrows what supersedes by the supersession key alone, and holds all of a key", () => {
    const latest: SourceCond = { kind: "isLatest", table: "hour", alias: "t", key: ["station"], by: ["time"] };
    expect(fetchPlan(rowsOf([part("hour", [column("value")], and(latest, day))]), [], tables, 32)).toMatchObject({ kind: "tooMuch" });
    const one = fetchPlan(rowsOf([part("hour", [column("value")], and(latest, day, compare(column("station"), "=", constant("A"))))]), [], tables, 32);
    expect(one).toMatchObject({ kind: "fetch", tables: [{ requests: [[{ column: "station", operator: "eq", values: ["A"] }]], keep: [{ where: and(compare(column("station"), "=", constant("A"))) }] }] });
  });

  test("asks once for what several parts need", () => {
    const parts = ["A", "B", "A"].map((code) => part("hour", [column("value")], compare(column("station"), "=", constant(code))));
    expect(fetchPlan(rowsOf(parts), [], tables, 32)).toMatchObject({ tables: [{ requests: [[{ values: ["A"] }], [{ values: ["B"] }]], keep: [{}, {}, {}] }] });
  });
});
