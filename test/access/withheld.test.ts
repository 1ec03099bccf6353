import { describe, expect, it } from "vitest";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import { withheldOf, type Touched, type Withheld } from "../../src/access/withheld.ts";
import { permitOf, permitSource, policyOf } from "./fixtures/setting.ts";
import { smallVocabulary } from "./fixtures/vocabulary.ts";

const touched = (source: string, ...attributes: readonly string[]): Touched => ({ source: asSourceId(source), entity: asEntityName("Firm"), door: "query", attributes });
const brief = (all: readonly Withheld[]): readonly string[] => all.map(({ source, coordinate, by, because }) => `${source} ${coordinate} ${by ?? "-"} ${because.en}`);

const policy = () => policyOf(
  "{ id: open, to: everyone, allow: { Firm: [code, name, region] } }",
  "{ id: some, to: group:north, allow: { Firm: [person] }, where: { Firm: { active: { eq: true } } }, reason: { zh: 限在产, en: working firms only } }",
  "{ id: more, to: group:north, mask: { Firm: { person: person-name } } }",
  "{ id: deny, to: everyone, deny: { Firm: [secret, name] } }",
  "{ id: most, to: everyone, except: [own], atMost: { Firm: { person: free-text } } }",
  "{ id: part, to: everyone, deny: { Firm: [region] }, where: { Firm: { state: { eq: RAW } } } }",
);

