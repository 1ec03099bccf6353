/**
 * Lists whose values are parameters of their own: written with as many as the next power of two, so that few statements serve all lengths.
 * The last value fills what is left.
 */
import type { Cell } from "../contract/sourceQuery.ts";

/** An empty list is written with none. */
export const writtenSize = (length: number): number => 2 ** Math.ceil(Math.log2(length));

/** What stands at a place of the written list; undefined: the list is empty. */
export const itemAt = (list: readonly Cell[], item: number): Cell | undefined => list[Math.min(item, list.length - 1)];
