/** Row 10: how a source's text spells the attribute's type. Formats are tried in order; the first that reads the text wins. */
import { printDate } from "../../harmonise/calendar.ts";
import { decimalOf, rational, rationalOf, type Decimal } from "../../harmonise/decimal.ts";
import { instantOfLocal, parseExcelSerial } from "../../harmonise/time.ts";
import { parsePattern } from "../../harmonise/timePattern.ts";
import { isInstant, type Zone } from "../../harmonise/zone.ts";
import type { ResultSpec } from "./lensSpec.ts";
import { memo, textOf, trimBlanks, type Raw, type Step } from "./value.ts";

type Reader = (value: Raw) => Raw | null;

/** Answers values of the attribute's type: epoch ms, `YYYY-MM-DD` or a decimal. Null where a format is unknown or not for that type. */
export function format(formats: readonly string[], kind: ResultSpec["kind"], zone: Zone): Step | null {
  const readers = formats.map((name) => readerOf(name, kind, zone));
  if (readers.some((reader) => reader === null)) return null;
  return (value) => {
    for (const reader of readers as Reader[]) {
      const read = reader(value);
      if (read !== null) return read;
    }
    return null;
  };
}

function readerOf(name: string, kind: ResultSpec["kind"], zone: Zone): Reader | null {
  if (kind === "decimal" || kind === "integer") {
    if (name === "1,234.5") return (value) => thousands(value);
    return name === "dms" && kind === "decimal" ? (value) => degrees(textOf(value)) : null;
  }
  if (kind !== "instant" && kind !== "date") return null;
  const give = kind === "instant" ? (localMs: number) => instantOfLocal(localMs, zone) : printDate;
  if (name === "epoch-ms") {
    return (value) => {
      const ms = decimalOf(typeof value === "number" ? value : textOf(value));
      if (typeof ms !== "number" || !Number.isInteger(ms) || !isInstant(ms)) return null;
      return kind === "instant" ? ms : printDate(ms + zone.offsetAt(ms));
    };
  }
  if (name === "excel-1900") {
    return (value) => {
      const serial = decimalOf(typeof value === "number" ? value : textOf(value));
      const local = typeof serial === "number" ? parseExcelSerial(serial) : null;
      return local === null ? null : give(local);
    };
  }
  const pattern = parsePattern(name);
  if (!pattern) return null;
  // Where texts sort as their instants a filter compares the column as it stands, and an index orders it. So there every value has
  // one text: a padded one is garbage, and so is a time that the zone's clock never showed.
  const strict = pattern.sortable;
  const read = memo((text: string) => {
    const local = pattern.parse(text);
    if (local === null || !strict || kind === "date") return local === null ? null : give(local);
    const instant = instantOfLocal(local, zone);
    return instant !== null && instant + zone.offsetAt(instant) === local ? instant : null;
  });
  return strict ? (value) => read(textOf(value)) : (value) => read(trimBlanks(textOf(value)));
}

/** A number with or without commas between thousands; `12,34` is garbage. */
function thousands(value: Raw): Decimal | null {
  if (typeof value === "number") return decimalOf(value);
  const text = trimBlanks(textOf(value));
  if (!text.includes(",")) return decimalOf(text);
  return /^[+-]?\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,18})?$/.test(text) ? decimalOf(text.replaceAll(",", "")) : null;
}

const dms = /^(东经|西经|北纬|南纬|[EWNS])?\s*(\d{1,3})[°度]\s*(?:(\d{1,2})[′'’分]\s*(?:(\d{1,2}(?:\.\d{1,8})?)(?:″|"|”|''|秒)\s*)?)?([EWNS])?$/;

/** `116°23′29.5″`, with a hemisphere before or behind; exactly, as a fraction of 3600. */
function degrees(text: string): Decimal | null {
  const part = dms.exec(trimBlanks(text));
  if (!part) return null;
  const [, before, whole, minutes = "0", seconds = "0", behind] = part;
  if (before !== undefined && behind !== undefined) return null;
  const exactSeconds = rationalOf(decimalOf(seconds) ?? 0);
  if (Number(minutes) >= 60 || Number(seconds) >= 60 || Number(whole) > 180) return null;
  const hemisphere = before ?? behind ?? "";
  const sign = ["西经", "南纬", "W", "S"].includes(hemisphere) ? -1n : 1n;
  const n = (BigInt(whole as string) * 3600n + BigInt(minutes) * 60n) * exactSeconds.d + exactSeconds.n;
  return rational(sign * n, 3600n * exactSeconds.d);
}
