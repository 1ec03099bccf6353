/** Published statistics, where their owner's mapping has less than the rule names. */
import { describe, expect, test } from "vitest";
import { asEntityName, asRuleId, type EntityName } from "../../schema/ids.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { Publication } from "../../src/access/permit.ts";
import type { MappedEntity } from "../../src/mapping/mapping.ts";
import { lowerPublication, publicationScans } from "../../src/plan/lowerPublication.ts";
import { sqlExpr } from "../mapping/support.ts";
import { changed } from "./support/changed.ts";
import { entity, entityOf, source } from "./support/handMade.ts";
import { contextOf, permit } from "./support/permits.ts";

const published = (mapped: MappedEntity, of: EntityName = asEntityName("Enterprise")) => {
  const east = source("east", "130000", [mapped]);
  const rule: Publication = { rule: asRuleId("statistics"), source: east.id, region: east.region, entity: of, by: ["industry"], measures: new Map([["output", ["sum"]]]), minGroup: 5, when: TRUE, hides: [], restrictions: [], known: [] };
  return publicationScans({ ...contextOf(permit({}, [rule])), sources: [east] }, entityOf(of));
};
const firms = entity("Enterprise", [
  { table: "firm", key: ["uscc"], fields: { industry: {}, output: { unitColumn: "unit" } } },
  { table: "mine", key: ["uscc"], fields: { industry: {}, output: {} } },
]);

describe("a published statistic", () => {
  test("of an entity that its source does not map is not there", () => {
    expect(published(firms, asEntityName("Station"))).toEqual([]);
    expect(published(firms)).toHaveLength(1);
  });

  test("is NULL where a part cannot add the values up", () => {
    const [scan] = published(changed(firms, "mine", "output", () => ({ sum: null })));
    if (scan === undefined) throw new Error("nothing published");
    const { template, layout } = lowerPublication(scan);
    const sumAt = layout.branchAt + 2;
    expect(template.parts.map(({ columns }) => columns.slice(0, sumAt + 1).map(sqlExpr))).toEqual([
      [`hub_lens('industry', 'printed', "t"."industry")`, '"t"."unit"', "0.0", "((1) IS TRUE)", `hub_lens('output', 'number', "t"."output")`],
      [`hub_lens('industry', 'printed', "t"."industry")`, "NULL", "1.0", "((1) IS TRUE)", "NULL"],
    ]);
    expect([...layout.branches.values()].map(({ sums }) => sums.map((sum) => sum?.splitAt ?? null))).toEqual([[[1]], [null]]);
  });

  test("tells nobody how its owner's rules are asked", () => {
    const [scan] = published(firms);
    expect(scan && lowerPublication(scan).notes).toEqual([]);
  });
});
