/**
 * Instants (epoch ms), dates (`YYYY-MM-DD`) and time buckets. Everything that is no date or no time is NULL.
 */
import type { TimeBucket } from "../../adapters/contract/sourceQuery.ts";
import { dayNumber, civilOf, localOf, printDate, twoDigits } from "./calendar.ts";
import { dayMs, floorDay, floorHour, isInstant, zoneOf, type Zone } from "./zone.ts";

const isoInstant =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/;

/**
 * ISO 8601 as databases and people write it: `2016-12-20`, `2016-12-20T08:00`, `2016-12-20 08:00:00.123+08`. Without an offset the
 * zone's clock is meant (see `Zone.instantOf` for gaps and overlaps); what is finer than a millisecond is cut.
 */
export function parseInstant(text: string, zone: Zone): number | null {
  const part = isoInstant.exec(text);
  if (!part) return null;
  const ms = part[7] === undefined ? 0 : Number(part[7].slice(0, 3).padEnd(3, "0"));
  const local = localOf(Number(part[1]), Number(part[2]), Number(part[3]), Number(part[4] ?? 0), Number(part[5] ?? 0), Number(part[6] ?? 0), ms);
  if (local === null) return null;
  const offset = part[8];
  if (offset === undefined) return instantOfLocal(local, zone);
  const minutes = offset === "Z" ? 0 : Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(":", "") || 0);
  if (minutes > 18 * 60) return null;
  const instant = local - (offset[0] === "-" ? -minutes : minutes) * 60_000;
  return isInstant(instant) ? instant : null;
}

/** The instant of a local clock reading, NULL outside years 1 to 9999. */
export function instantOfLocal(localMs: number, zone: Zone): number | null {
  const instant = zone.instantOf(localMs);
  return isInstant(instant) ? instant : null;
}

/** `YYYY-MM-DD` and nothing else: such texts sort as their dates. */
export function parseDate(text: string): string | null {
  const part = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return part && localOf(Number(part[1]), Number(part[2]), Number(part[3])) !== null ? text : null;
}

/**
 * Local ms of an Excel serial of the 1900 system. Serial 60 is 1900-02-29, which never was: NULL; below it days count one more.
 * The fraction of the day is a binary number, so it is rounded to the second that it stands for.
 */
export function parseExcelSerial(serial: number): number | null {
  const days = Math.floor(serial);
  if (!(days >= 1 && days <= 2_958_465) || days === 60) return null;
  const seconds = Math.round((serial - days) * 86_400);
  return dayNumber(1899, 12, days < 60 ? 31 : 30) * dayMs + days * dayMs + seconds * 1000;
}

/** Start of the bucket of a zone's calendar in which an instant lies; NULL for what is no instant or no zone. */
export function bucketStart(ms: number, bucket: TimeBucket, zoneName: string): number | null {
  const zone = zoneOf(zoneName);
  if (!zone || !isInstant(ms)) return null;
  const offset = zone.offsetAt(ms);
  const local = ms + offset;
  switch (bucket) {
    case "HOUR":
      // By the offset in force: of an hour that the clock shows twice, each is a bucket.
      return floorHour(local) - offset;
    case "DAY":
      return zone.instantOf(floorDay(local));
    case "MONTH":
    case "YEAR": {
      const { year, month } = civilOf(Math.floor(local / dayMs));
      return zone.instantOf(dayNumber(year, bucket === "YEAR" ? 1 : month, 1) * dayMs);
    }
  }
}

interface PrintedDay {
  day: number;
  offset: number;
  date: string;
  suffix: string;
}
const printedDays = new Map<string, PrintedDay>();

/**
 * `2016-12-20T00:00:00+08:00` in the zone's clock; with milliseconds where there are any. Where the offset is not whole minutes
 * (local mean times of the 19th century) RFC 3339 cannot write it: UTC is printed.
 */
export function printInstant(ms: number, zoneName: string): string {
  const zone = zoneOf(zoneName);
  const offset = zone?.offsetAt(ms) ?? 0;
  const local = ms + offset;
  const day = Math.floor(local / dayMs);
  let printed = printedDays.get(zoneName);
  if (printed === undefined || printed.day !== day || printed.offset !== offset) {
    if (offset % 60_000 !== 0) return printInstant(ms, "UTC");
    printed = { day, offset, date: printDate(local), suffix: zone ? printOffset(offset) : "Z" };
    if (printedDays.size < 2000 || printedDays.has(zoneName)) printedDays.set(zoneName, printed);
  }
  const inDay = local - day * dayMs;
  const seconds = Math.floor(inDay / 1000);
  const rest = inDay - seconds * 1000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`;
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  return `${printed.date}T${clock}${fraction}${printed.suffix}`;
}

function printOffset(offset: number): string {
  if (offset === 0) return "Z";
  const minutes = Math.abs(offset) / 60_000;
  return `${offset < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
