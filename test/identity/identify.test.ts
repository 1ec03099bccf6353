import { setImmediate as nextTurn } from "node:timers/promises";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { rmSync } from "node:fs";
import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asAgencyId, asPurpose } from "../../schema/ids.ts";
import { hubAudience, hubIssuer, issueToken, stewardSubject } from "../../src/identity/issueToken.ts";
import { openSuspensions } from "../../src/identity/suspensions.ts";
import { openStore } from "../../src/store/openStore.ts";
import { agency, type Hub, network, nowMs, openHub } from "./fixtures.ts";

let hub: Hub;
beforeEach(() => {
  hub = openHub();
});
afterEach(() => {
  hub.store.close();
  rmSync(hub.dataDir, { recursive: true, force: true });
});

const token = (subject = "beijing-bureau", purposes = ["joint-enforcement", "emergency"], lifetimeS = 600): Promise<string> =>
  issueToken(hub.keys, { subject, purposes: purposes.map(asPurpose), mintedBy: "cli", lifetimeS, nowMs });
const bearer = (text: string): string[] => [`Bearer ${text}`];
const unauthenticated = { code: "UNAUTHENTICATED", parameters: {} };

describe("purposes", () => {
  test.each([
    { name: "the token's only purpose needs no header", subject: "beijing-bureau", purposes: ["emergency"], header: [], expect: "emergency" },
    { name: "a header picks one of the token's purposes", subject: "beijing-bureau", purposes: ["joint-enforcement", "emergency"], header: ["joint-enforcement"], expect: "joint-enforcement" },
    { name: "an agency without purposes asks for none", subject: "archive", purposes: [], header: [], expect: null },
  ])("$name", async ({ subject, purposes, header, expect: purpose }) => {
    const { principal, purpose: found } = await hub.ask({ authorization: bearer(await token(subject, purposes)), purpose: header });
    expect(found).toBe(purpose);
    expect(principal).toMatchObject({ kind: "agency", anonymous: false, mintedBy: "cli", agency: { id: subject }, purposes });
  });

  test.each([
    { name: "several purposes and no header", purposes: ["joint-enforcement", "emergency"], header: [], code: "PURPOSE_REQUIRED" },
    { name: "a purpose that the agency holds and the token does not", purposes: ["emergency"], header: ["joint-enforcement"], code: "PURPOSE_NOT_ALLOWED" },
    { name: "a purpose that the token claims and the agency does not hold", purposes: ["emergency", "research"], header: ["research"], code: "PURPOSE_NOT_ALLOWED" },
    { name: "a purpose that nobody knows", purposes: ["emergency"], header: ["__proto__"], code: "PURPOSE_NOT_ALLOWED" },
    { name: "two Purpose headers", purposes: ["joint-enforcement", "emergency"], header: ["emergency", "joint-enforcement"], code: "PURPOSE_NOT_ALLOWED" },
    { name: "a token whose purposes the network has all taken back", purposes: ["research"], header: [], code: "PURPOSE_NOT_ALLOWED" },
  ])("$name: $code", async ({ purposes, header, code }) => {
    await expect(hub.ask({ authorization: bearer(await token("beijing-bureau", purposes)), purpose: header })).rejects.toMatchObject({ code });
  });
});

describe("no token", () => {
  test("is the network's anonymous agency", async () => {
    expect(await hub.ask()).toMatchObject({ purpose: null, principal: { agency: { id: "public" }, anonymous: true, mintedBy: "anonymous" } });
  });

  test("is refused where the network names none, and where it is suspended", async () => {
    hub.suspensions.suspend("public", "operator", "2026-06-30T00:00:00Z");
    await expect(hub.ask()).rejects.toMatchObject(unauthenticated);
    hub.suspensions.restore("public");
    hub.network = network({ anonymous: null });
    await expect(hub.ask()).rejects.toMatchObject(unauthenticated);
  });
});

