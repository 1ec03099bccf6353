/** An adapter on a database server that answers queries itself, of whatever kind: sessions lent by a pool, texts that rest on its catalogue. */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type Adapter, SourceFailure } from "../contract/adapter.ts";
import { assertMinted, type AuthorisedQuery } from "../contract/authorisedQuery.ts";
import { readByBatches } from "../contract/readByBatches.ts";
import type { BoundValue, Cell, SourceTemplate } from "../contract/sourceQuery.ts";
import type { BoundStatement } from "../sql/statements.ts";
import type { ServerCatalogue } from "./catalogue.ts";
import { openPool, type Pool } from "./pool.ts";
import type { ReadAll, ServerSession } from "./session.ts";

/** What a kind brings. */
export interface ServerKind<Catalogue extends ServerCatalogue> {
  readonly kind: string;
  /** Connections that read; one more may be open to cancel. */
  readonly connections: number;
  /** The server ends a statement after this, whatever becomes of the hub. */
  readonly statementTimeoutMs: number;
  /** `keySecret`: what its statements hash keys under (`LiveInput.keySecret`). Throws `SourceFailure`. */
  openSession(keySecret: string): Promise<ServerSession>;
  readCatalogue(read: ReadAll): Promise<Catalogue>;
  /** For as long as the catalogue stands. Throws for a template that the kind cannot say, or a name that is in no statement. */
  statements(catalogue: Catalogue): (template: SourceTemplate, values: readonly BoundValue[]) => BoundStatement;
  asFailure(cause: unknown): SourceFailure;
}

export interface ServerOptions {
  /** How long a change of the source's tables may go unnoticed. */
  readonly catalogueEveryMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  readonly keySecret?: string | undefined;
}

/** Throws `SourceFailure` where the server cannot be reached or read exactly. */
export async function openServer<Catalogue extends ServerCatalogue>(server: ServerKind<Catalogue>, options: ServerOptions): Promise<Adapter> {
  const { asFailure } = server;
  const { catalogueEveryMs = 5_000, now = () => performance.now(), keySecret = randomBytes(32).toString("hex") } = options;
  // It is written into a statement.
  if (!/^[0-9a-f]{64}$/.test(keySecret)) throw new Error("a key's secret is 64 hexadecimal digits");
  const pool: Pool = openPool(server.connections, () => server.openSession(keySecret));
  let reading = preparedFor(await firstCatalogue());
  let lookedAt = now();
  let isLooking = false;
  let tell = (): void => {};
  let isAnswering = true;

  function preparedFor(catalogue: Catalogue) {
    return { catalogue, bind: server.statements(catalogue) };
  }

  async function firstCatalogue(): Promise<Catalogue> {
    try {
      return await catalogueOf(new AbortController().signal);
    } catch (cause) {
      await pool.close();
      throw asFailure(cause);
    }
  }

  async function catalogueOf(signal: AbortSignal): Promise<Catalogue> {
    const session = await pool.lend(signal);
    const aborted = rejectedBy(signal);
    try {
      return await Promise.race([server.readCatalogue(session.read), aborted.promise]);
    } finally {
      aborted.remove();
      // Its statement may still run, and nobody waits for it.
      if (signal.aborted) session.destroy();
      void pool.giveBack(session, null);
    }
  }

  /** Throws `SourceFailure`. */
  async function look(signal: AbortSignal): Promise<Catalogue> {
    const catalogue = await catalogueOf(signal).catch(noted);
    isAnswering = true;
    lookedAt = now();
    if (catalogue.version !== reading.catalogue.version) {
      reading = preparedFor(catalogue);
      pool.renew();
      tell();
    }
    return catalogue;
  }

  /** Texts rest on types and NOT NULL, so they are made anew when the tables change; asking waits for nobody. */
  function current(): typeof reading {
    if (!isLooking && now() - lookedAt >= catalogueEveryMs) {
      isLooking = true;
      look(AbortSignal.timeout(server.statementTimeoutMs))
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
    const running = session.run(bound);
    const aborted = rejectedBy(signal);
    let count = 0;
    try {
      for (;;) {
        const batch = await Promise.race([running.next(), aborted.promise]);
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
      void pool.giveBack(session, running);
    }
  }

  return {
    kind: server.kind,
    concurrency: server.connections,
    // Hashes under a secret that nobody keeps would order rows anew at each start.
    capabilities: () => ({ lensFunctions: false, rowid: false, keyHash: options.keySecret !== undefined }),
    introspect: async (signal) => [...(await look(signal)).tables.values()].map(({ info }) => info),
    onTables: (listener) => {
      tell = listener;
    },
    ...readByBatches(read),
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
