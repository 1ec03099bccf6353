import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeRemoteKeys } from "../../src/identity/remoteKeys.ts";
import { type Hub, nowMs, openHub } from "./fixtures.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

let server: Server;
let hub: Hub;
let fetches = 0;
let elapsed = 0;
let reply: { status: number; body: string };

beforeEach(async () => {
  fetches = 0;
  elapsed = 0;
  reply = { status: 200, body: JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" }] }) };
  server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(reply.status, { "content-type": "application/json" }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = { issuer: "https://id.example", audience: "hub", jwksUri: `http://127.0.0.1:${port}/jwks`, algorithms: ["ES256", "HS256"], agencyClaim: "client_id" };
  hub = openHub([issuer], makeRemoteKeys({ elapsedMs: () => elapsed }));
});
afterEach(() => {
  server.close();
  hub.store.close();
  rmSync(hub.dataDir, { recursive: true, force: true });
});

const good = { iss: "https://id.example", aud: "hub", client_id: "beijing-bureau", scope: "emergency other", exp: nowMs / 1000 + 600 };
const token = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key: KeyObject = privateKey): Promise<string> =>
  new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: "ES256", kid: "k1", ...header }).sign(key);
const ask = async (text: string | Promise<string>): Promise<unknown> => hub.ask({ authorization: [`Bearer ${await text}`] });

describe("an external identity provider", () => {
  test("its token is the agency that its claim names, for the purposes in its scope that the agency holds", async () => {
    expect(await ask(token())).toMatchObject({ purpose: "emergency", principal: { agency: { id: "beijing-bureau" }, purposes: ["emergency"], mintedBy: "https://id.example" } });
  });

  test("its keys are fetched once for many tokens", async () => {
    for (let index = 0; index < 20; index += 1) await ask(token({ jti: String(index) }));
    expect(fetches).toBe(1);
  });

  test.each([
    { name: "a stranger's signature", claims: {}, header: {}, key: stranger },
    { name: "another audience", claims: { aud: "elsewhere" }, header: {}, key: privateKey },
    { name: "no expiry", claims: { exp: undefined }, header: {}, key: privateKey },
    { name: "no kid", claims: {}, header: { kid: undefined }, key: privateKey },
    { name: "a steward", claims: { client_id: "steward:zhang" }, header: {}, key: privateKey },
    { name: "no agency", claims: { client_id: undefined }, header: {}, key: privateKey },
    { name: "a list of agencies", claims: { client_id: ["beijing-bureau"] }, header: {}, key: privateKey },
  ])("$name is refused", async ({ claims, header, key }) => {
    await expect(ask(token(claims, header, key))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("a symmetric algorithm is refused even where the network file lists it, without asking the provider", async () => {
    const secret = new TextEncoder().encode("x".repeat(32));
    await expect(ask(new SignJWT(good).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(secret))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(fetches).toBe(0);
  });

  test("a hundred unknown kids cost one fetch", async () => {
    await ask(token());
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => ask(token({}, { kid: `unknown-${index}` }))));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(fetches).toBeLessThanOrEqual(2);
  });

  test("a provider that fails is left alone for a while, then asked again", async () => {
    reply = { status: 503, body: "down" };
    for (let index = 0; index < 10; index += 1) await expect(ask(token())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(fetches).toBe(1);
    reply = { status: 200, body: JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" }] }) };
    elapsed = 5001;
    await ask(token());
    expect(fetches).toBe(2);
  });

  test.each(["not json", "{}", '{"keys":[{"kty":"oct","k":"eHh4","kid":"k1"}]}'])("an answer that is no key set (%s) refuses the token", async (body) => {
    reply = { status: 200, body };
    await expect(ask(token())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("fetched keys and verified tokens serve on while the provider is unreachable", async () => {
    await ask(token());
    await new Promise((resolve) => server.close(resolve));
    await ask(token());
    await ask(token({ jti: "fresh" }));
  });

  test("its cached tokens end with the network's trust in it", async () => {
    const text = await token();
    await ask(text);
    hub.network = { ...hub.network, issuers: [] };
    await expect(ask(text)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
