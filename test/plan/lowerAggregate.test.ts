/** Figures in a source's own terms: how times go into buckets, and what is not asked for where it is withheld or cannot be said. */
import { describe, expect, test } from "vitest";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import type { GroupLens } from "../../src/mapping/mapping.ts";
import { type AggregateRequest, lowerAggregate } from "../../src/plan/lowerAggregate.ts";
import type { AggregateFunctionName, GroupTerm, PlanSource } from "../../src/plan/operationPlan.ts";
import { scanOf } from "../../src/plan/scan.ts";
import { sqlExpr } from "../mapping/support.ts";
import { changed } from "./support/changed.ts";
import { attributeOf, column, entity, entityOf, source, west } from "./support/handMade.ts";
import { clause, contextOf, open, permit } from "./support/permits.ts";

function lowered(of: PlanSource, name: string, attributes: readonly string[], change: Partial<AggregateRequest>, by = open) {
  const scan = scanOf({ ...contextOf(by), sources: [of] }, of, entityOf(name), "aggregate", { attributes, originals: [] });
  const [stratum] = scan?.strata ?? [];
  if (scan === null || stratum === undefined) throw new Error(`no scan of ${name}`);
  const { template, layout } = lowerAggregate(scan, stratum, { where: { kind: "true" }, groups: [], measures: [], distinctOf: null, ...change });
  return { layout, parts: template.parts.map(({ columns }) => columns), columns: template.parts.map(({ columns }) => columns.map(sqlExpr)) };
}

const hourMs = 3_600_000;
/** Columns of times as mappings have them: the cell is the instant's text, or says none. */
const times = (inSource: boolean, clock: string | null): NonNullable<GroupLens["times"]> => ({ inSource, clock, decode: (cell: Cell) => (cell === "none" ? null : Number(cell)) });
const hourly = (of: GroupLens["times"]) =>
  source("east", "130000", [
    changed(entity("Observation", [{ table: "hourly", key: ["id"], fields: { start: { column: "at" } } }]), "hourly", "start", ({ group }) => ({ group: group && { grade: "R", decode: group.decode, expr: column("at"), ...(of === undefined ? {} : { times: of }) } })),
  ]);
const start = (bucket: "HOUR" | "DAY", zone: string): GroupTerm => ({ name: "start", path: ["start"], attribute: attributeOf("Observation", "start"), bucket: { bucket, zone } });

describe("a bucket of times", () => {
  test.each<readonly [what: string, times: GroupLens["times"], zone: string, asked: object]>([
    ["of epoch milliseconds is cut in the source", undefined, "Asia/Shanghai", { kind: "bucket", of: column("at"), bucket: "HOUR", zone: "Asia/Shanghai" }],
    ["is cut on the column's own clock where it is the zone's", times(true, "Asia/Shanghai"), "Asia/Shanghai", { kind: "bucket", of: column("at"), bucket: "HOUR", zone: "Asia/Shanghai", ownClock: true }],
    ["is not cut on the column's own clock in another zone", times(true, "Asia/Shanghai"), "UTC", { kind: "bucket", of: column("at"), bucket: "HOUR", zone: "UTC", ownClock: false }],
    ["is not cut on a clock where the column knows its instants", times(true, null), "UTC", { kind: "bucket", of: column("at"), bucket: "HOUR", zone: "UTC", ownClock: false }],
    ["is left to the hub where the source cannot cut it", times(false, "Asia/Shanghai"), "Asia/Shanghai", column("at")],
  ])("%s", (_, of, zone, asked) => {
    expect(lowered(hourly(of), "Observation", ["start"], { groups: [start("HOUR", zone)] }).parts[0]?.[0]).toEqual(asked);
  });

  test.each<readonly [what: string, times: GroupLens["times"], bucket: "HOUR" | "DAY", zone: string, cell: Cell, value: number | null]>([
    ["epoch milliseconds as they are", undefined, "HOUR", "UTC", 5 * hourMs, 5 * hourMs],
    ["nothing", undefined, "HOUR", "UTC", null, null],
    ["an instant within the hour", times(true, "UTC"), "HOUR", "UTC", String(5 * hourMs + 123), 5 * hourMs],
    ["an instant within the day", times(false, "UTC"), "DAY", "UTC", String(30 * hourMs), 24 * hourMs],
    ["an instant within the day of a zone", times(false, null), "DAY", "Asia/Shanghai", String(30 * hourMs), 16 * hourMs],
    ["no instant", times(true, "UTC"), "HOUR", "UTC", "none", null],
  ])("is read from a cell: %s", (_, of, bucket, zone, cell, value) => {
    expect(lowered(hourly(of), "Observation", ["start"], { groups: [start(bucket, zone)] }).layout.branches.get(0)?.groups[0]?.(cell)).toBe(value);
  });

  test("of dates is gathered in the hub, whatever the column knows of times", () => {
    const dated = source("east", "130000", [
      changed(entity("PenaltyDecision", [{ table: "penalty", key: ["no"], fields: { decidedOn: { column: "day" } } }]), "penalty", "decidedOn", () => ({ group: { grade: "R", expr: column("day"), decode: (cell) => (typeof cell === "string" ? cell : null), times: times(true, "UTC") } })),
    ]);
    const by: GroupTerm = { name: "decidedOn", path: ["decidedOn"], attribute: attributeOf("PenaltyDecision", "decidedOn"), bucket: { bucket: "MONTH", zone: "UTC" } };
    const { parts, layout } = lowered(dated, "PenaltyDecision", ["decidedOn"], { groups: [by] });
    expect(parts[0]?.[0]).toEqual(column("day"));
    expect(layout.branches.get(0)?.groups[0]?.("2026-05-17")).toBe("2026-05-01");
  });
});

