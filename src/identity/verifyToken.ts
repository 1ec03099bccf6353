/**
 * A token's text → what it claims, or UNAUTHENTICATED with one constant body, whatever was wrong with it.
 *
 * Algorithms are pinned per issuer and never symmetric, so a public key can never serve as a shared secret (P31); the key comes from
 * the issuer that the token names and this hub trusts, never from the token.
 */
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import { HubError } from "../../schema/errorCodes.ts";
import { hubAlgorithm, hubAudience, hubIssuer } from "./issueToken.ts";
import type { HubKeys } from "./keys.ts";
import type { ExternalIssuer } from "./network.ts";
import type { RemoteKeys } from "./remoteKeys.ts";

export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string;
  /** As claimed; what the network still gives the agency is decided on every request. */
  readonly purposes: readonly string[];
  readonly mintedBy: string;
  readonly expiresAtMs: number;
}

export interface TokenTrust {
  readonly keys: HubKeys;
  readonly remoteKeys: RemoteKeys;
}

/** Clocks of agencies and providers differ; a minute is the most that a revoked minute may cost. */
const clockToleranceS = 30;
const tokenLengthMax = 8192;
const asymmetric = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/;

export const verifyToken = async (token: string, issuers: readonly ExternalIssuer[], trust: TokenTrust, nowMs: number): Promise<VerifiedToken> => {
  try {
    if (token.length > tokenLengthMax) throw new Error("the token is too long");
    const { iss } = decodeJwt(token);
    if (iss === hubIssuer) return await verifyOwn(token, trust.keys, nowMs);
    const issuer = issuers.find((candidate) => candidate.issuer === iss);
    if (issuer === undefined) throw new Error("the issuer is not trusted");
    return await verifyExternal(token, issuer, trust.remoteKeys, nowMs);
  } catch (error) {
    throw new HubError("UNAUTHENTICATED", {}, { cause: error });
  }
};

const verifyOwn = async (token: string, keys: HubKeys, nowMs: number): Promise<VerifiedToken> => {
  if (decodeProtectedHeader(token).kid !== keys.kid) throw new Error("the token names another key");
  const { payload } = await jwtVerify(token, keys.verifying, options(hubIssuer, hubAudience, [hubAlgorithm], ["sub"], nowMs));
  return claims(payload, payload.sub, typeof payload.minted_by === "string" ? payload.minted_by : hubIssuer);
};

const verifyExternal = async (token: string, issuer: ExternalIssuer, remoteKeys: RemoteKeys, nowMs: number): Promise<VerifiedToken> => {
  const algorithms = issuer.algorithms.filter((algorithm) => asymmetric.test(algorithm));
  const header = decodeProtectedHeader(token);
  // Both are checked before the provider is asked: a token that cannot be valid costs no fetch.
  if (typeof header.kid !== "string" || header.alg === undefined || !algorithms.includes(header.alg)) throw new Error("the token names no key, or an algorithm that is not the issuer's");
  const { payload } = await jwtVerify(token, remoteKeys(issuer), options(issuer.issuer, issuer.audience, algorithms, [issuer.agencyClaim], nowMs));
  const subject = payload[issuer.agencyClaim];
  // Stewards are the hub's own: a provider of agencies must not be able to name one.
  if (typeof subject === "string" && subject.includes(":")) throw new Error("an external token names no agency");
  return claims(payload, subject, issuer.issuer);
};

const options = (issuer: string, audience: string, algorithms: readonly string[], required: readonly string[], nowMs: number): JWTVerifyOptions => ({
  issuer,
  audience,
  algorithms: [...algorithms],
  requiredClaims: ["exp", ...required],
  clockTolerance: clockToleranceS,
  currentDate: new Date(nowMs),
});

const claims = (payload: JWTPayload, subject: unknown, mintedBy: string): VerifiedToken => {
  if (typeof subject !== "string" || subject === "" || payload.exp === undefined) throw new Error("the token names nobody");
  return { issuer: payload.iss ?? "", subject, purposes: purposesOf(payload), mintedBy, expiresAtMs: payload.exp * 1000 };
};

/** The hub's own list, else OAuth's `scope`; a token with neither carries no purpose. */
const purposesOf = ({ purposes, scope }: JWTPayload): readonly string[] => {
  if (Array.isArray(purposes)) return purposes.filter((purpose) => typeof purpose === "string");
  return typeof scope === "string" ? scope.split(" ").filter((purpose) => purpose !== "") : [];
};
