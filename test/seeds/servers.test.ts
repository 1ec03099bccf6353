/**
 * `npm start -- --servers`: the same rows on a real server, in the same view, give the same answers; where the server is missing, the
 * region stays where it was and a sentence says so. The rows are the demonstration's, of two stations only.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDatabase } from "../../seeds/generate/database.ts";
import { fillTianjin } from "../../seeds/generate/tianjin.ts";
import { serveRegions, type ServerRegion } from "../../seeds/servers/serverRegions.ts";
import { loadTianjin } from "../../seeds/servers/tianjinOnPostgres.ts";
import { hasPostgres, makeSchema, type PostgresSchema } from "../fixtures/postgresServer.ts";
import { openNetwork, type RealNetwork } from "../realData/openNetwork.ts";

const seeds = join(import.meta.dirname, "../../seeds");
const root = mkdtempSync(join(tmpdir(), "servers-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The network with the one region, by the mapping that a start without or with servers has. */
function network(name: string, source: string): string {
  const dir = join(root, name);
  mkdirSync(join(dir, "regions", "tianjin"), { recursive: true });
  cpSync(join(seeds, "network.yaml"), join(dir, "network.yaml"));
  // A busy machine is no reason to compare half an answer.
  writeFileSync(join(dir, "regions", "tianjin", "source.yaml"), readFileSync(source, "utf8").replace("deadline: 1500ms", "deadline: 20s"));
  cpSync(join(seeds, "regions/tianjin/policy.yaml"), join(dir, "regions", "tianjin", "policy.yaml"));
  return dir;
}

const sqliteFile = join(root, "regions", "tianjin.db");

describe.skipIf(!(await hasPostgres()))("the demonstration's Tianjin on PostgreSQL", () => {
  let schema: PostgresSchema;
  let files: RealNetwork;
  let server: RealNetwork;
  const reported: number[] = [];
  const load = () => loadTianjin({ url: schema.url, schema: schema.schema, sqliteFile, report: (fraction) => reported.push(fraction) });

  beforeAll(async () => {
    buildDatabase(sqliteFile, (db) => {
      fillTianjin(db, () => undefined);
      db.exec("DELETE FROM monitor_obs WHERE station_id NOT IN (3, 4) OR start_at < '2026-03'");
    });
    schema = await makeSchema();
    const env = await load();
    files = await openNetwork({ networkDir: network("files", join(seeds, "regions/tianjin/source.yaml")), env: { HUB_DATA: root } });
    server = await openNetwork({ networkDir: network("server", join(seeds, "servers/tianjin.source.yaml")), env });
  }, 300_000);
  afterAll(async () => {
    await files?.close();
    await server?.close();
    await schema?.drop();
  });

  it("is loaded with progress, whole, and once per generation", async () => {
    expect(server.log).toEqual([]);
    expect(reported[0]).toBe(0);
    expect(reported.at(-1)).toBe(1);
    expect(reported.length).toBeGreaterThan(5);
    const db = new Database(sqliteFile, { readonly: true });
    const rows = db.prepare("SELECT count(*) FROM monitor_obs").pluck().get();
    db.close();
    expect(Number((await schema.run("SELECT count(*) FROM monitor_obs"))[0]?.[0])).toBe(rows);
    reported.length = 0;
    await load();
    expect(reported).toEqual([1]);
  }, 60_000);

  it.each([
    ["atmosphere-institute", "research", `{ observations(where: { pollutant: { eq: "a34004" }, averaging: { eq: PT1H } }, orderBy: [{ value: DESC }, { start: ASC }], first: 40) { totalCount nodes { start end value unit flag averaging station { code name } region { code } } } }`],
    ["atmosphere-institute", "research", `{ observationsAggregate(where: { averaging: { eq: PT1H } }, groupBy: [{ field: POLLUTANT }, { field: START, bucket: MONTH, zone: "Asia/Shanghai" }]) { groups { key { pollutant start } count avg { value } max { value } } } }`],
    ["atmosphere-institute", "research", `{ observations(where: { value: { gte: "75", lt: "80.5" }, start: { gte: "2026-04-01T00:00+08:00", lt: "2026-04-20T00:00+08:00" } }, orderBy: [{ start: DESC }, { pollutant: ASC }, { value: ASC }], first: 60) { nodes { start pollutant value quality station { code } } } }`],
    ["atmosphere-institute", "research", `{ pollutionAlerts(orderBy: [{ issuedAt: ASC }]) { nodes { no level issuedAt startAt liftedAt reason region { name } } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ enterprises(orderBy: [{ uscc: ASC }], first: 70) { totalCount nodes { uscc name industry legalRep contactPhone address permitClass output energy position { lon lat } region { code } } } }`],
    ["hebei-bureau", "joint-enforcement", `{ penaltyDecisions(where: { amount: { gte: "50000" } }, orderBy: [{ amount: DESC }, { docNo: ASC }], first: 50) { totalCount nodes { docNo amount decidedOn kind enterprise { name legalRep contactPhone } } } }`],
    ["hebei-bureau", "joint-enforcement", `{ violations(orderBy: [{ no: ASC }], first: 80) { nodes { no type penalty { docNo amount } enterprise { uscc name } } } inspections(where: { kind: { in: [RANDOM, SPECIAL] } }, orderBy: [{ no: ASC }], first: 50) { nodes { no kind inspectedOn findings } } }`],
    ["credit-office", "credit-assessment", `{ penaltyDecisionsAggregate { groups { count sum { amount } min { decidedOn } } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ stations(orderBy: [{ code: ASC }]) { totalCount nodes { code name activeFrom activeTo position { lon lat } movedFrom { code } } } }`],
  ])("%s for %s gets the same answer as from the file: %s", async (agency, purpose, document) => {
    const [fromFile, fromServer] = [await files.ask(agency, document, {}, purpose), await server.ask(agency, document, {}, purpose)];
    expect(fromFile.errors).toBeUndefined();
    expect(fromServer.errors).toBeUndefined();
    expect(fromServer.data).toEqual(fromFile.data);
    expect(fromServer.extensions.complete).toBe(true);
    // An answer without a row compares nothing.
    expect(JSON.stringify(fromFile.data)).not.toMatch(/"nodes":\[\]|"groups":\[\]/);
  }, 60_000);
});

