/**
 * Offsets of IANA zones, from the runtime's own tables, cached by stretches of a year.
 *
 * Local times are numbers too: the epoch ms that the same clock reading would be in UTC.
 */
export const dayMs = 86_400_000;
const hourMs = 3_600_000;
const stretchMs = 366 * dayMs;
/** Two changes of one zone are weeks apart at least (Morocco's Ramadan); sampling finer than that finds all. */
const sampleMs = 8 * dayMs;

/** Instants from year 1 to year 9999, with a day's room for every offset; others are NULL. */
export const instantMin = -62_135_510_400_000;
export const instantMax = 253_402_214_400_000;
export const isInstant = (ms: number): boolean => ms >= instantMin && ms <= instantMax;

export interface Zone {
  readonly name: string;
  /** Local minus UTC at an instant, in ms. */
  offsetAt(instantMs: number): number;
  /**
   * The instant at which the local clock shows this. Where it shows it twice (clocks set back) the earlier one; where it never does
   * (clocks set forward) the reading moves on by the gap: 02:30 is 03:30. As `Temporal` does by default; monotone up to the overlap.
   */
  instantOf(localMs: number): number;
}

const zones = new Map<string, Zone>();

/** Null for a name that the runtime does not know. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known) return known;
  const rawOffset = offsetReader(name);
  if (!rawOffset) return null;
  const zone = cachedZone(name, rawOffset);
  // Names come from files that stewards write and from queries: the runtime's list is finite, spellings of it by case are not.
  if (zones.size < 2000) zones.set(name, zone);
  return zone;
}

type Stretch = number | { readonly until: readonly number[]; readonly offset: readonly number[] };

function cachedZone(name: string, rawOffset: (ms: number) => number): Zone {
  const stretches = new Map<number, Stretch>();
  const stretchOf = (index: number): Stretch => {
    const known = stretches.get(index);
    if (known !== undefined) return known;
    const found = findChanges(index * stretchMs, (index + 1) * stretchMs, rawOffset);
    stretches.set(index, found);
    return found;
  };
  const offsetAt = (instantMs: number): number => {
    const stretch = stretchOf(Math.floor(instantMs / stretchMs));
    if (typeof stretch === "number") return stretch;
    let at = 0;
    while (instantMs >= (stretch.until[at] as number)) at++;
    return stretch.offset[at] as number;
  };
  const instantOf = (localMs: number): number => {
    // One of the two readings is before any change nearby, the other after it: no zone is more than a day from UTC.
    const before = offsetAt(localMs - dayMs);
    const after = offsetAt(localMs + dayMs);
    const early = localMs - before;
    if (before === after || offsetAt(early) === before) return early;
    const late = localMs - after;
    return offsetAt(late) === after ? late : early;
  };
  return { name, offsetAt, instantOf };
}

function findChanges(from: number, to: number, rawOffset: (ms: number) => number): Stretch {
  const until: number[] = [];
  const offset: number[] = [];
  let current = rawOffset(from);
  for (let start = from; start < to; start += sampleMs) {
    const end = Math.min(start + sampleMs, to);
    const next = rawOffset(end);
    if (next === current) continue;
    let low = start;
    let high = end;
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (rawOffset(middle) === current) low = middle;
      else high = middle;
    }
    until.push(high);
    offset.push(current);
    current = next;
  }
  if (until.length === 0) return current;
  until.push(Number.POSITIVE_INFINITY);
  offset.push(current);
  return { until, offset };
}

/** Reads an offset from the runtime's calendar: some microseconds, hence the cache. */
function offsetReader(name: string): ((ms: number) => number) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
  return (ms) => {
    const whole = Math.floor(ms / 1000) * 1000;
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(whole)) parts[type] = value;
    const year = Number(parts.year) * (parts.era === "BC" ? -1 : 1) + (parts.era === "BC" ? 1 : 0);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
    local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
    return local.getTime() - whole;
  };
}

/** Start of the local hour, as local ms. */
export const floorHour = (localMs: number): number => Math.floor(localMs / hourMs) * hourMs;
/** Start of the local day, as local ms. */
export const floorDay = (localMs: number): number => Math.floor(localMs / dayMs) * dayMs;
