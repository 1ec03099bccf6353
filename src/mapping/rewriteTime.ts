/**
 * Filters on a column of texts that sort as their times (`yyyy-MM-dd HH:mm`): the operand is written in the source's own spelling
 * (languages.md §2 row 10). The lens stays beside a range as the validity guard, since `2024-02-31` sorts too.
 *
 * Such texts are read strictly (`lenses/format.ts`): a time that the clock skipped is NULL, one that it showed twice is the first.
 * So the reading is strictly monotone in any zone.
 */
import type { SourceCond } from "../../adapters/contract/sourceQuery.ts";
import { civilOf, dayNumber } from "../harmonise/calendar.ts";
import { spanOf } from "../harmonise/span.ts";
import { parsePattern, type TimePattern } from "../harmonise/timePattern.ts";
import type { Unified } from "../harmonise/unified.ts";
import { dayMs, zoneOf, type Zone } from "../harmonise/zone.ts";
import type { ColumnRef } from "./columns.ts";
import { TRUE_COND, allOf, compare, inSlot, isNotNull, orderWhere, slot } from "./conditions.ts";
import { hasOnly, listOf, scalarOf, stageOf, type CompareOperator, type FieldContext, type Operand, type Rewrite } from "./fieldContext.ts";
import type { LoweredAtom } from "./mapping.ts";

const BEFORE_ALL = "";
const AFTER_ALL = "\u{10ffff}";

type Unit = "y" | "M" | "d" | "H" | "m" | "s" | "S";
const unitMs: Readonly<Record<"d" | "H" | "m" | "s" | "S", number>> = { d: dayMs, H: 3_600_000, m: 60_000, s: 1000, S: 1 };

/** The steps of a pattern's finest part, numbered, and the local time at which each starts. */
function stepsOf(pattern: TimePattern): { indexOf(localMs: number): number; startOf(index: number): number } {
  const letters = pattern.pieces.flatMap((piece) => ("letter" in piece ? [piece.letter as Unit] : []));
  const finest = letters.at(-1) ?? "d";
  if (finest === "y" || finest === "M") {
    const months = finest === "y" ? 12 : 1;
    return {
      indexOf: (localMs) => {
        const { year, month } = civilOf(Math.floor(localMs / dayMs));
        return Math.floor((year * 12 + month - 1) / months);
      },
      startOf: (index) => dayNumber(Math.floor((index * months) / 12), ((index * months) % 12) + 1, 1) * dayMs,
    };
  }
  const ms = unitMs[finest];
  return { indexOf: (localMs) => Math.floor(localMs / ms), startOf: (index) => index * ms };
}

interface Clock {
  /** Least text that is not before an instant. */
  from(instant: number): string;
  /** Texts that may mean the instant; the chain decides. */
  candidates(instant: number): readonly string[];
}

function clockOf(pattern: TimePattern, zone: Zone): Clock {
  const steps = stepsOf(pattern);
  const text = (localMs: number): string => {
    const { year } = civilOf(Math.floor(localMs / dayMs));
    return year < 0 ? BEFORE_ALL : year > 9999 ? AFTER_ALL : pattern.format(localMs);
  };
  const ceil = (localMs: number): number => {
    const index = steps.indexOf(localMs);
    const start = steps.startOf(index);
    return start === localMs ? localMs : steps.startOf(index + 1);
  };
  const from = (instant: number): string => {
    const local = ceil(instant + zone.offsetAt(instant));
    return text(zone.instantOf(local) >= instant ? local : ceil(endOfRepeatedHour(instant, zone)));
  };
  return { from, candidates: (instant) => [text(instant + zone.offsetAt(instant))] };
}

/** Local end of the stretch that the clock showed twice, for an instant in its second showing: its texts all mean the first. */
export function endOfRepeatedHour(instant: number, zone: Zone): number {
  let [low, high] = [instant - 2 * dayMs, instant];
  const before = zone.offsetAt(low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high + before;
}

/** Where texts that look like numbers may have become numbers, the pattern must hold something that no number does. */
const survivesAsText = (pattern: TimePattern, column: ColumnRef): boolean =>
  column.kind === "text" || pattern.pieces.some((piece) => "literal" in piece && /[^0-9.eE+\s]/.test(piece.literal));

export function rewriteTime(context: FieldContext): Rewrite | null {
  const [column] = context.columns;
  const { chain, spec, type } = context;
  if (context.columns.length !== 1 || !column || !hasOnly(spec, ["missing", "format", "span"])) return null;
  if ((type.kind !== "instant" && type.kind !== "date") || !["text", "any", "loose"].includes(column.kind)) return null;
  const formats = stageOf(spec, "format")?.formats ?? (type.kind === "date" ? ["yyyy-MM-dd"] : []);
  const pattern = formats.length === 1 ? parsePattern(formats[0] ?? "") : null;
  const zone = zoneOf(type.kind === "date" ? "UTC" : spec.timeZone);
  if (!pattern?.sortable || !zone || !survivesAsText(pattern, column) || (type.kind === "date" && pattern.hasTime)) return null;
  const span = stageOf(spec, "span");
  const moved = span && "constant" in span.averaging ? spanOf(span.averaging.constant) : null;
  if (span && moved?.kind !== "exact") return null;
  const shift = moved?.kind === "exact" ? (span?.give === "end" ? moved.ms : -moved.ms) : 0;

  const { expr } = column;
  const clock = clockOf(pattern, zone);
  const byLens: SourceCond = isNotNull(context.lens("printed"));
  const valid = context.guaranteed ? TRUE_COND : byLens;
  const instantOf = (value: Unified): number | null => {
    if (type.kind === "instant") return typeof value === "number" ? value - shift : null;
    const local = typeof value === "string" ? parsePattern("yyyy-MM-dd")?.parse(value) : null;
    return local ?? null;
  };
  const texts = (value: Unified): readonly string[] => {
    const instant = instantOf(value);
    return instant === null ? [] : clock.candidates(instant).filter((text) => chain.read([text]) === value);
  };
  const note = `written as ${pattern.pattern}`;
  const range = (operator: "lt" | "lte" | "gt" | "gte"): LoweredAtom => {
    // `> v` is `>= v + 1` in whole units of the type.
    const after = operator === "gt" || operator === "lte" ? (type.kind === "date" ? dayMs : 1) : 0;
    const bind = (operand: Operand): string | null => {
      const instant = instantOf(scalarOf(operand));
      return instant === null ? null : clock.from(instant + after);
    };
    const atOrAfter = operator === "gt" || operator === "gte";
    return { grade: "R", cond: allOf(compare(expr, atOrAfter ? ">=" : "<", slot(0)), valid), bind: [bind], note };
  };
  const atom = (operator: CompareOperator): LoweredAtom | null => {
    switch (operator) {
      case "eq":
        return { grade: "R", cond: inSlot(expr, 0), bind: [(operand) => texts(scalarOf(operand))], note };
      case "in":
        return { grade: "R", cond: inSlot(expr, 0), bind: [(operand) => listOf(operand).flatMap(texts)], note };
      case "lt":
      case "lte":
      case "gt":
      case "gte":
        return range(operator);
      default:
        return null;
    }
  };
  return {
    valid,
    atom,
    order: {
      grade: "R",
      ...orderWhere(valid, expr),
      decode: (cell) => chain.read([cell]),
      compare: (operator) => atom(operator) as LoweredAtom,
    },
    group: null,
    sum: null,
  };
}
