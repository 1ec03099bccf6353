/**
 * One Apollo server per schema hash: it parses and validates against what the agency may see, so unknown and forbidden names fail
 * alike; its executor hands the document to the prepared lane. Equal schemas share one (18 ms and 1.4 MiB each).
 */
import { ApolloServer } from "@apollo/server";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled, ApolloServerPluginSchemaReportingDisabled, ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { LRUCache } from "lru-cache";
import { HubError } from "../../schema/errorCodes.ts";
import type { GraphqlRequest } from "./graphqlRequest.ts";
import { documentLimits } from "./documentLimits.ts";

export interface Validated {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export interface Validators {
  /** Throws GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED or OPERATION_UNKNOWN, with the place in the document as its cause. */
  validate(schemaHash: string, schemaOf: () => GraphQLSchema, request: GraphqlRequest): Promise<Validated>;
}

/** A network of 500 agencies has tens of schemas. */
const serversMax = 100;

/** Apollo clones its context, so what comes out of a request goes through a function. */
interface ValidatorContext {
  accept(validated: Omit<Validated, "schema">): void;
}

interface Running {
  readonly schema: GraphQLSchema;
  readonly server: ApolloServer<ValidatorContext>;
}

export const makeValidators = (): Validators => {
  const running = new LRUCache<string, Running>({ max: serversMax });
  return {
    async validate(schemaHash, schemaOf, { query, operationName }) {
      let found = running.get(schemaHash);
      if (found === undefined) {
        const schema = schemaOf();
        found = { schema, server: startServer(schema) };
        running.set(schemaHash, found);
      }
      const accepted: Omit<Validated, "schema">[] = [];
      const contextValue: ValidatorContext = { accept: (validated) => void accepted.push(validated) };
      const { body } = await found.server.executeOperation({ query, operationName: operationName ?? undefined }, { contextValue });
      if (accepted[0] !== undefined) return { schema: found.schema, ...accepted[0] };
      const [error] = body.kind === "single" ? (body.singleResult.errors ?? []) : [];
      throw hubErrorOf(error);
    },
  };
};

/** A server that holds no timer, socket or listener: dropping it from the cache ends it. */
const startServer = (schema: GraphQLSchema): ApolloServer<ValidatorContext> =>
  new ApolloServer<ValidatorContext>({
    gateway: {
      load: async () => ({
        executor: async ({ context, document, operation }) => {
          (context as ValidatorContext).accept({ document, operation });
          return { data: null };
        },
      }),
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: schema, coreSupergraphSdl: "" });
        return () => undefined;
      },
      stop: async () => undefined,
    },
    ...quiet,
    // What the schema shows is what the agency may know.
    introspection: true,
  });

/** Nothing that listens, reports, caches by hash or helps an attacker: HTTP is the hub's own. */
export const quiet = {
  apollo: { key: undefined, graphRef: undefined },
  plugins: [
    ApolloServerPluginUsageReportingDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginLandingPageDisabled(),
  ],
  stopOnTerminationSignals: false,
  persistedQueries: false,
  allowBatchedHttpRequests: false,
  csrfPrevention: true,
  documentStore: null,
  hideSchemaDetailsFromClientErrors: true,
  includeStacktraceInErrorResponses: false,
  nodeEnv: "production",
  parseOptions: { maxTokens: documentLimits.tokens },
  validationOptions: { maxErrors: 1 },
  logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
} satisfies Partial<ConstructorParameters<typeof ApolloServer<ValidatorContext>>[0]>;

/** Apollo's own words never leave: they name what the schema has. */
export const hubErrorOf = (error: GraphQLFormattedError | undefined): HubError => {
  const cause = { locations: error?.locations };
  switch (error?.extensions?.code) {
    case ApolloServerErrorCode.GRAPHQL_PARSE_FAILED:
      return new HubError("GRAPHQL_PARSE_FAILED", {}, { cause });
    case ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED:
      return new HubError("GRAPHQL_VALIDATION_FAILED", {}, { cause });
    case ApolloServerErrorCode.BAD_USER_INPUT:
      return new HubError("BAD_VARIABLES", {}, { cause });
    case ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE:
      return new HubError("OPERATION_UNKNOWN");
    default:
      return new HubError("INTERNAL", {}, { cause: new Error(error?.message ?? "Apollo answered nothing") });
  }
};
