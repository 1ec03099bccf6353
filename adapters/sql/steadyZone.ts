/** Since when a zone's clock is never changed again, so that buckets of its calendar are plain arithmetic in any database. */

export interface SteadyZone {
  /** Epoch ms; from here on the clock is `offsetMs` ahead of UTC. */
  readonly since: number;
  readonly offsetMs: number;
}

/** Two changes of one zone are weeks apart at least. */
const sampleMs = 8 * 86_400_000;
const last = Date.UTC(2100, 0, 1);
/** Before it some clocks were set by seconds. */
const first = Date.UTC(1972, 0, 8);

const zones = new Map<string, SteadyZone | null>();

/** From the runtime's own tables, as the hub reads them. Null for a name that it does not know. */
export function steadyZone(name: string): SteadyZone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const found = find(name);
  if (zones.size < 2000) zones.set(name, found);
  return found;
}

function find(name: string): SteadyZone | null {
  const offsetAt = offsetReader(name);
  if (offsetAt === null) return null;
  const offsetMs = offsetAt(last);
  let since = last;
  while (since - sampleMs >= first && offsetAt(since - sampleMs) === offsetMs) since -= sampleMs;
  return { since, offsetMs };
}

function offsetReader(name: string): ((ms: number) => number) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  } catch {
    return null;
  }
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute, parts.second) - ms;
  };
}
