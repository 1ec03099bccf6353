/**
 * Which listings a query needs before it can run on what they bring. Pure; decided by the query's template and its bound values, so
 * by what the agency asked and may see, never by rows.
 */
import type { BoundValue, SelectPart, SourceCond, SourceExpr, SourceTemplate } from "../contract/sourceQuery.ts";
import { conjuncts, simplify } from "../sql/simplify.ts";
import type { FetchedTable, Pushed } from "./fetchedSource.ts";
import { requestsFor } from "./requests.ts";
import { type Alternatives, anyOf, bothOf, wantedBy } from "./wanted.ts";

export interface TableFetch {
  readonly table: FetchedTable;
  /** Listings to read; empty with `follows`. */
  readonly requests: readonly (readonly Pushed[])[];
  /** Rows found by the values that another table's rows have, read after them. */
  readonly follows: readonly Follow[];
  /** As a query's parts: a row that meets none of them is of no use and is not held. Null: every row is held. */
  readonly keep: readonly SelectPart[] | null;
}

export interface Follow {
  /** Column of this table, pushable by `eq` or `in`. */
  readonly column: string;
  readonly from: { readonly table: string; readonly column: string };
}

export type FetchPlan =
  | { readonly kind: "fetch"; readonly tables: readonly TableFetch[] }
  | { readonly kind: "tooMuch"; readonly table: string; readonly by: readonly string[]; readonly all: boolean };

/** One use of a table in a query: a part's own or a joined one. */
interface Use {
  readonly table: FetchedTable;
  readonly wanted: Alternatives;
  readonly follow: Follow | null;
  readonly keep: SelectPart | null;
}

/** Throws a RangeError for a table that is not declared. */
export function fetchPlan(template: SourceTemplate, values: readonly BoundValue[], tables: ReadonlyMap<string, FetchedTable>, requestsMax: number): FetchPlan {
  const uses = template.parts.flatMap((part) => usesOf(part, values, tables));
  const fetches: TableFetch[] = [];
  for (const table of new Set(uses.map((use) => use.table))) {
    const own = uses.filter((use) => use.table === table);
    // A use that can be followed is not read whole, and nothing else of the table need be.
    const followed = own.filter(({ wanted, follow }) => follow !== null && !table.mayReadAll && requestsFor(table, wanted, requestsMax).kind === "tooMuch");
    const listed = own.filter((use) => !followed.includes(use));
    const requests = requestsFor(table, anyOf(listed.flatMap(({ wanted }) => wanted)), requestsMax);
    if (requests.kind === "tooMuch") return { kind: "tooMuch", table: table.name, by: requests.by, all: requests.all };
    const keep = own.map((use) => use.keep);
    fetches.push({
      table,
      requests: requests.requests,
      follows: distinct(followed.flatMap(({ follow }) => follow ?? [])),
      keep: keep.includes(null) ? null : (keep as readonly SelectPart[]),
    });
  }
  return { kind: "fetch", tables: inOrder(fetches) };
}

const distinct = <T>(list: readonly T[]): readonly T[] => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];

function usesOf(part: SelectPart, values: readonly BoundValue[], tables: ReadonlyMap<string, FetchedTable>): readonly Use[] {
  const tableOf = (name: string): FetchedTable => {
    const table = tables.get(name);
    if (!table) throw new RangeError("the query names a table that the source does not declare");
    return table;
  };
  const conditions = [part.where, ...part.joins.map(({ on }) => on), ...part.columns.flatMap(condsOf)];
  /** Rows of one supersession key come together or not at all: narrowing by anything else would bring a superseded row back. */
  const isOpen = (alias: string): ((column: string) => boolean) => {
    const keys = conditions.flatMap((cond) => latestOf(cond)).filter((latest) => latest.alias === alias);
    return (column) => keys.every(({ key }) => key.includes(column));
  };
  const wanted = (cond: SourceCond, alias: string): Alternatives => wantedBy({ cond, alias, values, isOpen: isOpen(alias) });
  const tableAt = new Map<string, string>([[part.alias, part.table], ...part.joins.map(({ alias, table }) => [alias, table] as const)]);

  const ownConds = ownConditions(part, isOpen(part.alias));
  const own: Use = {
    table: tableOf(part.table),
    wanted: wanted(part.where, part.alias),
    follow: null,
    keep: ownConds.length === 0 ? null : { ...part, joins: [], columns: [{ kind: "rowid", alias: part.alias }], where: { kind: "and", of: ownConds } },
  };
  const joined = part.joins.map(({ table, alias, on }): Use => {
    const declared = tableOf(table);
    return {
      table: declared,
      // A joined row outside of these would make `where` no more TRUE than its absence does.
      wanted: bothOf(wanted(part.where, alias), wanted(on, alias)),
      follow: conjuncts(on).flatMap((cond) => followOf(cond, alias, declared, isOpen(alias), tableAt))[0] ?? null,
      keep: null,
    };
  });
  return [own, ...joined];
}

