/**
 * Golden plans: what documents become over hand-made sources, down to every query, every value bound to it and every cell's place. Run
 * with `-u` to accept a change, and say why in the commit.
 */
import { getOperationAST, getVariableValues, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { coordinate, asEntityName, asRuleId, asSourceId } from "../../schema/ids.ts";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import type { Withheld } from "../../src/access/withheld.ts";
import type { Bindings, CursorPosition } from "../../src/plan/bindings.ts";
import { compile } from "../../src/plan/compile.ts";
import { explain } from "../../src/plan/explain.ts";
import { lowerAggregate } from "../../src/plan/lowerAggregate.ts";
import { lowerPublication } from "../../src/plan/lowerPublication.ts";
import { halvesOf, lowerRows, type RowsRequest } from "../../src/plan/lowerRows.ts";
import type { ConnectionPlan, OperationPlan } from "../../src/plan/operationPlan.ts";
import { operandsOf } from "../../src/plan/operands.ts";
import { aggregateRequests, countRequest, pageRequest } from "../../src/plan/requests.ts";
import type { Lowered, Scan } from "../../src/plan/scan.ts";
import { type PlanCase, planCases } from "./support/cases.ts";
import { agency, contextOf } from "./support/permits.ts";
import { printPlan } from "./support/printPlan.ts";
import { printTemplate } from "./support/printTemplate.ts";

const schema = deriveSchema(vocabulary(), allVisible(vocabulary()));
const nowMs = Date.UTC(2026, 5, 15);
const valuesOf = (count: number, isNull: readonly boolean[]): CursorPosition["values"] => Array.from({ length: count }, (_, index) => (isNull[index] === true ? null : `value ${index}`));

const withheld: readonly Withheld[] = [
  { source: asSourceId("east"), coordinate: coordinate(asEntityName("Station"), "name"), by: asRuleId("high"), because: { zh: "高", en: "high" }, ask: null },
  { source: asSourceId("east"), coordinate: coordinate(asEntityName("Station"), "operator"), by: asRuleId("high"), because: { zh: "高", en: "high" }, ask: null },
  { source: asSourceId("west"), coordinate: coordinate(asEntityName("Station"), "contact"), by: null, because: { zh: "未授权", en: "not granted" }, ask: null },
];

function planOf({ query, variables = {}, permit }: PlanCase): { readonly plan: OperationPlan; readonly bindings: Bindings } {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { coerced, errors } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], variables);
  expect(errors).toBeUndefined();
  const plan = compile({ schema, document, operationName: null, variables: coerced ?? {}, context: contextOf(permit) });
  return { plan, bindings: { operands: operandsOf(plan.slots, coerced ?? {}), agency: agency.attributes, nowMs, limit: 6, cursor: null, lookup: [["L1"], ["L2"]] } };
}

