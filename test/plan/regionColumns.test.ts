/** Comparisons with a column of the region table, three-valued: a column or an operand that is not there decides nothing. */
import { describe, expect, test } from "vitest";
import type { CompareOperator } from "../../schema/predicate.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { compareColumn } from "../../src/plan/regionColumns.ts";

describe("a column of a region", () => {
  test.each<readonly [value: string | readonly string[] | null, operator: CompareOperator, operand: Unified | readonly Unified[], truth: boolean | null]>([
    // A region without the column, as under a NOT: neither in nor out.
    [null, "contains", "河", null],
    [null, "eq", "河北省", null],
    [null, "in", ["河北省"], null],
    ["河北省", "in", null, null],
    ["河北省", "eq", null, null],
    [["JING_JIN_JI"], "contains", null, null],
    [["null"], "contains", null, null],
    [null, "contains", null, null],
    ["b", "ne", "a", true],
    ["b", "ne", "b", false],
    ["b", "ne", "c", true],
  ])("%j %s %j is %j", (value, operator, operand, truth) => {
    expect(compareColumn(value, operator, operand)).toBe(truth);
  });
});
