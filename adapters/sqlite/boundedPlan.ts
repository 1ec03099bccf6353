/**
 * Which statements may run on the main thread: those of which SQLite's own plan shows that they visit few rows.
 *
 * `keys`: every row is found by a whole unique key out of the bound lists. `limit`: an index serves the order and the whole
 * condition, so that each row visited is a row answered. `tables`: every table is small. `budget`: one pass, in order, up to a limit,
 * so that it is likely to be short and can be stopped by counting. In all of them inner loops find their rows by an index, a few
 * each (a to-one join, an older revision). A plan with a line that is not known here shows nothing.
 */
import type { RowsTemplate, SelectPart, SourceCond, SourceExpr } from "../contract/sourceQuery.ts";
import type { RenderedQuery, SqlDialect } from "../sql/dialect.ts";
import { isNeverNull, isTextualColumn, type Scope } from "../sql/renderExpr.ts";
import { scopeOf } from "../sql/renderQuery.ts";
import { conjuncts, simplify } from "../sql/simplify.ts";
import type { Catalogue } from "./catalogue.ts";

export interface Bounds {
  readonly keys: boolean;
  readonly limit: boolean;
  readonly budget: boolean;
  /** To be checked by their present row counts; null: a nested scan. */
  readonly tables: readonly string[] | null;
  /** Lens functions are called at most this often per row; each costs about as much as visiting ten rows. */
  readonly lensCalls: number;
  /** Slots with the lists that multiply the keys. */
  readonly listSlots: readonly number[];
}

