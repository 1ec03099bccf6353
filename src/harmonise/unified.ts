/**
 * Values in unified terms, as they flow from `finishBatch` to `shape`.
 *
 * text, enum, pollutant, region code, date (`YYYY-MM-DD`): string · boolean · integer: number · instant: epoch ms ·
 * decimal: Decimal · list: array of strings · object: a record of its parts.
 */
import type { Decimal } from "./decimal.ts";

export type Unified = null | string | boolean | number | Decimal | readonly string[] | UnifiedObject;
export interface UnifiedObject {
  readonly [part: string]: string | number | Decimal | readonly string[] | null;
}
