/** `stationsAggregate` and `stationsPublished`: groups, measures, conditions and orders on groups. */
import { HubError } from "../../schema/errorCodes.ts";
import { type GroupField as GroupName, groupFields, ownerRegionGroup } from "../../schema/derive/names.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { zoneOf } from "../harmonise/zone.ts";
import type { Argument } from "./arguments.ts";
import { type CollectedField, collectFields, selectionSets } from "./collectFields.ts";
import { aggregateIsTorn } from "./lostParts.ts";
import { publicationScans } from "./lowerPublication.ts";
import type { AggregateFunctionName, AggregatePlan, GroupColumn, GroupField, GroupOrder, GroupTerm, Having, Measure } from "./operationPlan.ts";
import type { PlanBuilder } from "./planBuilder.ts";
import { readHaving } from "./readHaving.ts";
import { readWhere } from "./readWhere.ts";
import { referencedAttributes } from "./referenced.ts";
import { intArgument, isAllowed, rootArguments } from "./rootArguments.ts";
import { scansOf } from "./scan.ts";

const figures: ReadonlySet<string> = new Set<AggregateFunctionName>(["countDistinct", "min", "max", "sum", "avg"]);

/** Groups and measures as they are named while the field is read; each is computed once. */
export interface AggregateNames {
  readonly entity: EntityDef;
  readonly names: ReadonlyMap<string, GroupName>;
  readonly groups: readonly GroupTerm[];
  measure(fn: AggregateFunctionName, field: string | null): number;
  group(field: string, place: string): GroupColumn;
}

export function compileAggregate(builder: PlanBuilder, field: CollectedField, entity: EntityDef, kind: "aggregate" | "published"): AggregatePlan {
  const args = rootArguments(builder, field);
  const firstJoin = builder.semiJoins.length;
  // Published rows are filtered in the hub after suppression: their filter is a condition on groups.
  const where = kind === "aggregate" ? readWhere(builder, entity, "aggregate", args.get("where")) : TRUE;
  const groups = readGroupBy(builder, entity, args.get("groupBy"));
  const measures: Measure[] = [];
  const names = aggregateNames(builder, entity, groups, measures);
  const shape = collectFields(builder.document, [`${entity.name}${kind === "aggregate" ? "Aggregate" : "Published"}`], selectionSets(field)).map(
    (part): AggregatePlan["shape"][number] =>
      part.name === "groups"
        ? { kind: "groups", key: part.key, fields: readGroup(builder, names, part, kind) }
        : { kind: "typename", key: part.key, name: `${entity.name}${kind === "aggregate" ? "Aggregate" : "Published"}` },
  );
  const having = readHaving(builder, names, args.get("having"), "having");
  const publishedWhere = kind === "published" ? publishedFilter(builder, names, entity, args.get("where")) : null;
  const order = readGroupOrder(names, args.get("orderBy"));
  const paths = [...groups.map((group) => group.path), ...measures.flatMap((measure) => (measure.attribute === null ? [] : [measure.path]))];
  return {
    kind,
    key: field.key,
    entity,
    where,
    semiJoins: builder.semiJoins.slice(firstJoin),
    groups,
    measures,
    having,
    publishedWhere,
    order,
    first: intArgument(builder, args.get("first"), "first"),
    partial: isAllowed(args.get("partial")),
    shape,
    scans: kind === "aggregate" ? scansOf(builder.context, entity, "aggregate", referencedAttributes([], where, paths)) : [],
    isTorn: aggregateIsTorn(builder.context, { entity, where, groups, measures }),
    publications: kind === "published" ? publicationScans(builder.context, entity) : [],
  };
}

