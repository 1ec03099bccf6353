/**
 * Keys of external identity providers, fetched when a token first names one.
 *
 * jose asks again for a kid that it does not know, at most once a cooldown; that bound counts successes only, so failures get their
 * own here: a provider that is down must not be asked once per bad token, nor hold up the requests of others.
 */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import type { ExternalIssuer } from "./network.ts";

export interface RemoteKeysOptions {
  /** Between two fetches from a provider that answers: for kids that it did not name. */
  readonly cooldownMs?: number;
  /** Between two fetches from a provider that fails. */
  readonly restMs?: number;
  /** Fetched keys serve this long when the provider cannot be reached. */
  readonly cacheMs?: number;
  readonly deadlineMs?: number;
  readonly fetch?: typeof fetch;
  /** Monotonic milliseconds. */
  readonly elapsedMs?: () => number;
}

export type RemoteKeys = (issuer: ExternalIssuer) => JWTVerifyGetKey;

export const makeRemoteKeys = (options: RemoteKeysOptions = {}): RemoteKeys => {
  const { cooldownMs = 30_000, restMs = 5000, cacheMs = 600_000, deadlineMs = 3000, elapsedMs = () => performance.now() } = options;
  const fetchKeys = options.fetch ?? fetch;
  const known = new Map<string, JWTVerifyGetKey>();
  return (issuer) => {
    const found = known.get(issuer.jwksUri);
    if (found !== undefined) return found;
    let restUntilMs = Number.NEGATIVE_INFINITY;
    const keys = createRemoteJWKSet(new URL(issuer.jwksUri), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: cacheMs,
      timeoutDuration: deadlineMs,
      [customFetch]: async (url, init) => {
        if (elapsedMs() < restUntilMs) throw new Error("the identity provider failed a moment ago");
        restUntilMs = elapsedMs() + restMs;
        const response = await fetchKeys(url, init);
        if (response.status === 200) restUntilMs = Number.NEGATIVE_INFINITY;
        return response;
      },
    });
    known.set(issuer.jwksUri, keys);
    return keys;
  };
};
