/**
 * The data door: request → principal → budget → permit → prepared lane (or Apollo, then the lane) → cost → recorded answer → bytes.
 *
 * Both ways end in the same call, so a document answers the same bytes the first time and the thousandth.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HubError } from "../../schema/errorCodes.ts";
import type { Permit } from "../access/permit.ts";
import type { AgencyPrincipal } from "../identity/principal.ts";
import { costOf, costs } from "../plan/cost.ts";
import { abandonment, type Answerer, answerer, type AnswerRequest, operationDeadline } from "./answerOperation.ts";
import { type Account, type Budgets, makeBudgets } from "./budgets.ts";
import { makeCapacity, type Passage } from "./capacity.ts";
import { defaultConnectionLimits } from "./connections.ts";
import { type DoorParts, type Exchange, observeEnd, openExchange, receive, refuse } from "./exchange.ts";
import type { GraphqlRequest } from "./graphqlRequest.ts";
import { makePreparedLane, type Prepared } from "./preparedLane.ts";
import { callerGone } from "./readBody.ts";
import type { Body } from "./printAnswer.ts";
import { sendGraphql, sendJson } from "./respond.ts";

export interface DataDoor {
  graphql(request: IncomingMessage, response: ServerResponse): Promise<void>;
  explain(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** What its sources and agencies stand at, for the operator. */
  standing(): DoorStanding;
}

export interface DoorStanding {
  readonly guards: ReturnType<Answerer["guards"]>;
  readonly budgets: ReturnType<Budgets["left"]>;
}

/** Bytes that any socket takes without its reader. */
const takenAtOnce = 65_536;

interface Planned {
  readonly principal: AgencyPrincipal;
  readonly permit: Permit;
  readonly generation: number;
  readonly prepared: Prepared;
}

interface Received {
  readonly principal: AgencyPrincipal;
  readonly operation: GraphqlRequest;
  readonly account: Account;
}

export const dataDoor = (parts: DoorParts): DataDoor => {
  const { state, journal } = parts;
  const lane = makePreparedLane(state);
  const answers = answerer(parts);
  const budgets = makeBudgets(state.network, parts.clock);
  const capacity = makeCapacity({ clock: parts.clock, ...(parts.capacityBytes === undefined ? {} : { bytesMax: parts.capacityBytes }) });
  const answerMs = parts.connectionLimits?.answerMs ?? defaultConnectionLimits.answerMs;

  const plan = (exchange: Exchange, principal: AgencyPrincipal, operation: GraphqlRequest): Planned | Promise<Planned> => {
    const generation = state.current().number;
    const permit = state.permitOf(principal.agency, exchange.purpose, exchange.nowMs);
    const fromMs = parts.clock();
    const prepared = lane.find(permit, generation, operation);
    if (prepared !== null) {
      exchange.observed?.planned("prepared", fromMs);
      return { principal, permit, generation, prepared };
    }
    return lane.prepare(permit, generation, operation).then((made) => {
      exchange.observed?.planned("compiled", fromMs);
      return { principal, permit, generation, prepared: made };
    });
  };

  const receiveAgency = async (exchange: Exchange): Promise<Received> => {
    const admitted: { account: Account | null } = { account: null };
    const { principal, operation } = await receive(parts, exchange, (known) => {
      if (known.kind !== "agency") return;
      admitted.account = budgets.admit(known.agency, exchange.purpose);
      capacity.assertRoom(known.agency.id);
    });
    const { account } = admitted;
    if (principal.kind !== "agency" || account === null) throw new HubError("FORBIDDEN");
    return { principal, operation, account };
  };

  const requestOf = ({ correlationId, nowMs, observed }: Exchange, { prepared, ...planned }: Planned, signal: AbortSignal): AnswerRequest => ({ ...prepared, ...planned, correlationId, nowMs, signal, observed });

  const answerOnce = async (exchange: Exchange, planned: Planned, signal: AbortSignal, deadlineAtMs: number, passage: Passage): Promise<Body> => {
    const request: AnswerRequest = { ...requestOf(exchange, planned, signal), deadlineAtMs, passage };
    try {
      return await answers.answerText(request);
    } catch (error) {
      if (!signal.aborted || error instanceof HubError) throw error;
      await journal.append(abandonment(request), () => true);
      throw callerGone;
    }
  };

  return {
    standing: () => ({ guards: answers.guards(), budgets: budgets.left() }),

    async graphql(request, response) {
      const exchange = openExchange(parts, "graphql", request, response);
      const abort = new AbortController();
      let passage: Passage | null = null;
      try {
        const { principal, operation, account } = await receiveAgency(exchange);
        const deadlineAtMs = operationDeadline(parts);
        response.on("close", () => {
          if (!response.writableFinished) abort.abort();
        });
        const known = plan(exchange, principal, operation);
        const first = known instanceof Promise ? await known : known;
        const units = costOf(first.prepared.plan, first.prepared.variables);
        account.pay(units);
        const own = capacity.enter(principal.agency.id, units);
        passage = own;
        if (response.closed) own.leave();
        else response.once("close", () => own.leave());
        let text: Body;
        try {
          text = await answerOnce(exchange, first, abort.signal, deadlineAtMs, own);
        } catch (error) {
          if (!(error instanceof HubError) || error.code !== "POLICY_CHANGED") throw error;
          // Once more under the rules of now, which may be others by the clock alone; a second change in between is the caller's to try again (semantics.md §8).
          exchange.nowMs = parts.now();
          text = await answerOnce(exchange, await plan(exchange, principal, operation), abort.signal, deadlineAtMs, own);
        }
        const bytes = sendGraphql(response, 200, exchange.type, text, exchange.correlationId, undefined);
        own.answered(bytes);
        if (bytes > takenAtOnce && !response.closed) {
          const late = setTimeout(() => response.destroy(), answerMs);
          response.once("close", () => clearTimeout(late));
        }
        observeEnd(exchange, 200, null);
      } catch (error) {
        // Its sources need not go on, and what they gave is nobody's from here on.
        abort.abort();
        passage?.leave();
        await refuse(parts, exchange, error);
      }
    },

    async explain(request, response) {
      const exchange = openExchange(parts, "explain", request, response);
      try {
        const { principal, operation, account } = await receiveAgency(exchange);
        const { explainText } = parts;
        if (explainText === null) throw new HubError("FORBIDDEN");
        const planned = await plan(exchange, principal, operation);
        const { permit, prepared } = planned;
        account.pay(costs.request);
        await answers.recordExplanation(requestOf(exchange, planned, new AbortController().signal));
        sendJson(response, 200, { explain: explainText(prepared.plan, permit, principal.agency), cost: costOf(prepared.plan, prepared.variables) }, { "x-correlation-id": exchange.correlationId });
        observeEnd(exchange, 200, null);
      } catch (error) {
        await refuse(parts, exchange, error);
      }
    },
  };
};
