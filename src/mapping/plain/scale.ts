/** Exact decimals of unlike columns on one scale: whole steps of 10⁻⁵⁴, the steps of `exactKey`. */
import type { Cell, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import { decimalOfKey, exactKey, powerOfTen, type Decimal, type Rational } from "../../harmonise/decimal.ts";
import type { Unified } from "../../harmonise/unified.ts";

export const stepDigits = 54;
export const stepsScale = "decimal steps";
const keyDigits = 73;
const keyOffset = powerOfTen(72);

/** Steps of a decimal; a value that came out of a key has the steps of the value that it stands for. */
export const stepsOf = (value: Decimal): bigint => BigInt(exactKey(value).padEnd(keyDigits, "0")) - keyOffset;

/** The value of so many steps. */
export function decimalOfSteps(cell: Cell): Unified {
  if (cell === null || cell instanceof Uint8Array || !/^-?\d+$/.test(String(cell))) return null;
  return decimalOfKey((BigInt(String(cell)) + keyOffset).toString().padStart(keyDigits, "0"));
}

/** unified = factor · cell + offset, cut to steps. */
export const scaledExpr = (of: SourceExpr, { factor, offset }: { readonly factor: Rational; readonly offset: Rational }): SourceExpr => ({
  kind: "linear",
  of,
  times: String(factor.n * offset.d * powerOfTen(stepDigits)),
  plus: String(offset.n * factor.d * powerOfTen(stepDigits)),
  over: String(factor.d * offset.d),
});
