/** The short way: bounded statements read at once on the main thread, which saves the hop to a worker and its copy of every row. */
import type { Database } from "better-sqlite3";
import type { AuthorisedQuery } from "../contract/authorisedQuery.ts";
import { SourceFailure } from "../contract/adapter.ts";
import type { Cell, RowsTemplate } from "../contract/sourceQuery.ts";
import type { RenderedQuery, SqlDialect } from "../sql/dialect.ts";
import { type Bounds, boundsOf, type PlanRow } from "./boundedPlan.ts";
import { type Catalogue, countUpTo } from "./catalogue.ts";
import { asFailure } from "./failure.ts";
import { type PreparedRead, prepareRead, readAll } from "./readStatement.ts";
import { bindParameters } from "./values.ts";

/** One page of the largest size and the row that tells of a next page. */
const shortRowsMax = 1001;
const recountMs = 60_000;

export interface MainThreadOptions {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly dialect: SqlDialect;
  readonly render: (template: RowsTemplate) => RenderedQuery;
  readonly smallTableRowsMax: number;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

interface Short {
  readonly query: RenderedQuery;
  readonly read: PreparedRead;
  readonly bounds: Bounds;
  readonly limitSlot: number | null;
  smallUntil: number;
  isSmall: boolean;
}

/** Rows of a bounded query, or null: ask a worker. Throws `SourceFailure`. */
export function mainThreadReader(options: MainThreadOptions): (query: AuthorisedQuery) => Cell[][] | null {
  const { database, smallTableRowsMax, now } = options;
  const known = new WeakMap<RowsTemplate, Short | null>();

  const judge = (template: RowsTemplate): Short | null => {
    const query = options.render(template);
    const explain = database.prepare(`EXPLAIN QUERY PLAN ${query.text}`);
    const plan = explain.all(...query.parameters.map(() => null)) as PlanRow[];
    const bounds = boundsOf({ template, query, plan, catalogue: options.catalogue, dialect: options.dialect });
    if (!bounds.keys && !bounds.limit && bounds.tables === null) return null;
    return { query, read: prepareRead(database, query.text), bounds, limitSlot: template.limitSlot, smallUntil: Number.NEGATIVE_INFINITY, isSmall: false };
  };

  const isSmall = (short: Short): boolean => {
    const { tables, lensCalls } = short.bounds;
    if (tables === null) return false;
    if (now() >= short.smallUntil) {
      const rowsMax = Math.floor(smallTableRowsMax / (1 + lensCalls));
      short.isSmall = tables.every((table) => countUpTo(database, table, rowsMax) <= rowsMax);
      short.smallUntil = now() + recountMs;
    }
    return short.isSmall;
  };

  const isBounded = (short: Short, query: AuthorisedQuery): boolean => {
    const { bounds, limitSlot } = short;
    if (bounds.keys || bounds.limit) {
      let keys = 1;
      for (const slot of bounds.listSlots) keys *= (query.values[slot] as readonly Cell[]).length;
      const limit = limitSlot === null ? Number.POSITIVE_INFINITY : Number(query.values[limitSlot]);
      if (keys <= shortRowsMax && (bounds.keys || limit <= shortRowsMax)) return true;
    }
    return isSmall(short);
  };

  return (query) => {
    const { template } = query;
    if (template.kind !== "rows") return null;
    try {
      let short = known.get(template);
      if (short === undefined) {
        short = judge(template);
        known.set(template, short);
      }
      if (short === null || !isBounded(short, query)) return null;
      const rows = readAll(short.read, bindParameters(short.query.parameters, query.values));
      if (rows.length > query.rowsMax) throw new SourceFailure("OVER_CAP");
      return rows;
    } catch (cause) {
      const failure = asFailure(cause);
      // A writer holds the file: a worker can wait for it, this thread cannot.
      if (failure.status === "BUSY") return null;
      throw failure;
    }
  };
}
