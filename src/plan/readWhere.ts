/**
 * A `where` argument as a predicate: `{}` and `and: []` are TRUE, `or: []` and `in: []` are FALSE, a null operand is refused: it must
 * never become "no filter" (semantics.md §4).
 */
import { HubError } from "../../schema/errorCodes.ts";
import { type CompareOperator, FALSE, type Path, TRUE } from "../../schema/predicate.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import type { Door } from "../access/permit.ts";
import type { Argument } from "./arguments.ts";
import { acrossTarget, linkTarget, type PlanBuilder } from "./planBuilder.ts";
import { joinIsTorn } from "./lostParts.ts";
import { referencedAttributes } from "./referenced.ts";
import { scansOf } from "./scan.ts";
import type { Filter, SemiJoin } from "./semiJoin.ts";

const operators: ReadonlySet<string> = new Set<CompareOperator>(["eq", "ne", "in", "lt", "lte", "gt", "gte", "startsWith", "contains"]);

export function readWhere(builder: PlanBuilder, entity: EntityDef, door: Door, argument: Argument | undefined): Filter {
  if (argument === undefined) return TRUE;
  return readFilter({ builder, door, rows: "TRUE" }, entity, argument, [], "where");
}

/** `rows`: what the filter must be for the row to be wanted; NOT turns it round (see `SemiJoin.rows`). */
interface Reading {
  readonly builder: PlanBuilder;
  readonly door: Door;
  readonly rows: SemiJoin["rows"];
}
const turned = (reading: Reading): Reading => ({ ...reading, rows: reading.rows === "TRUE" ? "NOT FALSE" : "TRUE" });

function readFilter(reading: Reading, entity: EntityDef, argument: Argument, prefix: readonly string[], place: string): Filter {
  const { builder, door } = reading;
  const conjuncts: Filter[] = [];
  for (const [name, value] of fieldsOf(argument, place)) {
    const at = `${place}.${name}`;
    if (name === "and" || name === "or") {
      if (value.kind !== "list") throw nullOperand(at);
      conjuncts.push({ kind: name, of: value.items.map((item) => readFilter(reading, entity, item, prefix, at)) });
    } else if (name === "not") {
      conjuncts.push({ kind: "not", of: readFilter(turned(reading), entity, value, prefix, at) });
    } else if (name === "isNull" && prefix.length > 0) {
      conjuncts.push({ kind: "isNull", path: prefix as unknown as Path, isNull: fixedBoolean(value, at) });
    } else {
      const across = entity.acrossLinks.find((link) => link.name === name);
      if (across !== undefined) {
        builder.usePath(entity, across.key, door);
        conjuncts.push(...readAcross(reading, across, value, prefix, at));
        continue;
      }
      const attribute = entity.attributes.get(name);
      if (attribute === undefined) throw new HubError("BAD_ARGUMENT", { argument: at });
      builder.use(entity, name, door);
      conjuncts.push(readAttribute(reading, attribute, value, [...prefix, name], at));
    }
  }
  return conjuncts.length === 1 ? (conjuncts[0] ?? TRUE) : { kind: "and", of: conjuncts };
}

/** `some` and `none` of one object both hold; each reads its keys by itself. */
function readAcross(reading: Reading, link: AcrossLinkDef, argument: Argument, prefix: readonly string[], place: string): readonly Filter[] {
  const { builder, door } = reading;
  const target = acrossTarget(builder, link);
  const said = new Map(fieldsOf(argument, place));
  return (["some", "none"] as const).flatMap((quantity): readonly Filter[] => {
    const value = said.get(quantity);
    if (value === undefined) return [];
    const at = `${place}.${quantity}`;
    const inner = quantity === "some" ? reading : turned(reading);
    builder.usePath(target, link.targetKey, door);
    const where = readFilter(inner, target, value, [], at);
    const number = builder.semiJoins.length;
    builder.semiJoins.push({ number, link, place: at, where, rows: inner.rows, scans: scansOf(builder.context, target, door, referencedAttributes([], where, [link.targetKey])), isTorn: joinIsTorn(builder.context, target, door, link.targetKey, where) });
    const atom: Filter = { kind: "semiJoin", path: [...prefix, ...link.key] as unknown as Path, join: number };
    return [quantity === "some" ? atom : { kind: "not", of: atom }];
  });
}

