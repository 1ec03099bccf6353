/** Conditions on finished groups: `having: { count: { gte: 20 }, avg: { value: { gt: "75" } }, key: { … } }`. */
import { HubError } from "../../schema/errorCodes.ts";
import type { CompareOperator, Operand } from "../../schema/predicate.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";
import type { Argument } from "./arguments.ts";
import type { AggregateNames } from "./compileAggregate.ts";
import type { AggregateFunctionName, GroupColumn, Having } from "./operationPlan.ts";
import type { PlanBuilder } from "./planBuilder.ts";
import { fixedBoolean, nullOperand } from "./readWhere.ts";

const operators: ReadonlySet<string> = new Set<CompareOperator>(["eq", "ne", "in", "lt", "lte", "gt", "gte", "startsWith", "contains", "within"]);

/** `ofKeys`: the fields are group columns themselves (a filter of published rows). */
export function readHaving(builder: PlanBuilder, names: AggregateNames, argument: Argument | undefined, place: string, ofKeys: boolean): Having | null {
  // A null is refused below: it must never become "no filter".
  if (argument === undefined) return null;
  return readConditions(builder, names, argument, place, ofKeys);
}

function readConditions(builder: PlanBuilder, names: AggregateNames, argument: Argument, place: string, ofKeys: boolean): Having {
  if (argument.kind !== "object") throw nullOperand(place);
  const of: Having[] = [];
  for (const [name, value] of argument.fields) {
    const at = `${place}.${name}`;
    if (name === "and" || name === "or") {
      if (value.kind !== "list") throw nullOperand(at);
      of.push({ kind: name, of: value.items.map((item) => readConditions(builder, names, item, at, ofKeys)) });
    } else if (name === "not") of.push({ kind: "not", of: readConditions(builder, names, value, at, ofKeys) });
    else if (ofKeys) of.push(...readColumn(builder, names.group(name, at), attributeOf(names, name), value, at, false));
    else if (name === "count") of.push(...readColumn(builder, { measure: names.measure("count", null) }, null, value, at, true));
    else {
      if (value.kind !== "object") throw nullOperand(at);
      for (const [column, condition] of value.fields) {
        const on: GroupColumn = name === "key" ? names.group(column, `${at}.${column}`) : { measure: names.measure(name as AggregateFunctionName, column) };
        const attribute = name === "countDistinct" ? null : attributeOf(names, column);
        of.push(...readColumn(builder, on, attribute, condition, `${at}.${column}`, name === "sum" || name === "avg"));
      }
    }
  }
  return { kind: "and", of };
}

const attributeOf = (names: AggregateNames, field: string): AttributeDef | null =>
  names.names.get(field)?.attribute ?? names.entity.attributes.get(field) ?? null;

function readColumn(builder: PlanBuilder, on: GroupColumn, attribute: AttributeDef | null, argument: Argument, place: string, measure: boolean): readonly Having[] {
  if (argument.kind !== "object") throw nullOperand(place);
  return [...argument.fields].map(([name, value]): Having => {
    const at = `${place}.${name}`;
    if (name === "isNull") return { kind: "isNull", on, isNull: fixedBoolean(value, at) };
    if (name === "code" && attribute?.type.kind === "region") return { kind: "and", of: readColumn(builder, on, attribute, value, at, measure) };
    if (!operators.has(name)) throw new HubError("BAD_ARGUMENT", { argument: at });
    return { kind: "compare", on, attribute, operator: name as CompareOperator, operand: readOperand(builder, attribute, value, at, measure) };
  });
}

function readOperand(builder: PlanBuilder, attribute: AttributeDef | null, value: Argument, place: string, measure: boolean): Operand {
  switch (value.kind) {
    case "fixed":
      return { kind: "literal", value: value.value };
    case "leaf":
      return { kind: "slot", slot: builder.slot(value.source, attribute, place, measure) };
    case "leaves":
      if (value.hasNull) throw nullOperand(place);
      return { kind: "slot", slot: builder.slot(value.source, attribute, place, measure) };
    case "list":
      return {
        kind: "literals",
        values: value.items.map((item) => {
          if (item.kind !== "fixed") throw nullOperand(place);
          return item.value;
        }),
      };
    default:
      throw nullOperand(place);
  }
}
