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
  /** Rows of other sources that an across link is taken to find for a row where no `first` is written: how many there are is not asked. */
  acrossRows: 10,
  /** A filter on an across link reads keys of all rows that meet the inner filter. */
  semiJoin: 10_000,
  /** `__schema` and `__type`. */
  introspection: 1000,
  /** Regions of the hub's own table in a list of them. */
  regions: 100,
} as const;

type Variables = Readonly<Record<string, unknown>>;

/** Throws BAD_ARGUMENT for a `first` or `last` out of bounds, so that no source is asked for another root meanwhile. */
export function costOf(plan: OperationPlan, variables: Variables): number {
  let cost = costs.request + (plan.introspection ? costs.introspection : 0);
  const units = unitsOf(plan, variables);
  for (const [index, root] of plan.roots.entries()) cost += rootCost(plan, root, units[index] ?? 0, variables);
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
  const size: Size = (argument, name) => sizeOf(plan, argument, name, variables);
  switch (root.kind) {
    case "connection": {
      const [first, last] = [size(root.first, "first"), size(root.last, "last")];
      return (root.selections === null ? 0 : (last ?? first ?? pageDefault) * units) + (root.count === null ? 0 : costs.count) + costs.semiJoin * root.semiJoins.length;
    }
    case "byId": {
      const ids = "slot" in root.ids ? valueOf(plan, root.ids.slot, variables) : root.ids;
      return (Array.isArray(ids) ? ids.length : 1) * units;
    }
    case "aggregate":
    case "published": {
      const distinct = root.measures.filter(({ fn }) => fn === "countDistinct").length;
      const groups = size(root.first, "first") ?? pageMax;
      return costs.aggregate * (1 + distinct) + costs.semiJoin * root.semiJoins.length + (root.groups.length === 0 ? 1 : groups) * units;
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

type Size = (argument: IntArgument, name: string) => number | null;

const sizeOf = (plan: OperationPlan, argument: IntArgument, name: string, variables: Variables): number | null =>
  pageSize("slot" in argument ? valueOf(plan, argument.slot, variables) : argument.literal, name);

const unitsByPlan = new WeakMap<OperationPlan, readonly number[]>();

/** Units of one row (id, group) of each root: the document fixes them, but for a variable `first` of an across link. */
function unitsOf(plan: OperationPlan, variables: Variables): readonly number[] {
  const known = unitsByPlan.get(plan);
  if (known !== undefined) return known;
  let isFixed = true;
  const size: Size = (argument, name) => {
    if ("slot" in argument) isFixed = false;
    return sizeOf(plan, argument, name, variables);
  };
  const units = plan.roots.map((root) => unitsOfRoot(root, size));
  if (isFixed) unitsByPlan.set(plan, units);
  return units;
}

function unitsOfRoot(root: RootPlan, size: Size): number {
  switch (root.kind) {
    case "connection":
      return unitsOfConnection(root, size);
    case "byId":
      return unitsOfTargets(root, size);
    case "aggregate":
    case "published":
      return unitsOfGroup(root);
    case "regions":
      return unitsOfRegion(root.region);
    case "typename":
      return 0;
  }
}

const unitsOfConnection = ({ selections, shape }: ConnectionPlan, size: Size): number => {
  const cursors = shape.fields.some((field) => field.kind === "edges" && field.fields.some(({ kind }) => kind === "cursor")) ? 1 : 0;
  return 1 + cursors + (selections ?? []).reduce((sum, selection) => sum + unitsOfSelection(selection, size), 0);
};

/** An id is of one type: the dearest that it may have. */
const unitsOfTargets = ({ targets }: ByIdPlan, size: Size): number => 1 + Math.max(0, ...[...targets.values()].map(({ selection }) => unitsOfSelection(selection, size)));

const unitsOfGroup = ({ groups, measures }: AggregatePlan): number => 1 + groups.length + measures.length;

const unitsOfSelection = ({ fields }: NodeSelection, size: Size): number => fields.reduce((sum, field) => sum + unitsOfField(field, size), 0);

function unitsOfField(field: NodeField, size: Size): number {
  switch (field.kind) {
    case "link":
      return 1 + unitsOfSelection(field.target, size);
    case "across":
      return 1 + (size(field.first, "first") ?? costs.acrossRows) * (1 + unitsOfSelection(field.target, size));
    case "acrossCount":
      return 1 + costs.acrossRows;
    case "region":
      return 1 + unitsOfRegion(field.region);
    case "provenance":
    case "original":
      return 1 + field.fields.length;
    case "attribute":
      return 1 + (field.parts?.length ?? 0);
    case "id":
    case "ownerRegion":
    case "typename":
      return 1;
  }
}

const unitsOfRegion = (region: RegionSelection): number => region.fields.reduce((sum, { nested }) => sum + 1 + (nested === null ? 0 : unitsOfRegion(nested)), 0);
