/** One scan in words: how every filter and order goes into its source, also where it cannot. */
import { describe, expect, test } from "vitest";
import type { Grade } from "../../src/mapping/mapping.ts";
import { explainScan, type ScanQuestion } from "../../src/plan/explainScan.ts";
import type { AtomNote } from "../../src/plan/lowerPredicate.ts";
import type { OrderTerm, PlanSource } from "../../src/plan/operationPlan.ts";
import type { Filter } from "../../src/plan/semiJoin.ts";
import { scanOf } from "../../src/plan/scan.ts";
import { changed } from "./support/changed.ts";
import { entity, entityOf, source, west } from "./support/handMade.ts";
import { contextOf, is, open } from "./support/permits.ts";

function explained(of: PlanSource, name: string, change: Partial<ScanQuestion>, notes: readonly AtomNote[] = []): readonly string[] {
  const scan = scanOf({ ...contextOf(open), sources: [of] }, of, entityOf(name), "query", { attributes: ["code"], originals: [] });
  if (scan === null) throw new Error(`no scan of ${name}`);
  const lower: ScanQuestion["lower"] = () => ({ template: { kind: "aggregate", parts: [], groupBy: [], measures: [], slotCount: 0 }, binders: [], layout: null, notes });
  return explainScan(scan, { what: "rows", where: { kind: "true" }, order: [], attributes: [], lower, ...change }, null).map((line) => line.trim());
}
const by = (...path: OrderTerm["path"]): readonly OrderTerm[] => [{ path, descending: false }];
const orderOf = (of: PlanSource, name: string, ...path: OrderTerm["path"]): string | undefined => explained(of, name, { order: by(...path) }).find((line) => line.startsWith("order "));

describe("a filter", () => {
  test.each<readonly [grade: Grade, words: string]>([
    ["R", "filter name eq: R, rewritten, index usable; as it stands"],
    ["V", "filter name eq: V, rewritten value by value; as it stands"],
    ["E", "filter name eq: E, lens evaluated in the source; as it stands"],
    ["M", "filter name eq: M, stored column of the mirror; as it stands"],
  ])("of grade %s goes into the source in its way", (grade, words) => {
    expect(explained(west, "Station", {}, [{ of: "filter", path: ["name"], operator: "eq", grade, note: "as it stands" }])).toContain(words);
  });

  test("whose keys could not be read needs no attribute, and what stands beside it does", () => {
    const where: Filter = { kind: "or", of: [{ kind: "unknown" }, { kind: "false" }, { kind: "true" }, is("code", "x")] };
    expect(explained(west, "Station", { where })).toContain("clear: code");
  });
});

describe("an order", () => {
  const two = (name: string) => entity(name, ["one", "two"].map((table) => ({ table, key: ["code"], fields: { code: {}, name: {}, elevation: {} } })));
  const unlike = changed(two("Station"), "two", "elevation", ({ order }) => ({ order: order && { ...order, grade: "E" } }));

  test("says the grade of each part, equal ones once", () => {
    expect(orderOf(source("east", "130000", [unlike]), "Station", "name")).toBe("order name ASC: R, rewritten, index usable");
    expect(orderOf(source("east", "130000", [unlike]), "Station", "elevation")).toBe("order elevation ASC: R, rewritten, index usable; E, lens evaluated in the source");
  });

  test("by what no part maps, or none can put into an order, is NULL", () => {
    expect(orderOf(west, "Station", "medium")).toBe("order medium ASC: not mapped here, NULL");
    expect(orderOf(west, "Station", "contact")).toBe("order contact ASC: not mapped here, NULL");
    expect(orderOf(west, "Station", "operator")).toBe("order operator ASC: R, rewritten, index usable");
  });

  test("through links is that of the entity where they end", () => {
    expect(orderOf(west, "PenaltyDecision", "enterprise", "name")).toBe("order enterprise.name ASC: R, rewritten, index usable");
    expect(orderOf(west, "PenaltyDecision", "enterprise", "legalRep")).toBe("order enterprise.legalRep ASC: not mapped here, NULL");
    expect(orderOf(west, "PenaltyDecision", "enterprise", "region", "code")).toBe("order enterprise.region.code ASC: R, rewritten, index usable");
    const alone = source("west", "120000", [...west.mapping.entities.values()].filter(({ entity: { name } }) => name === "PenaltyDecision"));
    expect(orderOf(alone, "PenaltyDecision", "enterprise", "name")).toBe("order enterprise.name ASC: not mapped here, NULL");
  });
});