function readGroupBy(builder: PlanBuilder, entity: EntityDef, argument: Argument | undefined): readonly GroupTerm[] {
  if (argument === undefined || argument.kind === "null") return [];
  const byValue = new Map(groupFields(entity, builder.context.vocabulary).map((name) => [name.value, name]));
  const items = argument.kind === "list" ? argument.items : [argument];
  return items.map((item, index): GroupTerm => {
    const place = `groupBy[${index}]`;
    const value = item.kind === "object" ? item.fields.get("field") : undefined;
    if (item.kind !== "object" || value?.kind !== "fixed") throw new HubError("BAD_ARGUMENT", { argument: place });
    if (value.value === ownerRegionGroup.value) return { name: ownerRegionGroup.field, path: [ownerRegionGroup.field], attribute: null, bucket: null };
    const name = byValue.get(String(value.value));
    if (name === undefined) throw new HubError("BAD_ARGUMENT", { argument: place });
    useGroup(builder, entity, name);
    return { name: name.field, path: name.path, attribute: name.attribute, bucket: readBucket(builder, item.fields, name, place) };
  });
}

function useGroup(builder: PlanBuilder, entity: EntityDef, name: GroupName): void {
  if (name.link !== null) builder.use(entity, name.link.name, "aggregate");
  const owner = builder.context.vocabulary.entities.get(name.attribute.entity);
  if (owner !== undefined) builder.use(owner, name.attribute.name, "aggregate");
}

function readBucket(builder: PlanBuilder, fields: ReadonlyMap<string, Argument>, name: GroupName, place: string): GroupTerm["bucket"] {
  const bucket = fields.get("bucket");
  if (bucket === undefined || bucket.kind === "null") return null;
  const { kind } = name.attribute.type;
  if (bucket.kind !== "fixed" || (kind !== "instant" && kind !== "date")) throw new HubError("BAD_ARGUMENT", { argument: `${place}.bucket is for instants and dates` });
  if (kind === "date" && bucket.value === "HOUR") throw new HubError("BAD_ARGUMENT", { argument: `${place}.bucket: a date has no hours` });
  const zone = fields.get("zone");
  const text = zone === undefined || zone.kind === "null" ? builder.context.timeZone : zoneText(builder, zone);
  if (zoneOf(text) === null) throw new HubError("BAD_ARGUMENT", { argument: `${place}.zone is not an IANA time zone` });
  return { bucket: bucket.value as NonNullable<GroupTerm["bucket"]>["bucket"], zone: text };
}

/** A zone is fixed in the plan, variables' zones included (their text is in the plan key). */
function zoneText(builder: PlanBuilder, zone: Argument): string {
  if (zone.kind !== "leaf") return "";
  if (zone.source.kind === "literal") return String(zone.source.value);
  if (zone.source.kind === "list") return "";
  return String(zone.source.path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null)?.[step], builder.document.variables));
}

function aggregateNames(builder: PlanBuilder, entity: EntityDef, groups: readonly GroupTerm[], measures: Measure[]): AggregateNames {
  const names = new Map(groupFields(entity, builder.context.vocabulary).map((name) => [name.field, name]));
  return {
    entity,
    names,
    groups,
    measure(fn, field) {
      const known = measures.findIndex((measure) => measure.fn === fn && (field === null ? measure.attribute === null : measureName(measure, names) === field));
      if (known >= 0) return known;
      if (field === null) measures.push({ fn, attribute: null, path: ["id"] });
      else if (fn === "countDistinct") {
        const name = names.get(field);
        if (name === undefined) throw new HubError("BAD_ARGUMENT", { argument: field });
        useGroup(builder, entity, name);
        measures.push({ fn, attribute: name.attribute, path: name.path });
      } else {
        const attribute = entity.attributes.get(field);
        if (attribute === undefined) throw new HubError("BAD_ARGUMENT", { argument: field });
        builder.use(entity, field, "aggregate");
        measures.push({ fn, attribute, path: [field] });
      }
      return measures.length - 1;
    },
    group(field, place) {
      if (field === ownerRegionGroup.field && groups.some((group) => group.attribute === null)) return { ownerRegion: true };
      const index = groups.findIndex((group) => group.name === field);
      if (index < 0) throw new HubError("BAD_ARGUMENT", { argument: `${place} is not among groupBy` });
      return { group: index };
    },
  };
}

const measureName = (measure: Measure, names: ReadonlyMap<string, GroupName>): string =>
  [...names.values()].find((name) => name.path.join(".") === measure.path.join("."))?.field ?? measure.path.join(".");

