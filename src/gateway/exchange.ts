/**
 * One request at a GraphQL door, from its head to a refusal: whatever is wrong with it, the refusal is recorded before it is sent, and
 * where the record cannot be written that is the answer (design.md §8).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HubError, type HubErrorCode } from "../../schema/errorCodes.ts";
import type { Purpose } from "../../schema/ids.ts";
import { identify } from "../identity/identify.ts";
import { stewardSubject } from "../identity/issueToken.ts";
import { faultShape } from "../observe/faultShape.ts";
import type { Ended, RequestObserver } from "../observe/observer.ts";
import type { Principal } from "../identity/principal.ts";
import { refusal } from "./answerOperation.ts";
import { correlationIdOf } from "./correlationId.ts";
import type { GatewayParts } from "./gatewayParts.ts";
import { type GraphqlRequest, parseGraphqlRequest } from "./graphqlRequest.ts";
import { type AnswerType, assertJson, negotiate } from "./negotiate.ts";
import type { RefusalLedger } from "./refusalLedger.ts";
import { callerGone, discard, readBody } from "./readBody.ts";
import { documentHashOf } from "./preparedLane.ts";
import { sendError, type SpokenError, spokenError, spokenOf, statusOf } from "./respond.ts";

/** What is known of a request so far; a refusal records as much as there is. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly correlationId: string;
  /** Epoch milliseconds: `$now` of the operation. */
  nowMs: number;
  readonly door: "graphql" | "explain" | "steward";
  type: AnswerType;
  principal: Principal | null;
  purpose: Purpose | null;
  operation: GraphqlRequest | null;
  /** Null: nobody is told of this request. */
  readonly observed: RequestObserver | null;
}

/** What the doors of one gateway share. */
export interface DoorParts extends GatewayParts {
  readonly refusals: RefusalLedger;
}

export const openExchange = (parts: GatewayParts, door: Exchange["door"], request: IncomingMessage, response: ServerResponse): Exchange => {
  const correlationId = correlationIdOf(request.headersDistinct["x-correlation-id"]);
  const observed = parts.observer?.request(door, correlationId, request.headersDistinct["traceparent"]) ?? null;
  return { request, response, correlationId, nowMs: parts.now(), door, type: "application/json", principal: null, purpose: null, operation: null, observed };
};

/** Tells the observer, once, how the request ended. */
export const observeEnd = ({ observed, principal, purpose }: Exchange, status: Ended["status"], code: HubErrorCode | null): void => {
  if (observed === null) return;
  // Persons are named by the journal alone.
  observed.ended({ agency: principal === null ? null : principal.kind === "agency" ? principal.agency.id : "steward", purpose, status, code });
};

/**
 * Method, types, credentials, admission, body, in this order: a caller whom the hub does not know, or who may not ask now, gets no body
 * read. Fills the exchange; throws HubError for a refusal, `callerGone` where nobody is left to answer.
 */
export const receive = async (parts: GatewayParts, exchange: Exchange, admit: (principal: Principal) => void = () => undefined): Promise<{ readonly principal: Principal; readonly operation: GraphqlRequest }> => {
  const { request } = exchange;
  const headers = request.headersDistinct;
  exchange.type = negotiate(headers.accept?.join(","));
  if (request.method !== "POST") throw new HubError("METHOD_NOT_ALLOWED");
  assertJson(headers);
  const known = identify({
    authorization: headers.authorization ?? [],
    purpose: headers.purpose ?? [],
    network: parts.state.network,
    suspensions: parts.suspensions,
    cache: parts.tokenCache,
    trust: parts.trust,
    nowMs: exchange.nowMs,
  });
  const { principal, purpose } = known instanceof Promise ? await known : known;
  exchange.principal = principal;
  exchange.purpose = purpose;
  admit(principal);
  const operation = parseGraphqlRequest(await readBody(request));
  exchange.operation = operation;
  return { principal, operation };
};

/** Records the refusal and sends it. Never rejects. */
export const refuse = async (parts: DoorParts, exchange: Exchange, error: unknown): Promise<void> => {
  if (!exchange.request.complete) discard(exchange.request);
  if (error === callerGone) {
    observeEnd(exchange, "gone", null);
    return;
  }
  let spoken = spokenError(error);
  if (spoken === null || spoken.code === "INTERNAL") {
    parts.log({ event: "request.failed", correlationId: exchange.correlationId, door: exchange.door, fault: faultShape(error) });
    spoken = spoken ?? internal;
  }
  if (spoken.code !== "AUDIT_UNAVAILABLE") {
    try {
      await parts.refusals.record(recordOf(parts, exchange, spoken));
    } catch (failure) {
      parts.log({ event: "request.unrecorded", correlationId: exchange.correlationId, door: exchange.door, fault: faultShape(failure) });
      spoken = unrecorded;
    }
  }
  sendError(exchange.response, spoken, exchange.type, exchange.correlationId);
  observeEnd(exchange, statusOf(spoken.code, exchange.type), spoken.code);
};

const internal = spokenOf(new HubError("INTERNAL"));
const unrecorded = spokenOf(new HubError("AUDIT_UNAVAILABLE"));

const recordOf = (parts: GatewayParts, exchange: Exchange, { code }: SpokenError): ReturnType<typeof refusal> => {
  const { principal, operation } = exchange;
  return refusal(code, {
    at: new Date(exchange.nowMs).toISOString(),
    correlationId: exchange.correlationId,
    agency: principal === null ? null : principal.kind === "agency" ? principal.agency.id : stewardSubject(principal.steward.person),
    mintedBy: principal?.mintedBy ?? null,
    purpose: exchange.purpose,
    epoch: parts.state.current().policySet.epoch,
    document: operation === null ? null : documentHashOf(operation),
    door: exchange.door,
  });
};
