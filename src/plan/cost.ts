/**
 * What an operation may cost, in units: one unit is one cell printed. Estimated from the plan and the variables alone, never from rows
 * found: what is charged must not tell how many rows are hidden (semantics.md §7). `docs/limits.md` says the figures to callers.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { resolveOperand } from "./arguments.ts";
import type { AggregatePlan, ByIdPlan, ConnectionPlan, IntArgument, NodeField, NodeSelection, OperationPlan, RegionSelection, RootPlan } from "./operationPlan.ts";
import { pageDefault, pageMax } from "./requests.ts";

export const costs = {
  /** Of any operation: identified, recorded, answered. */
  request: 100,
  /** `totalCount` reads an index, or all rows that the filter meets. */
  count: 1000,
  /** An aggregation reads all rows that the filter meets, once, and once more for each `countDistinct`. */
  aggregate: 10_000,
  /** Rows of other sources that an across link is taken to find for a row: how many there are is not asked. */
  acrossRows: 10,
  /** `__schema` and `__type`. */
  introspection: 1000,
  /** Regions of the hub's own table in a list of them. */
  regions: 100,
} as const;

type Variables = Readonly<Record<string, unknown>>;

/** Throws BAD_ARGUMENT for a `first` or `last` out of bounds, so that no source is asked for another root meanwhile. */
export function costOf(plan: OperationPlan, variables: Variables): number {
  let cost = costs.request + (plan.introspection ? costs.introspection : 0);
  for (const [index, root] of plan.roots.entries()) cost += rootCost(plan, root, unitsOf(plan)[index] ?? 0, variables);
  return cost;
}

/** An `Int` of 0 to the greatest page, or null where none is given. Throws BAD_ARGUMENT. */
export function pageSize(value: unknown, name: string): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > pageMax) {
    throw new HubError("BAD_ARGUMENT", { argument: `${name} is from 0 to ${pageMax}` });
  }
  return value;
}

function rootCost(plan: OperationPlan, root: RootPlan, units: number, variables: Variables): number {
  const size = (argument: IntArgument, name: string): number | null =>
    pageSize("slot" in argument ? valueOf(plan, argument.slot, variables) : argument.literal, name);
  switch (root.kind) {
    case "connection": {
      const [first, last] = [size(root.first, "first"), size(root.last, "last")];
      return (root.selections === null ? 0 : (last ?? first ?? pageDefault) * units) + (root.count === null ? 0 : costs.count);
    }
    case "byId": {
      const ids = "slot" in root.ids ? valueOf(plan, root.ids.slot, variables) : root.ids;
      return (Array.isArray(ids) ? ids.length : 1) * units;
    }
    case "aggregate":
    case "published": {
      const distinct = root.measures.filter(({ fn }) => fn === "countDistinct").length;
      const groups = size(root.first, "first") ?? pageMax;
      return costs.aggregate * (1 + distinct) + (root.groups.length === 0 ? 1 : groups) * units;
    }
    case "regions":
      return (root.one === null ? costs.regions : 1) * units;
    case "typename":
      return 0;
  }
}

const valueOf = (plan: OperationPlan, slot: number, variables: Variables): unknown => {
  const source = plan.slots[slot]?.source;
  return source === undefined ? null : resolveOperand(source, variables);
};

const unitsByPlan = new WeakMap<OperationPlan, readonly number[]>();

/** Units of one row (id, group) of each root: the document fixes them. */
function unitsOf(plan: OperationPlan): readonly number[] {
  let known = unitsByPlan.get(plan);
  if (known === undefined) {
    known = plan.roots.map(unitsOfRoot);
    unitsByPlan.set(plan, known);
  }
  return known;
}

function unitsOfRoot(root: RootPlan): number {
  switch (root.kind) {
    case "connection":
      return unitsOfConnection(root);
    case "byId":
      return unitsOfTargets(root);
    case "aggregate":
    case "published":
      return unitsOfGroup(root);
    case "regions":
      return unitsOfRegion(root.region);
    case "typename":
      return 0;
  }
}

const unitsOfConnection = ({ selections, shape }: ConnectionPlan): number => {
  const cursors = shape.fields.some((field) => field.kind === "edges" && field.fields.some(({ kind }) => kind === "cursor")) ? 1 : 0;
  return 1 + cursors + (selections ?? []).reduce((sum, selection) => sum + unitsOfSelection(selection), 0);
};

/** An id is of one type: the dearest that it may have. */
const unitsOfTargets = ({ targets }: ByIdPlan): number => 1 + Math.max(0, ...[...targets.values()].map(({ selection }) => unitsOfSelection(selection)));

const unitsOfGroup = ({ groups, measures }: AggregatePlan): number => 1 + groups.length + measures.length;

const unitsOfSelection = ({ fields }: NodeSelection): number => fields.reduce((sum, field) => sum + unitsOfField(field), 0);

function unitsOfField(field: NodeField): number {
  switch (field.kind) {
    case "link":
      return 1 + unitsOfSelection(field.target);
    case "across":
      return 1 + costs.acrossRows * (1 + unitsOfSelection(field.target));
    case "region":
    case "ownerRegion":
      return 1 + unitsOfRegion(field.region);
    case "provenance":
    case "original":
      return 1 + field.fields.length;
    case "attribute":
      return 1 + (field.parts?.length ?? 0);
    case "id":
    case "typename":
      return 1;
  }
}

const unitsOfRegion = (region: RegionSelection): number => region.fields.reduce((sum, { nested }) => sum + 1 + (nested === null ? 0 : unitsOfRegion(nested)), 0);