function readGroup(builder: PlanBuilder, names: AggregateNames, field: CollectedField, kind: "aggregate" | "published"): readonly GroupField[] {
  const prefix = `${names.entity.name}${kind === "aggregate" ? "Aggregate" : "Published"}`;
  return collectFields(builder.document, [`${prefix}Group`], selectionSets(field)).map((part): GroupField => {
    if (part.name === "__typename") return { kind: "typename", key: part.key, name: `${prefix}Group` };
    if (part.name === "count") return { kind: "count", key: part.key, measure: names.measure("count", null) };
    if (part.name === "key") {
      const fields = collectFields(builder.document, [`${prefix}Key`], selectionSets(part)).map((column) => ({
        key: column.key,
        // A key that is not grouped by is NULL: it has no one value.
        on: column.name === "__typename" ? null : groupOrNull(names, column.name),
        typename: column.name === "__typename" ? `${prefix}Key` : "",
      }));
      return { kind: "key", key: part.key, fields };
    }
    if (!figures.has(part.name)) throw new HubError("GRAPHQL_VALIDATION_FAILED");
    const typename = `${prefix}${figureType(part.name, kind)}`;
    const columns = collectFields(builder.document, [typename], selectionSets(part));
    return {
      kind: "measures",
      key: part.key,
      fields: columns.map((column) =>
        column.name === "__typename"
          ? { key: column.key, measure: null, typename }
          : { key: column.key, measure: names.measure(part.name as AggregateFunctionName, column.name), typename },
      ),
    };
  });
}

function groupOrNull(names: AggregateNames, field: string): GroupColumn | null {
  const asked = names.groups.some((group) => group.name === field);
  return asked ? names.group(field, field) : null;
}

function figureType(fn: string, kind: "aggregate" | "published"): string {
  if (kind === "published") return fn === "sum" ? "Sum" : "Avg";
  return fn === "countDistinct" ? "Distinct" : fn === "min" || fn === "max" ? "Extremes" : "Totals";
}

function readGroupOrder(names: AggregateNames, argument: Argument | undefined): readonly GroupOrder[] {
  if (argument === undefined || argument.kind === "null") return [];
  const items = argument.kind === "list" ? argument.items : [argument];
  return items.flatMap((item, index): readonly GroupOrder[] => {
    const place = `orderBy[${index}]`;
    if (item.kind !== "object" || item.fields.size !== 1) throw new HubError("BAD_ARGUMENT", { argument: `${place} names exactly one column` });
    return [...item.fields].flatMap(([name, value]): readonly GroupOrder[] => {
      if (name === "count" && value.kind === "fixed") return [{ on: { measure: names.measure("count", null) }, descending: value.value === "DESC" }];
      if (value.kind !== "object" || value.fields.size !== 1) throw new HubError("BAD_ARGUMENT", { argument: `${place}.${name}` });
      return [...value.fields].map(([column, direction]): GroupOrder => {
        if (direction.kind !== "fixed") throw new HubError("BAD_ARGUMENT", { argument: `${place}.${name}.${column}` });
        const on: GroupColumn = name === "key" ? names.group(column, `${place}.key.${column}`) : { measure: names.measure(name as AggregateFunctionName, column) };
        return { on, descending: direction.value === "DESC" };
      });
    });
  });
}

/** Filters of published rows look at what owners publish, whether it is grouped by or not. */
function publishedFilter(builder: PlanBuilder, names: AggregateNames, entity: EntityDef, argument: Argument | undefined): Having | null {
  if (argument === undefined) return null;
  const published = [...entity.attributes.values()].map((attribute): GroupTerm => ({ name: attribute.name, path: [attribute.name], attribute, bucket: null }));
  const byName: AggregateNames = {
    ...names,
    groups: published,
    group(field, place) {
      if (field === ownerRegionGroup.field) return { ownerRegion: true };
      const index = published.findIndex((group) => group.name === field);
      if (index < 0) throw new HubError("BAD_ARGUMENT", { argument: place });
      return { group: index };
    },
  };
  return readHaving(builder, byName, argument, "where", "keys");
}
