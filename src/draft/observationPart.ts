/** What an observation needs besides columns with a name: its hours' label, its averaging period, its value in a wide or a long table. */
import { pollutants } from "../../schema/codes/pollutants.ts";
import { unitByText } from "../../schema/codes/units.ts";
import type { Assignment } from "./assign.ts";
import { likely, together } from "./evidence.ts";
import { pollutantOf } from "./guessCodes.ts";
import type { FieldGuess } from "./guessColumn.ts";
import { labelOf, spacingOf, type TimeFit, timeFit } from "./guessTime.ts";
import { guessUnit, unitSaid } from "./guessUnit.ts";
import type { FieldDraft } from "./parts.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import type { FieldMap } from "./yamlText.ts";

export interface ObservedTime {
  readonly fields: readonly FieldDraft[];
  /** Columns that are the time. */
  readonly columns: readonly string[];
  readonly undecided: ReadonlyMap<string, string>;
}

const columnOf = (table: TableProfile, name: string | undefined): ColumnProfile | undefined => table.columns.find((column) => column.name.raw === name);

const parts: readonly (readonly [string, RegExp, readonly [number, number]])[] = [
  ["yyyy", /^(?:year|yr|nian|n|年|年份)$/i, [1950, 2100]],
  ["M", /^(?:month|mon|mo|yue|y|月|月份)$/i, [1, 12]],
  ["d", /^(?:day|ri|r|日|日期)$/i, [1, 31]],
  ["H", /^(?:hour|hr|shi|xs|h|时|小时)$/i, [0, 23]],
];

/** Year, month, day and hour in columns of their own. */
function splitTime(table: TableProfile): { readonly columns: readonly string[]; readonly format: string; readonly readings: readonly (number | null)[] } | null {
  const found = parts.map(([letter, pattern, [low, high]]) => {
    const column = table.columns.find((each) => pattern.test(each.name.raw) && each.numeric >= 0.95 && each.numbers.every((value) => Number.isInteger(value) && value >= low && value <= high));
    return column === undefined ? null : { letter, column };
  });
  const lead = found.findIndex((each) => each === null);
  const kept = (lead < 0 ? found : found.slice(0, lead)).filter((each) => each !== null);
  if (kept.length < 3) return null;
  const readings = Array.from({ length: table.rows }, (_, row) => {
    const [y, m, d, h] = kept.map(({ column }) => Number(column.texts[row] ?? Number.NaN));
    const ms = Date.UTC(y ?? Number.NaN, (m ?? 1) - 1, d ?? 1, h ?? 0);
    return Number.isNaN(ms) ? null : ms;
  });
  return { columns: kept.map(({ column }) => column.name.raw), format: kept.map(({ letter }) => letter).join(" "), readings };
}

/** The one column of times that is not about when a row was written. */
function onlyTime(table: TableProfile, assigned: Assignment): readonly FieldGuess[] {
  const taken = assigned.fields.get("receivedAt")?.columns ?? [];
  const times = table.columns.filter((column) => !taken.includes(column.name.raw) && !/creat|updat|modif|insert|load|录入|更新|修改|创建|入库|gxsj|cjsj|xgsj|rksj/i.test(column.name.raw) && timeFit(column, "instant") !== null && column.kind !== "integer" && column.kind !== "number");
  const [only] = times;
  const fit = only === undefined ? null : timeFit(only, "instant");
  if (only === undefined || fit === null || times.length > 1) return [];
  return [{ attribute: "start", columns: [only.name.raw], value: fit.field, confidence: 0.72, evidence: ["the only time of a row", fit.evidence], doubt: fit.rival === null ? null : `${fit.rival} would read it too, and otherwise` }];
}

