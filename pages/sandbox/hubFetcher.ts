/** The two requests that carry a query: the data door, and its explanation. */
import type { Fetcher } from "@graphiql/toolkit";
import type { Explanation } from "../../src/gateway/sandboxContract.ts";
import type { Session } from "./session.ts";
import { fill, type Language, words } from "./words.ts";

const post = async (path: string, body: unknown, accept: string, session: Session, signal: AbortSignal): Promise<Response> =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json", accept, ...(await session.headers()) }, body: JSON.stringify(body), signal });

/**
 * GraphiQL's fetcher for one session. It rejects with a text for the reader: a rejected introspection is forgotten when a newer one is
 * under way, where a returned error would be shown beside the new agency's schema.
 */
export const hubFetcher =
  (session: Session, language: Language): Fetcher =>
  async ({ query, variables, operationName }) => {
    try {
      const response = await post("/graphql", { query, variables, operationName }, "application/graphql-response+json, application/json", session, session.signal);
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      if (isJson) return await response.json();
      throw new Error(fill(words.notJson[language], { status: response.status }));
    } catch (error) {
      throw withoutStack(textOf(error, session, language));
    }
  };

/** GraphiQL prints an error's stack where it has one. */
const withoutStack = (message: string): Error => {
  const error = new Error(message);
  delete error.stack;
  return error;
};

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

/** How the hub would answer, as text; or why it would not. Rejects only when `signal` is aborted. */
export const explain = async (question: Question, session: Session, language: Language, signal: AbortSignal): Promise<string> => {
  try {
    const response = await post("/explain", question, "application/json", session, AbortSignal.any([signal, session.signal]));
    const said = (await response.json()) as Explanation | Refusal;
    return "explain" in said ? said.explain : said.errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join("\n");
  } catch (error) {
    signal.throwIfAborted();
    return textOf(error, session, language);
  }
};

interface Refusal {
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** `fetch` throws a TypeError for whatever kept it from an answer; the browser's text for it says nothing to a reader. */
const textOf = (error: unknown, session: Session, language: Language): string => {
  if (session.signal.aborted) return words.superseded[language];
  if (error instanceof TypeError) return words.unreachable[language];
  return error instanceof Error ? error.message : String(error);
};
