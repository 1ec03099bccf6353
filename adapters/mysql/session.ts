/** A connection that can only read, and in which every value that the server sends is spelt one way. */
import { type Connection, type ConnectionOptions, createConnection } from "mysql2";
import { SourceFailure } from "../contract/adapter.ts";
import type { ReadAll, ServerSession } from "../server/session.ts";
import type { BoundStatement } from "../sql/statements.ts";
import type { MysqlConnection } from "./connectionConfig.ts";
import { decoderOf } from "./decoders.ts";
import { asFailure, isEnded } from "./failure.ts";
import type { Flavour } from "./flavour.ts";
import { openRowStream, type RowStream } from "./rowStream.ts";
import type { OutputKinds } from "./statements.ts";
import { keySecretVariable } from "./typedExpr.ts";

/** Statements prepared on one connection; the driver closes the one that was not used for longest. */
const preparedMax = 500;

/** A statement of the adapter's own: a server that says nothing for so long is gone, whatever its connection says. */
const readWithinMs = 5_000;

/** Texts are ordered by so many of their bytes. */
const sortBytes = 16_384;

/**
 * Two walls: `tx_read_only` makes every transaction of the session one that can only read, and each statement runs inside one that was
 * started so. A function of the source's own may change the first for later transactions, and neither from within one.
 */
const begin = "START TRANSACTION READ ONLY";

const sqlMode = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION";

const settings = (flavour: Flavour, statementTimeoutMs: number, keySecret: string): readonly string[] => [
  `SET NAMES utf8mb4 COLLATE ${flavour.collation}`,
  `SET SESSION ${[`sql_mode = '${flavour.sqlMode(sqlMode)}'`, "time_zone = '+00:00'", `max_sort_length = ${sortBytes}`, "div_precision_increment = 4", "sql_auto_is_null = 0", "sql_select_limit = DEFAULT", "group_concat_max_len = 1024", "autocommit = 1", "completion_type = 'NO_CHAIN'", ...flavour.settings(statementTimeoutMs)].join(", ")}`,
  `SET ${keySecretVariable} = '${keySecret}'`,
  "SET SESSION TRANSACTION READ ONLY",
  begin,
];

/** By session, for the connection that cancels. */
const threads = new WeakMap<ServerSession, number>();

/** Throws `SourceFailure`: UNAVAILABLE, or BAD_ANSWER for a server that the hub cannot read exactly. */
export async function openSession(options: MysqlConnection, flavour: Flavour, keySecret: string): Promise<ServerSession> {
  let connection: Connection;
  try {
    connection = createConnection(driverOptions(options));
  } catch (cause) {
    throw asFailure(cause);
  }
  let broken = false;
  let current: RowStream | null = null;
  const lost = (cause: unknown): void => {
    broken = true;
    current?.fail(brokenBy(cause));
  };
  connection.on("error", lost);
  connection.on("end", () => lost(new Error("the server closed the connection")));
  const wire = connection as unknown as Wire;
  guardParser(wire);
  const destroy = (): void => {
    broken = true;
    wire.stream.destroy();
  };
  const ask = (text: string): Promise<readonly (readonly (string | null)[])[]> =>
    new Promise((resolve, reject) => {
      if (broken) {
        reject(new Error("the connection is gone"));
        return;
      }
      const silent = setTimeout(destroy, readWithinMs);
      connection.query({ sql: text, rowsAsArray: true, typeCast: (field) => field.string() }, (cause, rows) => {
        clearTimeout(silent);
        if (cause) reject(cause);
        else resolve(Array.isArray(rows) ? (rows as unknown as (string | null)[][]) : []);
      });
    });
  // Nothing is ever written into a text: the driver's way of doing so trusts backslashes, which this session does not read.
  const read: ReadAll = (text, values) => (values.length === 0 ? ask(text) : Promise.reject(new Error("a statement of the adapter's own has no values")));
  const renew = async (): Promise<void> => {
    await ask(begin);
  };
  try {
    await connected(connection);
    for (const text of settings(flavour, options.statementTimeoutMs, keySecret)) await ask(text);
    const [facts] = await ask(`SELECT CONNECTION_ID(), VERSION(), @@session.${flavour.readOnly}, @@session.sql_mode, @@session.time_zone, DATABASE()`);
    checkServer(facts ?? [], flavour);
    const session: ServerSession = {
      run(bound) {
        const { statement, values } = bound as BoundStatement<OutputKinds>;
        current = openRowStream({ connection, text: statement.text, values, decoders: statement.shape.map(decoderOf), renew });
        if (broken) current.fail(new Error("the connection is gone"));
        return current;
      },
      read,
      cancel: async (other) => {
        await ask(`KILL QUERY ${threads.get(other) ?? 0}`);
      },
      isCancelled: isEnded,
      async recover() {
        // A late cancel hits the first of these at most.
        await ask("ROLLBACK").catch((cause: unknown) => (isEnded(cause) ? ask("ROLLBACK") : Promise.reject(cause)));
        await renew();
      },
      isBroken: () => broken,
      isWorn: () => false,
      hold(alive) {
        if (alive) wire.stream.ref();
        else wire.stream.unref();
      },
      end: () =>
        new Promise((resolve) => {
          if (broken) {
            resolve();
            return;
          }
          const silent = setTimeout(() => {
            destroy();
            resolve();
          }, readWithinMs);
          connection.end(() => {
            clearTimeout(silent);
            broken = true;
            resolve();
          });
        }),
      destroy,
    };
    threads.set(session, Number(facts?.[0]));
    return session;
  } catch (cause) {
    // Asking a silent server to hang up would wait for it.
    destroy();
    throw asFailure(cause);
  }
}

