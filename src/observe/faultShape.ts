/**
 * What the log may hold of an error: what kind it is, a code of a closed form, and where in the hub it came about. Never its message,
 * which may quote a driver, a statement, a request or a cell.
 */
import { constants } from "node:os";
import { errorCodes } from "../../schema/errorCodes.ts";

export interface FaultShape {
  /** Names of the error's class and of those of its causes. */
  readonly kinds: readonly string[];
  /** Of the first error in the chain that has one, e.g. `ECONNREFUSED`, `28P01`, `UNAVAILABLE`. */
  readonly code: string | null;
  /** `function file:line:column` of the hub's own files, the innermost first. */
  readonly frames: readonly string[];
}

const causesMax = 5;
const framesMax = 12;

export function faultShape(error: unknown): FaultShape {
  const chain = causesOf(error);
  return { kinds: chain.map(kindOf), code: driverCodeOf(error), frames: framesOf(chain.at(0)) };
}

/** Lists, not forms: a hostile server chooses what its errors call themselves. */
const nodeCodes: ReadonlySet<string> = new Set([
  ...Object.keys(constants.errno),
  "ENOTFOUND",
  "EAI_AGAIN",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
  ...Object.keys(errorCodes),
]);
const sqlState = /^[0-9A-Z]{5}$/;
/** Its primary result codes; what an extended one adds is left out. */
const sqlite = /^SQLITE_(?:ERROR|PERM|BUSY|LOCKED|NOMEM|READONLY|INTERRUPT|IOERR|CORRUPT|FULL|CANTOPEN|SCHEMA|TOOBIG|CONSTRAINT|MISMATCH|MISUSE|AUTH|RANGE|NOTADB)(?=_|$)/;

const closed = (code: unknown): string | null => {
  if (typeof code !== "string") return null;
  return nodeCodes.has(code) || sqlState.test(code) ? code : (sqlite.exec(code)?.[0] ?? null);
};

/** Null where neither the error nor a cause of it has a code that may be logged. */
export function driverCodeOf(error: unknown): string | null {
  for (const one of causesOf(error)) {
    const { code, sqlState: state } = Object(one) as { readonly code?: unknown; readonly sqlState?: unknown };
    const known = closed(code) ?? closed(state);
    if (known !== null) return known;
  }
  return null;
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let one = error; chain.length < causesMax && typeof one === "object" && one !== null; one = (one as { readonly cause?: unknown }).cause) chain.push(one);
  return chain.length === 0 ? [error] : chain;
}

const className = /^[A-Za-z]{1,40}$/;

function kindOf(error: unknown): string {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return className.test(name) ? name : "Error";
}

/** A file of the project or of Node, from its root on; what stands before it tells of the machine. */
const frame = /^ {4}at (?:async )?(?:(?:new )?([\w$.<>#]{1,80}) (?:\[as [\w$.]{1,40}\] )?\()?(?:file:\/\/)?(?:\/.*?\/)?((?:dist\/)?(?:src|schema|adapters|seeds|node_modules)\/[\w@./-]{1,160}|node:[\w/]{1,60}):(\d+):(\d+)\)?$/;

function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const { stack, message } = error;
  // A message may have lines that look like frames; where it cannot be told apart nothing is kept.
  const name = /^[\w$]{1,60}(?: \[\w+\])?/.exec(stack)?.[0] ?? "";
  const head = message === "" ? name : `${name}: ${message}`;
  if (name === "" || !stack.startsWith(`${head}\n`)) return [];
  return stack
    .slice(head.length)
    .split("\n")
    .flatMap((line) => {
      const found = frame.exec(line);
      return found === null ? [] : [`${found[1] ?? "anonymous"} ${found[2]}:${found[3]}:${found[4]}`];
    })
    .slice(0, framesMax);
}
