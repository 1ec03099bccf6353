/** The server's text as cells, by the type of the column. Numbers are exact: what a JS number cannot spell stays text or bigint. */
import type { Cell } from "../contract/sourceQuery.ts";
import { decodeDecimal } from "../sql/values.ts";

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
      return decodeDecimal;
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