function readAttribute(reading: Reading, attribute: AttributeDef, argument: Argument, path: readonly string[], place: string): Filter {
  const { builder } = reading;
  if (attribute.type.kind === "link") return readFilter(reading, linkTarget(builder, attribute), argument, path, place);
  if (attribute.type.kind === "region") return readRegion(builder, attribute, argument, path, place);
  return readOperators(builder, attribute, argument, path as unknown as Path, place);
}

/** Region is a hub constant: its columns are compared in the hub, its code in the source. */
function readRegion(builder: PlanBuilder, attribute: AttributeDef, argument: Argument, path: readonly string[], place: string): Filter {
  const conjuncts: Filter[] = [];
  for (const [name, value] of fieldsOf(argument, place)) {
    const at = `${place}.${name}`;
    if (name === "and" || name === "or") {
      if (value.kind !== "list") throw nullOperand(at);
      conjuncts.push({ kind: name, of: value.items.map((item) => readRegion(builder, attribute, item, path, at)) });
    } else if (name === "not") {
      conjuncts.push({ kind: "not", of: readRegion(builder, attribute, value, path, at) });
    } else if (name === "isNull") {
      conjuncts.push({ kind: "isNull", path: path as unknown as Path, isNull: fixedBoolean(value, at) });
    } else if (name === "within") {
      conjuncts.push(compare(builder, attribute, "within", value, path as unknown as Path, at));
    } else {
      const column = name === "code" ? path : [...path, name];
      conjuncts.push(readOperators(builder, attribute, value, column as unknown as Path, at));
    }
  }
  return conjuncts.length === 1 ? (conjuncts[0] ?? TRUE) : { kind: "and", of: conjuncts };
}

function readOperators(builder: PlanBuilder, attribute: AttributeDef, argument: Argument, path: Path, place: string): Filter {
  const conjuncts: Filter[] = [];
  for (const [name, value] of fieldsOf(argument, place)) {
    const at = `${place}.${name}`;
    if (name === "isNull") conjuncts.push({ kind: "isNull", path, isNull: fixedBoolean(value, at) });
    else if (operators.has(name)) conjuncts.push(compare(builder, attribute, name as CompareOperator, value, path, at));
    else throw new HubError("BAD_ARGUMENT", { argument: at });
  }
  return conjuncts.length === 1 ? (conjuncts[0] ?? TRUE) : { kind: "and", of: conjuncts };
}

function compare(builder: PlanBuilder, attribute: AttributeDef, operator: CompareOperator, value: Argument, path: Path, place: string): Filter {
  switch (value.kind) {
    case "fixed":
      return { kind: "compare", path, operator, operand: { kind: "literal", value: value.value } };
    case "leaf":
      return { kind: "compare", path, operator, operand: { kind: "slot", slot: builder.slot(value.source, attribute, place) } };
    case "leaves":
      if (value.hasNull) throw nullOperand(place);
      if (value.isEmpty) return FALSE;
      return { kind: "compare", path, operator, operand: { kind: "slot", slot: builder.slot(value.source, attribute, place) } };
    case "list": {
      if (value.items.length === 0) return FALSE;
      const values = value.items.map((item) => {
        if (item.kind !== "fixed") throw nullOperand(place);
        return item.value;
      });
      return { kind: "compare", path, operator, operand: { kind: "literals", values } };
    }
    case "null":
    case "object":
      throw nullOperand(place);
  }
}

function fieldsOf(argument: Argument, place: string): Iterable<readonly [string, Argument]> {
  if (argument.kind !== "object") throw nullOperand(place);
  return argument.fields;
}

function fixedBoolean(value: Argument, place: string): boolean {
  if (value.kind !== "fixed" || typeof value.value !== "boolean") throw nullOperand(place);
  return value.value;
}

const nullOperand = (place: string): HubError => new HubError("BAD_ARGUMENT", { argument: `${place} must not be null` });