describe("figures", () => {
  const of = (fn: AggregateFunctionName, name: string, attribute: string) => ({ fn, attribute: attributeOf(name, attribute), path: [attribute] as const });
  const output = (["sum", "avg", "min", "max"] as const).map((fn) => of(fn, "Enterprise", "output"));

  test("of a withheld attribute ask for none of its columns, its unit's neither", () => {
    const names = permit({ Enterprise: { grants: [clause("names", { name: "CLEAR" })] } });
    const { columns, layout } = lowered(west, "Enterprise", ["output", "name"], { measures: output }, names);
    expect(columns).toEqual([["0.0", "NULL", "NULL", "NULL", "NULL"], ["1.0", "NULL", "NULL", "NULL", "NULL"]]);
    expect([layout.splitCount, ...[...layout.branches.values()].map(({ measures }) => measures.map(({ kind }) => kind))]).toEqual([0, ["nothing", "nothing", "nothing", "nothing"], ["nothing", "nothing", "nothing", "nothing"]]);
  });

  test("of an attribute that one part maps stand beside NULL in the other", () => {
    const { columns, layout } = lowered(west, "Enterprise", ["output"], { measures: output.slice(0, 1) });
    expect(columns).toEqual([['"t"."unit"', "0.0", `hub_lens('output', 'number', "t"."output")`], ["NULL", "1.0", "NULL"]]);
    expect([...layout.branches.values()].map(({ measures }) => measures.map(({ kind }) => kind))).toEqual([["sum"], ["nothing"]]);
  });

  test("are nothing where the mapping can neither order nor add the values up", () => {
    const bare = source("east", "130000", [changed(entity("Enterprise", [{ table: "firm", key: ["uscc"], fields: { output: {} } }]), "firm", "output", () => ({ order: null, sum: null }))]);
    const { columns, layout } = lowered(bare, "Enterprise", ["output"], { measures: output });
    expect(columns).toEqual([["0.0", "NULL", "NULL", "NULL", "NULL"]]);
    expect(layout.branches.get(0)?.measures.map(({ kind }) => kind)).toEqual(["nothing", "nothing", "nothing", "nothing"]);
  });

  test("of distinct values are counted in the hub: the source counts none", () => {
    const { columns, layout } = lowered(west, "Enterprise", ["name"], { measures: [of("countDistinct", "Enterprise", "name")], distinctOf: 0 });
    expect(columns).toEqual([["0.0", `hub_lens('name', 'printed', "t"."name")`, "NULL"], ["1.0", `hub_lens('title', 'printed', "t"."title")`, "NULL"]]);
    expect([layout.distinctAt, [...layout.branches.values()].map(({ measures }) => measures.map(({ kind }) => kind))]).toEqual([1, [["nothing"], ["nothing"]]]);
  });
});
