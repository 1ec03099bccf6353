/** How times are spelt, how far apart they lie, and whether a label names the beginning or the end of its period. */
import { parsePattern } from "../harmonise/timePattern.ts";
import type { Draft } from "./parts.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import type { FieldYaml } from "./yamlText.ts";

export interface TimeFit {
  readonly field: FieldYaml;
  /** Share of the filled cells that it reads. */
  readonly fit: number;
  readonly evidence: string;
  /** Local reading of each sampled row's cell in ms, or null. */
  readonly readings: readonly (number | null)[];
  readonly hasTime: boolean;
  /** Local reading of one text, or null. */
  readonly read: (text: string) => number | null;
  /** Two spellings read every cell, and they disagree. */
  readonly rival: string | null;
}

const instantPatterns = [
  "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy/M/d H:mm:ss", "yyyy/M/d H:mm", "yyyyMMddHHmmss", "yyyyMMddHHmm",
  "yyyyMMdd HHmmss", "yyyy年M月d日H时", "yyyy年M月d日 H:mm", "yyyy年M月d日H时m分", "yyyy-M-d H:mm:ss", "yyyy-M-d H:mm", "yyyy.M.d H:mm", "yyyyMMddHH", "yyyy-MM-dd HH", "M/d/yyyy H:mm", "d/M/yyyy H:mm",
];
const datePatterns = ["yyyy-MM-dd", "yyyyMMdd", "yyyy/M/d", "yyyy-M-d", "yyyy年M月d日", "yyyy.M.d", "yyyy-MM-dd HH:mm:ss", "yyyy/M/d H:mm:ss", "M/d/yyyy", "d/M/yyyy", "yyyy-MM", "yyyyMM", "yyyy年M月", "yyyy/M", "yyyy.MM"];

const isoWithOffset = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)$/;
const isoLocal = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/;

const localOf = (found: RegExpExecArray | null): number | null =>
  found === null ? null : Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]), Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0));

const readAll = (column: ColumnProfile, read: (text: string) => number | null): readonly (number | null)[] => column.texts.map((text) => (text === null ? null : read(text)));
const fitOf = (column: ColumnProfile, readings: readonly (number | null)[]): number => (column.filled === 0 ? 0 : readings.filter((each) => each !== null).length / column.filled);
const enough = 0.95;

/** A year that records of the environment have. */
const isSane = (ms: number): boolean => ms >= Date.UTC(1970, 0, 1) && ms < Date.UTC(2060, 0, 1);

/** How the cells of one column spell instants or dates; null where they do not. */
export function timeFit(column: ColumnProfile, type: "instant" | "date"): TimeFit | null {
  if (column.filled === 0) return nativeWithoutRows(column, type);
  switch (column.kind) {
    case "instant":
      return type === "date" ? null : native(column, isoWithOffset, "the column's type is a time that knows its zone", true);
    case "local":
      return type === "date" ? null : native(column, isoLocal, "the column's type is a local time", true);
    case "date":
      return native(column, isoLocal, "the column's type is a date", false);
    case "text":
    case "any":
    case "loose":
    case "integer":
    case "number":
    case "decimal":
      return spelt(column, type);
  }
}

function nativeWithoutRows(column: ColumnProfile, type: "instant" | "date"): TimeFit | null {
  const isTime = column.kind === "instant" || column.kind === "local";
  if (!(isTime && type === "instant") && column.kind !== "date") return null;
  return { field: column.name.raw, fit: 1, evidence: "by the column's type; no row to see", readings: column.texts.map(() => null), read: () => null, hasTime: isTime, rival: null };
}

function native(column: ColumnProfile, pattern: RegExp, evidence: string, hasTime: boolean): TimeFit {
  const read = (text: string): number | null => localOf(pattern.exec(text));
  return { field: column.name.raw, fit: 1, evidence, readings: readAll(column, read), read, hasTime, rival: null };
}

function spelt(column: ColumnProfile, type: "instant" | "date"): TimeFit | null {
  const name = column.name.raw;
  const isNumber = column.kind === "integer" || column.kind === "number" || column.kind === "decimal";
  if (!isNumber) {
    const read = (text: string): number | null => localOf(isoWithOffset.exec(text));
    const offsets = readAll(column, read);
    if (type === "instant" && fitOf(column, offsets) >= enough) return { field: name, fit: fitOf(column, offsets), evidence: "ISO 8601 with an offset", readings: offsets, read, hasTime: true, rival: null };
  }
  const patterns = type === "date" ? datePatterns : [...instantPatterns, ...datePatterns];
  const fits = patterns.flatMap((pattern) => {
    const parsed = parsePattern(pattern);
    if (parsed === null) return [];
    const read = (text: string): number | null => {
      const ms = parsed.parse(text);
      return ms !== null && isSane(ms) ? ms : null;
    };
    const readings = readAll(column, read);
    return [{ pattern, readings, read, fit: fitOf(column, readings), hasTime: parsed.hasTime }];
  });
  const whole = fits.filter(({ fit }) => fit >= enough);
  const [best] = whole;
  if (best !== undefined) {
    const other = whole.find(({ readings }) => readings.some((ms, row) => ms !== null && best.readings[row] !== null && ms !== best.readings[row]));
    const isPlainDate = best.pattern === "yyyy-MM-dd" && type === "date";
    return { field: isPlainDate ? name : { column: name, format: best.pattern }, fit: best.fit, evidence: `spelt ${best.pattern}`, readings: best.readings, read: best.read, hasTime: best.hasTime, rival: other?.pattern ?? null };
  }
  // Two clerks, two spellings.
  const [first] = [...fits].sort((a, b) => b.fit - a.fit);
  if (first !== undefined && first.fit >= 0.2) {
    for (const second of fits) {
      const readings = first.readings.map((ms, row) => ms ?? second.readings[row] ?? null);
      if (fitOf(column, readings) >= enough) {
        return { field: { column: name, format: [first.pattern, second.pattern] }, fit: fitOf(column, readings), evidence: `spelt ${first.pattern} and ${second.pattern}`, readings, read: (text) => first.read(text) ?? second.read(text), hasTime: first.hasTime, rival: null };
      }
    }
  }
  if (isNumber && type === "instant" && column.numbers.length > 0) {
    const ms = column.numbers.every((value) => value > 3e11 && value < 2.9e12);
    const read = (text: string): number => Number(text) + 8 * 3_600_000;
    if (ms) return { field: { column: name, format: "epoch-ms" }, fit: 1, evidence: "milliseconds since 1970", readings: readAll(column, read), read, hasTime: true, rival: null };
  }
  return null;
}

