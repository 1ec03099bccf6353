/** From what the stages made to the attribute's type. Garbage is NULL. */
import { pollutants } from "../../../schema/codes/pollutants.ts";
import { decimalOf } from "../../harmonise/decimal.ts";
import { parseDate, parseInstant } from "../../harmonise/time.ts";
import type { Zone } from "../../harmonise/zone.ts";
import type { ResultSpec } from "./lensSpec.ts";
import { listMark } from "./list.ts";
import { memo, textOf, trimBlanks, type Raw } from "./value.ts";

type Convert = (value: Raw) => Raw | null;

/** Of a list: the conversion of one element. Objects come from the take `object` alone: anything else is NULL. */
export function converter(result: ResultSpec, zone: Zone): Convert {
  switch (result.kind) {
    case "text":
    case "region":
    case "link":
      return textOf;
    case "pollutant":
      return (value) => (pollutants.has(textOf(value)) ? textOf(value) : null);
    case "enum":
      return listed(result.values);
    case "list": {
      const known = listed(result.values);
      return (value) => (textOf(value).includes(listMark) ? null : known(value));
    }
    case "boolean":
      return readBoolean;
    case "integer":
      return readInteger;
    case "decimal":
      return readDecimal;
    case "instant": {
      const read = memo((text: string) => parseInstant(text, zone));
      return (value) => (typeof value === "string" ? read(trimBlanks(value)) : null);
    }
    case "date":
      // Not trimmed: a padded text would sort elsewhere than its date does.
      return (value) => (typeof value === "string" ? parseDate(value) : null);
    case "object":
      return () => null;
  }
}

function listed(values: readonly string[] | undefined): Convert {
  if (values === undefined) return textOf;
  const known = new Set(values);
  return (value) => (known.has(textOf(value)) ? textOf(value) : null);
}

/** `true`, `false`, `1` and `0`, as text, number or boolean; any other spelling needs `codes`. */
export function readBoolean(value: Raw): boolean | null {
  if (typeof value === "boolean") return value;
  const text = textOf(value);
  if (text === "1" || text === "true") return true;
  return text === "0" || text === "false" ? false : null;
}

function readInteger(value: Raw): number | null {
  if (typeof value === "boolean") return null;
  const read = readDecimal(value);
  return typeof read === "number" && Number.isSafeInteger(read) ? read : null;
}

function readDecimal(value: Raw): Raw | null {
  if (typeof value === "object") return value;
  return typeof value === "boolean" ? null : decimalOf(value);
}
