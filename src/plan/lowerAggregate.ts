/**
 * Lowers the aggregation of one stratum: groups in printed form, measures in source numbers, converted and merged in the hub.
 *
 * Every group is split by branch (and by a unit column where there is one), so that each row set has one lens: `merge` then applies
 * the lens as an exact linear function and adds the parts up (semantics.md §5). A cell that is not CLEAR is NULL in every role.
 */
import type { AggregateTemplate, Cell, SelectPart, SourceCond, SourceExpr, TimeBucket } from "../../adapters/contract/sourceQuery.ts";
import type { Path } from "../../schema/predicate.ts";
import type { GroupLens, MappedField, OrderLens, SumLens } from "../mapping/mapping.ts";
import { bucketStart } from "../harmonise/time.ts";
import type { Unified } from "../harmonise/unified.ts";
import { lookedUp, slotSink } from "./bindings.ts";
import { allOf, cheapFirst, isNotTrue } from "./conditions.ts";
import { type BaseInstance, baseInstance, type Instance, type QueryScope } from "./instance.ts";
import { type AtomNote, lowerGuard, lowerIn, lowerTruth, resolvePath } from "./lowerPredicate.ts";
import type { GroupTerm, Measure } from "./operationPlan.ts";
import type { Lowered, Scan } from "./scan.ts";
import type { Filter } from "./semiJoin.ts";
import type { Stratum } from "./strata.ts";

export interface AggregateRequest {
  readonly where: Filter;
  /** Beside `where`: rows for which this is TRUE or UNKNOWN. */
  readonly notFalse?: Filter;
  /** Beside `where`: rows whose CLEAR value at this path is in the lookup's list. */
  readonly lookup?: Path;
  readonly groups: readonly GroupTerm[];
  readonly measures: readonly Measure[];
  /** Ship the distinct values of this measure as one more group column, to count them in the hub. */
  readonly distinctOf: number | null;
}

/** Where a branch's group cells and measure cells stand, and how they become unified values. */
export interface AggregateBranch {
  readonly groups: readonly ((cell: Cell) => Unified)[];
  readonly measures: readonly MeasureReader[];
  readonly distinct: ((cell: Cell) => Unified) | null;
}

export type MeasureReader =
  | { readonly kind: "count" }
  | { readonly kind: "extreme"; readonly decode: OrderLens["decode"] }
  | { readonly kind: "sum"; readonly linear: SumLens["linear"]; readonly splitAt: readonly number[] }
  /** The attribute is not CLEAR or not mapped here: it is NULL. Or its distinct values are counted, in the hub. */
  | { readonly kind: "nothing" };

export interface AggregateLayout {
  readonly groupCount: number;
  readonly splitCount: number;
  readonly branches: ReadonlyMap<number, AggregateBranch>;
  /** Position among the group cells of the branch number. */
  readonly branchAt: number;
  readonly distinctAt: number | null;
  /** Per measure, position of its value among the measure cells; a sum has its count behind it. */
  readonly measureAt: readonly number[];
}

const NULL: SourceExpr = { kind: "constant", value: null };

export function lowerAggregate(scan: Scan, stratum: Stratum, request: AggregateRequest): Lowered<AggregateLayout> {
  const slots = slotSink();
  const notes: AtomNote[] = [];
  const selects: SelectPart[] = [];
  const branches = new Map<number, AggregateBranch>();
  const instances = scan.mapped.parts.map((part) => {
    const query: QueryScope = { context: scan.context, source: scan.source, door: scan.door, slots, joins: [], nextAlias: 0 };
    const instance = baseInstance(query, scan.entity, part, stratum.levels);
    return { part, query, instance, sums: request.measures.map((measure) => (isSum(measure) ? sumOf(measure, instance) : null)) };
  });
  const splitCount = instances.reduce((most, { sums }) => Math.max(most, sums.reduce((total, sum) => total + (sum?.lens.split.length ?? 0), 0)), 0);
  const distinct = request.distinctOf === null ? null : (request.measures[request.distinctOf] ?? null);
  const groupCount = request.groups.length;
  const splitStart = groupCount;
  const branchAt = splitStart + splitCount;
  const distinctAt = distinct === null ? null : branchAt + 1;
  const groupColumns = branchAt + 1 + (distinct === null ? 0 : 1);

  for (const { part, query, instance, sums } of instances) {
    const where: SourceCond[] = [part.base, lowerGuard(stratum.guard, instance.row, slots, notes), lowerTruth(request.where, true, instance, slots, notes)];
    if (request.notFalse !== undefined) where.push(isNotTrue(lowerTruth(request.notFalse, false, instance, slots, notes)));
    if (request.lookup !== undefined) where.push(lowerIn(request.lookup, lookedUp, true, instance, slots, notes));
    const columns: SourceExpr[] = [];
    const readers: ((cell: Cell) => Unified)[] = [];
    for (const group of request.groups) {
      const column = groupColumn(group, instance);
      columns.push(column.expr);
      readers.push(column.decode);
    }
    const splits: SourceExpr[] = [];
    const measures: MeasureReader[] = request.measures.map((measure, measureIndex): MeasureReader => {
      if (measure.attribute === null) return { kind: "count" };
      if (measure.fn === "min" || measure.fn === "max") {
        const order = clearField(measure, instance)?.field.order ?? null;
        return order === null ? { kind: "nothing" } : { kind: "extreme", decode: order.canonical.decode };
      }
      const sum = sums[measureIndex] ?? null;
      if (sum === null) return { kind: "nothing" };
      const splitAt = sum.lens.split.map((expr) => {
        splits.push(expr);
        return splitStart + splits.length - 1;
      });
      return { kind: "sum", linear: sum.lens.linear, splitAt };
    });
    for (let split = 0; split < splitCount; split += 1) columns.push(splits[split] ?? NULL);
    columns.push({ kind: "constant", value: part.branch });
    let distinctReader: AggregateBranch["distinct"] = null;
    if (distinct?.attribute) {
      const column = groupColumn({ path: distinct.path, bucket: null }, instance);
      columns.push(column.expr);
      distinctReader = column.decode;
    }
    request.measures.forEach((measure, measureIndex) => {
      columns.push(measureColumn(measure, instance, sums[measureIndex] ?? null));
    });
    branches.set(part.branch, { groups: readers, measures, distinct: distinctReader });
    const cond = cheapFirst(allOf(where));
    if (cond.kind === "false") continue;
    selects.push({ table: part.table, alias: "t", joins: query.joins, where: cond, columns });
  }

  const measureAt: number[] = [];
  let cells = 0;
  const measures: AggregateTemplate["measures"] = request.measures.map((measure, index) => {
    measureAt.push(cells);
    const column = measure.attribute === null ? null : groupColumns + index;
    if (isSum(measure)) {
      cells += 2;
      return { fn: "sum", column };
    }
    cells += 1;
    if (measure.fn === "min" || measure.fn === "max") return { fn: measure.fn, column };
    return { fn: "count", column };
  });
  const template: AggregateTemplate = {
    kind: "aggregate",
    parts: selects,
    groupBy: Array.from({ length: groupColumns }, (_, index) => index),
    measures,
    slotCount: slots.binders.length,
  };
  return { template, binders: slots.binders, notes, layout: { groupCount, splitCount, branches, branchAt, distinctAt, measureAt } };
}

