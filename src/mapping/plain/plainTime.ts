/**
 * Columns whose type is a time: `date`, `timestamp` on the mapping's clock, `timestamptz`. Bounds are written as the column spells them.
 *
 * A local time that the clock never showed is NULL, one that it showed twice is the first, as texts with a format are read
 * (`rewriteTime.ts`): so the reading is strictly monotone, and a range stays a range.
 */
import type { Cell, SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import { spanOf } from "../../harmonise/span.ts";
import type { Unified } from "../../harmonise/unified.ts";
import { dayMs, instantMax, instantMin, zoneOf, type Zone } from "../../harmonise/zone.ts";
import { allOf, anyOf, compare, constant, inConstants, inSlot, orderWhere, slot, TRUE_COND, when } from "../conditions.ts";
import { hasOnly, listOf, scalarOf, stageOf, type CompareOperator, type Operand } from "../fieldContext.ts";
import type { LoweredAtom } from "../mapping.ts";
import { compileChain } from "../lenses/chain.ts";
import { gapsOf, localFrom, localMsOf, localOf, shownAt, timeText } from "./localClock.ts";
import type { PlainContext, PlainRewrite } from "./plainRewrite.ts";

/** How a column spells instants. */
interface Spelling {
  /** Cells that mean the instant: one or none. */
  exactly(instant: number): string | null;
  /** Least cell that is not before it. */
  from(instant: number): string;
  readonly low: string;
  readonly high: string;
  readonly gaps: readonly (readonly [string, string])[];
  /** A cell as the chain may read it; null for a time that never was. */
  taken(text: string): string | null;
  readonly markerPattern: RegExp;
}

/** The day after the last is a bound too. */
const day = (localMs: number): string => (localMs >= endOfDays ? "10000-01-01" : timeText(localMs).slice(0, 10));
const endOfDays = Date.UTC(10000, 0, 1);

function instantSpelling(low: number, high: number): Spelling {
  const text = (instant: number): string => `${timeText(instant)}+00`;
  return { exactly: text, from: text, low: text(low), high: text(high), gaps: [], taken: cutMs, markerPattern: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00$/ };
}

function localSpelling(zone: Zone, low: number, high: number): Spelling | null {
  const gaps = gapsOf(zone);
  if (gaps === null) return null;
  return {
    exactly: (instant) => {
      const local = localOf(instant, zone);
      return local === null ? null : timeText(local);
    },
    from: (instant) => timeText(localFrom(instant, zone)),
    low: timeText(localFrom(low, zone)),
    high: timeText(high + zone.offsetAt(high)),
    gaps: gaps.map(({ from, until }) => [timeText(from), timeText(until)] as const),
    taken: (text) => shown(cutMs(text), zone),
    markerPattern: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  };
}

/** Midnights of the clock. */
function daySpelling(zone: Zone, low: number, high: number): Spelling | null {
  const gaps = gapsOf(zone);
  if (gaps === null) return null;
  const up = (local: number): number => Math.ceil(local / dayMs) * dayMs;
  const never = gaps.flatMap(({ from, until }) => (up(from) < until ? [[day(up(from)), day(up(from) + dayMs)] as const] : []));
  return {
    exactly: (instant) => {
      const local = localOf(instant, zone);
      return local === null || local % dayMs !== 0 ? null : day(local);
    },
    from: (instant) => day(up(localFrom(instant, zone))),
    low: day(up(localFrom(low, zone))),
    high: day(Math.floor((high + zone.offsetAt(high)) / dayMs) * dayMs),
    gaps: never,
    taken: (text) => shown(text, zone),
    markerPattern: /^\d{4}-\d\d-\d\d$/,
  };
}

/** What is finer than a millisecond is cut, and zeros at the end are no part of a spelling. */
const cutMs = (text: string): string => text.replace(/\.(\d{1,3})\d*/, (_, kept: string) => (/^0+$/.test(kept) ? "" : `.${kept.replace(/0+$/, "")}`));

function shown(text: string, zone: Zone): string | null {
  const local = localMsOf(text);
  return local !== null && shownAt(local, zone) === null ? null : text;
}

export function plainTime({ columns, chain, spec, type, guaranteed }: PlainContext): PlainRewrite | null {
  const [column] = columns;
  if (columns.length !== 1 || !column || !hasOnly(spec, ["missing", "span"])) return null;
  if (column.kind !== "date" && column.kind !== "local" && column.kind !== "instant") return null;
  if (type.kind === "date") return column.kind === "date" && !stageOf(spec, "span") ? plainDate({ columns, chain, spec, type, guaranteed }) : null;
  if (type.kind !== "instant") return null;
  const zone = zoneOf(spec.timeZone);
  const span = stageOf(spec, "span");
  const moved = span && "constant" in span.averaging ? spanOf(span.averaging.constant) : null;
  if (!zone || (span && moved?.kind !== "exact")) return null;
  const shift = moved?.kind === "exact" ? (span?.give === "end" ? moved.ms : -moved.ms) : 0;
  // Both the cell's instant and the moved one must be instants.
  const [low, high] = [Math.max(instantMin, instantMin - shift), Math.min(instantMax, instantMax - shift)];
  const spelling = column.kind === "instant" ? instantSpelling(low, high) : column.kind === "local" ? localSpelling(zone, low, high) : daySpelling(zone, low, high);
  if (spelling === null) return null;
  const taken = (cell: Cell): Cell => (typeof cell === "string" ? spelling.taken(cell) : cell);
  // A bucket is told by a time within it, which may be one that means "missing" as a cell.
  const inBucket = compileChain({ ...spec, stages: spec.stages.filter(({ stage }) => stage !== "missing") });
  const instantOf = (operand: Operand): number | null => {
    const value = scalarOf(operand);
    return typeof value === "number" ? value - shift : null;
  };
  return typed({
    context: { columns, chain, spec, type, guaranteed },
    spelling,
    taken,
    scale: `${column.kind} ${shift} ${column.kind === "instant" ? "" : zone.name}`,
    exactly: (operand) => {
      const instant = instantOf(operand);
      return instant === null ? null : spelling.exactly(instant);
    },
    from: (operand, after) => {
      const instant = instantOf(operand);
      return instant === null ? null : spelling.from(instant + (after ? 1 : 0));
    },
    times: { inSource: shift === 0 && column.kind !== "date", clock: column.kind === "instant" ? null : zone.name, decode: (cell) => inBucket.read([shift === 0 && column.kind !== "date" ? cell : taken(cell)]) },
    note: shift === 0 ? "column compared as it stands" : "bound moved by the averaging period",
  });
}

function plainDate(context: PlainContext): PlainRewrite {
  const spelling: Spelling = {
    exactly: () => null,
    from: () => "",
    low: "0001-01-01",
    high: "9999-12-31",
    gaps: [],
    taken: (text) => text,
    markerPattern: /^\d{4}-\d\d-\d\d$/,
  };
  const text = (operand: Operand): string | null => {
    const value = scalarOf(operand);
    return typeof value === "string" ? value : null;
  };
  return typed({
    context,
    spelling,
    taken: (cell) => cell,
    scale: "date",
    exactly: text,
    from: (operand, after) => {
      const value = text(operand);
      const local = value === null ? null : localMsOf(value);
      return local === null ? null : day(local + (after ? dayMs : 0));
    },
    times: null,
    note: "column compared as it stands",
  });
}

interface TypedInput {
  readonly context: PlainContext;
  readonly spelling: Spelling;
  readonly taken: (cell: Cell) => Cell;
  readonly scale: string;
  exactly(operand: Operand): string | null;
  /** Least cell not before the operand, or (`after`) after it. */
  from(operand: Operand, after: boolean): string | null;
  readonly times: { readonly inSource: boolean; readonly clock: string | null; decode(cell: Cell): Unified } | null;
  readonly note: string;
}

function typed({ context, spelling, taken, scale, exactly, from, times, note }: TypedInput): PlainRewrite {
  const { chain, spec, guaranteed } = context;
  const { expr } = context.columns[0] as PlainContext["columns"][number];
  const markers = (stageOf(spec, "missing")?.texts ?? []).filter((text) => spelling.markerPattern.test(text));
  const bounds: SourceCond = allOf(
    compare(expr, ">=", constant(spelling.low)),
    compare(expr, "<=", constant(spelling.high)),
    ...spelling.gaps.map(([start, end]) => anyOf(compare(expr, "<", constant(start)), compare(expr, ">=", constant(end)))),
    markers.length === 0 ? TRUE_COND : inConstants(expr, markers, true),
  );
  const valid = guaranteed ? TRUE_COND : bounds;
  const has = (operand: Operand): boolean => scalarOf(operand) !== null;
  /** Where no cell means the operand, any will do: `isOne` says so. */
  const cell = (operand: Operand): Cell => (has(operand) ? (exactly(operand) ?? spelling.high) : null);
  const isOne = (operand: Operand): number => (exactly(operand) === null ? 0 : 1);
  const one: SourceCond = compare(slot(1), "=", constant(1));
  const atom = (operator: CompareOperator): LoweredAtom | null => {
    switch (operator) {
      case "eq":
        return { grade: "R", cond: allOf(compare(expr, ">=", slot(0)), compare(expr, "<=", slot(0)), one, valid), bind: [cell, isOne], note };
      case "ne":
        return { grade: "R", cond: allOf(anyOf(compare(expr, "<>", slot(0)), compare(slot(1), "=", constant(0))), valid), bind: [cell, isOne], note };
      case "in":
        return { grade: "R", cond: allOf(inSlot(expr, 0), valid), bind: [(operand) => listOf(operand).map(exactly).filter((text) => text !== null)], note };
      case "gte":
        return { grade: "R", cond: allOf(compare(expr, ">=", slot(0)), valid), bind: [(operand) => from(operand, false)], note };
      case "lt":
        return { grade: "R", cond: allOf(compare(expr, "<", slot(0)), valid), bind: [(operand) => from(operand, false)], note };
      case "gt":
        return { grade: "R", cond: allOf(compare(expr, ">=", slot(0)), valid), bind: [(operand) => from(operand, true)], note };
      case "lte":
        return { grade: "R", cond: allOf(compare(expr, "<", slot(0)), valid), bind: [(operand) => from(operand, true)], note };
      default:
        return null;
    }
  };
  const decode = (cell: Cell): Unified => chain.read([taken(cell)]);
  const clean = when(valid, expr);
  return {
    valid,
    atom,
    order: {
      grade: "R",
      ...orderWhere(valid, expr),
      decode,
      canonical: { expr: clean, decode, scale },
      compare: (operator) => atom(operator) as LoweredAtom,
    },
    group: { grade: "R", expr: clean, decode, ...(times === null ? {} : { times }) },
    sum: null,
    taken,
  };
}
