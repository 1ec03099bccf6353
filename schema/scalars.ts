/**
 * The hub's own GraphQL scalars: strict on the way in, so that a filter never means something else than what was written.
 *
 * Values inside are those of `schema/predicate.ts` literals: an instant is epoch milliseconds, a date `YYYY-MM-DD`, a decimal its
 * canonical text (never a float), a pollutant its HJ 212-2017 code. On the way out answers are shaped by the hub; `serialize`
 * accepts the same values.
 */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { pollutants } from "./codes/pollutants.ts";

const refuse = (message: string): never => {
  throw new GraphQLError(message);
};

const stringOf = (name: string, node: ValueNode): string =>
  node.kind === Kind.STRING ? node.value : refuse(`${name} is written as a string.`);

const text = (name: string, value: unknown): string => (typeof value === "string" ? value : refuse(`${name} is written as a string.`));

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `YYYY-MM-DD` of the Gregorian calendar, or null: 2024-02-30 is none. */
const parseDate = (value: string): string | null => {
  const [, year, month, day] = datePattern.exec(value) ?? [];
  if (year === undefined) return null;
  const utc = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Years below 100 are taken as 19xx by Date; no agency's data reach that far back.
  return Number(year) >= 1000 && utc.toISOString().startsWith(value) ? value : null;
};

const instantPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with a zone, seconds optional → epoch ms; null for anything else. A time without a zone is not an instant. */
export const parseInstant = (value: string): number | null => {
  const [, date, hour, minute, second = "00", fraction = "", zone] = instantPattern.exec(value) ?? [];
  if (date === undefined || zone === undefined || parseDate(date) === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (zone !== "Z" && (Number(zone.slice(1, 3)) > 14 || Number(zone.slice(4)) > 59)) return null;
  return Date.parse(`${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0")}${zone}`);
};

const instantOf = (value: string): number =>
  parseInstant(value) ?? refuse("Instant is RFC 3339 with a zone, e.g. 2026-01-31T08:00+08:00 or 2026-01-31T00:00:00Z.");

export const Instant = new GraphQLScalarType<number, string>({
  name: "Instant",
  description: "时刻（RFC 3339，须带时区）\nA point in time, RFC 3339 with a zone.",
  serialize: (value) => (typeof value === "number" ? new Date(value).toISOString() : text("Instant", value)),
  parseValue: (value) => instantOf(text("Instant", value)),
  parseLiteral: (node) => instantOf(stringOf("Instant", node)),
});

const dateOf = (value: string): string => parseDate(value) ?? refuse("Date is YYYY-MM-DD.");

export const LocalDate = new GraphQLScalarType<string, string>({
  name: "Date",
  description: "日期（YYYY-MM-DD）\nA calendar date, YYYY-MM-DD.",
  serialize: (value) => text("Date", value),
  parseValue: (value) => dateOf(text("Date", value)),
  parseLiteral: (node) => dateOf(stringOf("Date", node)),
});

const decimalPattern = /^(-?)0*(\d{1,30}?)(?:\.(\d{1,30}?)0*)?$/;

/** Canonical text of a decimal: no leading or trailing zeros, no exponent, no `-0`. Null for anything else. */
export const canonicalDecimal = (value: string): string | null => {
  if (value.length > 70) return null;
  const [whole, sign, integer, fraction = ""] = decimalPattern.exec(value) ?? [];
  if (whole === undefined || integer === undefined) return null;
  const digits = fraction === "" || fraction === "0" ? integer : `${integer}.${fraction}`;
  return digits === "0" ? "0" : `${sign}${digits}`;
};

/** Digits after the point in canonical text: more of them than the attribute's scale can equal nothing printed. */
export const decimalDigits = (canonical: string): number => {
  const point = canonical.indexOf(".");
  return point < 0 ? 0 : canonical.length - point - 1;
};

const decimalOf = (value: string): string =>
  canonicalDecimal(value) ?? refuse("Decimal is plain digits with an optional point, e.g. 12.5 or \"0.12\"; no exponent.");

/** A JSON number keeps 15 significant digits through a float; a longer one may have lost some before the hub saw it. */
const decimalOfNumber = (value: number): string => {
  const digits = String(value);
  if (digits.replace(/[-.]/g, "").replace(/^0+/, "").length > 15) refuse("Decimal of more than 15 digits is written as a string.");
  return decimalOf(digits);
};

export const Decimal = new GraphQLScalarType<string, string>({
  name: "Decimal",
  description: "精确十进制数，以字符串输出\nAn exact decimal, printed as a string without trailing zeros. Filters accept a number or a string.",
  serialize: (value) => decimalOf(text("Decimal", value)),
  parseValue: (value) => (typeof value === "number" ? decimalOfNumber(value) : decimalOf(text("Decimal", value))),
  parseLiteral: (node) =>
    node.kind === Kind.INT || node.kind === Kind.FLOAT || node.kind === Kind.STRING
      ? decimalOf(node.value)
      : refuse("Decimal is written as a number or a string."),
});

const pollutantOf = (value: string): string => (pollutants.has(value) ? value : refuse("PollutantCode is a code of HJ 212-2017, e.g. a34004."));

export const PollutantCode = new GraphQLScalarType<string, string>({
  name: "PollutantCode",
  description: "污染物编码（HJ 212-2017），如 a34004 即 PM2.5\nA pollutant by its HJ 212-2017 code, e.g. a34004 for PM2.5.",
  serialize: (value) => text("PollutantCode", value),
  parseValue: (value) => pollutantOf(text("PollutantCode", value)),
  parseLiteral: (node) => pollutantOf(stringOf("PollutantCode", node)),
});
