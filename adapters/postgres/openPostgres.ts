/** The adapter for a region's own PostgreSQL database, read live. It runs no lens functions: what goes into it is plain SQL. */
import type { Adapter } from "../contract/adapter.ts";
import type { LiveKind } from "../contract/sourceKinds.ts";
import { openServer, type ServerOptions } from "../server/openServer.ts";
import { renderQuery } from "../sql/renderQuery.ts";
import { statements } from "../sql/statements.ts";
import { readCatalogue } from "./catalogue.ts";
import { parsePostgresConnection, type PostgresConnection } from "./connectionConfig.ts";
import { asFailure } from "./failure.ts";
import { encodeParameter } from "./parameters.ts";
import { postgresDialect } from "./postgresDialect.ts";
import { openSession } from "./session.ts";

export interface PostgresOptions extends ServerOptions {
  readonly connection: PostgresConnection;
}

export const postgresKind: LiveKind = {
  kind: "postgres",
  open: ({ connection, keySecret }) => openPostgres({ connection: parsePostgresConnection(connection), keySecret }),
};

/** Throws `SourceFailure` where the server cannot be reached or read exactly. */
export function openPostgres({ connection, ...options }: PostgresOptions): Promise<Adapter> {
  return openServer(
    {
      kind: "postgres",
      connections: connection.connections,
      statementTimeoutMs: connection.statementTimeoutMs,
      openSession: (keySecret) => openSession(connection, keySecret),
      readCatalogue: (read) => readCatalogue(read, connection.schema),
      statements: (catalogue) => statements({ render: (template, modes) => ({ ...renderQuery(template, postgresDialect(catalogue, modes)), shape: null }), encode: encodeParameter }),
      asFailure,
    },
    options,
  );
}
