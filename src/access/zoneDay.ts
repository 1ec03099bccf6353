/** Rules say days, clocks say instants. */
import { zoneOf } from "../harmonise/zone.ts";

/**
 * Epoch ms at which the day `date` (`YYYY-MM-DD`) plus `days` begins in the IANA zone; where clocks skip midnight, the first instant
 * that exists.
 */
export function startOfDayMs(date: string, days: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  if (!zone) throw new RangeError(`${timeZone} is not a time zone`);
  return zone.instantOf(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000);
}
