/** Rows that a link reaches, where a mapping has only a part of what the link needs. */
import { describe, expect, test } from "vitest";
import type { MappedEntity } from "../../src/mapping/mapping.ts";
import { slotSink } from "../../src/plan/bindings.ts";
import { ALWAYS } from "../../src/plan/conditions.ts";
import { baseInstance, type QueryScope } from "../../src/plan/instance.ts";
import { lowerTruth } from "../../src/plan/lowerPredicate.ts";
import type { PlanContext, PlanSource } from "../../src/plan/operationPlan.ts";
import type { Filter } from "../../src/plan/semiJoin.ts";
import { sqlCond } from "../mapping/support.ts";
import { column, east, entity, entityOf, source } from "./support/handMade.ts";
import { contextOf, open } from "./support/permits.ts";

function scanned(of: PlanSource, name: string, part = 0, change: Partial<PlanContext> = {}) {
  const slots = slotSink();
  const query: QueryScope = { context: { ...contextOf(open), sources: [of], ...change }, source: of, door: "query", slots, joins: [], nextAlias: 0 };
  const mapped = of.mapping.entities.get(entityOf(name).name)?.parts[part];
  if (mapped === undefined) throw new Error(`no part of ${name}`);
  const levels = new Map([...entityOf(name).attributes.keys()].map((attribute) => [attribute, "CLEAR" as const]));
  const instance = baseInstance(query, entityOf(name), mapped, levels);
  return {
    instance,
    isTrue: (filter: Filter): string => sqlCond(lowerTruth(filter, true, instance, slots)),
    joins: (): readonly string[] => query.joins.map(({ table, alias, on }) => `${table} ${alias} ON ${sqlCond(on)}`),
  };
}
const of = (...entities: readonly MappedEntity[]): PlanSource => source("east", "130000", entities);
const decisions = entity("PenaltyDecision", [{ table: "penalty", key: ["no"], fields: { docNo: { column: "no" }, enterprise: { link: { by: "key", target: entityOf("Enterprise").name, columns: [column("firm")] } } } }, { table: "orders", key: ["no"], fields: { docNo: { column: "no" } } }]);
const named: Filter = { kind: "isNull", path: ["enterprise", "name"], isNull: false };

describe("a link", () => {
  test("reaches no row of an entity that the source does not map: what is behind it is NULL", () => {
    const { isTrue, joins } = scanned(of(decisions), "PenaltyDecision");
    expect([isTrue(named), isTrue({ kind: "not", of: named }), joins()]).toEqual(["0", "1", []]);
  });

  test("reaches no row from a part that does not map it", () => {
    const firms = entity("Enterprise", [{ table: "firm", key: ["uscc"], fields: { name: {} } }]);
    const from = (part: number) => scanned(of(decisions, firms), "PenaltyDecision", part);
    expect(from(0).isTrue(named)).toBe('("#0".rowid IS NOT NULL AND "#0"."name" IS NOT NULL)');
    const { isTrue, joins } = from(1);
    expect([isTrue(named), joins()]).toEqual(["0", []]);
  });

  test("to an entity that the vocabulary lacks is no plan", () => {
    const { instance } = scanned(of(decisions), "PenaltyDecision", 0, { vocabulary: { ...contextOf(open).vocabulary, entities: new Map() } });
    expect(() => instance.follow("enterprise")).toThrow("no entity Enterprise");
  });

  test("joins its row by what the row itself says; what a further table says of it is asked after that is joined", () => {
    const firms = entity("Enterprise", [
      {
        table: "firm",
        key: ["uscc"],
        base: { kind: "and", of: [{ kind: "isNull", of: column("gone"), negated: false }, { kind: "compare", op: "=", left: column("kind"), right: column("kind", "k") }] },
        joins: [{ alias: "k", table: "kinds", on: { kind: "compare", op: "=", left: column("id", "k"), right: column("uscc") } }],
        fields: { name: {} },
      },
    ]);
    const { isTrue, joins } = scanned(of(decisions, firms), "PenaltyDecision");
    expect(isTrue(named)).toBe('("#0".rowid IS NOT NULL AND "#0"."kind" = "#0#k"."kind" AND "#0"."name" IS NOT NULL)');
    expect(joins()).toEqual(['firm #0 ON ("#0"."uscc" = "t"."firm" AND "#0"."gone" IS NULL)', 'kinds #0#k ON "#0#k"."id" = "#0"."uscc"']);
  });

  test("behind links is asked of the row that they lead to, however far the way", () => {
    const { isTrue, joins } = scanned(east, "Observation");
    expect(isTrue({ kind: "isNull", path: ["station", "movedFrom", "movedFrom"], isNull: false })).toBe('("#0".rowid IS NOT NULL AND "#1".rowid IS NOT NULL AND "#2".rowid IS NOT NULL)');
    expect(joins().slice(-1)).toEqual(['station #2 ON ("#2"."code" = "#1"."moved" AND "#2"."code" IS NOT NULL)']);
  });
});

test("the scanned row is there whatever its cells are", () => {
  expect(scanned(east, "Station").instance.row.present).toBe(ALWAYS);
});
