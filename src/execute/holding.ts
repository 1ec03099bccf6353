/** What an operation holds while it runs, told to whoever keeps room for it as it grows: batch by batch, before the next one is asked for. */
import { lengthOf, type RowBatch, type TextLength } from "../../adapters/contract/adapter.ts";

export interface Holding {
  /**
   * Rows came. Gives the bytes that they are taken for. Throws HUB_BUSY where there is no room for them beside others, and a
   * `SourceFailure` (OVER_CAP) where there never is.
   */
  came(rows: number, length: TextLength, kind: "rows" | "groups"): number;
  /** Rows of so many bytes are let go. */
  gone(bytes: number): void;
  /** All that came is let go: the operation begins anew. */
  again(): void;
}

/** Nobody keeps count. */
export const boundless: Holding = { came: () => 0, gone: () => undefined, again: () => undefined };

export const cameIn = (holding: Holding, { rows, length }: RowBatch, kind: "rows" | "groups"): number => holding.came(rows.length, length ?? lengthOf(rows), kind);
