/**
 * Links across sources as plans: what is asked for keys, what is asked with them, and what stands when they are not known. Golden files are
 * accepted with `-u`; say why in the commit.
 */
import { getOperationAST, getVariableValues, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, type Coordinate } from "../../schema/ids.ts";
import type { Path } from "../../schema/predicate.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import type { Permit } from "../../src/access/permit.ts";
import { type Bindings, keysOf, lookedUp } from "../../src/plan/bindings.ts";
import type { DocumentParts } from "../../src/plan/collectFields.ts";
import { compile } from "../../src/plan/compile.ts";
import { explain } from "../../src/plan/explain.ts";
import { sayPredicate } from "../../src/plan/explainWords.ts";
import { lowerAggregate } from "../../src/plan/lowerAggregate.ts";
import { lowerRows } from "../../src/plan/lowerRows.ts";
import type { AggregatePlan, ConnectionPlan, NodeField, NodeSelection, OperationPlan } from "../../src/plan/operationPlan.ts";
import { operandsOf } from "../../src/plan/operands.ts";
import { acrossTarget, planBuilder, type PlanBuilder } from "../../src/plan/planBuilder.ts";
import { acrossCountRequest, acrossRequest, aggregateRequests, countRequest, pageRequest } from "../../src/plan/requests.ts";
import { type Lowered, scansOf } from "../../src/plan/scan.ts";
import { type Filter, joinsIn, keysRequest, type SemiJoin, semiJoinKeysMax, settleAggregate, settleConnection, settleJoin } from "../../src/plan/semiJoin.ts";
import { refusalOf } from "../access/fixtures/setting.ts";
import { acrossCases } from "./support/acrossCases.ts";
import { entityOf } from "./support/handMade.ts";
import { agency, contextOf, open, parted } from "./support/permits.ts";
import { printPlan } from "./support/printPlan.ts";
import { printTemplate } from "./support/printTemplate.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));

interface Compiled {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
}

function compiled(query: string, permit: Permit = open, values: Readonly<Record<string, unknown>> = {}): Compiled {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { coerced: variables = {}, errors } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], values);
  expect(errors).toBeUndefined();
  return { plan: compile({ schema, document, operationName: null, variables, context: contextOf(permit) }), variables };
}

const connection = (query: string, permit: Permit = open): ConnectionPlan => compiled(query, permit).plan.roots[0] as ConnectionPlan;
const joinsOf = ({ roots }: OperationPlan): readonly SemiJoin[] => roots.flatMap((root) => (root.kind === "connection" || root.kind === "aggregate" ? root.semiJoins : []));

const bindingsFor = ({ plan, variables }: Compiled): Bindings => ({
  operands: operandsOf(plan.slots, variables),
  agency: agency.attributes,
  nowMs: Date.UTC(2026, 5, 15),
  limit: 6,
  cursor: null,
  lookup: [["L1", "L2"]],
  keys: new Map(joinsOf(plan).map(({ number }) => [number, [`K${number}`]])),
});

const valuesBound = ({ binders }: Pick<Lowered<unknown>, "binders">, bindings: Bindings): string => JSON.stringify(binders.map((bind) => bind(bindings)), (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
const lines = (name: string, lowered: Lowered<unknown>, bindings: Bindings): readonly string[] => [`# ${name}`, `  ${printTemplate(lowered.template)}`, `  values ${valuesBound(lowered, bindings)}`, `  layout ${printPlan(lowered.layout)}`];

function joinLines(plan: OperationPlan, bindings: Bindings): readonly string[] {
  return joinsOf(plan).flatMap((join) => join.scans.flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`semi-join ${join.number} ${scan.source.id} keys ${index}`, lowerAggregate(scan, stratum, keysRequest(join)), bindings))));
}

