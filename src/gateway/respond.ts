/** What every door sends back: status, headers and the one form of an error. */
import type { ServerResponse } from "node:http";
import { type HubErrorCode, errorCodes, HubError } from "../../schema/errorCodes.ts";
import type { AnswerType } from "./negotiate.ts";
import type { Body } from "./printAnswer.ts";
import { utf8Bytes } from "./utf8Bytes.ts";

/** An error as callers see it: a code of the closed list, its own text, and where in their document. */
export interface SpokenError {
  readonly code: HubErrorCode;
  readonly message: string;
  readonly locations: readonly { readonly line: number; readonly column: number }[] | null;
  /** For `Retry-After`; null: none is known. */
  readonly retryAfterS: number | null;
}

/** Null for what is not a HubError: nothing of it may be said. */
export const spokenError = (error: unknown): SpokenError | null => {
  if (!(error instanceof HubError)) return null;
  return spokenOf(error);
};

export const spokenOf = (error: HubError): SpokenError => ({ code: error.code, message: error.message, locations: locationsOf(error.cause), retryAfterS: retryAfterOf(error) });

const retryAfterOf = ({ code, parameters: { seconds } }: HubError): number | null => ((code === "BUDGET_SPENT" || code === "HUB_BUSY") && typeof seconds === "number" ? seconds : (retryAfter[code] ?? null));

const retryAfter: Partial<Readonly<Record<HubErrorCode, number>>> = { POLICY_CHANGED: 1, AUDIT_UNAVAILABLE: 1 };

const locationsOf = (cause: unknown): SpokenError["locations"] => {
  if (typeof cause !== "object" || cause === null || !("locations" in cause) || !Array.isArray(cause.locations)) return null;
  return (cause.locations as readonly { line: number; column: number }[]).map(({ line, column }) => ({ line, column }));
};

const errorText = ({ code, message, locations }: SpokenError, correlationId: string): string =>
  JSON.stringify({ errors: [{ message, ...(locations === null ? {} : { locations }), extensions: { code } }], extensions: { correlationId } });

/** Faults of the document and not of the request: `application/json` answers them with 200 (GraphQL over HTTP §6.4.1). */
const documentCodes: ReadonlySet<HubErrorCode> = new Set<HubErrorCode>([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_UNKNOWN",
  "BAD_VARIABLES",
  "BAD_ARGUMENT",
  "DOCUMENT_TOO_LARGE",
  "OPERATION_TOO_COSTLY",
]);

export const statusOf = (code: HubErrorCode, type: AnswerType): number => (type === "application/json" && documentCodes.has(code) ? 200 : errorCodes[code].http);

const extraHeaders: Partial<Readonly<Record<HubErrorCode, readonly [string, string]>>> = {
  METHOD_NOT_ALLOWED: ["allow", "POST"],
  UNAUTHENTICATED: ["www-authenticate", "Bearer"],
};

export const sendError = (response: ServerResponse, error: SpokenError, type: AnswerType, correlationId: string): void => {
  sendGraphql(response, statusOf(error.code, type), type, errorText(error, correlationId), correlationId, error.retryAfterS === null ? extraHeaders[error.code] : ["retry-after", String(error.retryAfterS)]);
};

/** Gives how many bytes wait for the caller now. */
export const sendGraphql = (response: ServerResponse, status: number, type: AnswerType, body: Body, correlationId: string, extra: readonly [string, string] | undefined): number => {
  if (response.destroyed) return 0;
  const pieces = typeof body === "string" ? [utf8Bytes(body)] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = [
    "content-type", type === "application/json" ? "application/json; charset=utf-8" : "application/graphql-response+json; charset=utf-8",
    "content-length", String(length),
    "cache-control", "no-store",
    "x-content-type-options", "nosniff",
    "x-correlation-id", correlationId,
  ];
  if (extra !== undefined) headers.push(...extra);
  response.writeHead(status, headers);
  for (const piece of pieces.slice(0, -1)) response.write(piece);
  response.end(pieces.at(-1));
  return length;
};

/** Bodies of the doors that are not GraphQL. */
export const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(text);
};

export const sendNothing = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { "content-length": 0, "cache-control": "no-store", ...headers });
  response.end();
};