/** `station`: what tells series apart, beside the pollutant. */
export function observedTime(table: TableProfile, assigned: Assignment, station: ColumnProfile | undefined, tableName: string): ObservedTime {
  const undecided = new Map<string, string>();
  const fields: FieldDraft[] = [];
  const guesses = ["start", "end"].flatMap((name) => assigned.fields.get(name) ?? []).filter((field) => field.confidence >= 0.6);
  const split = splitTime(table);
  if (guesses.length === 0 && split === null) guesses.push(...onlyTime(table, assigned));
  const best = [...guesses].sort((a, b) => Number(a.doubt !== null) - Number(b.doubt !== null) || b.confidence - a.confidence)[0];
  const column = columnOf(table, best?.columns[0]);
  const fit: TimeFit | null = column === undefined ? null : timeFit(column, "instant");
  const isSplit = split !== null && (fit === null || !fit.hasTime);
  const readings = isSplit ? split.readings : (fit?.readings ?? []);
  if (!isSplit && (best === undefined || column === undefined || fit === null)) return { fields, columns: [], undecided };
  const pollutant = columnOf(table, assigned.fields.get("pollutant")?.columns[0]);
  const series = Array.from({ length: table.rows }, (_, row) => `${station?.texts[row] ?? ""} ${pollutant?.texts[row] ?? ""}`);
  const averaging = averagingOf(assigned, readings, series, tableName, isSplit || (fit?.hasTime ?? false), undecided);
  fields.push(averaging.field);

  const isHourly = /^PT/.test(averaging.constant ?? "PT1H");
  if (isSplit) {
    if (isHourly) undecided.set("start", "hours 0 to 23 may begin or end with their number; the data cannot tell: `start` says begin, `end` says end");
    fields.push({ attribute: "start", value: { columns: split.columns, format: split.format }, columns: split.columns, confidence: likely, evidence: ["year, month, day and hour in columns of their own"], doubt: null });
    return { fields, columns: split.columns, undecided };
  }
  if (best === undefined || column === undefined || fit === null) return { fields, columns: [], undecided };
  if (guesses.length === 2 && guesses.every((field) => field.doubt === null)) {
    for (const guess of guesses) fields.push(asField(guess, guess.attribute));
    return { fields, columns: guesses.flatMap((guess) => guess.columns), undecided };
  }
  const written = columnOf(table, assigned.fields.get("receivedAt")?.columns[0]);
  const ends = table.ends.get(column.name.raw)?.map((text) => fit.read(text)) ?? null;
  const label = isHourly
    ? labelOf({
        column,
        readings,
        table,
        written: written === undefined ? null : (timeFit(written, "instant")?.readings ?? null),
        ends: ends !== null && ends[0] !== null && ends[1] !== null && ends[0] !== undefined && ends[1] !== undefined ? [ends[0], ends[1]] : null,
      })
    : { end: "start" as const, confidence: 0.9, evidence: "a day or a month is called by itself" };
  if (label === null) {
    const packets = pollutant !== undefined && [...pollutant.distinct.keys()].some((text) => /^[aw]\d{5}$/.test(text));
    undecided.set("start", `the data do not tell whether ${column.name.raw} labels the beginning or the end of its period${packets ? " (records of HJ 212 carry the beginning)" : ""}: \`start\` says beginning, \`end\` says end`);
  }
  fields.push({ ...asField(best, label?.end ?? "start"), evidence: [...best.evidence, ...(label === null ? [] : [label.evidence])], confidence: Math.min(Math.max(best.confidence, likely), label?.confidence ?? likely) });
  return { fields, columns: best.columns, undecided };
}

const asField = (guess: FieldGuess, attribute: string): FieldDraft => ({ attribute, value: guess.value, columns: guess.columns, confidence: guess.confidence, evidence: guess.evidence, doubt: guess.doubt });

const inName: readonly (readonly [string, RegExp])[] = [
  ["PT10M", /10min|分钟|(?:^|_)fz(?:sj)?(?:_|$)|minute/i],
  ["PT1H", /hour|小时|时均|(?:^|_)xs(?:sj|z)?(?:_|$)|(?:^|_)hr(?:_|$)|(?:^|_)h(?:_|$)/i],
  ["P1D", /daily|(?:^|_)day(?:_|$)|日数据|日均|日报|(?:^|_)r(?:sj|jz|bb)(?:_|$)/i],
  ["P1M", /month|月数据|月均|月报|(?:^|_)y(?:sj|jz|b)(?:_|$)/i],
];