describe("where a server is missing", () => {
  it("the region stays on SQLite, and a sentence says why and what to do, without a password", async () => {
    const { notes, networkDir, environment } = await serveRegions({
      networkDir: seeds,
      dataDir: root,
      env: { POSTGRES_URL: "postgres://reader:secret@127.0.0.1:1/none" },
      onProgress: () => undefined,
    });
    expect(notes).toEqual([expect.stringMatching(/^天津 Tianjin stays on SQLite: PostgreSQL cannot be used \(.*ECONNREFUSED.*\)\. Start one, or set POSTGRES_URL to where it is, and start again\.$/)]);
    expect(notes.join()).not.toContain("secret");
    expect(environment).toEqual({});
    expect(readFileSync(join(networkDir, "regions/tianjin/source.yaml"), "utf8")).toBe(readFileSync(join(seeds, "regions/tianjin/source.yaml"), "utf8"));
  });

  it("another region is one more entry: it moves where its own server is there", async () => {
    const entry: ServerRegion = { region: "tianjin", zh: "天津", en: "Tianjin", variable: "X_URL", fallback: "x://nowhere", server: "X", schema: "s", load: ({ url, schema }) => Promise.resolve({ TIANJIN_DATABASE: url, TIANJIN_SCHEMA: schema }) };
    const { notes, networkDir, environment } = await serveRegions({ networkDir: seeds, dataDir: root, env: { X_URL: "x://here" }, onProgress: () => undefined, entries: [entry] });
    expect(notes).toEqual(["天津 Tianjin is on X"]);
    expect(environment).toEqual({ TIANJIN_DATABASE: "x://here", TIANJIN_SCHEMA: "s" });
    expect(readFileSync(join(networkDir, "regions/tianjin/source.yaml"), "utf8")).toBe(readFileSync(join(seeds, "servers/tianjin.source.yaml"), "utf8"));
    // The rest of the network came along.
    for (const file of ["network.yaml", "regions/hebei/policy.yaml", "examples"]) expect(existsSync(join(networkDir, file))).toBe(true);
  });
});
