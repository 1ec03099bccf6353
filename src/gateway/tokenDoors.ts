/** Where tokens come from: the OAuth 2 endpoint for agencies, and in demonstration mode the sandbox's picker. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HubError } from "../../schema/errorCodes.ts";
import { asAgencyId } from "../../schema/ids.ts";
import { clientCredentials } from "../identity/clientCredentials.ts";
import { hubAlgorithm, issueToken } from "../identity/issueToken.ts";
import type { GatewayParts } from "./gatewayParts.ts";
import { assertJson } from "./negotiate.ts";
import { readBody } from "./readBody.ts";
import { sendError, sendJson, spokenError } from "./respond.ts";

const tokenBodyBytesMax = 10_000;
const sandboxTokenLifetimeS = 900;
const form = /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?$/i;

/** POST /oauth/token: RFC 6749 §4.4; errors in its own form. */
export const handleToken = async (parts: GatewayParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { "content-type": types = [], authorization = [] } = request.headersDistinct;
  const isForm = types.length === 1 && form.test(types[0] ?? "");
  const body = await readBody(request, tokenBodyBytesMax).catch((error: unknown) => {
    if (error instanceof HubError) return null;
    throw error;
  });
  if (!isForm || body === null) {
    sendJson(response, 400, { error: "invalid_request" }, { pragma: "no-cache" });
    return;
  }
  const { store, suspensions, keys } = parts;
  const answer = await clientCredentials(new URLSearchParams(body.toString("utf8")), authorization, { store, network: parts.state.network, suspensions, keys, nowMs: parts.now() });
  sendJson(response, answer.status, answer.body, answer.headers);
};

/** GET /.well-known/jwks.json: RFC 7517. The key that verifies, never the one that signs. */
export const jwksOf = ({ keys }: Pick<GatewayParts, "keys">): { readonly keys: readonly object[] } => ({
  keys: [{ ...keys.verifying.export({ format: "jwk" }), kid: keys.kid, alg: hubAlgorithm, use: "sig" }],
});

/** POST /sandbox/token: `{ agency, purpose? }` → a short token. JSON alone, so no page of another origin can ask without being asked first. */
export const handleSandboxToken = async (parts: GatewayParts, request: IncomingMessage, response: ServerResponse, correlationId: string): Promise<void> => {
  try {
    assertJson(request.headersDistinct);
    const wanted = parseWanted(await readBody(request, tokenBodyBytesMax));
    const agency = parts.state.network.agencies.get(asAgencyId(wanted.agency));
    if (agency === undefined) throw new HubError("BAD_REQUEST");
    const purposes = wanted.purpose === null ? agency.purposes : agency.purposes.filter((purpose) => purpose === wanted.purpose);
    if (wanted.purpose !== null && purposes.length === 0) throw new HubError("PURPOSE_NOT_ALLOWED");
    const token = await issueToken(parts.keys, { subject: agency.id, purposes, mintedBy: "sandbox", lifetimeS: sandboxTokenLifetimeS, nowMs: parts.now() });
    sendJson(response, 200, { token, expiresInS: sandboxTokenLifetimeS });
  } catch (error) {
    const spoken = spokenError(error);
    if (spoken === null) throw error;
    sendError(response, spoken, "application/json", correlationId);
  }
};

const parseWanted = (bytes: Buffer): { readonly agency: string; readonly purpose: string | null } => {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new HubError("BAD_REQUEST");
  }
  if (typeof body !== "object" || body === null) throw new HubError("BAD_REQUEST");
  const { agency, purpose } = body as { readonly agency?: unknown; readonly purpose?: unknown };
  if (typeof agency !== "string" || (purpose != null && typeof purpose !== "string")) throw new HubError("BAD_REQUEST");
  return { agency, purpose: purpose ?? null };
};
