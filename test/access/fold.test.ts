/** Folding says the shortest predicate of the same truth, and outcomes are no wider than the form of a predicate allows. */
import { describe, expect, it } from "vitest";
import { FALSE, TRUE, UNKNOWN, type Predicate } from "../../schema/predicate.ts";
import { alwaysGrants, alwaysRestricts, canGrant, canRestrict, fold, foldUnread, outcomesOf } from "../../src/access/fold.ts";
import { meet } from "../../src/access/levels.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const row: Predicate = { kind: "compare", path: ["code"], operator: "eq", operand: { kind: "literal", value: "a" } };
const other: Predicate = { ...row, path: ["name"] };
const isNull: Predicate = { kind: "isNull", path: ["code"], isNull: true };
const list = (...values: readonly string[]): Predicate => ({ kind: "compare", path: ["code"], operator: "in", operand: { kind: "literals", values } });
const agency = (attribute: string): Predicate => ({ kind: "compare", path: ["region"], operator: "within", operand: { kind: "agency", attribute } });
const and = (...of: readonly Predicate[]): Predicate => ({ kind: "and", of });
const or = (...of: readonly Predicate[]): Predicate => ({ kind: "or", of });
const not = (of: Predicate): Predicate => ({ kind: "not", of });

describe("a folded predicate", () => {
  it.each<readonly [what: string, predicate: Predicate, folded: Predicate]>([
    ["TRUE", TRUE, TRUE],
    ["FALSE", FALSE, FALSE],
    ["UNKNOWN", UNKNOWN, UNKNOWN],
    ["a test for NULL", isNull, isNull],
    ["a comparison", row, row],
    ["a list", list("a"), list("a")],
    ["the empty list", list(), FALSE],
    ["an attribute that the agency has", agency("partners"), agency("partners")],
    ["an attribute that is one text", agency("region"), agency("region")],
    ["an attribute that is empty", agency("nobody"), FALSE],
    ["an attribute that the agency has not", agency("absent"), UNKNOWN],
    ["an attribute that every object has", agency("constructor"), UNKNOWN],
    ["the operation's instant", { ...row, operand: { kind: "now", offsetMs: 0 } }, { ...row, operand: { kind: "now", offsetMs: 0 } }],
    ["NOT TRUE", not(TRUE), FALSE],
    ["NOT FALSE", not(FALSE), TRUE],
    ["NOT UNKNOWN", not(UNKNOWN), UNKNOWN],
    ["NOT of an absent attribute", not(agency("absent")), UNKNOWN],
    ["NOT of a comparison", not(row), not(row)],
    ["the empty AND", and(), TRUE],
    ["the empty OR", or(), FALSE],
    ["AND with FALSE", and(row, FALSE), FALSE],
    ["OR with TRUE", or(row, TRUE), TRUE],
    ["AND with TRUE", and(TRUE, row, TRUE, other), and(row, other)],
    ["OR with FALSE", or(FALSE, row, other), or(row, other)],
    ["AND of one", and(TRUE, row), row],
    ["OR of one", or(row), row],
    ["AND of TRUE alone", and(TRUE, TRUE), TRUE],
    ["OR of FALSE alone", or(FALSE), FALSE],
    ["AND with UNKNOWN twice", and(UNKNOWN, row, UNKNOWN), and(UNKNOWN, row)],
    ["OR with UNKNOWN behind", or(row, UNKNOWN, other, UNKNOWN), or(row, UNKNOWN, other)],
    ["AND of UNKNOWN alone", and(UNKNOWN, UNKNOWN), UNKNOWN],
    ["what lies deeper", or(and(row, agency("absent")), not(and(list(), other))), TRUE],
  ])("of %s", (_, predicate, folded) => {
    expect(fold(predicate, { partners: ["130100"], nobody: [], region: "130000" })).toEqual(folded);
  });
});

