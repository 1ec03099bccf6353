/** Exact sums of source numbers: millionths as safe integers as long as that holds, BigInt for the rest. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { decimalOf, decimalText, powerOfTen, rationalOf } from "../../harmonise/decimal.ts";
import { rawOf, textOf } from "./value.ts";

export interface Sum {
  count: number;
  /** Millionths; below 2⁵³ always. */
  fast: number;
  /** Steps of 10⁻⁴⁰: what `decimalOf` lets in ends there. */
  exact: bigint;
}

const exactDigits = 40;
const fastStep = powerOfTen(exactDigits - 6);
const flushAt = 4e15;

export const emptySum = (): Sum => ({ count: 0, fast: 0, exact: 0n });

/** A number means the decimal that it spells. What is no decimal is no value. */
export function addTo(sum: Sum, cell: Cell): Sum {
  if (typeof cell === "number") {
    const millionths = Math.round(cell * 1e6);
    // The quotient of two exact integers is rounded once: equal means that the number spells just these millionths.
    if (millionths / 1e6 === cell && millionths < 1e15 && millionths > -1e15) {
      sum.count++;
      sum.fast += millionths;
      if (sum.fast > flushAt || sum.fast < -flushAt) flush(sum);
      return sum;
    }
  }
  const raw = rawOf(cell);
  const value = typeof raw === "number" ? decimalOf(raw) : typeof raw === "string" ? decimalOf(textOf(raw)) : null;
  if (value === null) return sum;
  const { n, d } = rationalOf(value);
  sum.count++;
  sum.exact += (n * powerOfTen(exactDigits)) / d;
  return sum;
}

function flush(sum: Sum): void {
  sum.exact += BigInt(sum.fast) * fastStep;
  sum.fast = 0;
}

export function sumText(sum: Sum): string | null {
  if (sum.count === 0) return null;
  flush(sum);
  return decimalText({ n: sum.exact, d: powerOfTen(exactDigits) });
}
