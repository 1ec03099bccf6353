/**
 * Credentials → who asks and for what (languages.md §3, end).
 *
 * Nothing but the token counts: no other header, cookie or argument names an agency. Whatever is wrong with a token, the caller is
 * told the same, and a bad token never falls back to the anonymous agency. The registry (agency, purposes, suspension, issuer) is
 * asked on every request, so that a cached token is worth no more than the network gives its bearer now.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { asAgencyId, type Purpose } from "../../schema/ids.ts";
import { hubIssuer, personOf } from "./issueToken.ts";
import type { Agency, Network } from "./network.ts";
import type { Principal } from "./principal.ts";
import type { Suspensions } from "./suspensions.ts";
import type { TokenCache } from "./tokenCache.ts";
import { type TokenTrust, type VerifiedToken, verifyToken } from "./verifyToken.ts";

export interface IdentifyInput {
  /** Every value of the Authorization header: node's `headersDistinct`, because `headers` hides a second one. */
  readonly authorization: readonly string[];
  /** Every value of the Purpose header. */
  readonly purpose: readonly string[];
  readonly network: Network;
  readonly suspensions: Suspensions;
  readonly cache: TokenCache;
  readonly trust: TokenTrust;
  readonly nowMs: number;
}

export interface Identified {
  readonly principal: Principal;
  /** Null for stewards, and for agencies that have no purposes. */
  readonly purpose: Purpose | null;
}

const bearer = /^Bearer +([\w.~+/=-]+)$/i;

/**
 * A value when the token is known already or there is none, else a promise: the hot path never yields.
 * Throws, or rejects with, UNAUTHENTICATED, PURPOSE_REQUIRED or PURPOSE_NOT_ALLOWED.
 */
export const identify = (input: IdentifyInput): Identified | Promise<Identified> => {
  const [header, ...more] = input.authorization;
  if (header === undefined) return withPurpose(anonymous(input), input);
  const token = more.length === 0 ? bearer.exec(header)?.[1] : undefined;
  if (token === undefined) throw new HubError("UNAUTHENTICATED");
  const known = input.cache.get(token, input.nowMs);
  if (known !== null) return withPurpose(principalOf(known, input), input);
  return verifyToken(token, input.network.issuers, input.trust, input.nowMs).then((verified) => {
    input.cache.set(token, verified);
    return withPurpose(principalOf(verified, input), input);
  });
};

const anonymous = ({ network, suspensions }: IdentifyInput): Principal => {
  const agency = network.anonymous === null ? undefined : network.agencies.get(network.anonymous);
  if (agency === undefined || suspensions.isSuspended(agency.id)) throw new HubError("UNAUTHENTICATED");
  return { kind: "agency", agency, anonymous: true, purposes: agency.purposes, mintedBy: "anonymous", expiresAtMs: Number.POSITIVE_INFINITY };
};

const principalOf = (token: VerifiedToken, { network, suspensions }: IdentifyInput): Principal => {
  const isTrusted = token.issuer === hubIssuer || network.issuers.some(({ issuer }) => issuer === token.issuer);
  if (!isTrusted || suspensions.isSuspended(token.subject)) throw new HubError("UNAUTHENTICATED");
  const { mintedBy, expiresAtMs } = token;
  const person = personOf(token.subject);
  if (person !== null) {
    const steward = network.stewards.get(person);
    if (steward === undefined) throw new HubError("UNAUTHENTICATED");
    return { kind: "steward", steward, mintedBy, expiresAtMs };
  }
  const agency = network.agencies.get(asAgencyId(token.subject));
  if (agency === undefined) throw new HubError("UNAUTHENTICATED");
  return { kind: "agency", agency, anonymous: false, purposes: purposesNow(token, agency), mintedBy, expiresAtMs };
};

const purposesNow = (token: VerifiedToken, agency: Agency): readonly Purpose[] => agency.purposes.filter((purpose) => token.purposes.includes(purpose));

const withPurpose = (principal: Principal, { purpose: [asked, ...more] }: IdentifyInput): Identified => {
  if (principal.kind === "steward") return { principal, purpose: null };
  const { agency, purposes } = principal;
  if (asked !== undefined) {
    // Two headers name no one purpose.
    const purpose = more.length === 0 ? purposes.find((held) => held === asked) : undefined;
    if (purpose === undefined) throw new HubError("PURPOSE_NOT_ALLOWED");
    return { principal, purpose };
  }
  if (agency.purposes.length === 0) return { principal, purpose: null };
  const [only, ...others] = purposes;
  // The agency has purposes and the token carries none of them any more.
  if (only === undefined) throw new HubError("PURPOSE_NOT_ALLOWED");
  if (others.length > 0) throw new HubError("PURPOSE_REQUIRED");
  return { principal, purpose: only };
};
