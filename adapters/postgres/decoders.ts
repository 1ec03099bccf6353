/** The server's text as cells, by the type of the column. Numbers are exact: what a JS number cannot spell stays text or bigint. */
import type { Cell } from "../contract/sourceQuery.ts";

export type Decode = (text: string) => Cell;

const asItIs: Decode = (text) => text;

/** By `pg_type.oid`, which are fixed for the types of the server itself. */
export function decoderOf(typeOid: number): Decode {
  switch (typeOid) {
    case 20: // int8
    case 21: // int2
    case 23: // int4
      return decodeInteger;
    case 700: // float4
    case 701: // float8
      return Number;
    case 1700: // numeric
      return decodeNumeric;
    case 16: // bool
      return (text) => (text === "t" ? "true" : "false");
    default:
      return asItIs;
  }
}

function decodeInteger(text: string): Cell {
  if (text.length < 16) return Number(text);
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** `1.50` is 1.5, as everywhere in the hub; up to 15 digits a double spells it. */
function decodeNumeric(text: string): Cell {
  const spelt = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const digits = spelt.replace(/^-?0*\.?0*|\./g, "").length;
  return digits <= 15 && /^-?\d+(?:\.\d+)?$/.test(spelt) ? Number(spelt) + 0 : spelt;
}
