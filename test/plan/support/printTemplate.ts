/** A template as text that reads like SQL: what a plan asks of a source, without any dialect. */
import type { SelectPart, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { sqlCond, sqlExpr } from "../../mapping/support.ts";

function printPart({ table, alias, joins, where, columns }: SelectPart): string {
  const joined = joins.map((join) => `\n    LEFT JOIN ${join.table} ${join.alias} ON ${sqlCond(join.on)}`).join("");
  return `SELECT ${columns.map((column, index) => `${index}: ${sqlExpr(column)}`).join(", ")}\n    FROM ${table} ${alias}${joined}\n    WHERE ${sqlCond(where)}`;
}

/** One block a part, then what stands around them. */
export function printTemplate(template: SourceTemplate): string {
  const parts = template.parts.map(printPart).join("\n  UNION ALL ");
  const tail =
    template.kind === "rows"
      ? `ORDER BY ${template.order.map(({ column, descending }) => `${column}${descending ? " DESC" : ""}`).join(", ")}${template.backward ? " BACKWARD" : ""} LIMIT ${template.limitSlot === null ? "none" : `:s${template.limitSlot}`}`
      : `GROUP BY ${template.groupBy.join(", ")} MEASURES ${template.measures.map(({ fn, column }) => `${fn}(${column ?? "*"})`).join(", ")}`;
  return `${template.kind} ${parts || "nothing"}\n  ${tail}; ${template.slotCount} slots`;
}
