/** What the steps of a plan ask of each scan: execute runs these requests, and `explain` shows them. */
import { TRUE } from "../../schema/predicate.ts";
import type { AcrossLinkDef } from "../../schema/vocabulary.ts";
import { compareCodePoints } from "../harmonise/text.ts";
import type { CursorPosition } from "./bindings.ts";
import type { AggregateRequest } from "./lowerAggregate.ts";
import type { RowsRequest } from "./lowerRows.ts";
import type { AggregatePlan, ConnectionPlan, Measure, NodeField } from "./operationPlan.ts";
import { originalAttributes, selectedAttributes } from "./referenced.ts";
import type { Scan } from "./scan.ts";

/** `first` and `last` when neither is written, and their greatest value: a page, not an export (attacks.md P39). */
export const pageDefault = 100;
export const pageMax = 1000;

const pageAttributes = new WeakMap<ConnectionPlan, Pick<RowsRequest, "attributes" | "originals">>();

/** One page of one scan, from a cursor on. */
export function pageRequest(plan: ConnectionPlan, scan: Scan, backward: boolean, cursor: CursorPosition | null): RowsRequest {
  let wanted = pageAttributes.get(plan);
  if (wanted === undefined) {
    const selections = plan.selections ?? [];
    wanted = { attributes: [...new Set(selections.flatMap((selection) => [...selectedAttributes(selection)]))], originals: [...new Set(selections.flatMap(originalAttributes))] };
    pageAttributes.set(plan, wanted);
  }
  return {
    where: plan.where,
    order: plan.order,
    backward,
    cursor: cursor === null ? null : { isNull: cursor.values.map((value) => value === null), source: sourceRelation(scan, cursor) },
    attributes: wanted.attributes,
    originals: wanted.originals,
    lookup: null,
    limited: true,
  };
}

/** Where a scan's source stands in the order relative to the cursor's. */
export function sourceRelation(scan: Scan, cursor: CursorPosition): "before" | "same" | "after" {
  const order = compareCodePoints(scan.source.id, cursor.source);
  return order === 0 ? "same" : order < 0 ? "before" : "after";
}

const rowCount: Measure = { fn: "count", attribute: null, path: ["id"] };

/** `totalCount`. */
export const countRequest = (plan: ConnectionPlan): AggregateRequest => ({
  where: plan.where,
  groups: [],
  measures: [rowCount],
  distinctOf: null,
});

/** Rows that an across link lists for the keys of a lookup. */
export const acrossRequest = ({ target, link }: Extract<NodeField, { kind: "across" }>): RowsRequest => ({
  where: TRUE,
  order: [],
  backward: false,
  cursor: null,
  attributes: [...selectedAttributes(target)],
  originals: originalAttributes(target),
  lookup: { by: "clearPath", path: link.targetKey },
  limited: false,
});

/** How many rows an across link lists for each key of a lookup. */
export const acrossCountRequest = ({ name, targetKey }: AcrossLinkDef): AggregateRequest => ({
  where: TRUE,
  lookup: targetKey,
  groups: [{ name, path: targetKey, attribute: null, bucket: null }],
  measures: [rowCount],
  distinctOf: null,
});

/** One request for all figures, and one per countDistinct, whose values are shipped and counted in the hub. */
export function aggregateRequests(plan: AggregatePlan): readonly AggregateRequest[] {
  const distinct = plan.measures.flatMap((measure, index) => (measure.fn === "countDistinct" ? [index] : []));
  const needsFigures = plan.measures.some((measure) => measure.fn !== "countDistinct") || distinct.length === 0;
  const asked: readonly (number | null)[] = needsFigures ? [null, ...distinct] : distinct;
  return asked.map((distinctOf) => ({ where: plan.where, groups: plan.groups, measures: plan.measures, distinctOf }));
}
