/** Windows of a feed: days, months, years or fixed spans, on the boundaries of the source's own time zone. */

/** `P1D`, `P1M`, `P1Y`, `PT6H` … : calendar steps and fixed milliseconds are never mixed. */
export type Span =
  | { readonly unit: "day" | "month" | "year"; readonly count: number }
  | { readonly unit: "ms"; readonly count: number };

const msOf: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000 };

/** Null where the text is no span. */
export function parseSpan(text: string): Span | null {
  const calendar = /^P(\d{1,4})([DWMY])$/.exec(text);
  const count = Number(calendar?.[1] ?? 0);
  if (calendar && count > 0) {
    switch (calendar[2]) {
      case "D":
        return { unit: "day", count };
      case "W":
        return { unit: "day", count: count * 7 };
      case "M":
        return { unit: "month", count };
      default:
        return { unit: "year", count };
    }
  }
  const clock = /^PT(\d{1,4})([HM])$/.exec(text);
  const ms = Number(clock?.[1] ?? 0) * (msOf[clock?.[2] ?? ""] ?? 0);
  return ms > 0 ? { unit: "ms", count: ms } : null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

/** Wall clock of the zone as if it were UTC. */
function wallMs(instantMs: number, zone: string): number {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"] ?? 1, parts["hour"] ?? 0, parts["minute"] ?? 0, parts["second"] ?? 0);
}

const offsetMs = (instantMs: number, zone: string): number => wallMs(instantMs, zone) - Math.floor(instantMs / 1000) * 1000;

/** The instant at which the zone's clock shows `wall`; the second guess settles a change of offset in between. */
function instantOf(wall: number, zone: string): number {
  const guess = wall - offsetMs(wall, zone);
  return wall - offsetMs(guess, zone);
}

/** Start of the window in which the instant lies; fixed spans count from 1970-01-01 of the zone. */
export function windowStart(instantMs: number, span: Span, zone: string): number {
  const wall = wallMs(instantMs, zone);
  if (span.unit === "ms") return instantOf(Math.floor(wall / span.count) * span.count, zone);
  const date = new Date(wall);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (span.unit) {
    case "year":
      return instantOf(Date.UTC(year - (year % span.count), 0), zone);
    case "month": {
      const months = year * 12 + month;
      const first = months - (months % span.count);
      return instantOf(Date.UTC(Math.floor(first / 12), first % 12), zone);
    }
    case "day": {
      const days = Math.floor(wall / 86_400_000);
      return instantOf((days - (days % span.count)) * 86_400_000, zone);
    }
  }
}

/** The instant `steps` windows further (or back, where negative). */
export function addSpan(instantMs: number, span: Span, steps: number, zone: string): number {
  const wall = wallMs(instantMs, zone);
  if (span.unit === "ms") return instantOf(wall + span.count * steps, zone);
  const date = new Date(wall);
  const clock = wall - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const [years, months, days] = [
    span.unit === "year" ? span.count * steps : 0,
    span.unit === "month" ? span.count * steps : 0,
    span.unit === "day" ? span.count * steps : 0,
  ];
  // A day that the month does not have is its last day.
  const first = Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth() + months, 1);
  const length = new Date(Date.UTC(new Date(first).getUTCFullYear(), new Date(first).getUTCMonth() + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), length);
  return instantOf(first + (day - 1 + days) * 86_400_000 + clock, zone);
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `2024-03-01T00:00:00+08:00`: a bound of a range. */
export function instantText(instantMs: number, zone: string): string {
  const date = new Date(wallMs(instantMs, zone));
  const offset = Math.round(offsetMs(instantMs, zone) / 60_000);
  const sign = offset < 0 ? "-" : "+";
  const size = Math.abs(offset);
  return `${date.toISOString().slice(0, 19)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** How a single value names the window: `2024`, `2024-03`, `2024-03-01`, or the instant of its start. */
export function windowText(instantMs: number, span: Span, zone: string): string {
  const text = instantText(instantMs, zone);
  switch (span.unit) {
    case "year":
      return text.slice(0, 4);
    case "month":
      return text.slice(0, 7);
    case "day":
      return text.slice(0, 10);
    case "ms":
      return text;
  }
}
