/** Rows of the fixture as answers print them. */
import { levelsOf } from "../fixture/levels.ts";
import { cell, rowsOf } from "../fixture/rows.ts";

export const names = (...rows: string[]): readonly object[] => rows.map((no) => ({ name: cell("enterprise", no, "name") }));
export const fines = (...rows: string[]): readonly object[] => rows.map((no) => ({ amount: cell("penalty", no, "amount") }));
/** Kilograms in the source, tonnes in the answer. */
export const energyOf = (no: string): string => String(Number(cell("enterprise", no, "output")) / 1000);

const manyColumns = { name: "name", industry: "industry", legalRep: "legal_rep", uscc: "uscc" };
/** Cells of MANY, as the fixture's levels say. */
export const many = (...rows: string[]): readonly object[] =>
  rows.map((no) => {
    const row = rowsOf("hebei").enterprise.find((one) => one.no === no);
    if (row === undefined) throw new Error(`no enterprise ${no}`);
    const levels = levelsOf("many", "hebei", "enterprise", row);
    return { ...Object.fromEntries(Object.entries(manyColumns).map(([field, column]) => [field, levels[column] === "CLEAR" ? row[column] : null])), contactPhone: no === "h5" ? "138****0581" : null };
  });
