import { describe, expect, it } from "vitest";
import { asSourceId } from "../../schema/ids.ts";
import { viewOf, type RowView } from "../../src/access/disposition.ts";
import { scopeKey } from "../../src/access/permit.ts";
import type { Policy } from "../../src/access/policy.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { agency, permitOf, policyOf } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const view = (policy: Policy, row: Readonly<Record<string, Unified>>, who = "neighbour"): RowView =>
  viewOf(permitOf(policy, who).scopes.get(scopeKey(asSourceId("s"), Firm.name, "query")), Firm, ([name]) => row[name] ?? null, {
    entity: Firm,
    attributes: agency(who).attributes,
    nowMs: 0,
  });

const grants = "{ id: g, to: agencies, allow: { Firm: [code] }, mask: { Firm: { person: person-name } } }";
const active = "where: { Firm: { active: { eq: true } } }";

describe("a row in an agency's view", () => {
  it("prints a mask, and has nothing but NULL for every other role", () => {
    const seen = view(policyOf(grants), { code: "A", person: "李某某" });
    expect([seen.out.get("person"), seen.ref.get("person")]).toEqual(["李**", null]);
    expect([seen.out.get("code"), seen.ref.get("code")]).toEqual(["A", "A"]);
    expect(seen.out.get("name")).toBeNull();
  });

  it("masks NULL as NULL", () => {
    expect(view(policyOf(grants), { code: "A" }).out.get("person")).toBeNull();
  });

  it("is in view where a granted cell is NULL, and not where nothing is granted", () => {
    expect(view(policyOf(grants), {}).inView).toBe(true);
    expect(view(policyOf(grants), { code: "A" }, "public")).toMatchObject({ inView: false, hidden: false });
  });

  it("never joins two grants: each opens its cells in its own rows", () => {
    const policy = policyOf(
      "{ id: a, to: agencies, allow: { Firm: [name] }, where: { Firm: { region: { within: [130100] } } } }",
      "{ id: b, to: agencies, allow: { Firm: [staff] }, where: { Firm: { region: { within: [130200] } } } }",
    );
    const shown = (region: string): readonly Unified[] => ["name", "staff"].map((name) => view(policy, { name: "x", staff: 1, region }).out.get(name) ?? null);
    expect([shown("130102"), shown("130200"), shown("130000")]).toEqual([["x", null], [null, 1], [null, null]]);
  });

  it.each<readonly [what: string, cell: Unified, level: string]>([
    ["binds where its condition is TRUE", true, "NULL"],
    ["binds where its condition is UNKNOWN", null, "NULL"],
    ["does not bind where its condition is FALSE", false, "CLEAR"],
  ])("a restriction %s", (_, cell, level) => {
    expect(view(policyOf(grants, `{ id: d, to: everyone, deny: { Firm: [code] }, ${active} }`), { active: cell }).levels.get("code")).toBe(level);
  });

  it.each<readonly [what: string, cell: Unified, inView: boolean]>([
    ["holds where its condition is TRUE", true, true],
    ["does not hold where its condition is UNKNOWN", null, false],
    ["does not hold where its condition is FALSE", false, false],
  ])("a grant %s", (_, cell, inView) => {
    expect(view(policyOf(`{ id: g, to: agencies, allow: { Firm: [code] }, ${active} }`), { active: cell }).inView).toBe(inView);
  });

  it.each<readonly [what: string, cell: Unified, hidden: boolean]>([
    ["TRUE", true, true],
    ["UNKNOWN", null, true],
    ["FALSE", false, false],
  ])("is hidden where a hide's condition is %s", (_, cell, hidden) => {
    expect(view(policyOf(grants, `{ id: h, to: everyone, hide: [Firm], ${active} }`), { active: cell })).toMatchObject({ hidden, inView: !hidden });
  });

  it("shows the loosest grant under the strictest restriction", () => {
    const masks = ["{ id: m, to: agencies, mask: { Firm: { person: free-text } } }", "{ id: n, to: agencies, mask: { Firm: { person: person-name } } }"];
    expect(view(policyOf(...masks), {}).levels.get("person")).toBe("person-name");
    expect(view(policyOf(...masks, "{ id: r, to: everyone, atMost: { Firm: { person: free-text } } }"), {}).levels.get("person")).toBe("free-text");
  });
});
