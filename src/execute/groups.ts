/** Finished groups: three-valued conditions, order, cut, and print. */
import { isWithin } from "../../schema/codes/regions.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";
import { type Decimal, printDecimal, scaledInteger } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import { operandValue } from "../plan/bindings.ts";
import type { AggregatePlan, GroupColumn, Having, Measure } from "../plan/operationPlan.ts";
import { compareValues } from "./merge.ts";
import { type Json, valuePrinter } from "./printNode.ts";
import { bindingsOf, type RunContext } from "./runContext.ts";

export interface FinishedGroup {
  readonly ownerRegion: string | null;
  readonly keys: readonly Unified[];
  /** Per measure: exact value, NULL over no value. */
  readonly measures: readonly Unified[];
}

/** Averages print four more digits than their attribute (semantics.md §5). */
const avgExtraDigits = 4;

export function columnValue(group: FinishedGroup, on: GroupColumn): Unified {
  if ("ownerRegion" in on) return group.ownerRegion;
  return "group" in on ? (group.keys[on.group] ?? null) : (group.measures[on.measure] ?? null);
}

/** TRUE, FALSE or UNKNOWN (null). */
export function holds(run: RunContext, condition: Having, group: FinishedGroup, measures: readonly Measure[]): boolean | null {
  switch (condition.kind) {
    case "and": {
      const of = condition.of.map((part) => holds(run, part, group, measures));
      return of.includes(false) ? false : of.includes(null) ? null : true;
    }
    case "or": {
      const of = condition.of.map((part) => holds(run, part, group, measures));
      return of.includes(true) ? true : of.includes(null) ? null : false;
    }
    case "not": {
      const of = holds(run, condition.of, group, measures);
      return of === null ? null : !of;
    }
    case "isNull":
      return (columnValue(group, condition.on) === null) === condition.isNull;
    case "compare": {
      const value = columnValue(group, condition.on);
      const measure = "measure" in condition.on ? measures[condition.on.measure] : undefined;
      const operand = operandValue(condition.operand, condition.operator, condition.attribute ?? countAttribute, bindingsOf(run, 0, null, []));
      return compare(value, condition.operator, operand, scaleOf(condition.attribute, measure));
    }
  }
}

/** Types a count for operands: an integer. */
const countAttribute = { type: { kind: "integer" } } as unknown as AttributeDef;

/** Digits at which a decimal is compared: keys by what is printed; measures by their exact value (null). */
const scaleOf = (attribute: AttributeDef | null, measure: Measure | undefined): number | null =>
  measure === undefined && attribute?.type.kind === "decimal" ? attribute.type.scale : null;

function compare(value: Unified, operator: Extract<Having, { kind: "compare" }>["operator"], operand: Unified | readonly Unified[], scale: number | null): boolean | null {
  if (operator === "in" || operator === "within") {
    const list = Array.isArray(operand) ? (operand as readonly Unified[]) : [operand as Unified];
    if (list.length === 0) return false;
    if (value === null) return null;
    return list.some((item) => (operator === "within" ? isWithin(String(value), String(item)) : ordered(value, item, scale) === 0));
  }
  if (value === null || operand === null || Array.isArray(operand)) return null;
  const other = operand as Exclude<Unified, null>;
  switch (operator) {
    case "eq":
      return ordered(value, other, scale) === 0;
    case "ne":
      return ordered(value, other, scale) !== 0;
    case "lt":
      return ordered(value, other, scale) < 0;
    case "lte":
      return ordered(value, other, scale) <= 0;
    case "gt":
      return ordered(value, other, scale) > 0;
    case "gte":
      return ordered(value, other, scale) >= 0;
    case "startsWith":
      return String(value).startsWith(String(other));
    case "contains":
      return String(value).includes(String(other));
  }
}

function ordered(a: Unified, b: Unified, scale: number | null): number {
  if (scale === null || typeof a === "string" || typeof b === "string") return compareValues(a, b);
  const x = BigInt(scaledInteger(a as Decimal, scale));
  const y = BigInt(scaledInteger(b as Decimal, scale));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Groups order by what is asked, then by their keys; NULLs last. */
export function sortGroups(plan: AggregatePlan, groups: FinishedGroup[]): FinishedGroup[] {
  const columns: { on: GroupColumn; descending: boolean }[] = [...plan.order];
  plan.groups.forEach((term, index) => {
    columns.push({ on: term.attribute === null ? { ownerRegion: true } : { group: index }, descending: false });
  });
  return groups.sort((a, b) => {
    for (const { on, descending } of columns) {
      const x = columnValue(a, on);
      const y = columnValue(b, on);
      if (x === null && y === null) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      const compared = compareValues(x, y);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
}

export function printGroups(run: RunContext, plan: AggregatePlan, groups: readonly FinishedGroup[] | null): Json {
  const answer: Record<string, Json> = {};
  for (const field of plan.shape) {
    if (field.kind === "typename") answer[field.key] = field.name;
    else answer[field.key] = groups === null ? null : groups.map((group) => printGroup(run, plan, field.fields, group));
  }
  return answer;
}

type GroupFields = Extract<AggregatePlan["shape"][number], { kind: "groups" }>["fields"];

function printGroup(run: RunContext, plan: AggregatePlan, fields: GroupFields, group: FinishedGroup): Json {
  const printed: Record<string, Json> = {};
  for (const field of fields) {
    switch (field.kind) {
      case "typename":
        printed[field.key] = field.name;
        break;
      case "count":
        printed[field.key] = group.measures[field.measure] as Json;
        break;
      case "key":
        printed[field.key] = Object.fromEntries(field.fields.map(({ key, on, typename }) => [key, on === null ? (typename === "" ? null : typename) : printKey(run, plan, on, group)]));
        break;
      case "measures":
        printed[field.key] = Object.fromEntries(
          field.fields.map(({ key, measure, typename }) => [key, measure === null ? (typename ?? null) : printMeasure(run, plan.measures[measure], group.measures[measure] ?? null)]),
        );
        break;
    }
  }
  return printed;
}

function printKey(run: RunContext, plan: AggregatePlan, on: GroupColumn, group: FinishedGroup): Json {
  const value = columnValue(group, on);
  const attribute = "group" in on ? (plan.groups[on.group]?.attribute ?? null) : null;
  if (value === null || attribute === null) return value as Json;
  return valuePrinter(attribute, run.timeZone, null)(value);
}

function printMeasure(run: RunContext, measure: Measure | undefined, value: Unified): Json {
  if (value === null || measure === undefined) return null;
  const { attribute } = measure;
  if (measure.fn === "count" || measure.fn === "countDistinct" || attribute === null) return value as Json;
  if (measure.fn === "min" || measure.fn === "max") return valuePrinter(attribute, run.timeZone, null)(value);
  const scale = attribute.type.kind === "decimal" ? attribute.type.scale : 0;
  return printDecimal(value as Decimal, measure.fn === "avg" ? scale + avgExtraDigits : scale);
}
