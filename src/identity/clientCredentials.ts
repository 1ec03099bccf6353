/** The token endpoint's logic: OAuth 2 client credentials (RFC 6749 §4.4, errors §5.2). HTTP is the gateway's. */
import type { Purpose } from "../../schema/ids.ts";
import { asAgencyId } from "../../schema/ids.ts";
import type { Store } from "../store/openStore.ts";
import { isClientSecret } from "./clients.ts";
import { issueToken } from "./issueToken.ts";
import type { HubKeys } from "./keys.ts";
import type { Network } from "./network.ts";
import type { Suspensions } from "./suspensions.ts";

export interface TokenEndpoint {
  readonly store: Store;
  readonly network: Network;
  readonly suspensions: Suspensions;
  readonly keys: HubKeys;
  readonly nowMs: number;
}

export interface TokenAnswer {
  readonly status: 200 | 400 | 401;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
}

export const endpointTokenLifetimeS = 3600;

type Refusal = "invalid_request" | "invalid_client" | "invalid_scope" | "unsupported_grant_type";

/**
 * `form`: the body, `application/x-www-form-urlencoded`. `authorization`: every value of the header. `scope` names purposes; without
 * it the token carries all that the agency has.
 */
export const clientCredentials = async (form: URLSearchParams, authorization: readonly string[], endpoint: TokenEndpoint): Promise<TokenAnswer> => {
  const names = [...form.keys()];
  if (new Set(names).size !== names.length || authorization.length > 1) return refuse("invalid_request");
  const [header] = authorization;
  // A client uses one method (RFC 6749 §2.3).
  if (header !== undefined && form.has("client_secret")) return refuse("invalid_request");
  const grant = form.get("grant_type");
  if (grant === null) return refuse("invalid_request");
  if (grant !== "client_credentials") return refuse("unsupported_grant_type");
  const client = header === undefined ? { id: form.get("client_id") ?? "", secret: form.get("client_secret") ?? "" } : basicCredentials(header);
  if (client === null || !isClientSecret(endpoint.store, client.id, client.secret)) return refuse("invalid_client");
  const agency = endpoint.network.agencies.get(asAgencyId(client.id));
  if (agency === undefined || endpoint.suspensions.isSuspended(agency.id)) return refuse("invalid_client");
  const purposes = purposesOf(form.get("scope"), agency.purposes);
  if (purposes === null) return refuse("invalid_scope");
  const token = await issueToken(endpoint.keys, { subject: agency.id, purposes, mintedBy: "token-endpoint", lifetimeS: endpointTokenLifetimeS, nowMs: endpoint.nowMs });
  return { status: 200, headers: noStore, body: { access_token: token, token_type: "Bearer", expires_in: endpointTokenLifetimeS, scope: purposes.join(" ") } };
};

const noStore = { "cache-control": "no-store", pragma: "no-cache" };

const refuse = (error: Refusal): TokenAnswer =>
  error === "invalid_client"
    ? { status: 401, headers: { ...noStore, "www-authenticate": 'Basic realm="one-network"' }, body: { error } }
    : { status: 400, headers: noStore, body: { error } };

/** Null if one of the purposes is not the agency's. */
const purposesOf = (scope: string | null, held: readonly Purpose[]): readonly Purpose[] | null => {
  const asked = scope?.split(" ").filter((purpose) => purpose !== "") ?? [];
  if (asked.length === 0) return held;
  const purposes = held.filter((purpose) => asked.includes(purpose));
  return purposes.length === new Set(asked).size ? purposes : null;
};

/** Both parts are form-encoded inside the base64 (RFC 6749 §2.3.1). */
const basicCredentials = (header: string): { id: string; secret: string } | null => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) return null;
  try {
    return { id: decodeURIComponent(pair.slice(0, colon)), secret: decodeURIComponent(pair.slice(colon + 1)) };
  } catch {
    return null;
  }
};