describe("stewards", () => {
  test("are named by their own kind of subject", async () => {
    expect(await hub.ask({ authorization: bearer(await token(stewardSubject("zhang"), [])) })).toMatchObject({ purpose: null, principal: { kind: "steward", steward: { person: "zhang" } } });
  });

  test.each(["steward:nobody", "steward:", "steward:beijing-bureau", "zhang"])("%s is nobody", async (subject) => {
    await expect(hub.ask({ authorization: bearer(await token(subject, [])) })).rejects.toMatchObject(unauthenticated);
  });
});

describe("the registry is asked on every request", () => {
  test("P32: a suspended agency with a valid, cached token is refused at the next request, and comes back when restored", async () => {
    const authorization = bearer(await token("archive", []));
    await hub.ask({ authorization });
    hub.suspensions.suspend("archive", "operator", "2026-06-30T00:00:00Z");
    await expect(hub.ask({ authorization })).rejects.toMatchObject(unauthenticated);
    hub.suspensions.restore("archive");
    await hub.ask({ authorization });
  });

  test("P32: a suspension by another process counts for every request that is read after it", async () => {
    const authorization = bearer(await token(stewardSubject("zhang"), []));
    await hub.ask({ authorization });
    const other = openStore(hub.dataDir);
    openSuspensions(other).suspend("steward:zhang", "operator", "2026-06-30T00:00:00Z");
    await nextTurn();
    await expect(hub.ask({ authorization })).rejects.toMatchObject(unauthenticated);
    other.close();
  });

  test("an agency that has left the network, or lost the purpose, is refused with its cached token", async () => {
    const authorization = bearer(await token("atmosphere-institute", ["research"]));
    await hub.ask({ authorization });
    hub.network = network({ list: [agency("atmosphere-institute", ["emergency"])] });
    await expect(hub.ask({ authorization })).rejects.toMatchObject({ code: "PURPOSE_NOT_ALLOWED" });
    hub.network = network({ list: [] });
    await expect(hub.ask({ authorization })).rejects.toMatchObject(unauthenticated);
  });

  test("a known token is answered without a promise; an unknown or refused one never as a value", async () => {
    const authorization = bearer(await token("archive", []));
    expect(hub.askNow({ authorization })).toBeInstanceOf(Promise);
    await hub.ask({ authorization });
    expect(hub.askNow({ authorization })).toMatchObject({ principal: { agency: { id: "archive" } } });
    const bad = bearer(`${await token()}x`);
    await expect(hub.ask({ authorization: bad })).rejects.toMatchObject(unauthenticated);
    await expect(hub.ask({ authorization: bad })).rejects.toMatchObject(unauthenticated);
  });

  test("a cached token stops at its expiry, and a clock that is 30 s behind is forgiven once", async () => {
    const authorization = bearer(await token("archive", [], 600));
    await hub.ask({ authorization });
    await hub.ask({ authorization, nowMs: nowMs + 615_000 });
    await expect(hub.ask({ authorization, nowMs: nowMs + 631_000 })).rejects.toMatchObject(unauthenticated);
  });
});

