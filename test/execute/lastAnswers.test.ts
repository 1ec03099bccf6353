/** What last answers are kept by, for how long, and in how much memory. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import type { RowsTemplate } from "../../adapters/contract/sourceQuery.ts";
import { asPurpose } from "../../schema/ids.ts";
import { type Asked, answerKey, lastAnswers } from "../../src/execute/lastAnswers.ts";

const template: RowsTemplate = { kind: "rows", parts: [], order: [], backward: false, limitSlot: null, slotCount: 1 };
const asked: Asked = { agencyId: "a", permit: { purpose: asPurpose("p"), epoch: 1, permitHash: "h" }, mappingVersion: "m" };
const query: AuthorisedQuery = { source: "s", template, values: ["v"], rowsMax: 10 };
const key = answerKey(asked, query);

describe("A last answer is never given to", () => {
  const others: readonly (readonly [string, Asked, AuthorisedQuery])[] = [
    ["another agency", { ...asked, agencyId: "b" }, query],
    ["another purpose", { ...asked, permit: { ...asked.permit, purpose: asPurpose("q") } }, query],
    ["no purpose", { ...asked, permit: { ...asked.permit, purpose: null } }, query],
    ["another epoch", { ...asked, permit: { ...asked.permit, epoch: 2 } }, query],
    ["another permit", { ...asked, permit: { ...asked.permit, permitHash: "i" } }, query],
    ["another mapping", { ...asked, mappingVersion: "n" }, query],
    ["another source", asked, { ...query, source: "t" }],
    ["another value", asked, { ...query, values: ["w"] }],
    ["another number of rows", asked, { ...query, rowsMax: 11 }],
    ["another question", asked, { ...query, template: { ...template, backward: true } }],
    ["another rule in the question", asked, { ...query, template: { ...template, parts: [{ table: "x", alias: "t", joins: [], where: { kind: "false" }, columns: [] }] } }],
  ];
  test.each(others)("%s", (_, who, what) => {
    expect(answerKey(who, what)).not.toBe(key);
  });

  test("values of another type that look alike", () => {
    const cell = fc.oneof(fc.constant(null), fc.string(), fc.boolean(), fc.double(), fc.bigInt(), fc.uint8Array().map((bytes) => bytes as Uint8Array));
    const sameCell = (a: unknown, b: unknown): boolean => (a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.from(a).equals(Buffer.from(b)) : Object.is(a, b));
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 3 }), fc.array(cell, { maxLength: 3 }), (a, b) => {
        const isSame = a.length === b.length && a.every((value, index) => sameCell(value, b[index]));
        expect(answerKey(asked, { ...query, values: a }) === answerKey(asked, { ...query, values: b })).toBe(isSame);
      }),
    );
    for (const [a, b] of [[1, "1"], [1, 1n], ["n1", 1n], [null, "null"], [true, "true"], [Number.NaN, "fNaN"], [0, -0], [new Uint8Array([1]), "b01"]] as const) {
      expect(answerKey(asked, { ...query, values: [a] })).not.toBe(answerKey(asked, { ...query, values: [b] }));
    }
  });
});

describe("Last answers", () => {
  test("are given as long as they are young enough, with their age", () => {
    let now = 1000;
    const answers = lastAnswers(() => now);
    answers.remember("k", [["x"]]);
    now += 500;
    expect(answers.find("k", 500)).toEqual({ rows: [["x"]], ageMs: 500 });
    now += 1;
    expect(answers.find("k", 500)).toBeNull();
    expect(answers.find("l", 500)).toBeNull();
  });

  test("go with the epoch under which they were given", () => {
    const answers = lastAnswers(() => 0);
    answers.keepEpoch(1);
    answers.remember("k", []);
    answers.keepEpoch(1);
    expect(answers.find("k", 1)).not.toBeNull();
    answers.keepEpoch(2);
    expect(answers.find("k", 1)).toBeNull();
  });

  test("are bounded in memory: the oldest go first, and one that is too long is not kept", () => {
    const answers = lastAnswers(() => 0);
    const megabyte = [["x".repeat(1024 * 1024)]];
    for (let index = 0; index < 100; index += 1) answers.remember(`k${index}`, megabyte);
    const kept = Array.from({ length: 100 }, (_, index) => answers.find(`k${index}`, 1) !== null);
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(64);
    expect(kept[99]).toBe(true);
    expect(kept[0]).toBe(false);
    answers.remember("long", Array.from({ length: 5 }, () => ["x".repeat(1024 * 1024)]));
    expect(answers.find("long", 1)).toBeNull();
  });
});
