/**
 * Averaging periods, and the other end of an interval. Codes: `PT1H`, `PT10M`, `P1D`, `P1M`, `P1Y`, rolling ones as
 * `PT8H_ROLLING`; `SPOT` and `PT0S` are moments: both ends are one.
 */
import { civilOf, daysInMonth, dayNumber } from "./calendar.ts";
import { instantOfLocal } from "./time.ts";
import { dayMs, isInstant, type Zone } from "./zone.ts";

export type Span =
  /** Elapsed time. */
  | { readonly kind: "exact"; readonly ms: number }
  /** Days, months and years of the zone's calendar. */
  | { readonly kind: "calendar"; readonly days: number; readonly months: number };

const spanText = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?$/;
const spans = new Map<string, Span | null>();

/** Null for a text that is no averaging period, or mixes calendar and clock. */
export function spanOf(averaging: string): Span | null {
  const known = spans.get(averaging);
  if (known !== undefined) return known;
  const span = parseSpan(averaging);
  if (spans.size < 1000) spans.set(averaging, span);
  return span;
}

function parseSpan(averaging: string): Span | null {
  if (averaging === "SPOT") return { kind: "exact", ms: 0 };
  const part = spanText.exec(averaging.replace(/_ROLLING$/, ""));
  if (!part || part.slice(1).every((text) => text === undefined)) return null;
  const [years, months, weeks, days, hours, minutes, seconds] = part.slice(1).map((text) => Number(text ?? 0)) as [
    number, number, number, number, number, number, number,
  ];
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const calendar = { kind: "calendar", days: weeks * 7 + days, months: years * 12 + months } as const;
  if (calendar.days === 0 && calendar.months === 0) return { kind: "exact", ms };
  return ms === 0 ? calendar : null;
}

export const endOf = (startMs: number, span: Span, zone: Zone): number | null => move(startMs, span, zone, 1);
export const startOf = (endMs: number, span: Span, zone: Zone): number | null => move(endMs, span, zone, -1);

function move(ms: number, span: Span, zone: Zone, direction: 1 | -1): number | null {
  if (span.kind === "exact") {
    const moved = ms + direction * span.ms;
    return isInstant(moved) ? moved : null;
  }
  const local = ms + zone.offsetAt(ms);
  const today = Math.floor(local / dayMs);
  const { year, month, day } = civilOf(today);
  const months = year * 12 + month - 1 + direction * span.months;
  const target = { year: Math.floor(months / 12), month: (((months % 12) + 12) % 12) + 1 };
  // The 31st of a shorter month is its last day.
  const days = dayNumber(target.year, target.month, Math.min(day, daysInMonth(target.year, target.month))) + direction * span.days;
  return instantOfLocal(days * dayMs + (local - today * dayMs), zone);
}
