/** What the server, the driver or the network said, as a status of the contract's closed list; the text stays in `cause`, for the log. */
import { SourceFailure, type SourceFailureStatus } from "../contract/adapter.ts";

export const asFailure = (cause: unknown): SourceFailure => (cause instanceof SourceFailure ? cause : new SourceFailure(statusOf(cause), cause, isPassing(cause)));

/** Too many connections, a shutdown, no memory, no disk, a connection that was killed. */
const passing: ReadonlySet<number> = new Set([1021, 1037, 1040, 1041, 1053, 1077, 1079, 1129, 1135, 1203, 1226, 1927]);
/** An unknown user, password, database; a host that may not connect; a server that is not as it says. */
const refused: ReadonlySet<number> = new Set([1042, 1043, 1044, 1045, 1049, 1130, 1142, 1143, 1227, 1251, 1290, 1698, 3118, 3159, 4151]);
/** A lock that was waited for in vain, a deadlock. */
const busy: ReadonlySet<number> = new Set([1205, 1213, 1412, 1637]);
/** Killed by another connection, or beyond the time that the session gives a statement. */
const ended: ReadonlySet<number> = new Set([1317, 1969, 3024]);

/** https://mariadb.com/kb/en/mariadb-error-code-reference/, https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
function statusOf(cause: unknown): SourceFailureStatus {
  const number = numberOf(cause);
  // Neither the server nor the network: a value that the driver does not take.
  if (cause instanceof TypeError || cause instanceof RangeError) return "BAD_ANSWER";
  if (number === null) return "UNAVAILABLE";
  if (ended.has(number)) return "TIMEOUT";
  if (busy.has(number)) return "BUSY";
  if (passing.has(number) || refused.has(number)) return "UNAVAILABLE";
  // The statement does not fit the source as it is now (drift), or a value does not fit.
  return "BAD_ANSWER";
}

const isPassing = (cause: unknown): boolean => {
  const number = numberOf(cause);
  return number === null || passing.has(number);
};

export const isEnded = (cause: unknown): boolean => ended.has(numberOf(cause) ?? 0);

/** The server's own number; a socket's `ECONNREFUSED` has another. */
function numberOf(cause: unknown): number | null {
  if (typeof cause !== "object" || cause === null || !("errno" in cause) || !("sqlState" in cause)) return null;
  return typeof cause.errno === "number" && cause.errno > 0 ? cause.errno : null;
}