const utcText = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Times that a source spells in UTC with a fixed width, said in full: a filter by them can then be asked of the source as a range of texts.
 * Only for a mapping whose `timeZone` is UTC.
 */
export function withUtcTimes(draft: Draft): Draft {
  const parts = draft.parts.map((part) => ({
    ...part,
    fields: part.fields.map((field) => {
      const column = typeof field.value === "string" ? part.table.columns.find(({ name }) => name.raw === field.value) : undefined;
      const isUtc = column !== undefined && column.filled > 0 && column.texts.every((text) => text === null || utcText.test(text));
      return isUtc ? { ...field, value: { column: column.name.raw, format: "yyyy-MM-ddTHH:mm:ss.SSSZ" } } : field;
    }),
  }));
  return { ...draft, parts };
}

export interface Spacing {
  readonly averaging: string;
  readonly share: number;
}

const steps: readonly (readonly [string, (ms: number) => boolean])[] = [
  ["PT1M", (ms) => ms === 60_000],
  ["PT10M", (ms) => ms === 600_000],
  ["PT1H", (ms) => ms === 3_600_000],
  ["PT4H", (ms) => ms === 4 * 3_600_000],
  ["P1D", (ms) => ms === 86_400_000],
  ["P1M", (ms) => ms >= 28 * 86_400_000 && ms <= 31 * 86_400_000],
  ["P1Y", (ms) => ms >= 365 * 86_400_000 && ms <= 366 * 86_400_000],
];

/** The period that most neighbouring times of one series are apart; null where there is no rule. `series`: what tells series apart. */
export function spacingOf(readings: readonly (number | null)[], series: readonly string[]): Spacing | null {
  const bySeries = new Map<string, Set<number>>();
  readings.forEach((ms, row) => {
    if (ms === null) return;
    const key = series[row] ?? "";
    const times = bySeries.get(key) ?? new Set<number>();
    times.add(ms);
    bySeries.set(key, times);
  });
  const gaps: number[] = [];
  for (const times of bySeries.values()) {
    const sorted = [...times].sort((a, b) => a - b);
    for (let at = 1; at < sorted.length; at += 1) gaps.push((sorted[at] ?? 0) - (sorted[at - 1] ?? 0));
  }
  if (gaps.length < 2) return null;
  for (const [averaging, fits] of steps) {
    const found = gaps.filter(fits).length / gaps.length;
    if (found >= 0.6) return { averaging, share: found };
  }
  return null;
}

export interface LabelGuess {
  readonly end: "start" | "end";
  readonly confidence: number;
  readonly evidence: string;
}

const beginWords = /start|begin|from|kssj|qssj|开始|起始/i;
const endWords = /end|until|jssj|jzsj|结束|截止/i;
const hourMs = 3_600_000;

/**
 * Whether hours are labelled by their beginning or their end. The data tell by when a row was written (nothing is known of an hour
 * before it is over) or by where whole days begin; otherwise null, and a person has to ask.
 */
export function labelOf(input: {
  readonly column: ColumnProfile;
  readonly readings: readonly (number | null)[];
  readonly table: TableProfile;
  /** Local readings of a column that says when the row was written, where there is one. */
  readonly written: readonly (number | null)[] | null;
  readonly ends: readonly [number, number] | null;
}): LabelGuess | null {
  const { column, readings, written, ends } = input;
  if (beginWords.test(column.name.raw)) return { end: "start", confidence: 0.92, evidence: `${column.name.raw} says that it is the beginning` };
  if (endWords.test(column.name.raw)) return { end: "end", confidence: 0.92, evidence: `${column.name.raw} says that it is the end` };
  if (written !== null) {
    const lags = readings.flatMap((ms, row) => {
      const at = written[row] ?? null;
      return ms === null || at === null ? [] : [at - ms];
    });
    const prompt = lags.filter((lag) => lag >= -60_000 && lag < 55 * 60_000).length;
    const after = lags.filter((lag) => lag >= 60 * 60_000 && lag < 3 * hourMs).length;
    if (lags.length >= 5 && prompt / lags.length >= 0.8) return { end: "end", confidence: 0.88, evidence: "rows are written within the hour after their label, when an hour that only begins there is not over" };
    if (lags.length >= 5 && after / lags.length >= 0.8) return { end: "start", confidence: 0.82, evidence: "rows are written an hour or more after their label, when an hour that begins there is over" };
  }
  if (ends !== null) {
    const [first, last] = ends.map((ms) => ((ms % (24 * hourMs)) / hourMs));
    if (first === 0 && last === 23) return { end: "start", confidence: 0.78, evidence: "the table begins at 00:00 and ends at 23:00: whole days, if labels are beginnings" };
    if (first === 1 && last === 0) return { end: "end", confidence: 0.78, evidence: "the table begins at 01:00 and ends at 00:00: whole days, if labels are ends" };
  }
  return null;
}