describe("P31 attacks on the token", () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const good = { iss: hubIssuer, aud: hubAudience, sub: "beijing-bureau", purposes: ["emergency"], minted_by: "cli", exp: nowMs / 1000 + 600 };
  const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: hub.keys.kid, ...header }).sign(hub.keys.signing);
  const hs256 = (secret: string | Buffer): string => {
    const input = `${part({ alg: "HS256", kid: hub.keys.kid })}.${part(good)}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };
  const pem = (): string => hub.keys.verifying.export({ type: "spki", format: "pem" }) as string;

  test("the claims that the attacks vary are good ones", async () => {
    expect(await hub.ask({ authorization: bearer(await signed(good)) })).toMatchObject({ purpose: "emergency" });
  });

  const cases: { name: string; make: () => string | Promise<string> }[] = [
    { name: "alg none, no signature", make: () => `${part({ alg: "none", kid: hub.keys.kid })}.${part(good)}.` },
    { name: "alg nOnE with a signature", make: async () => `${part({ alg: "nOnE", kid: hub.keys.kid })}.${(await signed(good)).split(".").slice(1).join(".")}` },
    { name: "HS256 with the public key as secret", make: () => hs256(pem()) },
    { name: "HS256 with the public key and leading whitespace", make: () => hs256(` \n${pem()}`) },
    { name: "HS256 with the raw public key", make: () => hs256(Buffer.from(String(hub.keys.verifying.export({ format: "jwk" }).x), "base64url")) },
    { name: "another key under our kid", make: () => new SignJWT(good).setProtectedHeader({ alg: "EdDSA", kid: hub.keys.kid }).sign(generateKeyPairSync("ed25519").privateKey) },
    {
      name: "a key of its own in the header",
      make: () => {
        const own = generateKeyPairSync("ed25519");
        return new SignJWT(good).setProtectedHeader({ alg: "EdDSA", kid: hub.keys.kid, jwk: own.publicKey.export({ format: "jwk" }) as never }).sign(own.privateKey);
      },
    },
    { name: "kid with a path", make: () => signed(good, { kid: "../../../../dev/null" }) },
    { name: "kid with SQL", make: () => signed(good, { kid: "x' UNION SELECT 'secret" }) },
    { name: "kid of another case", make: () => signed(good, { kid: hub.keys.kid.toUpperCase() }) },
    { name: "no kid", make: () => signed(good, { kid: undefined }) },
    { name: "an unknown critical header", make: async () => `${part({ alg: "EdDSA", kid: hub.keys.kid, crit: ["x"], x: 1 })}.${(await signed(good)).split(".").slice(1).join(".")}` },
    { name: "another issuer", make: () => signed({ ...good, iss: "https://elsewhere" }) },
    { name: "no issuer", make: () => signed({ ...good, iss: undefined }) },
    { name: "another audience", make: () => signed({ ...good, aud: "another-hub" }) },
    { name: "no audience", make: () => signed({ ...good, aud: undefined }) },
    { name: "expired", make: () => signed({ ...good, exp: nowMs / 1000 - 61 }) },
    { name: "no expiry", make: () => signed({ ...good, exp: undefined }) },
    { name: "an expiry that is text", make: () => signed({ ...good, exp: "2099-01-01" as never }) },
    { name: "not valid yet", make: () => signed({ ...good, nbf: nowMs / 1000 + 61 }) },
    { name: "no subject", make: () => signed({ ...good, sub: undefined }) },
    { name: "an unknown agency", make: () => signed({ ...good, sub: "tianjin-bureau" }) },
    { name: "a subject of the prototype", make: () => signed({ ...good, sub: "__proto__" }) },
    { name: "changed claims under an old signature", make: async () => (await signed(good)).replace(/\.[^.]+\./, `.${part({ ...good, sub: "archive" })}.`) },
    { name: "more than 8 KiB", make: () => signed({ ...good, filler: "x".repeat(9000) }) },
    { name: "no token at all", make: () => "null" },
    { name: "dots", make: () => ".." },
  ];
  test.each(cases)("$name is refused like any other bad token", async ({ make }) => {
    await expect(hub.ask({ authorization: bearer(await make()) })).rejects.toMatchObject(unauthenticated);
  });

  test.each([
    { name: "two headers", header: (good: string) => [`Bearer ${good}`, `Bearer ${good}`] },
    { name: "two tokens in one header", header: (good: string) => [`Bearer ${good}, Bearer ${good}`] },
    { name: "Basic", header: (good: string) => [`Basic ${good}`] },
    { name: "no scheme", header: (good: string) => [good] },
    { name: "an empty header, which is not the same as none", header: () => [""] },
    { name: "a scheme alone", header: () => ["Bearer "] },
    { name: "a control character inside", header: (good: string) => [`Bearer ${good}\u0000`] },
  ])("$name is refused although the token is good", async ({ header }) => {
    const authorization = header(await signed(good));
    await expect(hub.ask({ authorization })).rejects.toMatchObject(unauthenticated);
  });

  test("P30: identify takes no other input that could name an agency", async () => {
    const input = { authorization: bearer(await signed(good)), agency: "archive", headers: { "x-agency": "archive" }, nowMs };
    expect(await hub.ask(input)).toMatchObject({ principal: { agency: { id: asAgencyId("beijing-bureau") } } });
  });
});
