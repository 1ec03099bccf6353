/** The hub's own tokens: signed with Ed25519, for the hub itself, naming who asks, for what, and who made them. */
import { SignJWT } from "jose";
import type { Purpose } from "../../schema/ids.ts";
import type { HubKeys } from "./keys.ts";

/** Issuer and audience of the hub's own tokens. Two hubs do not take each other's: their keys differ, and so do their kids. */
export const hubIssuer = "one-network";
export const hubAudience = "one-network";
export const hubAlgorithm = "EdDSA";

const stewardPrefix = "steward:";
/** Subject of a steward's token. Agency ids hold no colon, so no agency can be taken for a steward. */
export const stewardSubject = (person: string): string => stewardPrefix + person;
/** The person of a steward's subject, null for an agency's. */
export const personOf = (subject: string): string | null => (subject.startsWith(stewardPrefix) ? subject.slice(stewardPrefix.length) : null);

export interface TokenRequest {
  /** An agency's id or `stewardSubject(person)`. */
  readonly subject: string;
  readonly purposes: readonly Purpose[];
  /** Shown in every disclosure record and to the owner: `cli`, `token-endpoint`, `sandbox`. */
  readonly mintedBy: string;
  readonly lifetimeS: number;
  readonly nowMs: number;
}

export const issueToken = (keys: HubKeys, request: TokenRequest): Promise<string> => {
  const nowS = Math.floor(request.nowMs / 1000);
  return new SignJWT({ purposes: [...request.purposes], minted_by: request.mintedBy })
    .setProtectedHeader({ alg: hubAlgorithm, kid: keys.kid, typ: "JWT" })
    .setIssuer(hubIssuer)
    .setAudience(hubAudience)
    .setSubject(request.subject)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + request.lifetimeS)
    .sign(keys.signing);
};
