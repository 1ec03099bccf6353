/** Local times of a zone as a column without a zone spells them, and the stretches that its clock never showed. */
import { civilOf, dayNumber, twoDigits } from "../../harmonise/calendar.ts";
import { dayMs, type Zone } from "../../harmonise/zone.ts";
import { endOfRepeatedHour } from "../rewriteTime.ts";

/** `yyyy-MM-dd HH:mm:ss.SSS`; cut to years 1 to 9999. */
export function timeText(localMs: number): string {
  const within = Math.min(Math.max(localMs, firstMs), lastMs);
  const day = Math.floor(within / dayMs);
  const { year, month, day: date } = civilOf(day);
  const inDay = within - day * dayMs;
  const seconds = Math.floor(inDay / 1000);
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(date)} ${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}.${String(inDay % 1000).padStart(3, "0")}`;
}
const firstMs = dayNumber(1, 1, 1) * dayMs;
const lastMs = dayNumber(10000, 1, 1) * dayMs - 1;

const timePattern = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?$/;

/** Local ms, cut; null for what is no time of years 1 to 9999. */
export function localMsOf(text: string): number | null {
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] = timePattern.exec(text) ?? [];
  if (year === undefined) return null;
  return dayNumber(Number(year), Number(month), Number(day)) * dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
}

/** The instant of a local time that the clock has shown, the first if twice; null where it never did. */
export function shownAt(localMs: number, zone: Zone): number | null {
  const instant = zone.instantOf(localMs);
  return instant + zone.offsetAt(instant) === localMs ? instant : null;
}

/** The local time that means an instant; null for one in the second showing of an hour, whose times mean the first. */
export function localOf(instant: number, zone: Zone): number | null {
  const local = instant + zone.offsetAt(instant);
  return zone.instantOf(local) === instant ? local : null;
}

/** Least local time that is not before an instant; a time that was never shown may stand for it, as none is in the column's base. */
export function localFrom(instant: number, zone: Zone): number {
  const local = instant + zone.offsetAt(instant);
  return zone.instantOf(local) >= instant ? local : endOfRepeatedHour(instant, zone);
}

export interface Gap {
  readonly from: number;
  /** The first local time that was shown again. */
  readonly until: number;
}

const scanFrom = Date.UTC(1850, 0, 1);
const scanUntil = Date.UTC(2150, 0, 1);
const stepMs = 8 * dayMs;
const zones = new Map<string, readonly Gap[] | null>();

/** Null for a zone whose clock is still changed every year: its gaps have no end. */
export function gapsOf(zone: Zone): readonly Gap[] | null {
  const known = zones.get(zone.name);
  if (known !== undefined) return known;
  const gaps: Gap[] = [];
  let offset = zone.offsetAt(scanFrom);
  let changedAt = scanFrom;
  for (let at = scanFrom; at < scanUntil; at += stepMs) {
    const next = zone.offsetAt(at + stepMs);
    if (next === offset) continue;
    changedAt = changeWithin(at, at + stepMs, zone);
    if (next > offset) gaps.push({ from: changedAt + offset, until: changedAt + next });
    offset = next;
  }
  const found = changedAt > Date.UTC(2140, 0, 1) ? null : gaps;
  zones.set(zone.name, found);
  return found;
}

/** The first instant of the later offset. */
function changeWithin(from: number, to: number, zone: Zone): number {
  let [low, high] = [from, to];
  const before = zone.offsetAt(low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
