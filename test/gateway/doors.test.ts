import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway } from "../../src/gateway/server.ts";
import { clientsFile } from "../../src/identity/clients.ts";
import { sourceYaml } from "../fixtures/smallNetwork.ts";
import { type Hub, openHub } from "./openHub.ts";

let hub: Hub;
let real: Hub;
let pages: string;
beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), "pages-"));
  mkdirSync(join(pages, "sandbox", "assets"), { recursive: true });
  writeFileSync(join(pages, "secret.txt"), "secret");
  writeFileSync(join(pages, "sandbox", "index.html"), "<!doctype html><title>沙箱</title>");
  writeFileSync(join(pages, "sandbox", "assets", "index-abc.js"), "export {};");
  symlinkSync(join(pages, "secret.txt"), join(pages, "sandbox", "link.txt"));
  hub = await openHub({}, () => ({ sandboxDir: join(pages, "sandbox") }));
  real = await openHub({}, () => ({ demonstration: false, explainText: null }));
});
afterAll(async () => {
  await hub.close();
  await real.close();
  rmSync(pages, { recursive: true, force: true });
});

describe("/oauth/token", () => {
  const secretOf = (agency: string): string => (JSON.parse(readFileSync(clientsFile(real.net.dataDir), "utf8")) as Record<string, string>)[agency] ?? "";
  const ask = (body: string, headers: Record<string, string> = {}) => real.ask({ path: "/oauth/token", body, headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });

  test("gives an agency a token that the data door takes and the published key verifies", async () => {
    const reply = await ask(`grant_type=client_credentials&client_id=partner&client_secret=${secretOf("partner")}&scope=enforcement`);
    expect(reply).toMatchObject({ status: 200, headers: { "cache-control": "no-store" }, json: { token_type: "Bearer", scope: "enforcement" } });
    const token = reply.json.access_token as string;
    expect((await real.query(token, "{ enterprises(first: 1) { nodes { name } } }")).json.data.enterprises.nodes).toHaveLength(1);
    expect((await real.records()).at(-1)).toMatchObject({ agency: "partner", mintedBy: "token-endpoint", purpose: "enforcement" });
    const keys = (await real.ask({ method: "GET", path: "/.well-known/jwks.json" })).json;
    expect(JSON.stringify(keys)).not.toContain('"d"');
    expect((await jwtVerify(token, createLocalJWKSet(keys), { issuer: "one-network", audience: "one-network" })).payload.sub).toBe("partner");
  });
  test("takes Basic credentials", async () => {
    expect((await ask("grant_type=client_credentials", { authorization: `Basic ${Buffer.from(`partner:${secretOf("partner")}`).toString("base64")}` })).status).toBe(200);
  });
  test.each<[string, string, Record<string, string>, number, string]>([
    ["a wrong secret", "grant_type=client_credentials&client_id=partner&client_secret=wrong", {}, 401, "invalid_client"],
    ["an agency that there is not", "grant_type=client_credentials&client_id=none&client_secret=wrong", {}, 401, "invalid_client"],
    ["another grant", "grant_type=password&username=a&password=b", {}, 400, "unsupported_grant_type"],
    ["JSON", '{"grant_type":"client_credentials"}', { "content-type": "application/json" }, 400, "invalid_request"],
    ["a long body", `grant_type=client_credentials&a=${"b".repeat(20_000)}`, {}, 400, "invalid_request"],
  ])("refuses %s", async (_what, body, headers, status, error) => {
    expect(await ask(body, headers)).toMatchObject({ status, json: { error } });
  });
  test("takes POST alone", async () => {
    expect(await real.ask({ method: "GET", path: "/oauth/token?grant_type=client_credentials" })).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });
});

