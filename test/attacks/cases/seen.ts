/** Cells of the fixture as answers print them. */
import { folders, type Row, rowsOf, type TableName } from "../fixture/rows.ts";

const rowOf = (table: TableName, no: string): Row => {
  const found = folders.flatMap((folder) => rowsOf(folder)[table]).find((row) => row.no === no);
  if (found === undefined) throw new Error(`no ${table} ${no}`);
  return found;
};

export const cell = (table: TableName, no: string, column: string): string => String(rowOf(table, no)[column]);
export const names = (...rows: string[]): readonly object[] => rows.map((no) => ({ name: cell("enterprise", no, "name") }));
export const fines = (...rows: string[]): readonly object[] => rows.map((no) => ({ amount: cell("penalty", no, "amount") }));
/** Kilograms in the source, tonnes in the answer. */
export const energyOf = (no: string): string => String(Number(cell("enterprise", no, "output")) / 1000);