function rootLines(plan: OperationPlan, bindings: Bindings): readonly string[] {
  return plan.roots.flatMap((root): readonly string[] => {
    if (root.kind === "connection") {
      return [
        ...root.scans.flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} rows ${index}`, lowerRows(scan, stratum, pageRequest(root, scan, false, null)), bindings))),
        ...(root.count ?? []).flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} count ${index}`, lowerAggregate(scan, stratum, countRequest(root)), bindings))),
      ];
    }
    if (root.kind !== "aggregate") return [];
    return aggregateRequests(root).flatMap((request) => root.scans.flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} ${request.distinctOf ?? "figures"} ${index}`, lowerAggregate(scan, stratum, request), bindings))));
  });
}

function linkLines(plan: OperationPlan, selection: NodeSelection, bindings: Bindings): readonly string[] {
  return selection.fields.flatMap((field: NodeField): readonly string[] => {
    if (field.kind !== "across" && field.kind !== "acrossCount") return [];
    const target = vocabulary().entities.get(field.link.target);
    if (target === undefined) throw new Error(field.link.target);
    const referenced = { attributes: [field.link.targetKey[0], ...(field.kind === "across" ? acrossRequest(field).attributes : [])], originals: field.kind === "across" ? acrossRequest(field).originals : [] };
    const scans = scansOf(plan.context, target, "query", referenced);
    const own = scans.flatMap((scan) =>
      scan.strata.flatMap((stratum, index) => lines(`${field.key} ${scan.source.id} ${field.kind} ${index}`, field.kind === "across" ? lowerRows(scan, stratum, acrossRequest(field)) : lowerAggregate(scan, stratum, acrossCountRequest(field.link)), bindings)),
    );
    return [...own, ...(field.kind === "across" ? linkLines(plan, field.target, bindings) : [])];
  });
}

describe.each(acrossCases)("$name", (one) => {
  test("as data", async () => {
    const of = compiled(one.query, one.permit, one.variables);
    const { context: _, ...rest } = of.plan;
    const bindings = bindingsFor(of);
    const selections = of.plan.roots.flatMap((root) => (root.kind === "connection" ? (root.selections ?? []) : []));
    const text = [printPlan(rest), "", ...joinLines(of.plan, bindings), ...rootLines(of.plan, bindings), ...selections.flatMap((selection) => linkLines(of.plan, selection, bindings))];
    await expect(`${text.join("\n")}\n`).toMatchFileSnapshot(`golden/across/${one.name}.txt`);
  });

  test.each(["operator", "agency"] as const)("as the %s reads it", async (audience) => {
    const of = compiled(one.query, one.permit, one.variables);
    const describe = (query: { readonly template: Parameters<typeof printTemplate>[0]; readonly values: readonly unknown[]; readonly source: string }) => ({ text: printTemplate(query.template), parameters: query.values });
    // As the command line has them: without keys.
    const { keys: _, ...bindings } = bindingsFor(of);
    const text = explain({ plan: of.plan, permit: one.permit, agency, withheld: [], queries: audience === "operator" ? { describe, bindings } : null });
    await expect(text).toMatchFileSnapshot(`golden/across/${one.name}.${audience}.txt`);
  });
});

describe("keys", () => {
  const where = '{ enterprises(where: { penaltyDecisionRecords: { some: { amount: { gt: "5" } } } }) { totalCount } }';

  test("are asked for TRUE where some row must meet the filter, for not FALSE where none may", () => {
    const rowsOf = (filter: string): readonly string[] => connection(`{ enterprises(where: ${filter}) { totalCount } }`).semiJoins.map(({ rows, place }) => `${place} ${rows}`);
    expect(rowsOf("{ penaltyDecisionRecords: { some: {}, none: {} } }")).toEqual(["where.penaltyDecisionRecords.some TRUE", "where.penaltyDecisionRecords.none NOT FALSE"]);
    expect(rowsOf("{ not: { penaltyDecisionRecords: { some: {}, none: {} } } }")).toEqual(["where.not.penaltyDecisionRecords.some NOT FALSE", "where.not.penaltyDecisionRecords.none TRUE"]);
    expect(rowsOf("{ or: [{ not: { not: { penaltyDecisionRecords: { some: {} } } } }] }")).toEqual(["where.or.not.not.penaltyDecisionRecords.some TRUE"]);
    // Inner joins come first, and a NONE around them turns them too.
    expect(rowsOf("{ penaltyDecisionRecords: { none: { enterpriseRecords: { some: {}, none: {} } } } }")).toEqual([
      "where.penaltyDecisionRecords.none.enterpriseRecords.some NOT FALSE",
      "where.penaltyDecisionRecords.none.enterpriseRecords.none TRUE",
      "where.penaltyDecisionRecords.none NOT FALSE",
    ]);
  });

  test("are numbered over the whole operation, and each root has its own", () => {
    const { plan } = compiled(`{ a: enterprises(where: { penaltyDecisionRecords: { some: {} } }) { totalCount } b: stations { totalCount } c: penaltyDecisionsAggregate(where: { enterpriseRecords: { none: {} } }) { groups { count } } }`);
    expect(plan.roots.map((root) => ("semiJoins" in root ? root.semiJoins.map(({ number, link }) => `${number} ${link.name}`) : null))).toEqual([["0 penaltyDecisionRecords"], [], ["1 enterpriseRecords"]]);
  });

  test("are read in the view of the root's own door", () => {
    const { plan } = compiled(`{ a: enterprises(where: { penaltyDecisionRecords: { some: {} } }) { totalCount } c: enterprisesAggregate(where: { penaltyDecisionRecords: { some: {} } }) { groups { count } } }`);
    expect(joinsOf(plan).map(({ scans }) => scans.map(({ door, source }) => `${source.id} ${door}`))).toEqual([["east query", "west query"], ["east aggregate", "west aggregate"]]);
  });

  test("of every step of both paths are used coordinates", () => {
    const used = ({ plan }: Compiled): readonly string[] => plan.used.map(({ entity, attribute, door }) => `${door} ${entity.name}.${attribute}`).sort();
    expect(used(compiled(where))).toEqual(["query Enterprise.uscc", "query PenaltyDecision.amount", "query PenaltyDecision.enterprise"]);
    expect(used(compiled("{ penaltyDecisionsAggregate(where: { enterpriseRecords: { some: {} } }) { groups { count } } }"))).toEqual(["aggregate Enterprise.uscc", "aggregate PenaltyDecision.enterprise"]);
    expect(used(compiled("{ penaltyDecisions { nodes { enterpriseRecordsCount } } }"))).toEqual(["query Enterprise.uscc", "query PenaltyDecision.enterprise"]);
    expect(used(compiled("{ penaltyDecisions { nodes { enterpriseRecords { name } } } }"))).toEqual(["query Enterprise.name", "query Enterprise.uscc", "query PenaltyDecision.enterprise"]);
  });

  test("decide the strata of both sides by the first step of their path", () => {
    // In `parted` some enterprises show their code, some nothing but a masked telephone; decisions always show their enterprise.
    const list = connection("{ enterprises(where: { penaltyDecisionRecords: { some: {} } }) { totalCount } }", parted);
    expect(list.count?.map(({ strata }) => strata.map(({ levels }) => [...(levels ?? [])]))).toEqual([[[], [["uscc", "CLEAR"]]], [[], [["uscc", "CLEAR"]]]]);
    expect(list.semiJoins[0]?.scans.map(({ strata }) => strata.map(({ levels }) => [...(levels ?? [])]))).toEqual([[[["enterprise", "CLEAR"]]], [[["enterprise", "CLEAR"]]]]);
  });

  test("that were not read are no empty list: a row would slip through a NOT", () => {
    const bindings = bindingsFor(compiled(where));
    expect(keysOf(bindings, 0)).toEqual(["K0"]);
    expect(() => keysOf(bindings, 7)).toThrow("the keys of semi-join 7 were not read");
    expect(() => keysOf({ ...bindings, keys: undefined }, 0)).toThrow("the keys of semi-join 0 were not read");
  });

  test("are bounded by a number that the limits page says", () => {
    expect(semiJoinKeysMax).toBe(10_000);
  });
});

test("a lookup without a list finds nothing", () => {
  const bindings = bindingsFor(compiled("{ __typename }"));
  expect(lookedUp(bindings)).toEqual(["L1", "L2"]);
  expect(lookedUp({ ...bindings, lookup: [] })).toEqual([]);
});

describe("a semi-join whose keys are not known", () => {
  const query = `{ enterprises(where: { or: [
    { name: { eq: "x" } }, { name: { isNull: true } },
    { not: { penaltyDecisionRecords: { some: { enterpriseRecords: { some: {} } } } } },
    { penaltyDecisionRecords: { some: {} } }
  ] }) { totalCount nodes { name } } }`;
  /** Anew each time: what is settled is kept with its plan. */
  const made = (): ConnectionPlan => connection(query);
  const atoms = (filter: Filter): string => sayPredicate(filter).replaceAll("enterprise.", "");

  test("stands as UNKNOWN in the filter, and in no other's place", () => {
    const list = made();
    expect(joinsIn(list.where)).toEqual([1, 2]);
    expect(atoms(list.where)).toBe("name eq ? or name is null or not (uscc among the keys of semi-join 2) or uscc among the keys of semi-join 3");
    expect(atoms(settleConnection(list, new Set([1])).where)).toBe("name eq ? or name is null or not (unknown) or uscc among the keys of semi-join 3");
    expect(atoms(settleConnection(list, new Set([2])).where)).toBe("name eq ? or name is null or not (uscc among the keys of semi-join 2) or unknown");
    expect(atoms(settleConnection(list, new Set([1, 2])).where)).toBe("name eq ? or name is null or not (unknown) or unknown");
  });

  test("leaves every other part of a filter as it is", () => {
    const list = made();
    const isNull: Filter = { kind: "isNull", path: ["name"], isNull: true };
    const compare: Filter = { kind: "compare", path: ["name"], operator: "eq", operand: { kind: "literal", value: "x" } };
    const part = (join: number): Filter => ({ kind: "semiJoin", path: ["uscc"], join });
    const of = (atom: Filter): readonly Filter[] => [{ kind: "true" }, { kind: "false" }, { kind: "unknown" }, isNull, compare, { kind: "and", of: [compare, atom] }, { kind: "or", of: [isNull] }, { kind: "not", of: atom }, part(4)];
    expect(settleConnection({ ...list, where: { kind: "or", of: of(part(3)) } }, new Set([3])).where).toEqual({ kind: "or", of: of({ kind: "unknown" }) });
  });

  test("leaves a plan as it is that has no such atom", () => {
    const list = made();
    expect(settleConnection(list, new Set())).toBe(list);
    // An inner join stands in the filter of another one.
    expect(settleConnection(list, new Set([0]))).toBe(list);
    const [inner, outer] = list.semiJoins as readonly [SemiJoin, SemiJoin, SemiJoin];
    expect(settleJoin(inner, new Set([0, 1, 2]))).toBe(inner);
    expect(atoms(settleJoin(outer, new Set([0])).where)).toBe("unknown");
  });

  test("is lowered anew, once for each set of such joins: what was lowered with keys is not for it", () => {
    const list = made();
    const [scan] = list.scans;
    scan?.lowered.set("with keys", "lowered");
    const one = settleConnection(list, new Set([1]));
    expect(settleConnection(list, new Set([1]))).toBe(one);
    expect(settleConnection(list, new Set([1, 0]))).toBe(one);
    expect(settleConnection(list, new Set([2]))).not.toBe(one);
    expect(settleConnection(list, new Set([1, 2]))).not.toBe(one);
    expect(one.scans.map(({ source, lowered }) => [source.id, lowered.size])).toEqual([["east", 0], ["west", 0]]);
    expect(one.count?.map(({ lowered }) => lowered.size)).toEqual([0, 0]);
    expect(one.scans[0]?.lowered).not.toBe(scan?.lowered);
    expect(one.count?.[0]?.lowered).not.toBe(list.count?.[0]?.lowered);
    expect(scan?.lowered.size).toBe(1);
    const [, outer] = list.semiJoins as readonly [SemiJoin, SemiJoin, SemiJoin];
    const settled = settleJoin(outer, new Set([0]));
    expect(settleJoin(outer, new Set([0]))).toBe(settled);
    expect(settled.scans[0]?.lowered).not.toBe(outer.scans[0]?.lowered);
    expect({ ...one, where: null, scans: null, count: null }).toEqual({ ...list, where: null, scans: null, count: null });
  });

  test("counts where there is something to count", () => {
    const rows = connection('{ enterprises(where: { penaltyDecisionRecords: { some: {} } }) { nodes { name } } }');
    expect(settleConnection(rows, new Set([0])).count).toBeNull();
  });

  test("is UNKNOWN in figures too", () => {
    const figures = compiled('{ enterprisesAggregate(where: { penaltyDecisionRecords: { none: {} } }) { groups { count } } }').plan.roots[0] as AggregatePlan;
    const settled = settleAggregate(figures, new Set([0]));
    expect(atoms(settled.where)).toBe("not (unknown)");
    expect(settled.scans[0]?.lowered).not.toBe(figures.scans[0]?.lowered);
    expect(settleAggregate(figures, new Set())).toBe(figures);
    expect(settleAggregate(figures, new Set([0]))).toBe(settled);
  });
});

test("joins are found in any part of a filter", () => {
  const atom = (join: number): Filter => ({ kind: "semiJoin", path: ["uscc"], join });
  const leaf: Filter = { kind: "isNull", path: ["name"], isNull: true };
  expect(joinsIn({ kind: "and", of: [atom(3), { kind: "or", of: [leaf, { kind: "not", of: atom(5) }] }, { kind: "true" }, { kind: "false" }, { kind: "unknown" }, { kind: "compare", path: ["name"], operator: "eq", operand: { kind: "literal", value: "x" } }] })).toEqual([3, 5]);
});

test("says a path and a number where it does not know the join", () => {
  expect(sayPredicate({ kind: "semiJoin", path: ["enterprise", "uscc"], join: 6 })).toBe("enterprise.uscc among the keys of semi-join 7");
});

describe("paths", () => {
  const builder = (): PlanBuilder => planBuilder(schema, contextOf(open), { operation: {} as DocumentParts["operation"], fragments: new Map(), variables: {} });
  const usedBy = (entity: string, path: Path): readonly string[] => {
    const made = builder();
    made.usePath(entityOf(entity), path, "export");
    return made.used().map((one) => `${one.door} ${one.entity.name}.${one.attribute}`);
  };

  test("use every attribute on their way, through links alone", () => {
    expect(usedBy("Observation", ["station", "movedFrom", "name"])).toEqual(["export Observation.station", "export Station.movedFrom", "export Station.name"]);
    expect(usedBy("Observation", ["station"])).toEqual(["export Observation.station"]);
    expect(usedBy("Station", ["region", "name"])).toEqual(["export Station.region"]);
    expect(usedBy("Station", ["nosuch", "name"])).toEqual(["export Station.nosuch"]);
  });

  test("lead across to the link's own target", () => {
    const [link] = entityOf("PenaltyDecision").acrossLinks;
    if (link === undefined) throw new Error("no link");
    expect(acrossTarget(builder(), link).name).toBe("Enterprise");
    expect(() => acrossTarget(builder(), { ...link, target: asEntityName("Nobody") })).toThrow("PenaltyDecision.enterpriseRecords leads to no entity");
  });
});

test("a field that the agency's schema lacks is refused again, should a caller leave validation out", () => {
  const clear = (names: readonly string[]) => new Map(names.map((name) => [name as Coordinate, "CLEAR" as const]));
  const narrow = deriveSchema(vocabulary(), { query: clear(["Enterprise.uscc", "Enterprise.name"]), aggregate: new Map(), publications: new Map() });
  for (const name of ["penaltyDecisionRecordsCount", "penaltyDecisionRecords { docNo }"]) {
    const document = parse(`{ enterprises { nodes { ${name} } } }`);
    expect(refusalOf(() => compile({ schema: narrow, document, operationName: null, variables: {}, context: contextOf(open) }))).toMatch(/^GRAPHQL_VALIDATION_FAILED /);
  }
});

describe("what a filter across sources may not be", () => {
  test.each<readonly [string, string]>([
    ["{ penaltyDecisionRecords: null }", "where.penaltyDecisionRecords must not be null"],
    ["{ penaltyDecisionRecords: { some: null } }", "where.penaltyDecisionRecords.some must not be null"],
    ["{ not: { penaltyDecisionRecords: { none: { amount: null } } } }", "where.not.penaltyDecisionRecords.none.amount must not be null"],
  ])("%s", (where, argument) => {
    expect(refusalOf(() => compiled(`{ enterprises(where: ${where}) { totalCount } }`))).toBe(`BAD_ARGUMENT An argument does not fit: ${argument}.`);
  });
});

describe("a count", () => {
  test("gives a part only where the field says so", () => {
    const { plan } = compiled("query ($p: PartialAnswer!) { enterprises { nodes { a: penaltyDecisionRecordsCount b: penaltyDecisionRecordsCount(partial: ALLOW) c: penaltyDecisionRecordsCount(partial: DENY) d: penaltyDecisionRecordsCount(partial: $p) } } }", open, { p: "ALLOW" });
    const [list] = plan.roots as readonly ConnectionPlan[];
    expect(list?.selections?.[0]?.fields.map((field) => (field.kind === "acrossCount" ? `${field.key} ${field.partial}` : field.kind))).toEqual(["a false", "b true", "c false", "d true"]);
  });
});
