/**
 * The adapter of every kind that fetches: a query's superset is asked of the source, page by page, into a private database in source
 * terms, and the query runs there as it stands. So filters, orders, strata and sums are the hub's own and exact, whatever the
 * parameters of the source mean; they only decide how much comes over the wire.
 *
 * What is asked follows from the query and its bound values alone. Rows that a rule hides are let go page by page and count towards
 * no cap but the volume of the wire, which is a bound on time by another name and is blurred (docs/decisions/0008).
 */
import { type Adapter, SourceFailure } from "../contract/adapter.ts";
import { assertMinted, type AuthorisedQuery } from "../contract/authorisedQuery.ts";
import { readByBatches } from "../contract/readByBatches.ts";
import type { OpenScratch, Scratch, ScratchRun } from "../contract/scratch.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import { fetchPlan, type Follow, type TableFetch } from "./fetchPlan.ts";
import type { FetchedPage, Fetcher, FetchLimits, Pushed } from "./fetchedSource.ts";
import { requestsFor } from "./requests.ts";

export interface FetchedOptions {
  readonly kind: string;
  readonly fetcher: Fetcher;
  readonly limits: FetchLimits;
  readonly lenses: Readonly<Record<string, unknown>>;
  readonly openScratch: OpenScratch;
  /** In [0, 1). */
  readonly random?: () => number;
}

export async function openFetched({ kind, fetcher, limits, lenses, openScratch, random = Math.random }: FetchedOptions): Promise<Adapter> {
  const tables = new Map(fetcher.tables.map((table) => [table.name, table]));
  const scratch: Scratch = await openScratch({ tables: fetcher.tables, lenses });
  let isFailing = false;
  let answers = 0;

  const planOf = ({ template, values }: AuthorisedQuery) => {
    try {
      return fetchPlan(template, values, tables, limits.requestsMax);
    } catch (cause) {
      if (cause instanceof RangeError) throw new SourceFailure("BAD_ANSWER", cause);
      throw cause;
    }
  };

  /** What the source itself did last is its health. */
  async function* pagesOf(table: string, pushed: readonly Pushed[], signal: AbortSignal): AsyncGenerator<FetchedPage> {
    try {
      yield* fetcher.pages(table, pushed, signal);
      isFailing = false;
    } catch (cause) {
      if (cause instanceof SourceFailure && (cause.status === "UNAVAILABLE" || cause.status === "BAD_ANSWER")) isFailing = true;
      throw cause;
    }
  }

  async function fetchTable(run: ScratchRun, query: AuthorisedQuery, fetch: TableFetch, volume: { bytesLeft: number }, signal: AbortSignal): Promise<void> {
    const { table, keep } = fetch;
    const followed = (await Promise.all(fetch.follows.map((follow) => requestsBy(run, fetch, follow)))).flat();
    for (const pushed of [...fetch.requests, ...followed]) {
      for await (const page of pagesOf(table.name, pushed, signal)) {
        volume.bytesLeft -= page.bytes;
        if (volume.bytesLeft < 0) throw new SourceFailure("OVER_CAP", `${table.name}: more than the bytes that one query may fetch`);
        const held = await run.insert(table.name, page.rows, keep && { parts: keep, values: query.values });
        if (held > limits.rowsMax) throw new SourceFailure("OVER_CAP", `${table.name}: more than ${limits.rowsMax} rows of it are of use to one query`);
      }
    }
  }

  /** Requests for the values that the rows of another table have. */
  async function requestsBy(run: ScratchRun, { table }: TableFetch, { column, from }: Follow): Promise<readonly (readonly Pushed[])[]> {
    const most = limits.requestsMax * (table.push[column]?.operators.has("in") ? (table.push[column]?.listMax ?? 1) : 1);
    const values = await run.distinct(from.table, from.column, most);
    if (values.length === 0) return [];
    const requests = requestsFor(table, [new Map([[column, { kind: "values", values }]])], limits.requestsMax);
    if (values.length > most || requests.kind === "tooMuch") throw new SourceFailure("OVER_CAP", `${table.name}: the rows of ${from.table} lead to more of it than ${limits.requestsMax} requests can bring`);
    return requests.requests;
  }

  async function* answer(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<readonly (readonly Cell[])[]> {
    const plan = planOf(query);
    if (plan.kind === "tooMuch") throw new SourceFailure("OVER_CAP", sayTooMuch(plan));
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const run = scratch.start(both);
    try {
      const volume = { bytesLeft: limits.bytesMax * (1 + random()) };
      const [listed, following] = [plan.tables.filter(({ follows }) => follows.length === 0), plan.tables.filter(({ follows }) => follows.length > 0)];
      await allOrStop(listed.map((fetch) => fetchTable(run, query, fetch, volume, both)), stop);
      for (const fetch of following) await fetchTable(run, query, fetch, volume, both);
      answers += 1;
      yield* run.rows(query);
    } finally {
      stop.abort();
      run.end();
    }
  }

  return {
    kind,
    capabilities: () => ({ lensFunctions: true, rowid: false }),
    introspect: () => Promise.resolve(scratch.tables),
    ...readByBatches(answer),
    describe(query) {
      assertMinted(query);
      const plan = planOf(query);
      const lines =
        plan.kind === "tooMuch"
          ? [`refused: ${sayTooMuch(plan)}`]
          : plan.tables.flatMap(({ table, requests, follows }) => [
              ...requests.map((pushed) => fetcher.describe(table.name, pushed)),
              ...follows.map(({ column, from }) => `${fetcher.describe(table.name, [])} with ${column} of each ${from.column} in ${from.table}`),
            ]);
      const { text, parameters } = scratch.describe(query);
      return { text: [...lines, text].join("; then "), parameters };
    },
    stalenessMs: () => null,
    health: () => ({ status: isFailing ? "failing" : "ok", stalenessMs: null, version: String(answers) }),
    close: scratch.close,
  };
}

const sayTooMuch = ({ table, by, all }: { readonly table: string; readonly by: readonly string[]; readonly all: boolean }): string =>
  by.length === 0
    ? `${table} would be read whole, which its declaration does not allow`
    : `${table} is read only where the query filters by ${by.join(all ? " and " : " or ")}`;

/** One failure ends the others; all have ended when it rejects. */
async function allOrStop(work: readonly Promise<void>[], stop: AbortController): Promise<void> {
  const ended = await Promise.allSettled(work.map((one) => one.catch((cause: unknown) => {
    stop.abort();
    throw cause;
  })));
  const causes = ended.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  // The first to fail has a reason of its own, the others were stopped.
  if (causes.length > 0) throw causes.find((cause) => !(cause instanceof SourceFailure && cause.status === "ABORTED")) ?? causes[0];
}
