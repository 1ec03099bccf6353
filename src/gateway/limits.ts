/**
 * What a document may cost before anything looks at its meaning: lines and brackets counted, parsed under a token limit, then measured in
 * one pass, so that a hostile document of 100 kB costs a few milliseconds (P37). What its rows may cost is `budgets.ts`.
 */
import { type DocumentNode, getOperationAST, Kind, OperationTypeNode, parse } from "graphql";
import { HubError } from "../../schema/errorCodes.ts";
import { documentLimits, tooLarge } from "./documentLimits.ts";
import { measureDocument } from "./measureDocument.ts";
import { scanText } from "./scanText.ts";

/** Parses and measures. Throws GRAPHQL_PARSE_FAILED, DOCUMENT_TOO_LARGE, GRAPHQL_VALIDATION_FAILED or OPERATION_UNKNOWN. */
export const parseWithinLimits = (text: string, operationName: string | null): DocumentNode => {
  scanText(text);
  const document = parseTokens(text);
  measureDocument(document);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new HubError("OPERATION_UNKNOWN");
  return document;
};

const parseTokens = (text: string): DocumentNode => {
  try {
    return parse(text, { maxTokens: documentLimits.tokens });
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("tokens. Parsing aborted")) throw tooLarge("tokens");
    throw new HubError("GRAPHQL_PARSE_FAILED", {}, { cause });
  }
};

/** The data door reads: its schema has no other root, which graphql-js does not hold against `mutation { __typename }`. */
export const assertQueries = (document: DocumentNode): void => {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== OperationTypeNode.QUERY) throw new HubError("GRAPHQL_VALIDATION_FAILED");
  }
};