function driverOptions({ address, tls, connectTimeoutMs }: MysqlConnection): ConnectionOptions {
  return {
    ...address,
    ...(tls === "encrypt" ? { ssl: { rejectUnauthorized: false } } : tls === "verify" ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
    charset: "utf8mb4",
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    connectAttributes: { program_name: "one-network" },
    // A server may ask for a file of the client's; this one says beforehand that it gives none.
    flags: ["-LOCAL_FILES"],
    multipleStatements: false,
    // The driver writes a parser for each answer as code, with names that the server chose in it.
    disableEval: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: false,
    jsonStrings: true,
    maxPreparedStatements: preparedMax,
  };
}

const connected = (connection: Connection): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.once("connect", () => resolve());
    connection.once("error", (cause: unknown) => reject(brokenBy(cause)));
  });

/** What the server says by its number stays so; anything else that ends a connection is the connection's end, whatever threw it. */
const brokenBy = (cause: unknown): unknown => (cause instanceof TypeError || cause instanceof RangeError ? new Error("the server speaks another protocol", { cause }) : cause);

function checkServer([, version, readOnly, mode, zone, database]: readonly (string | null)[], flavour: Flavour): void {
  const refuse = (problem: string): never => {
    throw new SourceFailure("BAD_ANSWER", new Error(problem));
  };
  const isMariadb = /mariadb/i.test(String(version));
  if (isMariadb !== (flavour.kind === "mariadb")) refuse(`the server is ${isMariadb ? "MariaDB" : "MySQL"}; say kind: ${isMariadb ? "mariadb" : "mysql"}`);
  const found = /(\d+)\.(\d+)\.(\d+)(?=[^.\d]|$)/.exec(String(version).replace(/^5\.5\.5-/, ""))?.slice(1).map(Number) ?? [];
  const { versionMin } = flavour;
  const order = versionMin.map((part, index) => Math.sign((found[index] ?? 0) - part)).find((sign) => sign !== 0) ?? 0;
  if (order < 0) refuse(`the server's version is ${version}; the hub reads ${versionMin.join(".")} and later`);
  if (readOnly !== "1" && readOnly !== "ON") refuse("the session does not stay one that can only read (a proxy that shares connections?); connect without it");
  if (zone !== "+00:00" || mode?.includes("NO_BACKSLASH_ESCAPES") !== true) refuse("the connection does not keep its settings (a proxy that shares connections?); connect without it");
  if (database === null) refuse("the connection has no database");
}

/** What the driver does not show. */
interface Wire {
  readonly stream: { destroy(cause?: Error): void; ref(): void; unref(): void };
  /** Of the packet that is due. */
  readonly sequenceId: number;
  /** Whether packets are put by; they come again. */
  readonly _paused: boolean;
  /** Null where none is running: the driver then ends the connection itself. */
  readonly _command?: object | null;
  handlePacket(packet?: { readonly sequenceId: number }): void;
}

/**
 * The driver reads packets in the socket's own event: what throws there outside of a command would end the process, so it ends the
 * connection. So does a packet out of its turn, which the driver would write to the console and read as if it were the right one.
 */
function guardParser(wire: Wire): void {
  const handle = wire.handlePacket.bind(wire);
  wire.handlePacket = (packet) => {
    try {
      const isRead = wire._command !== undefined && wire._command !== null && !wire._paused;
      if (packet !== undefined && isRead && packet.sequenceId !== wire.sequenceId) throw new Error("a packet came out of its turn");
      handle(packet);
    } catch (cause) {
      wire.stream.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
}
