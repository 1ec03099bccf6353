/** The adapter for a region's own MariaDB or MySQL database, read live. It runs no lens functions: what goes into it is plain SQL. */
import type { Adapter } from "../contract/adapter.ts";
import { openServer, type ServerOptions } from "../server/openServer.ts";
import { readCatalogue } from "./catalogue.ts";
import type { MysqlConnection } from "./connectionConfig.ts";
import { asFailure } from "./failure.ts";
import type { Flavour } from "./flavour.ts";
import { openSession } from "./session.ts";
import { mysqlStatements } from "./statements.ts";

export interface MysqlOptions extends ServerOptions {
  readonly connection: MysqlConnection;
  readonly flavour: Flavour;
}

/** Throws `SourceFailure` where the server cannot be reached or read exactly. */
export function openMysql({ connection, flavour, ...options }: MysqlOptions): Promise<Adapter> {
  return openServer(
    {
      kind: flavour.kind,
      connections: connection.connections,
      statementTimeoutMs: connection.statementTimeoutMs,
      openSession: (keySecret) => openSession(connection, flavour, keySecret),
      readCatalogue,
      statements: (catalogue) => mysqlStatements(catalogue, flavour),
      asFailure,
    },
    options,
  );
}