function followOf(cond: SourceCond, alias: string, table: FetchedTable, isOpen: (column: string) => boolean, tableAt: ReadonlyMap<string, string>): readonly Follow[] {
  if (cond.kind === "isTrue") return followOf(cond.of, alias, table, isOpen, tableAt);
  if (cond.kind !== "compare" || cond.op !== "=") return [];
  for (const [here, there] of [[cond.left, cond.right], [cond.right, cond.left]] as const) {
    if (here.kind !== "column" || here.alias !== alias || there.kind !== "column" || there.alias === alias || !isOpen(here.column)) continue;
    const operators = Object.hasOwn(table.push, here.column) ? table.push[here.column]?.operators : undefined;
    const from = tableAt.get(there.alias);
    // A table that follows itself would never be there to be followed.
    if (from === undefined || from === table.name || !(operators?.has("eq") || operators?.has("in"))) continue;
    return [{ column: here.column, from: { table: from, column: there.column } }];
  }
  return [];
}

/** The conjuncts that look at the part's own row alone; with supersession, at its key alone. */
function ownConditions(part: SelectPart, isOpen: (column: string) => boolean): readonly SourceCond[] {
  const isOwn = (expr: SourceExpr): boolean => (expr.kind === "column" ? expr.alias === part.alias && isOpen(expr.column) : expr.kind === "rowid" || expr.kind === "keyHash" ? false : exprsOf(expr).every(isOwn) && condsOf(expr).every(isOwnCond));
  const isOwnCond = (cond: SourceCond): boolean => cond.kind !== "isLatest" && operandsOf(cond).every(isOwn) && innerOf(cond).every(isOwnCond);
  return conjuncts(simplify(part.where, true, () => false)).filter(isOwnCond);
}

/** Tables that others follow come first; what follows in a circle cannot be, since a follow needs a table read by requests. */
function inOrder(fetches: readonly TableFetch[]): readonly TableFetch[] {
  return [...fetches].sort((a, b) => Number(a.follows.length > 0) - Number(b.follows.length > 0));
}

function exprsOf(expr: SourceExpr): readonly SourceExpr[] {
  switch (expr.kind) {
    case "lens":
      return expr.args;
    case "coalesce":
      return expr.of;
    case "when":
      return [expr.then, expr.otherwise];
    case "start":
    case "linear":
    case "bucket":
      return [expr.of];
    case "column":
    case "rowid":
    case "keyHash":
    case "constant":
    case "slot":
    case "truth":
      return [];
  }
}

/** Conditions anywhere inside an expression. */
function condsOf(expr: SourceExpr): readonly SourceCond[] {
  const own = expr.kind === "when" || expr.kind === "truth" ? [expr.cond] : [];
  return [...own, ...exprsOf(expr).flatMap(condsOf)];
}

/** Expressions that a condition compares, without those of conditions inside it. */
function operandsOf(cond: SourceCond): readonly SourceExpr[] {
  switch (cond.kind) {
    case "compare":
      return [cond.left, cond.right];
    case "inList":
      return cond.list.kind === "constants" ? [cond.left] : [cond.left, cond.list];
    case "isNull":
    case "hasType":
    case "consistsOf":
    case "digits":
    case "significant":
      return [cond.of];
    case "inRanges":
      return [cond.of, cond.low, cond.high];
    case "startsWith":
    case "contains":
      return [cond.text, cond.part];
    case "true":
    case "false":
    case "and":
    case "or":
    case "not":
    case "isTrue":
    case "isNotTrue":
    case "isFalse":
    case "isNotFalse":
    case "isLatest":
      return [];
  }
}

function innerOf(cond: SourceCond): readonly SourceCond[] {
  switch (cond.kind) {
    case "and":
    case "or":
      return cond.of;
    case "not":
    case "isTrue":
    case "isNotTrue":
    case "isFalse":
    case "isNotFalse":
      return [cond.of];
    default:
      return [];
  }
}

function latestOf(cond: SourceCond): readonly Extract<SourceCond, { kind: "isLatest" }>[] {
  if (cond.kind === "isLatest") return [cond];
  return [...innerOf(cond).flatMap(latestOf), ...operandsOf(cond).flatMap(condsOf).flatMap(latestOf)];
}
