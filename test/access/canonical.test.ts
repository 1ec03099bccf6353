/** One spelling of equal values, whatever order they were made in; the hash is taken of it. */
import { describe, expect, test } from "vitest";
import { canonical, hashOf } from "../../src/access/canonical.ts";

describe("the canonical spelling", () => {
  test.each<readonly [what: string, value: unknown, text: string]>([
    ["a text", "a", `"a"`],
    ["a number", 1.5, "1.5"],
    ["null", null, "null"],
    ["a list keeps its order", ["b", "a"], `["b","a"]`],
    ["the empty list", [], "[]"],
    ["an object by its keys", { b: 1, a: { d: 2, c: 3 } }, `{"a":{"c":3,"d":2},"b":1}`],
    ["more keys than two", { c: 1, a: 2, d: 3, b: 4 }, `{"a":2,"b":4,"c":1,"d":3}`],
    ["a part that is undefined is not there", { a: undefined, b: 1 }, `{"b":1}`],
    ["infinities", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], `[{"number":"Infinity"},{"number":"-Infinity"}]`],
    ["a set by its members", new Set(["b", "a", "c"]), `{"set":["a","b","c"]}`],
    ["a map by its pairs", new Map([["b", 1], ["a", 2], ["c", 0]]), `{"map":[["a",2],["b",1],["c",0]]}`],
    ["what lies in sets and maps", new Map([["k", new Set([{ b: 1, a: 2 }])]]), `{"map":[["k",{"set":[{"a":2,"b":1}]}]]}`],
  ])("of %s", (_, value, text) => {
    expect(canonical(value)).toBe(text);
  });

  test("is hashed by SHA-256, in hex", () => {
    expect(hashOf("")).toBe("12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126");
    expect(hashOf({ b: 1, a: 2 })).toBe(hashOf({ a: 2, b: 1 }));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
  });
});