const valuesBound = ({ binders }: Pick<Lowered<unknown>, "binders">, bindings: Bindings): string => JSON.stringify(binders.map((bind) => bind(bindings)), (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
const lines = (name: string, lowered: Lowered<unknown>, bindings: Bindings): readonly string[] => [`# ${name}`, `  ${printTemplate(lowered.template)}`, `  values ${valuesBound(lowered, bindings)}`, `  layout ${printPlan(lowered.layout)}`];

/** Every way in which a page of one scan can be asked for. */
function pagesOf(plan: ConnectionPlan, scan: Scan, bindings: Bindings): readonly string[] {
  const nulls = plan.order.length === 0 ? [[]] : plan.order.length === 1 ? [[false], [true]] : [[false, false], [true, false], [false, true]];
  return [false, true].flatMap((backward) =>
    [null, ...nulls].flatMap((isNull) =>
      (isNull === null ? ["east"] : ["east", "middle", "west"]).flatMap((source) => {
        const cursor = isNull === null ? null : { values: valuesOf(plan.order.length, isNull), source, tie: 42, branch: 3 };
        const request = pageRequest(plan, scan, backward, cursor);
        return halvesOf(scan, request).flatMap((half) =>
          // One stratum says how a page is asked for; that strata differ is said by the plan.
          scan.strata.slice(0, 1).flatMap((stratum) => {
            const lowered = lowerRows(scan, stratum, { ...request, ...(half === undefined ? {} : { half }) });
            return [`# ${scan.source.id} ${backward ? "backward" : "forward"} ${cursor === null ? "from the end" : `from ${JSON.stringify(cursor)}`} ${half ?? "whole"}`, `  ${printTemplate(lowered.template)}`, `  values ${valuesBound(lowered, { ...bindings, cursor })}`];
          }),
        );
      }),
    ),
  );
}

const lookups: readonly RowsRequest["lookup"][] = [{ by: "locator" }, { by: "attribute", attribute: "code" }, { by: "clearPath", path: ["code"] }, { by: "clearPath", path: ["name"] }, { by: "attribute", attribute: "contact" }];

function lowered(plan: OperationPlan, bindings: Bindings): readonly string[] {
  return plan.roots.flatMap((root): readonly string[] => {
    switch (root.kind) {
      case "connection":
        return [
          ...(root.selections === null ? [] : root.scans).flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} rows ${index}`, lowerRows(scan, stratum, pageRequest(root, scan, false, null)), bindings))),
          ...(root.count ?? []).flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} count ${index}`, lowerAggregate(scan, stratum, countRequest(root)), bindings))),
        ];
      case "aggregate":
        return aggregateRequests(root).flatMap((request) => root.scans.flatMap((scan) => scan.strata.flatMap((stratum, index) => lines(`${root.key} ${scan.source.id} ${request.distinctOf ?? "figures"} ${index}`, lowerAggregate(scan, stratum, request), bindings))));
      case "published":
        return root.publications.flatMap((scan) => lines(`${root.key} ${scan.source.id} published`, lowerPublication(scan), bindings));
      default:
        return [];
    }
  });
}

describe.each(planCases)("$name", (one) => {
  test("as data", async () => {
    const { plan, bindings } = planOf(one);
    const { context: _, ...rest } = plan;
    await expect(`${printPlan(rest)}\n\n${lowered(plan, bindings).join("\n")}\n`).toMatchFileSnapshot(`golden/plans/${one.name}.txt`);
  });

  test.each(["operator", "agency"] as const)("as the %s reads it", async (audience) => {
    const { plan, bindings } = planOf(one);
    const queries = { describe: (query: { readonly template: Parameters<typeof printTemplate>[0]; readonly values: readonly unknown[]; readonly source: string; readonly rowsMax: number }) => (query.source === "west" && one.name === "by-id" ? null : { text: `${query.rowsMax} of ${query.source}: ${printTemplate(query.template)}`, parameters: [...query.values, 1n, new Uint8Array([7, 255])] }), bindings };
    const text = explain({ plan, permit: one.permit, agency, withheld: one.name === "strata" ? withheld : [], queries: audience === "operator" ? queries : null });
    await expect(text).toMatchFileSnapshot(`golden/plans/${one.name}.${audience}.txt`);
  });

  if (one.pages === true) {
    test("page by page", async () => {
      const { plan, bindings } = planOf(one);
      const [root] = plan.roots;
      if (root?.kind !== "connection") throw new Error("pages are of lists");
      const text = root.scans.flatMap((scan) => pagesOf(root, scan, bindings)).join("\n");
      await expect(`${text}\n`).toMatchFileSnapshot(`golden/plans/${one.name}.pages.txt`);
    });
  }
});

test.each(["strata", "cell-guards", "orders"])("rows are looked up by what links and ids name: %s", async (name) => {
  const one = planCases.find((other) => other.name === name);
  if (one === undefined) throw new Error(name);
  const { plan, bindings } = planOf(one);
  const text = plan.roots.flatMap((root) =>
    root.kind !== "connection"
      ? []
      : root.scans.flatMap((scan) =>
          lookups.flatMap((lookup) =>
            scan.strata.flatMap((stratum, index) => {
              const request: RowsRequest = { where: { kind: "true" }, order: [], backward: false, cursor: null, attributes: ["code", "name", "contact"], originals: ["operator"], lookup, limited: false };
              return lines(`${scan.source.id} ${JSON.stringify(lookup)} ${index}`, lowerRows(scan, stratum, request), bindings);
            }),
          ),
        ),
  );
  await expect(`${text.join("\n")}\n`).toMatchFileSnapshot(`golden/plans/${name}.lookups.txt`);
});
