/** Which sources a read is asked of. */
import { describe, expect, test } from "vitest";
import type { PlanContext, PlanSource } from "../../src/plan/operationPlan.ts";
import { scansOf } from "../../src/plan/scan.ts";
import { east, entityOf, source, west } from "./support/handMade.ts";
import { contextOf, open, permit } from "./support/permits.ts";

describe("a source is asked for stations", () => {
  const asked = (context: PlanContext): readonly string[] => scansOf(context, entityOf("Station"), "query", { attributes: ["code"], originals: [] }).map((scan) => scan.source.id);
  const without = (one: PlanSource): PlanSource => source(one.id, one.region, [...one.mapping.entities.values()].filter(({ entity }) => entity.name !== "Station"));

  test.each<readonly [what: string, context: () => PlanContext, ids: readonly string[]]>([
    ["where it maps them and something of them is granted", () => contextOf(open), ["east", "west"]],
    ["not where its mapping has them no more, though a permit of before grants them", () => ({ ...contextOf(open), sources: [without(east), west] }), ["west"]],
    ["not where nothing is granted", () => contextOf(permit({})), []],
    ["not where no row can be seen", () => contextOf(permit({ Station: {} })), []],
  ])("%s", (_, context, ids) => {
    expect(asked(context())).toEqual(ids);
  });
});
