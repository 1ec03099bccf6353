import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MaskName } from "../../schema/vocabulary.ts";
import { applyMask } from "../../src/harmonise/masks.ts";

const names: readonly MaskName[] = ["person-name", "phone", "id-number", "address", "bank-account", "uscc", "plate", "grid-0.01", "year", "free-text"];
const samples = ["张三", "欧阳娜娜", "John Smith", "13812345678", "010-65551234", "11010519491231002X", "北京市朝阳区建国路1号", "6222021234567890123", "92110000802100433B", "京A·F2312", "1990-01-02", "联系人：张三，13812345678", "𠮷田"];

describe("masks of domain.md §3.3", () => {
  test.each<[MaskName, string, string]>([
    ["person-name", "张三", "张*"], ["person-name", "李某某", "李**"], ["person-name", "欧阳娜娜", "欧阳**"], ["person-name", "欧阳修", "欧阳*"], ["person-name", "𠮷田", "𠮷*"], ["person-name", "John Smith", "J*********"],
    ["id-number", "11010519491231002X", "1****************X"], ["phone", "13812345678", "138****5678"], ["phone", "+86 138-1234-5678", "138****5678"], ["phone", "010-65551234", "010-****1234"], ["phone", "03116555123", "0311-****5123"],
    ["address", "北京市朝阳区建国路1号院2号楼", "北京市朝阳区***"], ["address", "河北省石家庄市某路5号", "河北省石家庄市***"], ["bank-account", "6222 0212 3456 6789", "**** **** **** 6789"],
    ["uscc", "92110000802100433B", "92**********"], ["plate", "京A·F2312", "京A·***12"], ["plate", "京AF2312", "京A·***12"], ["year", "1990-01-02", "1990"],
    ["free-text", "负责人：王小明，电话138-1234-5678，邮箱 a@b.cn", "负责人：***，电话***，邮箱 ***"],
    ["free-text", "王小明 13812345678", "*** ***"], ["free-text", "值班：欧阳娜娜/李某", "值班：***/***"], ["free-text", "经查，王某先生未验先投", "经查，***先生未验先投"],
  ])("%s prints %s as %s", (name, text, expected) => expect(applyMask(name, text)).toBe(expected));

  test.each<[MaskName, string]>([
    ["person-name", "张"], ["person-name", "13812345678"], ["phone", "1234"], ["phone", "13812345678转8"], ["id-number", "1234"], ["address", "张三家小区"], ["address", "x"], ["bank-account", "1234"], ["uscc", "张三"], ["plate", "AF2312"], ["year", "张三1990"], ["grid-0.01", "116.4,39.9"],
  ])("%s hides odd input %j whole", (name, text) => expect(applyMask(name, text)).toBe("***"));

  test("a position keeps its cell of the grid and nothing else", () => {
    expect(applyMask("grid-0.01", { lon: 116.41739, lat: { n: 3992854n, d: 100000n }, note: "我家" })).toEqual({ lon: 116.42, lat: 39.93, note: null });
  });

  test("the mask of NULL is NULL, of a list the masks of its elements, of another type NULL", () => {
    expect(applyMask("person-name", null)).toBeNull();
    expect(applyMask("person-name", ["张三", "李某某"])).toEqual(["张*", "李**"]);
    for (const name of names) expect([applyMask(name, 12.5), applyMask(name, true), applyMask(name, { n: 1n, d: 3n })]).toEqual([null, null, null]);
    expect(applyMask("phone", { lon: 1, lat: 2 })).toBeNull();
  });

  const texts = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom(...samples), fc.tuple(fc.constantFrom(...samples), fc.string()).map(([a, b]) => a + b));

  test("a mask is a fixed point of itself", () => {
    fc.assert(fc.property(fc.constantFrom(...names), texts, (name, text) => {
      const once = applyMask(name, text) as string;
      expect(applyMask(name, once)).toBe(once);
    }), { numRuns: 3000 });
  });

  test("a mask of random text shows at most two characters of it, free text and places apart", () => {
    fc.assert(fc.property(fc.constantFrom(...names.filter((name) => name !== "free-text")), fc.string({ unit: "grapheme", maxLength: 30 }), (name, text) => {
      expect(Array.from((applyMask(name, text) as string).replaceAll("*", "")).length).toBeLessThanOrEqual(2);
    }), { numRuns: 2000 });
  });
});
