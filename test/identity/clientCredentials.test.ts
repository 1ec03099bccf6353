import { readFileSync, rmSync, statSync } from "node:fs";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asAgencyId, asPurpose } from "../../schema/ids.ts";
import { clientCredentials, type TokenAnswer } from "../../src/identity/clientCredentials.ts";
import { clientsFile, ensureClients } from "../../src/identity/clients.ts";
import { agencies } from "../../src/store/tables.ts";
import { agency, type Hub, network, nowMs, openHub } from "./fixtures.ts";

const at = "2026-06-30T08:00:00Z";
let hub: Hub;
let secrets: Record<string, string>;
beforeEach(() => {
  hub = openHub();
  ensureClients(hub.store, hub.dataDir, hub.network, at);
  secrets = JSON.parse(readFileSync(clientsFile(hub.dataDir), "utf8")) as Record<string, string>;
});
afterEach(() => {
  hub.store.close();
  rmSync(hub.dataDir, { recursive: true, force: true });
});

const basic = (id: string, secret: string): string[] => [`Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`];
const post = (form: string, authorization: readonly string[] = []): Promise<TokenAnswer> => clientCredentials(new URLSearchParams(form), authorization, { ...hub, nowMs });
const grant = "grant_type=client_credentials";
const beijing = (): string[] => basic("beijing-bureau", secrets["beijing-bureau"] ?? "");

describe("the token endpoint", () => {
  test("gives an agency an hour's token for all its purposes, and identify takes it", async () => {
    const answer = await post(grant, beijing());
    expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" }, body: { token_type: "Bearer", expires_in: 3600, scope: "joint-enforcement emergency" } });
    const token = String(answer.body.access_token);
    expect(decodeJwt(token)).toMatchObject({ sub: "beijing-bureau", minted_by: "token-endpoint", exp: nowMs / 1000 + 3600 });
    expect(await hub.ask({ authorization: [`Bearer ${token}`], purpose: ["emergency"] })).toMatchObject({ purpose: asPurpose("emergency") });
  });

  test("gives the purposes that the scope names", async () => {
    const answer = await post(`${grant}&scope=emergency`, beijing());
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ purposes: ["emergency"] });
  });

  test("takes the credentials in the body too", async () => {
    expect(await post(`${grant}&client_id=archive&client_secret=${secrets.archive}`)).toMatchObject({ status: 200 });
  });

  test.each([
    { name: "no grant type", form: "scope=emergency", status: 400, error: "invalid_request" },
    { name: "another grant type", form: "grant_type=password", status: 400, error: "unsupported_grant_type" },
    { name: "a purpose of another agency", form: `${grant}&scope=research`, status: 400, error: "invalid_scope" },
    { name: "a purpose twice and one too many", form: `${grant}&scope=emergency+emergency+research`, status: 400, error: "invalid_scope" },
    { name: "a parameter twice", form: `${grant}&scope=emergency&scope=emergency`, status: 400, error: "invalid_request" },
    { name: "two ways to authenticate", form: `${grant}&client_id=a&client_secret=b`, status: 400, error: "invalid_request" },
  ])("$name: $error", async ({ form, status, error }) => {
    expect(await post(form, beijing())).toMatchObject({ status, body: { error } });
  });

  test("answers a wrong secret, an unknown, a suspended and the anonymous agency alike", async () => {
    hub.suspensions.suspend("atmosphere-institute", "operator", at);
    const answers = await Promise.all([
      post(grant, basic("beijing-bureau", secrets.archive ?? "")),
      post(grant, basic("nobody", secrets.archive ?? "")),
      post(grant, basic("atmosphere-institute", secrets["atmosphere-institute"] ?? "")),
      post(grant, basic("public", "")),
      post(grant, ["Basic !!!"]),
      post(grant, [`Bearer ${secrets.archive}`]),
      post(grant),
    ]);
    for (const answer of answers) expect(answer).toEqual({ status: 401, headers: expect.objectContaining({ "www-authenticate": expect.any(String) }), body: { error: "invalid_client" } });
  });

  test("an agency that left the network gets nothing for a secret that is still stored", async () => {
    hub.network = network({ list: [] });
    expect(await post(grant, beijing())).toMatchObject({ status: 401 });
  });
});

describe("client secrets", () => {
  test("lie in a file of mode 0600 and in the store as hashes only; the anonymous agency has none", () => {
    expect(statSync(clientsFile(hub.dataDir)).mode & 0o777).toBe(0o600);
    expect(Object.keys(secrets).sort()).toEqual(["archive", "atmosphere-institute", "beijing-bureau"]);
    const stored = JSON.stringify(hub.store.db.select().from(agencies).all());
    for (const secret of Object.values(secrets)) expect(stored).not.toContain(secret);
  });

  test("stay as they are at the next start; a new agency gets its own", async () => {
    expect(ensureClients(hub.store, hub.dataDir, hub.network, at)).toEqual([]);
    const grown = network({ list: [...hub.network.agencies.values(), agency("tianjin-bureau", [])] });
    expect(ensureClients(hub.store, hub.dataDir, grown, at)).toEqual([asAgencyId("tianjin-bureau")]);
    expect(await post(grant, beijing())).toMatchObject({ status: 200 });
  });

  test("serve on after the file was taken away, and come from the file if the store lost its row", async () => {
    hub.store.db.delete(agencies).run();
    ensureClients(hub.store, hub.dataDir, hub.network, at);
    expect(await post(grant, beijing())).toMatchObject({ status: 200 });
    rmSync(clientsFile(hub.dataDir));
    expect(ensureClients(hub.store, hub.dataDir, hub.network, at)).toEqual([]);
    expect(await post(grant, beijing())).toMatchObject({ status: 200 });
  });
});