describe("/sandbox", () => {
  test("serves the pages of its folder under a policy that lets nothing in from outside", async () => {
    expect(await hub.ask({ method: "GET", path: "/sandbox" })).toMatchObject({ status: 308, headers: { location: "/sandbox/" } });
    const page = await hub.ask({ method: "GET", path: "/sandbox/" });
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("沙箱"), headers: { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff", "cache-control": "no-cache" } });
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toMatch(/default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/http|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(await hub.ask({ method: "GET", path: "/sandbox/assets/index-abc.js" })).toMatchObject({ status: 200, headers: { "cache-control": "public, max-age=31536000, immutable" } });
    expect(await hub.ask({ method: "HEAD", path: "/sandbox/assets/index-abc.js" })).toMatchObject({ status: 200, text: "" });
  });
  test.each(["/sandbox/../secret.txt", "/sandbox/%2e%2e/secret.txt", "/sandbox/..%2fsecret.txt", "/sandbox/..%5csecret.txt", "/sandbox/link.txt", "/sandbox//etc/passwd", "/sandbox/assets", "/sandbox/%00", "/sandbox/%", "/sandbox/assets/../index.html"])(
    "gives nothing for %s",
    async (path) => {
      expect(await hub.ask({ method: "GET", path })).toMatchObject({ status: 404, text: "" });
    },
  );
  test("in a demonstration one may be any agency, and the record says that the sandbox made the token", async () => {
    const config = await hub.ask({ method: "GET", path: "/sandbox/config.json" });
    expect(config.json.agencies.find(({ id }: { id: string }) => id === "partner")).toEqual({ id: "partner", name: { zh: "天津市局", en: "Tianjin" }, about: { zh: "部分", en: "a part" }, purposes: ["enforcement", "research"] });
    const { token } = (await hub.ask({ path: "/sandbox/token", body: { agency: "partner", purpose: "enforcement" } })).json;
    expect((await hub.query(token, "{ enterprises(first: 1) { nodes { name } } }")).status).toBe(200);
    expect((await hub.records()).at(-1)).toMatchObject({ agency: "partner", mintedBy: "sandbox", purpose: "enforcement" });
  });
  test.each([
    ["an agency that there is not", { agency: "none" }, 400],
    ["a purpose that it has not", { agency: "owner", purpose: "research" }, 403],
    ["no agency", {}, 400],
    ["a list", [], 400],
    ["JSON that is none", "{", 400],
  ])("makes no token for %s", async (_what, body, status) => {
    const reply = await hub.ask({ path: "/sandbox/token", body });
    expect(reply.status).toBe(status);
    expect(reply.text).not.toContain("ey");
  });
  test("makes no token for a form of another page", async () => {
    expect((await hub.ask({ path: "/sandbox/token", headers: { "content-type": "text/plain" }, body: '{"agency":"owner"}' })).status).toBe(415);
  });
  test("outside a demonstration it makes no token and names no agency", async () => {
    expect((await real.ask({ path: "/sandbox/token", body: { agency: "owner" } })).status).toBe(404);
    expect((await real.ask({ method: "GET", path: "/sandbox/config.json" })).json.agencies).toEqual([]);
  });
});

describe("/explain", () => {
  test("tells an agency about its plan, under the rules of the data door", async () => {
    const token = await hub.net.token("partner", ["enforcement"]);
    expect(await hub.query(token, "{ stations { totalCount } }", { path: "/explain" })).toMatchObject({ status: 200, json: { explain: "roots: stations", cost: 1100 } });
    expect(await hub.query(token, "{ outlets { totalCount } }", { path: "/explain" })).toMatchObject({ status: 400, json: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] } });
    expect(await hub.query("nonsense", "{ stations { totalCount } }", { path: "/explain" })).toMatchObject({ status: 401 });
  });
});

describe("The server", () => {
  test("says that it lives and that it is ready", async () => {
    expect(await hub.ask({ method: "GET", path: "/healthz" })).toMatchObject({ status: 200, json: { status: "ok" } });
    expect(await hub.ask({ method: "GET", path: "/readyz" })).toMatchObject({ status: 200, json: { status: "ready", sources: [{ source: "hebei", status: "READY", drift: 0 }] } });
  });
  test("says at /readyz that a source's tables changed, how often, and neither which nor how", async () => {
    const drifted = await openHub();
    try {
      const database = new Database(join(drifted.net.dir, "hebei.db"));
      database.exec("ALTER TABLE station RENAME COLUMN contact TO cnry_telephone");
      database.close();
      await drifted.net.registry.checkDrift();
      const { status, text, json } = await drifted.ask({ method: "GET", path: "/readyz" });
      expect([status, json]).toEqual([200, { status: "ready", sources: [{ source: "hebei", status: "DRIFT", drift: 2 }] }]);
      expect(text).not.toMatch(/cnry|contact|station/i);
    } finally {
      await drifted.close();
    }
  });
  test("says at /readyz that a source is refused, and nothing of its file", async () => {
    const broken = await openHub({ source: sourceYaml.replace("name: name, medium", "name: nmae, medium"), policy: "rules: []" });
    try {
      expect((await broken.ask({ method: "GET", path: "/readyz" })).json).toEqual({ status: "ready", sources: [{ source: "hebei", status: "REFUSED", drift: 0 }] });
    } finally {
      await broken.close();
    }
  });
  test.each(["/", "/graphql/", "/GRAPHQL", "/console", "/../etc/passwd", "/.well-known/", "http://elsewhere/graphql"])("has nothing at %s", async (path) => {
    expect((await hub.ask({ path, body: {} })).status).toBe(404);
  });
  test("says in one sentence that its port is taken", async () => {
    const port = Number(new URL(hub.gateway.url).port);
    const second = startGateway({ ...hub.net, host: "127.0.0.1", port, demonstration: false, sandboxDir: null, explainText: null, reloadPolicy: async () => ({ epoch: 1, changed: false }), log: () => undefined });
    await expect(second).rejects.toMatchObject({ code: "CONFIG_INVALID", message: `Port ${port} is taken. Stop what listens there, or set PORT to another one.` });
  });
  test("answers what is no HTTP with 400 and closes", async () => {
    const { hostname, port } = new URL(hub.gateway.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(Number(port), hostname, () => socket.write("NONSENSE\r\n\r\n"));
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
