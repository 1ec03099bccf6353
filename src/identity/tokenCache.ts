/** Verified tokens by the hash of their text: checking a signature costs as much as a short query. Holds no token that could be used. */
import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedToken } from "./verifyToken.ts";

export interface TokenCache {
  /** Null for a token that is not known or has expired. */
  get(token: string, nowMs: number): VerifiedToken | null;
  set(token: string, verified: VerifiedToken): void;
}

export const makeTokenCache = (tokensMax = 10_000): TokenCache => {
  const known = new LRUCache<string, VerifiedToken>({ max: tokensMax });
  return {
    get: (token, nowMs) => {
      const verified = known.get(keyOf(token));
      return verified !== undefined && nowMs < verified.expiresAtMs ? verified : null;
    },
    set: (token, verified) => {
      known.set(keyOf(token), verified);
    },
  };
};

const keyOf = (token: string): string => hash("sha256", token, "base64");