describe("what may be withheld", () => {
  const permit = () => permitOf(policy(), "neighbour");
  const of = (...attributes: readonly string[]): readonly string[] => brief(withheldOf(permit(), [touched("s", ...attributes)], smallVocabulary));

  it("is nothing where every row is clear", () => {
    expect(of("code")).toEqual([]);
  });

  it("names the default where no rule grants", () => {
    expect(of("staff")).toEqual(["s Firm.staff - not granted"]);
    expect(brief(withheldOf(permitOf(policy(), "neighbour", { sources: [] }), [touched("s", "code")], smallVocabulary))).toEqual(["s Firm.code - not granted"]);
  });

  it("names the denial alone where it takes every row", () => {
    expect(of("name")).toEqual(["s Firm.name deny denied"]);
    expect(of("secret")).toEqual(["s Firm.secret deny denied"]);
  });

  it("names every rule that keeps a cell from being clear, by its own reason where it has one", () => {
    expect(of("person")).toEqual(["s Firm.person more given masked", "s Firm.person most given masked at most", "s Firm.person some working firms only"]);
  });

  it("names a denial of some rows", () => {
    expect(of("region")).toEqual(["s Firm.region part denied"]);
  });

  it("names hides for every coordinate of the entity", () => {
    const hiding = policyOf("{ id: open, to: everyone, allow: { Firm: [code] } }", "{ id: h, to: everyone, hide: [Firm], where: { Firm: { code: { eq: x } } } }");
    expect(brief(withheldOf(permitOf(hiding, "owner"), [touched("s", "code")], smallVocabulary))).toEqual(["s Firm.code h some rows are hidden"]);
  });

  it("is in one order, once each, whatever the order of the document", () => {
    const two = permitOf(policy(), "neighbour", { sources: [permitSource("s"), permitSource("t")] });
    const one = withheldOf(two, [touched("t", "name", "staff"), touched("s", "name"), touched("t", "name")], smallVocabulary);
    expect(brief(one)).toEqual(["s Firm.name deny denied", "t Firm.name deny denied", "t Firm.staff - not granted"]);
    expect(withheldOf(two, [touched("s", "name"), touched("t", "staff", "name")], smallVocabulary)).toEqual(one);
  });

  it("says where to ask, if the caller knows", () => {
    const [one] = withheldOf(permit(), [touched("s", "staff")], smallVocabulary, (source, attribute) => `/ask?${source}.${attribute.name}`);
    expect(one?.ask).toBe("/ask?s.staff");
  });

  const under = (...rules: readonly string[]): readonly string[] => brief(withheldOf(permitOf(policyOf(...rules), "neighbour"), [touched("s", "person")], smallVocabulary));

  it.each<readonly [what: string, rules: readonly string[], withheld: readonly string[]]>([
    ["nothing of a grant in clear beside a masked one", ["{ id: a, to: agencies, mask: { Firm: { person: person-name } } }", "{ id: b, to: agencies, allow: { Firm: [person] } }"], []],
    ["rows that a condition leaves out", ["{ id: a, to: agencies, allow: { Firm: [person] }, where: { Firm: { active: { eq: true } } } }"], ["s Firm.person a some rows only"]],
    ["a mask, and no restriction that takes nothing from it", ["{ id: a, to: agencies, mask: { Firm: { person: person-name } } }", "{ id: r, to: agencies, atMost: { Firm: { person: person-name } } }"], ["s Firm.person a given masked"]],
    ["a restriction that takes a mask further", ["{ id: a, to: agencies, mask: { Firm: { person: person-name } } }", "{ id: r, to: agencies, atMost: { Firm: { person: free-text } } }"], ["s Firm.person a given masked", "s Firm.person r given masked at most"]],
    ["the default, where a rule names only others", ["{ id: a, to: agencies, allow: { Firm: [code] } }", "{ id: r, to: agencies, atMost: { Firm: { person: free-text } } }"], ["s Firm.person - not granted"]],
  ])("names %s", (_, rules, withheld) => {
    expect(under(...rules)).toEqual(withheld);
  });

  it("says its words in both languages, and nowhere to ask by itself", () => {
    const words = (...rules: readonly string[]): readonly unknown[] => withheldOf(permitOf(policyOf(...rules), "neighbour"), [touched("s", "person")], smallVocabulary).map(({ because, ask }) => [because.zh, because.en, ask]);
    expect(words("{ id: a, to: agencies, allow: { Firm: [code] } }")).toEqual([["未授权", "not granted", null]]);
    expect(words("{ id: a, to: agencies, allow: { Firm: [person] }, where: { Firm: { active: { eq: true } } } }")).toEqual([["仅部分记录", "some rows only", null]]);
    expect(words("{ id: a, to: agencies, mask: { Firm: { person: person-name } } }")).toEqual([["脱敏后提供", "given masked", null]]);
    expect(words("{ id: a, to: agencies, allow: { Firm: [person] } }", "{ id: d, to: agencies, deny: { Firm: [person] } }")).toEqual([["不予共享", "denied", null]]);
    expect(words("{ id: a, to: agencies, allow: { Firm: [person] } }", "{ id: d, to: agencies, atMost: { Firm: { person: person-name } } }")).toEqual([["至多脱敏后提供", "given masked at most", null]]);
    expect(words("{ id: a, to: agencies, allow: { Firm: [person] } }", "{ id: h, to: agencies, hide: [Firm], where: { Firm: { active: { eq: true } } } }")).toEqual([["部分记录不予显示", "some rows are hidden", null]]);
  });

  it("names drift before any rule, where the source's tables are not what they were", () => {
    const drifted = permitOf(policy(), "neighbour", { sources: [{ ...permitSource(), lost: new Map([[asEntityName("Firm"), { attributes: new Set(["code", "staff"]), rows: false }]]) }] });
    expect(withheldOf(drifted, [touched("s", "code", "name", "staff")], smallVocabulary)).toEqual([
      { source: "s", coordinate: "Firm.code", by: null, because: { zh: "数据源结构已变化，修复后恢复提供", en: "the source's tables changed; given again once that is mended" }, code: "SOURCE_SCHEMA_DRIFT", ask: null },
      { source: "s", coordinate: "Firm.name", by: "deny", because: { zh: "不予共享", en: "denied" }, ask: null },
      // Nobody grants it: that its column is gone is not told.
      { source: "s", coordinate: "Firm.staff", by: null, because: { zh: "未授权", en: "not granted" }, ask: null },
    ]);
  });

  it("has nothing to say of what the vocabulary does not have", () => {
    expect(withheldOf(permit(), [touched("s", "moon"), { ...touched("s", "code"), entity: asEntityName("Moon") }], smallVocabulary)).toEqual([]);
  });

  it("asks once for what is touched twice, and keeps sources apart by more than a common beginning", () => {
    const asked: string[] = [];
    const two = permitOf(policy(), "neighbour", { sources: [permitSource("s"), permitSource("sZ")] });
    const found = withheldOf(two, [touched("s", "staff"), touched("sZ", "staff"), touched("s", "staff")], smallVocabulary, (source) => {
      asked.push(source);
      return null;
    });
    expect(asked).toEqual(["s", "sZ"]);
    expect(found.map(({ source }) => source)).toEqual(["sZ", "s"]);
  });
});
