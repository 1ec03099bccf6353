/** What the server, the driver or the network said, as a status of the contract's closed list; the text stays in `cause`, for the log. */
import { SourceFailure, type SourceFailureStatus } from "../contract/adapter.ts";

export const asFailure = (cause: unknown): SourceFailure => (cause instanceof SourceFailure ? cause : new SourceFailure(statusOf(cause), cause, isPassing(cause)));

/** A lost connection, a restart, a full server: not a password, a role or a database that is not there. */
const isPassing = (cause: unknown): boolean => {
  const code = codeOf(cause);
  return statusOf(cause) === "UNAVAILABLE" && (code === null || /^(?:08|53|57)/.test(code));
};

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, by class where the class decides. */
function statusOf(cause: unknown): SourceFailureStatus {
  const code = codeOf(cause);
  if (code === null) return "UNAVAILABLE";
  if (code === "57014") return "TIMEOUT";
  if (code === "53300" || code === "55P03" || code.startsWith("40")) return "BUSY";
  // Connection, authorisation, no such database, resources, operator's intervention, I/O.
  if (/^(?:08|28|3D|53|57|58|XX)/.test(code)) return "UNAVAILABLE";
  // The statement does not fit the source as it is now (drift), or a value does not fit.
  return "BAD_ANSWER";
}

/** The five characters of an SQLSTATE; a socket's `ECONNREFUSED` is none. */
export function codeOf(cause: unknown): string | null {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : null;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