const isSum = (measure: Measure): boolean => measure.fn === "sum" || measure.fn === "avg";

function clearField(measure: Measure, { row }: BaseInstance): { field: MappedField; clear: SourceCond } | null {
  if (measure.attribute === null) return null;
  const field = row.part.fields.get(measure.attribute.name);
  const clear = row.clear(measure.attribute.name);
  return field === undefined || clear.kind === "false" ? null : { field, clear };
}

function sumOf(measure: Measure, instance: BaseInstance): { lens: SumLens; clear: SourceCond } | null {
  const found = clearField(measure, instance);
  return found?.field.sum ? { lens: found.field.sum, clear: found.clear } : null;
}

function guardedBy(clear: SourceCond, expr: SourceExpr): SourceExpr {
  return clear.kind === "true" ? expr : { kind: "when", cond: clear, then: expr, otherwise: NULL };
}

function measureColumn(measure: Measure, instance: BaseInstance, sum: { lens: SumLens; clear: SourceCond } | null): SourceExpr {
  if (sum !== null) return guardedBy(sum.clear, sum.lens.expr);
  if (measure.fn !== "min" && measure.fn !== "max") return NULL;
  const found = clearField(measure, instance);
  return found?.field.order ? guardedBy(found.clear, found.field.order.canonical.expr) : NULL;
}

/** A value's column through links, and how its cells become the value. */
export interface ValueColumn {
  readonly expr: SourceExpr;
  readonly decode: (cell: Cell) => Unified;
}

/** A group's column through links, in printed form; NULL where a cell on the way is not CLEAR. */
export function groupColumn(group: Pick<GroupTerm, "path" | "bucket">, instance: Instance): ValueColumn {
  const { rows, attribute: name } = resolvePath(group.path, instance);
  const columns = rows.flatMap((row) => {
    const field = row.part.fields.get(name);
    const guard = allOf([row.present, row.clear(name)]);
    if (!field?.group || guard.kind === "false") return [];
    const lens = field.group;
    const own = row.expr(lens.expr);
    const isDate = field.attribute.type.kind === "date";
    // Dates of one bucket are gathered when groups merge: there are few of them, and no source has to know buckets of dates.
    const expr = group.bucket === null || isDate ? own : bucketOf(own, lens, group.bucket);
    return [{ expr: guardedBy(guard, expr), lens, isDate }];
  });
  const [first] = columns;
  if (first === undefined) return { expr: NULL, decode: () => null };
  const decode = decoderOf(group.bucket, first.lens, first.isDate);
  return { expr: columns.length === 1 ? first.expr : { kind: "coalesce", of: columns.map((column) => column.expr) }, decode };
}

function bucketOf(of: SourceExpr, { times }: GroupLens, { bucket, zone }: NonNullable<GroupTerm["bucket"]>): SourceExpr {
  if (times === undefined) return { kind: "bucket", of, bucket, zone };
  return times.inSource ? { kind: "bucket", of, bucket, zone, ownClock: times.clock === zone } : of;
}

function decoderOf(bucket: GroupTerm["bucket"], lens: GroupLens, isDate: boolean): (cell: Cell) => Unified {
  if (bucket === null) return lens.decode;
  const { times } = lens;
  if (!isDate && times !== undefined) {
    // Times within a bucket: groups of one bucket are gathered when groups merge.
    return (cell) => {
      const instant = times.decode(cell);
      return typeof instant === "number" ? bucketStart(instant, bucket.bucket, bucket.zone) : null;
    };
  }
  if (!isDate) return (cell) => (cell === null ? null : Number(cell));
  return (cell) => {
    const date = lens.decode(cell);
    return typeof date === "string" ? firstDate(date, bucket.bucket) : null;
  };
}

/** First day of the bucket; a date lies in no zone. */
function firstDate(date: string, bucket: TimeBucket): string {
  if (bucket === "YEAR") return `${date.slice(0, 4)}-01-01`;
  return bucket === "MONTH" ? `${date.slice(0, 7)}-01` : date;
}
