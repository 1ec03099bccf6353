/** The server's values as cells, by what stands in each place of the answer. Numbers are exact: what a JS number cannot spell stays text or bigint. */
import type { Cell } from "../contract/sourceQuery.ts";
import { decodeDecimal, withoutZeros } from "../sql/values.ts";
import type { OutputKind } from "./selected.ts";
import { stepsOfKey } from "./stepsKey.ts";

/** What the driver makes of a value: 64-bit integers beyond 2^53, decimals and times as text. */
export type Wire = number | string | Uint8Array;
export type Decode = (value: Wire) => Cell;

const textOf = (value: Wire): string => (typeof value === "object" ? Buffer.from(value).toString("utf8") : String(value));

export function decoderOf(kind: OutputKind | "sum"): Decode {
  switch (kind) {
    case "int":
      return (value) => (typeof value === "number" ? value : BigInt(textOf(value)));
    case "float":
      return (value) => (typeof value === "number" ? value : Number(textOf(value)));
    case "numeric":
      return (value) => decodeDecimal(textOf(value));
    case "sum":
      return (value) => withoutZeros(textOf(value));
    case "steps":
      return (value) => stepsOfKey(textOf(value));
    case "instant":
      return (value) => `${textOf(value)}+00`;
    case "text":
    case "date":
    case "local":
      return textOf;
  }
}
