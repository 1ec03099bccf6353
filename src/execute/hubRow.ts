/** A row as it came from a source, with what is needed to read its cells, place it in the merged order, and print it. */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import type { Level } from "../../schema/vocabulary.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { BranchLayout, RowsLayout } from "../plan/lowerRows.ts";
import type { Scan } from "../plan/scan.ts";

export interface HubRow {
  readonly scan: Scan;
  readonly layout: RowsLayout;
  readonly branch: BranchLayout;
  readonly cells: readonly Cell[];
}

export function hubRows(scan: Scan, layout: RowsLayout, rows: readonly (readonly Cell[])[]): HubRow[] {
  const only = layout.branches.size === 1 ? [...layout.branches.values()][0] : undefined;
  return rows.map((cells) => {
    const branch = only ?? (layout.branchAt === null ? undefined : layout.branches.get(Number(cells[layout.branchAt])));
    if (branch === undefined) throw new Error("a source answered a branch that the plan does not have");
    return { scan, layout, branch, cells };
  });
}

/** The level of an attribute in this row. */
export function levelOf(row: HubRow, attribute: string): Level {
  if (row.layout.levels !== null) return row.layout.levels.get(attribute) ?? "NULL";
  for (const { level, at } of row.layout.levelCells.get(attribute) ?? []) if (Number(row.cells[at]) === 1) return level;
  return "NULL";
}

/** B's value of a cell that the plan selected; callers apply the level. */
export function trueValue(row: HubRow, attribute: string): Unified {
  const reader = row.branch.attributes.get(attribute);
  if (reader === undefined) return null;
  if (reader.field.constant !== undefined) return reader.field.constant;
  return reader.field.read(row.cells.slice(reader.at, reader.at + reader.count));
}

/** `ref`: the CLEAR value, else NULL. */
export const refValue = (row: HubRow, attribute: string): Unified => (levelOf(row, attribute) === "CLEAR" ? trueValue(row, attribute) : null);

export const locatorOf = (row: HubRow): readonly Cell[] => row.cells.slice(row.layout.locatorAt, row.layout.locatorAt + row.layout.locatorCount);
export const locatorText = (cells: readonly Cell[]): string => cells.map((cell) => (cell === null ? "\u0000" : String(cell))).join("\u0001");
export const tieOf = (row: HubRow): string | number => {
  const tie = row.cells[row.layout.tieAt];
  return typeof tie === "number" || typeof tie === "string" ? tie : String(tie);
};
