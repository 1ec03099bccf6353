/** The adapter for a region's own PostgreSQL database, read live. It runs no lens functions: what goes into it is plain SQL. */
import { performance } from "node:perf_hooks";
import { type Adapter, type RowBatch, SourceFailure } from "../contract/adapter.ts";
import { assertMinted, type AuthorisedQuery } from "../contract/authorisedQuery.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import type { LiveKind } from "../contract/sourceKinds.ts";
import { type Catalogue, readCatalogue } from "./catalogue.ts";
import { parsePostgresConnection, type PostgresConnection } from "./connectionConfig.ts";
import { asFailure } from "./failure.ts";
import { openPool, type Pool } from "./pool.ts";
import { openPortal } from "./portal.ts";
import { type BoundStatement, statements } from "./statements.ts";

export interface PostgresOptions {
  readonly connection: PostgresConnection;
  /** How long a change of the source's tables may go unnoticed. */
  readonly catalogueEveryMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

export const postgresKind: LiveKind = {
  kind: "postgres",
  open: ({ connection }) => openPostgres({ connection: parsePostgresConnection(connection) }),
};

const batchRows = 1000;

/** Throws `SourceFailure` where the server cannot be reached or read exactly. */
export async function openPostgres(options: PostgresOptions): Promise<Adapter> {
  const { connection, catalogueEveryMs = 5_000, now = () => performance.now() } = options;
  const pool = openPool(connection);
  let reading = preparedFor(await firstCatalogue(pool, connection.schema));
  let lookedAt = now();
  let isLooking = false;
  let tell = (): void => {};
  let isAnswering = true;

  /** Throws `SourceFailure`. */
  async function look(signal: AbortSignal): Promise<Catalogue> {
    const catalogue = await catalogueOf(pool, connection.schema, signal).catch(noted);
    isAnswering = true;
    lookedAt = now();
    if (catalogue.version !== reading.catalogue.version) {
      reading = preparedFor(catalogue);
      tell();
    }
    return catalogue;
  }

  /** Texts rest on types and NOT NULL, so they are made anew when the tables change; asking waits for nobody. */
  function current(): typeof reading {
    if (!isLooking && now() - lookedAt >= catalogueEveryMs) {
      isLooking = true;
      look(AbortSignal.timeout(connection.statementTimeoutMs))
        .catch(() => undefined)
        .finally(() => {
          isLooking = false;
          lookedAt = now();
        });
    }
    return reading;
  }

  function noted(cause: unknown): never {
    const failure = asFailure(cause);
    if (failure.status === "UNAVAILABLE") isAnswering = false;
    throw failure;
  }

  async function* read(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<readonly (readonly Cell[])[]> {
    let bound: BoundStatement;
    try {
      bound = current().bind(query.template, query.values);
    } catch (cause) {
      throw asBadAnswer(cause);
    }
    const session = await pool.lend(signal).catch(noted);
    const portal = openPortal(bound, session.prepared, batchRows);
    const aborted = rejectedBy(signal);
    let count = 0;
    try {
      session.client.query(portal);
      for (;;) {
        const batch = await Promise.race([portal.next(), aborted.promise]);
        if (batch === null) break;
        isAnswering = true;
        count += batch.length;
        if (count > query.rowsMax) throw new SourceFailure("OVER_CAP");
        yield batch;
      }
    } catch (cause) {
      if (signal.aborted) throw new SourceFailure("ABORTED", cause);
      noted(cause);
    } finally {
      aborted.remove();
      void pool.giveBack(session, portal);
    }
  }

  async function* batches(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<RowBatch> {
    for await (const rows of read(query, signal)) yield { rows };
  }

  return {
    kind: "postgres",
    concurrency: connection.connections,
    capabilities: () => ({ lensFunctions: false, rowid: false }),
    introspect: async (signal) => [...(await look(signal)).tables.values()].map(({ info }) => info),
    onTables: (listener) => {
      tell = listener;
    },
    rows(query, signal) {
      assertMinted(query);
      return batches(query, signal);
    },
    async aggregate(query, signal) {
      assertMinted(query);
      const groups: (readonly Cell[])[] = [];
      for await (const rows of read(query, signal)) groups.push(...rows);
      return { rows: groups };
    },
    describe(query) {
      assertMinted(query);
      const { statement, values } = reading.bind(query.template, query.values);
      return { text: statement.text, parameters: values };
    },
    stalenessMs: () => null,
    health: () => ({ status: isAnswering ? "ok" : "failing", stalenessMs: null, version: reading.catalogue.version }),
    async close() {
      isAnswering = false;
      await pool.close();
    },
  };
}

const preparedFor = (catalogue: Catalogue) => ({ catalogue, bind: statements(catalogue) });

async function firstCatalogue(pool: Pool, schema: string): Promise<Catalogue> {
  try {
    return await catalogueOf(pool, schema, new AbortController().signal);
  } catch (cause) {
    await pool.close();
    throw asFailure(cause);
  }
}

async function catalogueOf(pool: Pool, schema: string, signal: AbortSignal): Promise<Catalogue> {
  const session = await pool.lend(signal);
  const aborted = rejectedBy(signal);
  try {
    return await Promise.race([readCatalogue(session.read, schema), aborted.promise]);
  } finally {
    aborted.remove();
    // Its statement may still run, and nobody waits for it.
    if (signal.aborted) session.destroy();
    void pool.giveBack(session, null);
  }
}

/** A template that cannot be said is no failure of the server. */
const asBadAnswer = (cause: unknown): SourceFailure => (cause instanceof SourceFailure ? cause : new SourceFailure("BAD_ANSWER", cause));

function rejectedBy(signal: AbortSignal): { readonly promise: Promise<never>; remove(): void } {
  let onAbort = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(new SourceFailure("ABORTED"));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  // Nobody may be waiting any more when it comes.
  promise.catch(() => undefined);
  return { promise, remove: () => signal.removeEventListener("abort", onAbort) };
}