function averagingOf(
  assigned: Assignment,
  readings: readonly (number | null)[],
  series: readonly string[],
  tableName: string,
  hasTime: boolean,
  undecided: Map<string, string>,
): { readonly field: FieldDraft; readonly constant: string | null } {
  const told = assigned.fields.get("averaging");
  if (told !== undefined && told.confidence >= likely && told.doubt === null) return { field: asField(told, "averaging"), constant: null };
  const spacing = spacingOf(readings, series);
  const named = inName.find(([, pattern]) => pattern.test(tableName))?.[0] ?? null;
  const constant = (averaging: string, confidence: number, evidence: string): { field: FieldDraft; constant: string } => ({
    field: { attribute: "averaging", value: { constant: averaging }, columns: [], confidence, evidence: [evidence], doubt: null },
    constant: averaging,
  });
  if (spacing !== null) {
    const evidence = `${Math.round(spacing.share * 100)} % of neighbouring times of a series are that far apart`;
    if (named !== null && named !== spacing.averaging) undecided.set("averaging", `${tableName} sounds like ${named}, but its times are ${spacing.averaging} apart`);
    return constant(spacing.averaging, named === spacing.averaging ? 0.95 : 0.8, evidence);
  }
  if (named !== null) return constant(named, 0.75, `the name ${tableName}`);
  const fallback = hasTime ? "SPOT" : "P1D";
  undecided.set("averaging", `the times of ${tableName} keep no rhythm: ${fallback} is only a guess`);
  return constant(fallback, likely, "no rhythm");
}

/** The value of a long table: its unit is in a column, one for all, or what each pollutant's numbers allow. */
export function longValue(table: TableProfile, assigned: Assignment, lenses: boolean): FieldDraft | null {
  const guess = assigned.fields.get("value");
  const column = columnOf(table, guess?.columns[0]);
  const pollutant = columnOf(table, assigned.fields.get("pollutant")?.columns[0]);
  if (guess === undefined || column === undefined || guess.confidence < likely) return null;
  const below: FieldMap = column.limits.length > 0 ? { below: column.limits } : {};
  const raw = column.name.raw;
  const draft = (value: FieldDraft["value"], evidence: string, doubt: string | null, confidence = guess.confidence): FieldDraft => ({ attribute: "value", value, columns: [raw], confidence, evidence: [...guess.evidence, evidence], doubt });
  const unit = columnOf(table, assigned.fields.get("unit")?.columns[0]);
  const byPollutant = new Map<string, number[]>();
  const unitsOf = new Map<string, Set<string>>();
  for (let row = 0; row < table.rows; row += 1) {
    const code = pollutantOf(pollutant?.texts[row] ?? "");
    const text = column.texts[row] ?? null;
    if (code === null || text === null || Number.isNaN(Number(text))) continue;
    byPollutant.set(code, [...(byPollutant.get(code) ?? []), Number(text)]);
    const said = unit?.texts[row] ?? null;
    if (said !== null) unitsOf.set(code, (unitsOf.get(code) ?? new Set()).add(said));
  }
  if (unit !== undefined && unit.filled > 0 && [...unit.distinct.keys()].filter((text) => unitByText(text) !== undefined).length >= unit.distinct.size * 0.6) {
    const isCanonical = [...unitsOf].every(([code, said]) => [...said].every((text) => unitByText(text)?.code === pollutants.get(code)?.canonical));
    if (isCanonical && unitsOf.size > 0 && !lenses) return draft({ column: raw, ...below }, `${unit.name.raw} says the hub's own unit in every sampled row`, null);
    return draft({ column: raw, ...below, unit: { column: unit.name.raw } }, `the unit of each row in ${unit.name.raw}`, null, together(guess.confidence, 0.5));
  }
  const named = unitSaid(column.name);
  const told = [...byPollutant].map(([code, numbers]) => ({ code, canonical: pollutants.get(code)?.canonical ?? "", ...guessUnit({ numbers, named, pollutant: code, coordinate: "Observation.value", canonical: pollutants.get(code)?.canonical ?? "" }) }));
  const unsure = told.filter(({ unit: found, confidence }) => found === null || confidence < likely);
  const strange = told.filter(({ unit: found, canonical }) => found !== null && found !== canonical);
  if (told.length === 0) return draft({ column: raw, ...below }, "no number to judge its unit by", "the unit is not to be told");
  if (unsure.length > 0) return draft({ column: raw, ...below }, "", `the unit is not to be told for ${unsure.map(({ code, evidence }) => `${code} (${evidence})`).slice(0, 4).join("; ")}`);
  const one = new Set(told.map(({ unit: found }) => found));
  if (strange.length === 0) return draft({ column: raw, ...below }, "plausible in the hub's own units for every pollutant", null);
  if (one.size === 1) return draft({ column: raw, ...below, unit: told[0]?.unit ?? "" }, `plausible as ${told[0]?.unit} for every pollutant`, null);
  return draft({ column: raw, ...below }, "", `units differ: ${strange.map(({ code, unit: found }) => `${code} looks like ${found}`).join(", ")}; make a view, or a part per unit with \`keep\``);
}
