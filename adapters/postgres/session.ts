/** A connection that can only read, and in which every text that the server prints is spelt one way. */
import type { Duplex } from "node:stream";
import pg from "pg";
import { SourceFailure } from "../contract/adapter.ts";
import type { ReadAll, ServerSession } from "../server/session.ts";
import type { PostgresConnection } from "./connectionConfig.ts";
import { asFailure, codeOf } from "./failure.ts";
import { openPortal, type Prepared } from "./portal.ts";
import { keySecretSetting } from "./typedExpr.ts";

const batchRows = 1000;
/** Statements prepared on one connection before it is replaced: each holds some 10 to 100 KiB of the server. */
const preparedMax = 500;

/** By session, for the connection that cancels. */
const pids = new WeakMap<ServerSession, number>();

/** `numeric` of `extract`, infinities in `numeric`, `date_trunc`: all from here on. */
const serverVersionMin = 140_000;

/** A statement of the adapter's own on the catalogue: a server that says nothing for so long is gone, whatever its connection says. */
const readWithinMs = 5_000;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * `default_transaction_read_only` closes what stands outside a transaction, `BEGIN READ ONLY` (portal.ts) what stands inside: a function
 * of the source's own may change the first for later transactions, and neither from within one.
 *
 * pg_temp last: a temporary table must not stand for the source's own. jit: its compiler takes a third of a second, in which a statement
 * cannot be cancelled.
 */
const settings = ({ schema, statementTimeoutMs }: PostgresConnection, keySecret: string): string => `
  SET default_transaction_read_only = on;
  SET search_path = ${quoted(schema)}, pg_temp;
  SET statement_timeout = ${statementTimeoutMs};
  SET idle_in_transaction_session_timeout = ${statementTimeoutMs * 2};
  SET jit = off;
  SET TimeZone = 'UTC';
  SET DateStyle = 'ISO, YMD';
  SET IntervalStyle = 'iso_8601';
  SET extra_float_digits = 1;
  SET bytea_output = 'hex';
  SET xmloption = 'content';
  SET standard_conforming_strings = on;
  SET client_min_messages = error;
  SET ${keySecretSetting} = '${keySecret}'`;

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

/** Throws `SourceFailure`: UNAVAILABLE, or BAD_ANSWER for a server that the hub cannot read exactly. */
export async function openSession(connection: PostgresConnection, keySecret: string): Promise<ServerSession> {
  const client = new pg.Client({
    ...connection.client,
    application_name: "one-network",
    connectionTimeoutMillis: connection.connectTimeoutMs,
    keepAlive: true,
    types: asText,
  });
  let broken = false;
  client.on("error", () => {
    broken = true;
  });
  client.on("end", () => {
    broken = true;
  });
  const { connection: wire } = client as unknown as { readonly connection: Wire };
  guardParser(wire);
  const destroy = (): void => {
    broken = true;
    wire.stream.destroy();
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: several who cancel share one connection, and the driver is to give up its own queue. */
  const query = (config: pg.QueryArrayConfig | pg.QueryConfig): Promise<readonly unknown[]> => {
    const answer = last.then(() => ask(config));
    last = answer.catch(() => undefined);
    return answer;
  };
  const ask = async (config: pg.QueryArrayConfig | pg.QueryConfig): Promise<readonly unknown[]> => {
    const silent = setTimeout(destroy, readWithinMs);
    try {
      return (await client.query(config)).rows;
    } finally {
      clearTimeout(silent);
    }
  };
  const read: ReadAll = async (text, values) => (await query({ text, values: [...values], rowMode: "array" })) as (string | null)[][];
  try {
    await client.connect();
    await query({ text: settings(connection, keySecret) });
    const [facts] = await read("SELECT pg_backend_pid(), current_setting('server_version_num'), current_setting('server_encoding'), current_setting('default_transaction_read_only'), current_setting('integer_datetimes')", []);
    const [pid, version, encoding, readOnly] = facts ?? [];
    const refuse = (problem: string): never => {
      throw new SourceFailure("BAD_ANSWER", new Error(problem));
    };
    if (Number(version) < serverVersionMin) refuse(`the server's version is ${version}; the hub reads PostgreSQL 14 and later`);
    if (encoding !== "UTF8") refuse(`the database's encoding is ${encoding}; only UTF8 orders text by code points`);
    if (readOnly !== "on") refuse("the connection does not keep its settings (a pooler by transaction?); connect by session");
    const prepared: Prepared = { decoders: new Map() };
    const session: ServerSession = {
      run(bound) {
        const portal = openPortal(bound, prepared, batchRows);
        client.query(portal);
        return portal;
      },
      read,
      cancel: async (other) => {
        await read("SELECT pg_cancel_backend($1)", [String(pids.get(other))]);
      },
      isCancelled: (cause) => codeOf(cause) === "57014",
      recover: async () => {
        await client.query("ROLLBACK");
      },
      isBroken: () => broken,
      isWorn: () => prepared.decoders.size >= preparedMax,
      hold(alive) {
        const counted = client as unknown as { ref(): void; unref(): void };
        if (alive) counted.ref();
        else counted.unref();
      },
      end: () => client.end().catch(() => undefined),
      destroy,
    };
    pids.set(session, Number(pid));
    return session;
  } catch (cause) {
    // Asking a silent server to hang up would wait for it.
    destroy();
    throw asFailure(cause);
  }
}

/** What the driver does not show. */
interface Wire {
  readonly stream: Duplex;
  attachListeners(stream: Duplex): void;
}

/**
 * The driver parses in the socket's own event: what throws there (a length that is none, a code that is none, a message without its
 * columns) would end the process, so it ends the connection.
 */
function guardParser(wire: Wire): void {
  const attach = wire.attachListeners.bind(wire);
  wire.attachListeners = (stream) => {
    const before = new Set(stream.listeners("data"));
    attach(stream);
    for (const listener of stream.listeners("data")) {
      if (before.has(listener)) continue;
      stream.off("data", listener as (chunk: Buffer) => void);
      stream.on("data", (chunk: Buffer) => {
        try {
          listener(chunk);
        } catch (cause) {
          stream.destroy(cause instanceof Error ? cause : new Error(String(cause)));
        }
      });
    }
  };
}
