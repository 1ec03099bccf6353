/** The short way: short statements read at once on the main thread, which saves the hop to a worker and its copy of every row. */
import type { Database } from "better-sqlite3";
import type { AuthorisedQuery } from "../contract/authorisedQuery.ts";
import { lengthOf, type RowBatch, SourceFailure } from "../contract/adapter.ts";
import type { Cell, RowsTemplate } from "../contract/sourceQuery.ts";
import type { RenderedQuery, SqlDialect } from "../sql/dialect.ts";
import { isWide } from "../sql/renderExpr.ts";
import { scopeOf } from "../sql/renderQuery.ts";
import { type Bounds, boundsOf, type PlanRow } from "./boundedPlan.ts";
import { type Catalogue, countUpTo } from "./catalogue.ts";
import { asFailure } from "./failure.ts";
import { charactersNowMax, type PreparedRead, prepareRead, readAll, readUpToLong } from "./readStatement.ts";
import type { RenderSized } from "./shortLists.ts";
import { bindParameters } from "./values.ts";

/** One page of the largest size and the row that tells of a next page. */
const shortRowsMax = 1001;
const recountMs = 60_000;
/** Rows that a scan may visit here before it is given to a worker: 2 to 5 ms. */
const visitsMax = 8192;
/** One call of `hub_alive` per so many row numbers. */
export const guardEvery = 256;
/** How long a template that went over the budget is not tried here again. */
const retryMs = 60_000;

export interface MainThreadOptions {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly dialect: SqlDialect;
  readonly render: RenderSized;
  /** The same statement with `hub_alive` in it, which is to be `budget.visit` on this connection. */
  readonly renderGuarded: RenderSized;
  readonly budget: Budget;
  readonly smallTableRowsMax: number;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

/** Counts down the calls of `hub_alive` that the running statement may still make. */
export interface Budget {
  left: number;
  readonly visit: () => 1;
}

class OverBudget extends Error {}

export function newBudget(): Budget {
  const budget: Budget = {
    left: 0,
    visit: () => {
      if (--budget.left < 0) throw new OverBudget();
      return 1;
    },
  };
  return budget;
}

interface Short {
  readonly plain: Prepared;
  /** Made when first needed. */
  guarded: Prepared | null;
  /** Not before this instant under a budget. */
  retryAt: number;
  readonly bounds: Bounds;
  readonly limitSlot: number | null;
  smallUntil: number;
  isSmall: boolean;
  /** Its answers have been found short of characters until then, or too long for this thread. */
  lengthKnownUntil: number;
  isLong: boolean;
}

interface Prepared {
  readonly query: RenderedQuery;
  readonly read: PreparedRead;
}

/** Rows of a short query, or null: ask a worker. Throws `SourceFailure`. */
export function mainThreadReader(options: MainThreadOptions): (query: AuthorisedQuery) => RowBatch | null {
  const { database, dialect, smallTableRowsMax, now } = options;
  const known = new WeakMap<RenderedQuery, Short | null>();

  const judge = (template: RowsTemplate, query: RenderedQuery): Short | null => {
    const explain = database.prepare(`EXPLAIN QUERY PLAN ${query.text}`);
    const plan = explain.all(...query.parameters.map(() => null)) as PlanRow[];
    const bounds = boundsOf({ template, query, plan, catalogue: options.catalogue, dialect });
    if (!bounds.keys && !bounds.limit && !bounds.budget && bounds.tables === null) return null;
    const mayBeWide = template.parts.some((part) => part.columns.some((expr) => isWide(expr, scopeOf(part, dialect))));
    const plain = { query, read: prepareRead(database, query.text, mayBeWide) };
    const never = Number.NEGATIVE_INFINITY;
    return { plain, guarded: null, retryAt: never, bounds, limitSlot: template.limitSlot, smallUntil: never, isSmall: false, lengthKnownUntil: never, isLong: false };
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
    const { bounds } = short;
    return ((bounds.keys || bounds.limit) && keysAndLimitFit(short, query, bounds.keys)) || isSmall(short);
  };

  /** A thousand cells of a megabyte would end the process: whether there are such is looked at now and then, row by row. */
  const readOf = (short: Short, { query, read }: Prepared, { values }: AuthorisedQuery): RowBatch | null => {
    const bound = bindParameters(query.parameters, values);
    if (now() >= short.lengthKnownUntil) {
      const rows = readUpToLong(read, bound);
      short.isLong = rows === null;
      short.lengthKnownUntil = now() + recountMs;
      return rows === null ? null : { rows };
    }
    if (short.isLong) return null;
    const rows = readAll(read, bound);
    const length = lengthOf(rows);
    // Another page of the same list: this one is here already, the next is a worker's.
    short.isLong = length.characters > charactersNowMax;
    return { rows, length };
  };

  const readUnderBudget = (short: Short, query: AuthorisedQuery): RowBatch | null => {
    if (!short.bounds.budget || now() < short.retryAt || !keysAndLimitFit(short, query, false)) return null;
    if (short.guarded === null) {
      const guarded = options.renderGuarded(query.template, query.values);
      short.guarded = { query: guarded, read: prepareRead(database, guarded.text, short.plain.read.mayHoldWideIntegers) };
    }
    options.budget.left = Math.ceil(visitsMax / guardEvery / (1 + short.bounds.lensCalls));
    try {
      return readOf(short, short.guarded, query);
    } catch (cause) {
      if (!(cause instanceof OverBudget)) throw cause;
      short.retryAt = now() + retryMs;
      return null;
    }
  };

  return (query) => {
    const { template } = query;
    if (template.kind !== "rows") return null;
    try {
      const rendered = options.render(template, query.values);
      let short = known.get(rendered);
      if (short === undefined) {
        short = judge(template, rendered);
        known.set(rendered, short);
      }
      if (short === null) return null;
      const batch = isBounded(short, query) ? readOf(short, short.plain, query) : readUnderBudget(short, query);
      if (batch !== null && batch.rows.length > query.rowsMax) throw new SourceFailure("OVER_CAP");
      return batch;
    } catch (cause) {
      const failure = asFailure(cause);
      // A writer holds the file: a worker can wait for it, this thread cannot.
      if (failure.status === "BUSY") return null;
      throw failure;
    }
  };
}

function keysAndLimitFit({ bounds, limitSlot }: Short, { values }: AuthorisedQuery, mayLackLimit: boolean): boolean {
  let keys = 1;
  for (const slot of bounds.listSlots) keys *= (values[slot] as readonly Cell[]).length;
  const limit = limitSlot === null ? Number.POSITIVE_INFINITY : Number(values[limitSlot]);
  return keys <= shortRowsMax && (mayLackLimit || limit <= shortRowsMax);
}