describe("a predicate over attributes that cannot be read", () => {
  it.each<readonly [what: string, predicate: Predicate, folded: Predicate]>([
    ["TRUE", TRUE, TRUE],
    ["FALSE", FALSE, FALSE],
    ["UNKNOWN", UNKNOWN, UNKNOWN],
    ["a comparison", row, UNKNOWN],
    ["a test for NULL", isNull, UNKNOWN],
    ["a comparison of another", other, other],
    ["NOT", not(row), UNKNOWN],
    ["NOT of another", not(other), not(other)],
    ["AND with FALSE", and(row, FALSE), FALSE],
    ["AND with TRUE", and(row, TRUE), UNKNOWN],
    ["AND with another", and(row, other), and(UNKNOWN, other)],
    ["OR with TRUE", or(row, TRUE), TRUE],
    ["OR with FALSE", or(FALSE, row), UNKNOWN],
    ["OR with another", or(other, row), or(other, UNKNOWN)],
    ["what begins with it", { ...row, path: ["code", "name"] }, UNKNOWN],
    ["what ends with it", { ...row, path: ["parent", "code"] }, { ...row, path: ["parent", "code"] }],
  ])("is UNKNOWN where they are: %s", (_, predicate, folded) => {
    expect(foldUnread(predicate, new Set(["code"]))).toEqual(folded);
    expect(foldUnread(predicate, new Set())).toEqual(fold(predicate, {}));
  });
});

const words = (predicate: Predicate): string => {
  const found = outcomesOf(predicate);
  return [found.true ? "T" : "", found.false ? "F" : "", found.unknown ? "U" : ""].join("");
};

describe("the truths that some row could give", () => {
  it.each<readonly [what: string, predicate: Predicate, outcomes: string]>([
    ["TRUE", TRUE, "T"],
    ["FALSE", FALSE, "F"],
    ["UNKNOWN", UNKNOWN, "U"],
    ["a comparison", row, "TFU"],
    ["a test for NULL", isNull, "TF"],
    ["NOT TRUE", not(TRUE), "F"],
    ["NOT FALSE", not(FALSE), "T"],
    ["NOT UNKNOWN", not(UNKNOWN), "U"],
    ["NOT of a test for NULL", not(isNull), "TF"],
    ["AND of a comparison and UNKNOWN", and(row, UNKNOWN), "FU"],
    ["AND of FALSE and UNKNOWN", and(FALSE, UNKNOWN), "F"],
    ["AND of a test for NULL and TRUE", and(isNull, TRUE), "TF"],
    ["AND of tests for NULL", and(isNull, isNull), "TF"],
    ["AND of a test for NULL and a comparison", and(isNull, row), "TFU"],
    ["AND of a test for NULL and UNKNOWN", and(isNull, UNKNOWN), "FU"],
    ["AND of a comparison and FALSE", and(row, FALSE), "F"],
    ["AND of TRUE and UNKNOWN", and(TRUE, UNKNOWN), "U"],
    ["OR of a comparison and UNKNOWN", or(row, UNKNOWN), "TU"],
    ["OR of TRUE and UNKNOWN", or(TRUE, UNKNOWN), "T"],
    ["OR of FALSE and UNKNOWN", or(FALSE, UNKNOWN), "U"],
    ["OR of a comparison and TRUE", or(row, TRUE), "T"],
    ["OR of tests for NULL", or(isNull, isNull), "TF"],
    ["the empty AND", and(), "T"],
    ["the empty OR", or(), "F"],
  ])("of %s", (_, predicate, outcomes) => {
    expect(words(predicate)).toBe(outcomes);
  });

  it.each<readonly [what: string, predicate: Predicate, answers: readonly [boolean, boolean, boolean, boolean]]>([
    ["TRUE", TRUE, [true, true, true, true]],
    ["FALSE", FALSE, [false, false, false, false]],
    ["UNKNOWN", UNKNOWN, [false, false, true, true]],
    ["a comparison", row, [true, false, true, false]],
    ["a test for NULL", isNull, [true, false, true, false]],
    ["OR of TRUE or UNKNOWN", or(row, UNKNOWN), [true, false, true, true]],
  ])("decide whether %s can grant, always grants, can restrict, always restricts", (_, predicate, answers) => {
    expect([canGrant(predicate), alwaysGrants(predicate), canRestrict(predicate), alwaysRestricts(predicate)]).toEqual(answers);
  });
});

describe("the level of a cell", () => {
  const person = Firm.attributes.get("person");
  if (!person) throw new Error("no person");
  it.each<readonly [grants: Parameters<typeof meet>[1], restrictions: Parameters<typeof meet>[2], level: string]>([
    [[], [], "NULL"],
    [["free-text", "person-name"], [], "person-name"],
    [["CLEAR"], ["free-text", "person-name"], "free-text"],
    [["free-text"], ["person-name"], "free-text"],
    [["phone"], [], "NULL"],
    [["CLEAR"], ["phone"], "NULL"],
  ])("granted %j and restricted to %j is %s", (grants, restrictions, level) => {
    expect(meet(person, grants, restrictions)).toBe(level);
  });
});
