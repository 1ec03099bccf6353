/** A text of a policy file → the literal of an attribute's type, in unified form (schema/predicate.ts). */
import { pollutants } from "../../schema/codes/pollutants.ts";
import { regionByCode } from "../../schema/codes/regions.ts";
import type { Literal } from "../../schema/predicate.ts";
import type { AttributeType } from "../../schema/vocabulary.ts";
import { decimalOf } from "../harmonise/decimal.ts";
import { parseDate, parseInstant } from "../harmonise/time.ts";
import { zoneOf } from "../harmonise/zone.ts";

export type Parsed = { readonly ok: true; readonly value: Literal } | { readonly ok: false; readonly problem: string };

const ok = (value: Literal): Parsed => ({ ok: true, value });
const refuse = (problem: string): Parsed => ({ ok: false, problem });

/** Refusals are sentences that end with the mend. */
export function parseLiteral(type: AttributeType, text: string): Parsed {
  if (text === "") return refuse("the value is empty; write it, or use isNull");
  switch (type.kind) {
    case "text":
    case "link":
      return ok(text);
    case "enum":
      return enumValue(type.values.map(({ name }) => name), text);
    case "boolean":
      return text === "true" || text === "false" ? ok(text === "true") : refuse(`${text} is not a boolean; write true or false`);
    case "integer":
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? ok(Number(text)) : refuse(`${text} is not a whole number`);
    case "decimal":
      return decimal(type.scale, text);
    case "instant": {
      const ms = parseInstantWithOffset(text);
      return ms === null ? refuse(`${text} is not an instant; write it with its offset: 2026-01-31T08:00+08:00`) : ok(ms);
    }
    case "date":
      return parseDate(text) !== null ? ok(text) : refuse(`${text} is not a date; write 2026-01-31`);
    case "pollutant":
      return pollutants.has(text) ? ok(text) : refuse(`${text} is not a pollutant; write its HJ 212-2017 code, such as a34004`);
    case "region":
      return isRegion(text) ? ok(text) : refuse(`${text} is not a region; write its GB/T 2260 code, such as 130100`);
    case "list":
      return type.of.kind === "text" ? ok(text) : enumValue(type.of.values.map(({ name }) => name), text);
    case "object":
      return refuse("an object can only be asked for isNull");
  }
}

/** Codes of the country need not be listed: new counties lie in their prefecture by their digits. */
const isRegion = (text: string): boolean => /^[1-8]\d{5}$/.test(text) || regionByCode(text) !== undefined;

const enumValue = (names: readonly string[], text: string): Parsed =>
  names.includes(text) ? ok(text) : refuse(`${text} is not one of ${names.join(", ")}`);

function decimal(scale: number, text: string): Parsed {
  const match = /^-?\d+(?:\.(\d+))?$/.exec(text);
  if (!match || decimalOf(text) === null) return refuse(`${text} is not a decimal number that the hub can hold`);
  // More digits than are ever printed could never be equal to anything (semantics.md §4).
  return (match[1]?.length ?? 0) <= scale ? ok(text) : refuse(`${text} has more than the ${scale} digits after the point that are printed`);
}

/** Epoch ms of an ISO instant that says its offset; null for anything else. */
export function parseInstantWithOffset(text: string): number | null {
  const utc = zoneOf("UTC");
  return utc && /T.*(?:Z|[+-]\d\d:\d\d)/.test(text) ? parseInstant(text, utc) : null;
}

const durationPattern = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
/** W D H M S in milliseconds; months and years have no fixed length. */
const unitMs = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000] as const;

/** Milliseconds of `-P2D`, `PT36H`; null for anything else, months and years included. */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text);
  if (!match || text.endsWith("T")) return null;
  const parts = match.slice(2);
  if (parts.every((part) => part === undefined)) return null;
  const ms = unitMs.reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
  return match[1] === "-" ? -ms : ms;
}
