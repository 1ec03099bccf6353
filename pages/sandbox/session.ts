/** Who the page asks as: an agency and a purpose with the headers that say so. A change makes a new session and ends the old one. */
import type { SandboxToken, SandboxTokenRequest } from "../../src/gateway/sandboxContract.ts";
import { fill, type Language, words } from "./words.ts";

export interface Session {
  /** Headers of every request, with a token that is still good. Rejects with a text for the reader. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Aborted when the session ends: an answer given to one agency is never shown as another's. */
  readonly signal: AbortSignal;
  end(): void;
}

type TokenSource = () => Promise<string | null>;

const sessionOf = (token: TokenSource, purpose: string | null): Session => {
  const ended = new AbortController();
  return {
    async headers() {
      const text = await token();
      return { ...(text === null ? {} : { authorization: `Bearer ${text}` }), ...(purpose === null ? {} : { purpose }) };
    },
    signal: ended.signal,
    end: () => ended.abort(),
  };
};

/** The agency that needs no token. */
export const anonymousSession = (): Session => sessionOf(async () => null, null);

export const pastedSession = (token: string, purpose: string | null): Session => sessionOf(async () => token, purpose);

/** A token is renewed this long before it ends, so that it outlives the request that carries it. */
const renewBeforeMs = 30_000;

/** In demonstration mode the hub gives the page a token for any agency. */
export const demonstrationSession = (agency: string, purpose: string | null, language: Language): Session => {
  let held: { readonly token: string; readonly goodUntilMs: number } | null = null;
  const request: SandboxTokenRequest = { agency, ...(purpose === null ? {} : { purpose }) };
  const fresh = async (): Promise<string> => {
    if (held !== null && Date.now() < held.goodUntilMs) return held.token;
    const response = await fetch(`${import.meta.env.BASE_URL}token`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) });
    if (!response.ok) throw new Error(fill(words.tokenRefused[language], { status: response.status }));
    const { token, expiresInS } = (await response.json()) as SandboxToken;
    held = { token, goodUntilMs: Date.now() + expiresInS * 1000 - renewBeforeMs };
    return token;
  };
  return sessionOf(fresh, purpose);
};

export interface TokenClaims {
  readonly subject: string;
  readonly purposes: readonly string[];
}

/** What a token says of itself, to offer its purposes; null for what is no JWT. The hub alone decides whether it holds. */
export const readClaims = (token: string): TokenClaims | null => {
  const payload = token.split(".")[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== "object" || claims === null) return null;
    const { sub, purposes } = claims as { readonly sub?: unknown; readonly purposes?: unknown };
    const named = Array.isArray(purposes) ? purposes.filter((purpose) => typeof purpose === "string") : [];
    return { subject: typeof sub === "string" ? sub : "", purposes: named };
  } catch {
    return null;
  }
};
