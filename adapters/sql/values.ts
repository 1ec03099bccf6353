/** Spellings of values that server kinds have in common. */
import type { Cell } from "../contract/sourceQuery.ts";

/** Decimals are spelt without zeros at the end everywhere in the hub. */
export const withoutZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** `1.50` is 1.5; up to 15 digits a double spells it. */
export function decodeDecimal(text: string): Cell {
  const spelt = withoutZeros(text);
  const digits = spelt.replace(/^-?0*\.?0*|\./g, "").length;
  return digits <= 15 && /^-?\d+(?:\.\d+)?$/.test(spelt) ? Number(spelt) + 0 : spelt;
}

const dayPattern = /^(\d{4})-(\d\d)-(\d\d)$/;

/** A day that the hub reads, or the one after the last. */
export function isDate(value: string): boolean {
  // The end of the last day that the hub reads.
  if (value === "10000-01-01") return true;
  const [, year, month, day] = dayPattern.exec(value) ?? [];
  if (year === undefined || year === "0000") return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

/** A local time to the millisecond; `zone` says what may stand behind it. */
export function isTime(value: string, zone: RegExp): boolean {
  const [, date, hour, minute, second, rest] = /^(\S{10})[ T](\d\d):([0-5]\d):([0-5]\d)(?:\.\d{1,3})?(.*)$/.exec(value) ?? [];
  return date !== undefined && isDate(date) && Number(hour) < 24 && minute !== undefined && second !== undefined && zone.test(rest ?? "");
}

/** Whether two spellings mean one decimal. */
export const sameDecimal = (a: string, b: string): boolean => {
  const [left, right] = [parts(a), parts(b)];
  return left.sign === right.sign && left.digits === right.digits && left.exponent === right.exponent;
};

/** value = 0.digits · 10^exponent, digits without zeros at either end. */
function parts(spelt: string): { sign: string; digits: string; exponent: number } {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(spelt) ?? [];
  const digits = `${whole}${fraction}`;
  const leading = /^0*/.exec(digits)?.[0].length ?? 0;
  const kept = digits.slice(leading).replace(/0+$/, "");
  return kept === "" ? { sign: "", digits: "", exponent: 0 } : { sign, digits: kept, exponent: whole.length - leading + Number(exponent) };
}
