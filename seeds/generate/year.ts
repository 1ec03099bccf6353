/**
 * The demonstration's year: hours 0 … 8759 from 2025-07-01T00:00+08:00, so that the air standards of 2026-03-01 change inside it.
 * China keeps one offset all year, which lets a local label be plain arithmetic.
 */
const HOUR_MS = 3_600_000;
const LOCAL_OFFSET_MS = 8 * HOUR_MS;
export const HOURS = 365 * 24;
/** Epoch milliseconds of hour 0. */
const START_MS = Date.UTC(2025, 6, 1) - LOCAL_OFFSET_MS;

const pad = (part: number): string => String(part).padStart(2, "0");

/** Hour of the year at which a local day starts: `hourOf("2026-03-01")`. Negative before the year. */
export const hourOf = (date: string): number => (Date.parse(`${date}T00:00:00+08:00`) - START_MS) / HOUR_MS;

/** Local date of a day of the year, 0 … 364 and beyond: `2025-07-01`. */
export const dateOfDay = (day: number): string => new Date(START_MS + LOCAL_OFFSET_MS + day * 24 * HOUR_MS).toISOString().slice(0, 10);

/** `2025-07-01 00:00`, the label of an hour's beginning; one hour more gives the label of its end. */
export const localLabel = (hour: number): string => `${dateOfDay(Math.floor(hour / 24))} ${pad(hour % 24)}:00`;

/** The twelve months, `202507` … `202606`. */
export const MONTHS: readonly string[] = Array.from({ length: 12 }, (_, i) => (i < 6 ? `2025${pad(i + 7)}` : `2026${pad(i - 5)}`));
