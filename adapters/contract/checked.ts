/**
 * Any adapter behind the contract's own checks, so that a mistake in one kind cannot become an answer: only minted queries go in,
 * only rows of the template's width and number come out, and only failures of the closed list.
 */
import { type Adapter, answerCharactersMax, lengthOf, type RowBatch, SourceFailure } from "./adapter.ts";
import { assertMinted, type AuthorisedQuery } from "./authorisedQuery.ts";
import type { SourceTemplate } from "./sourceQuery.ts";

const batchRowsMax = 1000;

export function checked(adapter: Adapter): Adapter {
  async function* rows(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<RowBatch> {
    const width = widthOf(query.template);
    let count = 0;
    let characters = 0;
    try {
      if (signal.aborted) throw new SourceFailure("ABORTED");
      for await (const batch of adapter.rows(query, signal)) {
        if (signal.aborted) throw new SourceFailure("ABORTED");
        if (batch.rows.length > batchRowsMax) throw badAnswer("a batch of more than 1000 rows");
        count += batch.rows.length;
        checkRows(batch, width, query.rowsMax - count);
        const length = lengthOf(batch.rows);
        characters += length.characters;
        if (characters > answerCharactersMax) throw new SourceFailure("OVER_CAP");
        yield { rows: batch.rows, length };
      }
    } catch (cause) {
      throw failureOf(cause, signal);
    }
    // A source that ends quietly when it is told to stop has not answered wholly.
    if (signal.aborted) throw new SourceFailure("ABORTED");
  }

  const { rowsNow, onTables } = adapter;
  return {
    kind: adapter.kind,
    ...(adapter.concurrency === undefined ? {} : { concurrency: adapter.concurrency }),
    capabilities: () => adapter.capabilities(),
    introspect: (signal) => adapter.introspect(signal).catch((cause: unknown) => Promise.reject(failureOf(cause, signal))),
    rows(query, signal) {
      assertMinted(query);
      assertKind(query, "rows");
      return rows(query, signal);
    },
    async aggregate(query, signal) {
      assertMinted(query);
      assertKind(query, "aggregate");
      try {
        if (signal.aborted) throw new SourceFailure("ABORTED");
        const batch = await adapter.aggregate(query, signal);
        if (signal.aborted) throw new SourceFailure("ABORTED");
        checkRows(batch, widthOf(query.template), query.rowsMax - batch.rows.length);
        const length = lengthOf(batch.rows);
        if (length.characters > answerCharactersMax) throw new SourceFailure("OVER_CAP");
        return { rows: batch.rows, length };
      } catch (cause) {
        throw failureOf(cause, signal);
      }
    },
    ...(rowsNow === undefined
      ? {}
      : {
          rowsNow(query: AuthorisedQuery): RowBatch | null {
            assertMinted(query);
            assertKind(query, "rows");
            try {
              const batch = rowsNow.call(adapter, query);
              if (batch !== null) checkRows(batch, widthOf(query.template), query.rowsMax - batch.rows.length);
              return batch;
            } catch (cause) {
              throw failureOf(cause);
            }
          },
        }),
    ...(onTables === undefined ? {} : { onTables: (listener: () => void) => onTables.call(adapter, listener) }),
    describe(query) {
      assertMinted(query);
      return adapter.describe(query);
    },
    stalenessMs: () => adapter.stalenessMs(),
    health: () => adapter.health(),
    close: () => adapter.close(),
  };
}

/** Cells in a row of the answer: a sum brings its count along. */
export function widthOf(template: SourceTemplate): number {
  if (template.kind === "rows") return template.parts[0]?.columns.length ?? 0;
  return template.measures.reduce((width, { fn }) => width + (fn === "sum" ? 2 : 1), template.groupBy.length);
}

function checkRows(batch: RowBatch, width: number, rowsLeft: number): void {
  if (rowsLeft < 0) throw new SourceFailure("OVER_CAP");
  const { rows } = batch;
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]?.length !== width) throw badAnswer("a row with more or fewer cells than the template has columns");
  }
}

/** A mistake of the caller, not of the source. */
function assertKind(query: AuthorisedQuery, kind: SourceTemplate["kind"]): void {
  if (query.template.kind !== kind) throw new Error(`a ${query.template.kind} template was asked for as ${kind}`);
  if (query.values.length < query.template.slotCount) throw new Error("a query has fewer values than its template has slots");
}

const badAnswer = (what: string): SourceFailure => new SourceFailure("BAD_ANSWER", new Error(what));

function failureOf(cause: unknown, signal?: AbortSignal): SourceFailure {
  if (signal?.aborted === true) return new SourceFailure("ABORTED", cause);
  return cause instanceof SourceFailure ? cause : new SourceFailure("BAD_ANSWER", cause);
}
