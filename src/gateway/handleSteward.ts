/** The steward door: a plain Apollo server, its fields behind shield, refusals recorded as at the data door. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import type { GraphQLFormattedError } from "graphql";
import { buildSchema } from "type-graphql";
import { HubError, type HubErrorCode } from "../../schema/errorCodes.ts";
import { faultShape } from "../observe/faultShape.ts";
import { type DoorParts, observeEnd, openExchange, receive, refuse } from "./exchange.ts";
import type { GatewayParts } from "./gatewayParts.ts";
import { parseWithinLimits } from "./limits.ts";
import { sendGraphql, statusOf } from "./respond.ts";
import { type StewardContext, StewardResolver } from "./stewardResolvers.ts";
import { shielded } from "./stewardShield.ts";
import { hubErrorOf, quiet } from "./validators.ts";

export type StewardDoor = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What a steward may read of an error in their own files. */
const fileCodes: ReadonlySet<HubErrorCode> = new Set<HubErrorCode>(["POLICY_INVALID", "MAPPING_INVALID", "NETWORK_INVALID", "CONFIG_INVALID"]);

export const stewardDoor = async (parts: DoorParts): Promise<StewardDoor> => {
  const schema = shielded(await buildSchema({ resolvers: [StewardResolver], orphanedTypes: [], validate: false }));
  const server = new ApolloServer<StewardContext>({
    schema,
    ...quiet,
    plugins: [...quiet.plugins, failures(parts)],
    introspection: true,
    formatError: spoken,
  });
  await server.start();

  return async (request, response) => {
    const exchange = openExchange(parts, "steward", request, response);
    try {
      const { principal, operation } = await receive(parts, exchange);
      // Introspection passes shield by.
      if (principal.kind !== "steward") throw new HubError("FORBIDDEN");
      parseWithinLimits(operation.query, operation.operationName);
      const { query, operationName, variables } = operation;
      const { body } = await server.executeOperation({ query, operationName: operationName ?? undefined, variables: variables ?? {} }, { contextValue: { principal, parts, correlationId: exchange.correlationId } });
      if (body.kind !== "single") throw new Error("the steward door answers in one piece");
      const { errors, data } = body.singleResult;
      const refusal = errors?.find(({ extensions }) => extensions?.code === "FORBIDDEN");
      // A refused document or field is a refusal of the whole: recorded, and nothing else is answered.
      if (refusal !== undefined || (errors !== undefined && data == null && !hasFileCode(errors))) throw refusedBy(refusal ?? errors?.[0]);
      const text = JSON.stringify({ ...(errors === undefined ? {} : { errors }), data: data ?? null, extensions: { correlationId: exchange.correlationId } });
      sendGraphql(response, statusOfAnswer(errors), exchange.type, text, exchange.correlationId, undefined);
      observeEnd(exchange, statusOfAnswer(errors), null);
    } catch (error) {
      await refuse(parts, exchange, error);
    }
  };
};

const hasFileCode = (errors: readonly GraphQLFormattedError[]): boolean => errors.some(({ extensions }) => fileCodes.has(extensions?.code as HubErrorCode));

/** An answer with faults of a steward's file is an answer. */
const statusOfAnswer = (errors: readonly GraphQLFormattedError[] | undefined): number =>
  errors !== undefined && errors.some(({ extensions }) => extensions?.code === "INTERNAL") ? statusOf("INTERNAL", "application/json") : 200;

const refusedBy = (error: GraphQLFormattedError | undefined): HubError => {
  const code = error?.extensions?.code as HubErrorCode | undefined;
  return new HubError(code ?? "INTERNAL", {}, { cause: { locations: error?.locations } });
};

/** What is no HubError goes to the log under the request's name, which `formatError` is not told. */
const failures = ({ log }: GatewayParts): ApolloServerPlugin<StewardContext> => ({
  requestDidStart: async () => ({
    didEncounterErrors: async ({ errors, contextValue: { correlationId } }) => {
      for (const error of errors) {
        const original = unwrapResolverError(error);
        if (spoken(error.toJSON(), error).extensions?.["code"] === "INTERNAL") log({ event: "request.failed", correlationId, door: "steward", fault: faultShape(original) });
      }
    },
  }),
});

/** In our own words; what is no HubError becomes INTERNAL. */
const spoken = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
  const original = unwrapResolverError(error);
  const hubError = original instanceof HubError ? original : hubErrorOf(formatted);
  return {
    message: hubError.message,
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    extensions: { code: hubError.code },
  };
};
