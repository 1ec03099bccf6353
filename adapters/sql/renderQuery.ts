/**
 * A source template as the text of one statement: written once per template and dialect, so that one template is one prepared
 * statement.
 */
import type { AggregateTemplate, RowsTemplate, SelectPart, SourceTemplate } from "../contract/sourceQuery.ts";
import type { Parameter, Placed, RenderedQuery, SqlDialect } from "./dialect.ts";
import { type SqlFragment, sql } from "./drizzle.ts";
import { isNeverNull, isWide, parameter, renderExpr, renderTruth, type Scope } from "./renderExpr.ts";
import { exprKey, notNullWhere } from "./simplify.ts";

export function renderQuery(template: SourceTemplate, dialect: SqlDialect): RenderedQuery {
  const fragment = template.kind === "rows" ? renderRows(template, dialect) : renderAggregate(template, dialect);
  const { sql: text, params } = dialect.toQuery(fragment);
  return { text, parameters: params as readonly Parameter[] };
}

/** The aliases of a part, for `renderExpr`. */
export const scopeOf = (part: SelectPart, dialect: SqlDialect): Scope => ({
  dialect,
  tables: new Map<string, { readonly table: string; readonly joined: boolean }>([
    [part.alias, { table: part.table, joined: false }],
    ...part.joins.map((join) => [join.alias, { table: join.table, joined: true }] as const),
  ]),
});

function renderRows(template: RowsTemplate, dialect: SqlDialect): SqlFragment {
  const { limitSlot } = template;
  const limit = limitSlot === null ? sql`` : sql` LIMIT ${dialect.limit(parameter({ kind: "slot", slot: limitSlot, as: "value" }))}`;
  const name = dialect.outputName === undefined ? null : (position: number) => dialect.outputName?.(position) as SqlFragment;
  const isLimitedWithin = dialect.limitsParts === true && template.parts.length > 1 && limitSlot !== null;
  const parts = template.parts.map((part) => {
    const rendered = renderPart(part, template.parts, dialect, name);
    return isLimitedWithin ? sql`(${rendered}${renderOrder({ ...template, parts: [part] }, dialect)}${limit})` : rendered;
  });
  return sql`${unionAll(parts)}${renderOrder(template, dialect)}${limit}`;
}

function renderOrder(template: RowsTemplate, dialect: SqlDialect): SqlFragment {
  const nulls = template.backward ? "first" : "last";
  const order = template.order.filter(({ column }) => !isConstantNull(template, column)).map(({ column, descending }) =>
    dialect.orderTerm({ position: column + 1, descending, nulls: canBeNull(template, column, dialect) ? nulls : "none" }),
  );
  return order.length === 0 ? sql`` : sql` ORDER BY ${sql.join(order, sql`, `)}`;
}

/** Orders nothing, and would cost the later terms their index. */
const isConstantNull = (template: RowsTemplate, column: number): boolean =>
  template.parts.every((part) => {
    const expr = part.columns[column];
    return expr?.kind === "constant" && expr.value === null;
  });

/** NULLS FIRST or LAST against the native order costs the index its last order terms, so say it only where a NULL can stand. */
const canBeNull = (template: RowsTemplate, column: number, dialect: SqlDialect): boolean =>
  template.parts.some((part) => {
    const expr = part.columns[column];
    return expr === undefined || !(isNeverNull(expr, scopeOf(part, dialect)) || notNullWhere(part.where).has(exprKey(expr)));
  });

function renderAggregate(template: AggregateTemplate, dialect: SqlDialect): SqlFragment {
  const name = (position: number): SqlFragment => sql`${sql.identifier(`c${position}`)}`;
  const column = (position: number): SqlFragment => sql`${sql.identifier("q")}.${name(position)}`;
  const groups = template.groupBy.map(column);
  const summand = (of: SqlFragment, position: number | null): SqlFragment => {
    const isAnyWide = template.parts.some((part) => {
      const expr = position === null ? undefined : part.columns[position];
      return expr !== undefined && isWide(expr, scopeOf(part, dialect));
    });
    return isAnyWide ? dialect.exactArgument(of) : of;
  };
  const measures = template.measures.flatMap(({ fn, column: position }) => {
    const of = position === null ? null : column(position);
    switch (fn) {
      case "count":
        return [of === null ? sql`count(*)` : sql`count(${of})`];
      case "countDistinct":
        return [sql`count(DISTINCT ${of ?? sql`NULL`})`];
      case "min":
        return [sql`min(${of ?? sql`NULL`})`];
      case "max":
        return [sql`max(${of ?? sql`NULL`})`];
      case "sum":
        return [dialect.exactSum(of === null ? sql`NULL` : summand(of, position), position === null ? [] : placedAt(template.parts, position, dialect)), sql`count(${of ?? sql`NULL`})`];
    }
  });
  const parts = unionAll(template.parts.map((part) => renderPart(part, template.parts, dialect, name)));
  const groupBy = groups.length === 0 ? sql`` : sql` GROUP BY ${sql.join(groups, sql`, `)}`;
  return sql`SELECT ${sql.join([...groups, ...measures], sql`, `)} FROM (${parts}) AS ${sql.identifier("q")}${groupBy}`;
}

/** What stands at a position in each part. */
export const placedAt = (parts: readonly SelectPart[], position: number, dialect: SqlDialect): readonly Placed[] =>
  parts.flatMap((part) => {
    const expr = part.columns[position];
    return expr === undefined ? [] : [{ expr, scope: scopeOf(part, dialect) }];
  });

function renderPart(part: SelectPart, parts: readonly SelectPart[], dialect: SqlDialect, name: ((position: number) => SqlFragment) | null): SqlFragment {
  const scope = scopeOf(part, dialect);
  const filled = dialect.selected === undefined ? null : notNullWhere(part.where);
  const columns = part.columns.map((expr, position) => {
    const rendered = dialect.selected?.({ expr, scope }, placedAt(parts, position, dialect), filled?.has(exprKey(expr)) === true) ?? renderExpr(expr, scope);
    return name === null ? rendered : sql`${rendered} AS ${name(position)}`;
  });
  const joins = part.joins.map(
    (join) => sql` LEFT JOIN ${sql.identifier(join.table)} AS ${sql.identifier(join.alias)} ON ${renderTruth(join.on, scope)}`,
  );
  const guard = dialect.guard({ table: part.table, alias: part.alias });
  const where = guard === null ? renderTruth(part.where, scope) : sql`${guard} AND ${renderTruth(part.where, scope)}`;
  // count(*) over a part may need no column at all.
  const list = columns.length === 0 ? sql`1` : sql.join(columns, sql`, `);
  return sql`SELECT ${list} FROM ${sql.identifier(part.table)} AS ${sql.identifier(part.alias)}${sql.join(joins)} WHERE ${where}`;
}

const unionAll = (parts: readonly SqlFragment[]): SqlFragment => sql.join([...parts], sql` UNION ALL `);
