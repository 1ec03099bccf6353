import { createCipheriv, createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { asAgencyId, asEntityName, asSourceId } from "../../schema/ids.ts";
import { decodeTail, encodeId, idPrefix, makeIdKeys, parseId } from "../../src/identity/ids.ts";
import { locatorBytes } from "../../src/identity/locator.ts";
import { cursorKey, openCursor, sealCursor } from "../../src/identity/sealCursor.ts";
import { sivKey, sivOpen, sivSeal } from "../../src/identity/siv.ts";

const station = asEntityName("Station");
const beijing = asSourceId("beijing");
const master = Buffer.alloc(32, 7);
const keyOf = makeIdKeys(master);
const key = keyOf(asAgencyId("beijing-bureau"), station, beijing);
const prefix = idPrefix(station, beijing);

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", ",", "n:", "i:5", "%2C", "~", "a.b", "-99", "石家庄"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);
const locator = fc.array(cell, { minLength: 1, maxLength: 4 });
/** Whole numbers are one kind of cell; SQL knows one zero. */
const same = (one: Cell): unknown => (typeof one === "bigint" ? one : Number.isInteger(one) ? BigInt(one as number) : one instanceof Uint8Array ? Buffer.from(one).toString("hex") : one);

describe("row ids", () => {
  test.each([
    ["sealed", key],
    ["public", "public"],
  ] as const)("law: a %s id leads back to its locator, and to nothing else", (_, idKey) => {
    fc.assert(
      fc.property(locator, (cells) => {
        const id = encodeId(prefix, cells, idKey);
        const parts = parseId(id);
        expect(parts).toMatchObject({ entity: "Station", source: "beijing" });
        expect(decodeTail(parts?.tail ?? "", idKey, cells.length).map(same)).toEqual(cells.map(same));
        expect(encodeId(prefix, cells, idKey)).toBe(id);
      }),
    );
  });

  test("law: different locators have different bytes", () => {
    fc.assert(
      fc.property(locator, locator, (one, other) => {
        const areEqual = JSON.stringify(one.map(same), text) === JSON.stringify(other.map(same), text);
        expect(locatorBytes(one).equals(locatorBytes(other))).toBe(areEqual);
      }),
    );
  });
  const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `bigint ${value}` : value);

  test("law: a changed tail gives an impossible locator of the right width, the same each time", () => {
    fc.assert(
      fc.property(locator, fc.nat(), fc.integer({ min: 1, max: 63 }), (cells, place, shift) => {
        const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        const tail = encodeId("", cells, key);
        const at = place % tail.length;
        const changed = tail.slice(0, at) + alphabet[(alphabet.indexOf(tail[at] ?? "A") + shift) % 64] + tail.slice(at + 1);
        const found = decodeTail(changed, key, cells.length);
        expect(found).toHaveLength(cells.length);
        expect(found.every((one) => typeof one === "string" && /^\ue000[0-9a-f]{64}$/.test(one))).toBe(true);
        expect(decodeTail(changed, key, cells.length)).toEqual(found);
      }),
    );
  });

  test("law: no text makes decoding fail", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (tail) => {
        for (const idKey of [key, "public"] as const) expect(decodeTail(tail, idKey, 2)).toHaveLength(2);
        parseId(tail);
      }),
    );
  });

  test("agencies, entities and sources have keys of their own", () => {
    const ids = [
      keyOf(asAgencyId("a"), station, beijing),
      keyOf(asAgencyId("b"), station, beijing),
      keyOf(asAgencyId("a"), asEntityName("Outlet"), beijing),
      keyOf(asAgencyId("a"), station, asSourceId("hebei")),
      makeIdKeys(Buffer.alloc(32, 8))(asAgencyId("a"), station, beijing),
    ].map((one) => encodeId("", ["1006A"], one));
    expect(new Set(ids).size).toBe(5);
    expect(decodeTail(ids[1] ?? "", keyOf(asAgencyId("a"), station, beijing), 1)[0]).toMatch(/^\ue000/);
  });

  test.each([
    ["padding", (tail: string) => `${tail}=`],
    ["the other base64 alphabet", (tail: string) => tail.replaceAll("-", "+").replaceAll("_", "/")],
    ["a public spelling", () => "~1006A"],
    ["a stray character", (tail: string) => `${tail.slice(0, 5)}.${tail.slice(5)}`],
  ])("a second spelling of an id (%s) is no id of that row", (_, spell) => {
    // A locator whose tail uses both characters that differ between the alphabets.
    const cells = Array.from({ length: 1000 }, (_unused, index) => [`${index}`]).find((one) => /-.*_|_.*-/.test(encodeId("", one, key))) ?? [];
    expect(decodeTail(spell(encodeId("", cells, key)), key, 1)[0]).toMatch(/^\ue000/);
  });

  test.each(["", "Station", "Station.beijing", "Station.beijing.", ".beijing.x", "Station..x", "Station.beijing.a b", "Station.北京.x", `Station.beijing.${"x".repeat(2000)}`, "U3RhdGlvbjox"])("%j has no form of an id", (id) => {
    expect(parseId(id)).toBeNull();
  });

  test("a public id shows its locator", () => {
    expect(encodeId(prefix, ["1006A"], "public")).toBe("Station.beijing.~1006A");
    expect(encodeId(prefix, ["石,家", 7, null], "public")).toBe("Station.beijing.~%E7%9F%B3%2C%E5%AE%B6,i:7,n:");
  });
});

describe("deterministic authenticated encryption", () => {
  test("is HMAC-SHA-256 and AES-256-CTR as node:crypto computes them, at every length and with a counter that wraps", () => {
    const bytes = Buffer.from(hkdfSync("sha256", master, "", "test", 64));
    for (let length = 0; length < 1200; length += 7) {
      const text = Buffer.alloc(length, length % 251);
      const iv = createHmac("sha256", bytes.subarray(0, 32)).update(text).digest().subarray(0, 16);
      const expected = Buffer.concat([iv, createCipheriv("aes-256-ctr", bytes.subarray(32), iv).update(text)]);
      expect(sivSeal(sivKey(bytes), text).equals(expected)).toBe(true);
    }
    const wrapping = Buffer.concat([Buffer.alloc(16, 0xff), Buffer.alloc(64)]);
    expect(sivOpen(sivKey(bytes), wrapping)).toBeNull();
  });
});

describe("cursors", () => {
  const cursors = cursorKey(Buffer.from(hkdfSync("sha256", master, "", "cursors", 64)));

  test("law: open gives what was sealed, and equal payloads equal text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 2000 }), (payload) => {
        const cursor = sealCursor(cursors, payload);
        expect(sealCursor(cursors, payload)).toBe(cursor);
        if (cursor.length <= 8192) expect(openCursor(cursors, cursor)).toBe(payload);
      }),
    );
  });

  test("a cursor that is changed at any place, cut anywhere or of another key does not open", () => {
    const cursor = sealCursor(cursors, '{"q":"abc","v":[1,"石家庄"]}');
    for (let at = 0; at < cursor.length; at += 1) {
      expect(openCursor(cursors, cursor.slice(0, at) + (cursor[at] === "A" ? "B" : "A") + cursor.slice(at + 1))).toBeNull();
      expect(openCursor(cursors, cursor.slice(0, at))).toBeNull();
    }
    expect(openCursor(cursorKey(Buffer.alloc(64, 1)), cursor)).toBeNull();
    expect(openCursor(cursors, `${cursor}=`)).toBeNull();
    expect(openCursor(cursors, "x".repeat(9000))).toBeNull();
  });
});