/** A row of EXPLAIN QUERY PLAN. */
export interface PlanRow {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

export function boundsOf(of: {
  readonly template: RowsTemplate;
  readonly query: RenderedQuery;
  readonly plan: readonly PlanRow[];
  readonly catalogue: Catalogue;
  readonly dialect: SqlDialect;
}): Bounds {
  const { template, query, plan, catalogue, dialect } = of;
  const sight = look(plan, catalogue);
  const tables = [...new Set(template.parts.flatMap((part) => [part.table, ...part.joins.map((join) => join.table)]))];
  const terms = template.parts.reduce<number | null>((sum, part) => plus(sum, indexableTerms(part, dialect)), 0);
  const isShallow = sight.known && sight.nested !== "scan" && !sight.buildsIndex;
  const isOnePass = isShallow && sight.ordered && template.limitSlot !== null;
  return {
    keys: isShallow && sight.outer === "key",
    limit: isOnePass && sight.sorts === "no" && terms === sight.terms,
    budget: isOnePass && sight.sorts !== "all",
    tables: sight.known && sight.nested !== "scan" && tables.every((table) => catalogue.tables.get(table)?.kind === "table") ? tables : null,
    lensCalls: (query.text.match(/\bhub_(lens|bucket)\(/g) ?? []).length,
    listSlots: query.parameters.flatMap((parameter) => (parameter.kind === "slot" && parameter.as === "list" && (parameter.item ?? 0) === 0 ? [parameter.slot] : [])),
  };
}

/** How a loop finds its rows: by a whole unique key, by equality on an index, or any other way. From best to worst. */
type Access = "key" | "equal" | "scan";
const worse = (a: Access, b: Access): Access => (a === "scan" || b === "scan" ? "scan" : a === "equal" || b === "equal" ? "equal" : "key");

interface Sight {
  known: boolean;
  /** `groups`: rows with equal leading terms are sorted among themselves. */
  sorts: "no" | "groups" | "all";
  /** An index is built for this statement alone, over a whole table. */
  buildsIndex: boolean;
  /** Outermost loops read a table or an index in order. */
  ordered: boolean;
  outer: Access;
  nested: Access;
  /** Conditions that the outermost loops' seeks make good. */
  terms: number;
}

function look(plan: readonly PlanRow[], catalogue: Catalogue): Sight {
  const sight: Sight = { known: true, sorts: "no", buildsIndex: false, ordered: true, outer: "key", nested: "key", terms: 0 };
  const children = (parent: number): readonly PlanRow[] => plan.filter((row) => row.parent === parent);

  const visit = (parent: number, correlated: boolean): void => {
    let outermost = !correlated;
    for (const { id, detail } of children(parent)) {
      if (/^(SCAN|SEARCH) /.test(detail)) {
        const access = accessOf(detail, catalogue);
        if (detail.includes("AUTOMATIC")) sight.buildsIndex = true;
        if (outermost) {
          sight.outer = worse(sight.outer, access);
          sight.terms += (detail.match(/[=<>]\?/g) ?? []).length;
          if (/ ANY\(|VIRTUAL TABLE/.test(detail)) sight.ordered = false;
        } else {
          // Inside a correlated subquery an automatic index is built anew for every outer row.
          sight.nested = worse(sight.nested, correlated && detail.includes("AUTOMATIC") ? "scan" : access);
        }
        outermost = false;
      } else if (detail === "MULTI-INDEX OR" && outermost) {
        sight.outer = "scan";
        sight.ordered = false;
        outermost = false;
      } else if (/^(MERGE \(UNION ALL\)|COMPOUND QUERY|LEFT|RIGHT|LEFT-MOST SUBQUERY|UNION ALL)$/.test(detail)) {
        visit(id, correlated);
      } else if (/^(REUSE )?LIST SUBQUERY \d+$/.test(detail)) {
        // The elements of a bound list.
        if (!children(id).every((row) => /^(SCAN json_each VIRTUAL TABLE|CREATE BLOOM FILTER$)/.test(row.detail))) sight.known = false;
      } else if (/^CORRELATED SCALAR SUBQUERY \d+$/.test(detail)) {
        visit(id, true);
      } else if (detail.startsWith("USE TEMP B-TREE FOR ")) {
        const isPartial = /^USE TEMP B-TREE FOR (RIGHT PART|LAST (\d+ )?TERMS?) OF ORDER BY$/.test(detail);
        sight.sorts = isPartial && sight.sorts !== "all" ? "groups" : "all";
      } else if (!detail.startsWith("BLOOM FILTER ON ")) {
        sight.known = false;
      }
    }
  };
  visit(0, false);
  return sight;
}

function accessOf(detail: string, catalogue: Catalogue): Access {
  if (!detail.startsWith("SEARCH ") || detail.includes("ANY(")) return "scan";
  const equalities = (detail.match(/=\?/g) ?? []).length;
  if (/USING INTEGER PRIMARY KEY \(rowid=\?\)/.test(detail)) return "key";
  const [, index] = /USING (?:COVERING )?INDEX (\S+) \(/.exec(detail) ?? [];
  const key = index === undefined ? undefined : uniqueColumns(index, catalogue);
  if (key !== undefined && equalities === key.length) return "key";
  return equalities > 0 ? "equal" : "scan";
}

/** Index names are unique in a database. */
function uniqueColumns(index: string, catalogue: Catalogue): readonly string[] | undefined {
  for (const table of catalogue.tables.values()) {
    const columns = table.uniqueIndexes.get(index);
    if (columns !== undefined) return columns;
  }
  return undefined;
}

/**
 * How many constraints an index would have to take over for the part's whole condition, or null if it cannot. When the plan's seeks
 * show exactly as many, no row is visited and then dropped.
 */
function indexableTerms(part: SelectPart, dialect: SqlDialect): number | null {
  const scope = scopeOf(part, dialect);
  const where = simplify(part.where, true, (expr) => isNeverNull(expr, scope));
  return conjuncts(where).reduce<number | null>((sum, cond) => plus(sum, termsOf(cond, scope, part.alias)), 0);
}

function termsOf(cond: SourceCond, scope: Scope, alias: string): number | null {
  const isOwn = (expr: SourceExpr): boolean => (expr.kind === "column" || expr.kind === "rowid") && expr.alias === alias;
  const isBound = (expr: SourceExpr): boolean => expr.kind === "slot" || expr.kind === "constant";
  switch (cond.kind) {
    case "compare":
      return cond.op !== "<>" && isOwn(cond.left) && isBound(cond.right) ? 1 : null;
    case "inList":
      return !cond.negated && isOwn(cond.left) && (cond.list.kind === "constants" || cond.list.kind === "slot") ? 1 : null;
    case "isNull":
      return isOwn(cond.of) ? 1 : null;
    case "startsWith":
      return cond.part.kind === "slot" && isOwn(cond.text) && isTextualColumn(cond.text, scope) ? 2 : null;
    default:
      return null;
  }
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
