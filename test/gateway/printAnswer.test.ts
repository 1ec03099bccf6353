/** A long answer in pieces is, byte for byte, what `JSON.stringify` makes of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/execute/printNode.ts";
import { printedBytes, printInPieces } from "../../src/gateway/printAnswer.ts";

const long = fc.tuple(fc.constantFrom("x", "站", "\u0000", '"', "😀", "\ud800"), fc.integer({ min: 0, max: 30_000 })).map(([text, times]) => text.repeat(times));
const { value } = fc.letrec<{ value: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom<Json>(null, true, 0, -1.5, 1e300, ""), fc.string({ unit: "binary" }), long),
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, tie("leaf"), fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4 })),
}));

describe("an answer in pieces", () => {
  test("has the bytes of its text", () => {
    fc.assert(
      fc.property(value, (data) => {
        const pieces = printInPieces('{"data":', data, "}");
        expect(Buffer.concat(pieces).equals(Buffer.from(`{"data":${JSON.stringify(data)}}`))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("leaves out what is undefined, as `JSON.stringify` does", () => {
    const data = { a: undefined, b: "x".repeat(50_000), c: { d: undefined } } as unknown as Json;
    expect(Buffer.concat(printInPieces("", data, "")).toString()).toBe(JSON.stringify(data));
  });

  test("comes in several pieces where it is long, and is counted before, but for escapes", () => {
    const data: Json = Array.from({ length: 100 }, (_, index) => ({ code: `站${index}`, name: "站".repeat(10_000), elevation: index }));
    const pieces = printInPieces("", data, "");
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    expect(pieces.length).toBeGreaterThan(3);
    expect(printedBytes(data) / bytes).toBeGreaterThan(0.99);
    expect(printedBytes(data) / bytes).toBeLessThan(1.01);
  });
});
