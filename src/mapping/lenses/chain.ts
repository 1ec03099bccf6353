/**
 * A lens chain made ready to run: values forward, from a source's cells to a unified value. Languages.md §2, rows 1–15.
 */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import type { Rational } from "../../harmonise/decimal.ts";
import type { Unified } from "../../harmonise/unified.ts";
import type { LensSpec } from "./lensSpec.ts";

/** Every function is total: NULL for garbage, never an error. All four are NULL for the same cells (`number`: decimals only). */
export interface Chain {
  /** The exact unified value. */
  read(cells: readonly Cell[]): Unified;
  /**
   * As filters and groups see it: a decimal is its half-even integer at the attribute's scale (a safe integer, always), an instant
   * epoch ms, a boolean 0 or 1, a list its elements between U+001F marks (`listMark`), an object JSON text, else text or number.
   */
  printed(cells: readonly Cell[]): Cell;
  /** Native order is the exact order: a decimal is its `exactKey`, else as printed. */
  exact(cells: readonly Cell[]): Cell;
  /** The cleaned source number before `unit`: a number, or decimal text where a number cannot spell it. `else` does not show. */
  number(cells: readonly Cell[]): Cell;
  /** unified = factor · number + offset for this row; null where the unit is unknown (the value is NULL then). */
  linear(cells: readonly Cell[]): { readonly factor: Rational; readonly offset: Rational } | null;
}

/** Between the elements of a printed list, and around it: `contains` of mark + element + mark is membership; `mark` alone is empty. */
export const listMark = "\u001f";

export function compileChain(spec: LensSpec): Chain {
  throw new Error(`not built yet: ${spec.result.kind}`);
}
