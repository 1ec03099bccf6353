/**
 * The SQLite adapter without its threads: what a worker would be sent is read here, by the same statements, and cloned as a message
 * would be. Threads that come and go by the thousand cost more than the laws themselves; some worlds keep them.
 */
import type { Adapter, RowBatch } from "../../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../../adapters/contract/authorisedQuery.ts";
import { readCatalogue } from "../../../adapters/sqlite/catalogue.ts";
import { connect } from "../../../adapters/sqlite/connection.ts";
import { asFailure } from "../../../adapters/sqlite/failure.ts";
import { openSqlite, type SqliteOptions } from "../../../adapters/sqlite/openSqlite.ts";
import { sizedRenderer } from "../../../adapters/sqlite/shortLists.ts";
import { readBatches, statementCache } from "../../../adapters/sqlite/readStatement.ts";
import { sqliteDialect } from "../../../adapters/sqlite/sqliteDialect.ts";
import { bindParameters } from "../../../adapters/sqlite/values.ts";
import { SourceFailure } from "../../../adapters/contract/adapter.ts";

export async function openInline(options: Omit<SqliteOptions, "workers">): Promise<Adapter> {
  const adapter = await openSqlite({ ...options, workers: 0 });
  const database = await connect({ ...options, busyMs: 0 });
  database.function("hub_alive", { deterministic: false }, () => 1);
  const prepare = statementCache(database);
  const catalogue = readCatalogue(database);
  const render = sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: 4096, lists }));

  function* read(query: AuthorisedQuery): Generator<RowBatch> {
    try {
      const { text, parameters } = render(query.template, query.values);
      for (const rows of readBatches(prepare(text), bindParameters(parameters, query.values), query.rowsMax, () => {})) yield { rows: structuredClone(rows) };
    } catch (cause) {
      throw cause instanceof SourceFailure ? cause : asFailure(cause);
    }
  }

  return {
    ...adapter,
    // It has no threads to wait for.
    concurrency: undefined,
    async *rows(query) {
      yield* read(query);
    },
    aggregate: async (query) => ({ rows: [...read(query)].flatMap(({ rows }) => rows) }),
    close: async () => {
      database.close();
      await adapter.close();
    },
  };
}
