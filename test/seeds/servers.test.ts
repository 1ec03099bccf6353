/**
 * `npm start -- --servers`: the same rows on real servers, in the same views, give the same answers; where a server is missing, its
 * region stays where it was and a sentence says so. The rows are the demonstration's, of a few stations and days.
 */
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type GraphQLSchema, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import type { EntityName } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import { buildDatabase } from "../../seeds/generate/database.ts";
import { fillHebei } from "../../seeds/generate/hebei.ts";
import { fillTianjin } from "../../seeds/generate/tianjin.ts";
import { serveRegions, type ServedRegions, type ServerRegion } from "../../seeds/servers/serverRegions.ts";
import { hasMariadb, makeDatabase, type MariadbDatabase } from "../fixtures/mariadbServer.ts";
import { hasPostgres, makeSchema, type PostgresSchema } from "../fixtures/postgresServer.ts";
import { openNetwork, type RealNetwork } from "../realData/openNetwork.ts";

const seeds = join(import.meta.dirname, "../../seeds");
const root = mkdtempSync(join(tmpdir(), "servers-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The demonstration with the two regions alone, as patient as a busy machine needs: half an answer is no comparison. */
function twoRegions(): string {
  const dir = join(root, "network");
  for (const part of ["network.yaml", "examples", "servers", "regions/tianjin", "regions/hebei"]) cpSync(join(seeds, part), join(dir, part), { recursive: true });
  const files = ["servers/tianjin.source.yaml", "servers/hebei.source.yaml", ...readdirSync(join(dir, "regions")).map((region) => `regions/${region}/source.yaml`)];
  for (const file of files) writeFileSync(join(dir, file), readFileSync(join(dir, file), "utf8").replace(/^deadline: \S+/m, "deadline: 20s"));
  return dir;
}

/** What plain SQL cannot say of the files' rows, and docs/limitations.md tells. */
const unsaid: ReadonlySet<string> = new Set(["Inspection.officers", "Violation.legalBasis"]);

const entities = vocabulary().entities;

/** A row's every cell that the schema has; of a link a text that tells its target. */
function selection(entity: EntityDef, schema: GraphQLSchema): string {
  const type = schema.getType(entity.name);
  if (!isObjectType(type)) throw new Error(`no type ${entity.name}`);
  const fields = type.getFields();
  return [...entity.attributes.values()].filter(({ name }) => name in fields && !unsaid.has(`${entity.name}.${name}`)).map((attribute) => `${attribute.name}${within(attribute)}`).join(" ");
}

const tellingText: Readonly<Record<string, string>> = { Station: "code", Enterprise: "uscc", Inspection: "no", PenaltyDecision: "docNo" };

function within({ type }: AttributeDef): string {
  switch (type.kind) {
    case "region":
      return " { code }";
    case "object":
      return ` { ${Object.keys(type.parts).join(" ")} }`;
    case "link":
      return ` { ${tellingText[type.entity] ?? "id"} }`;
    default:
      return "";
  }
}

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Every row of the entity, page by page, in the order that rows have by themselves. */
async function allRows(network: RealNetwork, agency: string, entity: EntityDef): Promise<{ readonly totalCount: number; readonly nodes: Page["nodes"] }> {
  const purpose = "joint-enforcement";
  const document = `query ($after: String) { ${entity.plural}(first: 700, after: $after) { totalCount nodes { ${selection(entity, network.schemaOf(agency, purpose))} } pageInfo { hasNextPage endCursor } } }`;
  const nodes: Page["nodes"][number][] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors, extensions } = await network.ask(agency, document, { after }, purpose);
    expect(errors).toBeUndefined();
    expect(extensions.complete).toBe(true);
    const page = (data as Record<string, Page>)[entity.plural] as Page;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return { totalCount: page.totalCount, nodes };
    after = page.pageInfo.endCursor;
  }
}

const entityOf = (name: string): EntityDef => {
  const found = entities.get(name as EntityName);
  if (!found) throw new Error(`no entity ${name}`);
  return found;
};

const withBoth = (await hasPostgres()) && (await hasMariadb());

describe.skipIf(!withBoth)("the demonstration with Tianjin on PostgreSQL and Hebei on MariaDB", () => {
  const name = `hub_test_${randomBytes(6).toString("hex")}`;
  let postgres: PostgresSchema;
  let mariadb: MariadbDatabase;
  let networkDir: string;
  let files: RealNetwork;
  let servers: RealNetwork;
  let garbage: number;
  const reported: (readonly [string, number])[] = [];
  const serve = (env: Readonly<Record<string, string>> = {}): Promise<ServedRegions> =>
    serveRegions({
      networkDir,
      dataDir: root,
      env: { POSTGRES_URL: postgres.url, MARIADB_URL: mariadb.url, ONE_NETWORK_DEMO_SCHEMA: name, ...env },
      onProgress: (region, fraction) => reported.push([region, fraction]),
    });
  const open = (served: ServedRegions): Promise<RealNetwork> => openNetwork({ networkDir: served.networkDir, env: { HUB_DATA: root, ...served.environment } });

  beforeAll(async () => {
    buildDatabase(join(root, "regions", "tianjin.db"), (db) => {
      fillTianjin(db, () => undefined);
      db.exec("DELETE FROM monitor_obs WHERE station_id NOT IN (3, 4) OR start_at < '2026-05-20' OR start_at > '2026-06-05'");
    });
    buildDatabase(join(root, "regions", "hebei.db"), (db) => {
      fillHebei(db, () => undefined);
      db.exec("DELETE FROM T_KQ_XSSJ WHERE PM25ND IS NOT '故障' AND (ZDBH NOT IN ('HB130101', 'HB130202', 'HB990001') OR JCSJ < '2026-05-26' AND JCSJ > '2025-07-02' OR JCSJ > '2026-06-05')");
      garbage = db.prepare("SELECT count(*) FROM T_KQ_XSSJ WHERE PM25ND = '故障'").pluck().get() as number;
    });
    networkDir = twoRegions();
    postgres = await makeSchema(name);
    mariadb = await makeDatabase(name);
    const served = await serve();
    expect(served.notes).toEqual(["天津在 PostgreSQL 上 · Tianjin is on PostgreSQL", "河北在 MariaDB 上 · Hebei is on MariaDB"]);
    files = await openNetwork({ networkDir, env: { HUB_DATA: root } });
    servers = await open(served);
  }, 300_000);
  afterAll(async () => {
    await files?.close();
    await servers?.close();
    await postgres?.drop();
    await mariadb?.drop();
  });

  it.each([
    ["tianjin", "tianjin@PostgreSQL", "monitor_obs", (table: string) => postgres.run(`SELECT count(*) FROM ${table}`)],
    ["hebei", "hebei@MariaDB", "T_KQ_XSSJ", (table: string) => mariadb.run(`SELECT count(*) FROM ${table}`)],
  ])("%s is loaded with progress, whole, and once per generation", async (region, reportedAs, table, count) => {
    expect(servers.log).toEqual([]);
    const fractions = reported.filter(([one]) => one === reportedAs).map(([, fraction]) => fraction);
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(5);
    const db = new Database(join(root, "regions", `${region}.db`), { readonly: true });
    const rows = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    db.close();
    expect(Number((await count(table))[0]?.[0])).toBe(rows);
    const before = reported.length;
    await serve();
    expect(reported.slice(before).filter(([one]) => one === reportedAs)).toEqual([[reportedAs, 1]]);
  }, 60_000);

  it.each(["Station", "Enterprise", "Outlet", "Inspection", "Violation", "PenaltyDecision", "PollutionAlert"].flatMap((entity) => [["tianjin-bureau", entity] as const, ["hebei-bureau", entity] as const]))(
    "%s reads every cell of every %s as from the files",
    async (agency, entity) => {
      const fromFiles = await allRows(files, agency, entityOf(entity));
      expect(fromFiles.nodes.length).toBeGreaterThan(0);
      expect(await allRows(servers, agency, entityOf(entity))).toEqual(fromFiles);
    },
    60_000,
  );

  it.each(["tianjin-bureau", "hebei-bureau"])("%s reads every cell of every Observation as from the files, but for the unreadable ones", async (agency) => {
    const fromFiles = await allRows(files, agency, entityOf("Observation"));
    const readable = fromFiles.nodes.filter(({ value, region }) => value !== null || (region as { readonly code: string } | null)?.code.startsWith("12"));
    const fromServers = await allRows(servers, agency, entityOf("Observation"));
    expect(fromServers.nodes).toEqual(readable);
    expect(fromServers.totalCount).toBe(readable.length);
    // A cell of which nothing is left in a column of numbers is no row there.
    if (agency === "hebei-bureau") expect(fromFiles.nodes.length - readable.length).toBe(garbage);
    expect(readable.length).toBeGreaterThan(1000);
  }, 120_000);

  it("has nothing of what plain SQL cannot say", async () => {
    const document = "{ inspections(first: 5) { nodes { officers } } violations(first: 5) { nodes { legalBasis { cited } } } }";
    const [fromFiles, fromServers] = [await files.ask("tianjin-bureau", document, {}, "joint-enforcement"), await servers.ask("tianjin-bureau", document, {}, "joint-enforcement")];
    for (const held of [/"officers":\["/, /"cited":\["/]) expect(JSON.stringify(fromFiles.data)).toMatch(held);
    expect(JSON.stringify(fromServers.data)).not.toMatch(/:\["/);
  });

  it.each([
    ["atmosphere-institute", "research", `{ observations(where: { pollutant: { eq: "a34004" }, averaging: { eq: PT1H }, value: { isNull: false } }, orderBy: [{ value: DESC }, { start: ASC }], first: 60) { totalCount nodes { start end value unit flag averaging station { code name } region { code } } } }`],
    ["atmosphere-institute", "research", `{ observationsAggregate(where: { averaging: { eq: PT1H }, value: { isNull: false } }, groupBy: [{ field: POLLUTANT }, { field: START, bucket: MONTH, zone: "Asia/Shanghai" }]) { groups { key { pollutant start } count avg { value } max { value } sum { value } } } }`],
    ["atmosphere-institute", "research", `{ observations(where: { value: { gte: "75", lt: "80.5" }, start: { gte: "2026-05-28T00:00+08:00", lt: "2026-06-03T00:00+08:00" } }, orderBy: [{ start: DESC }, { pollutant: ASC }, { value: ASC }], first: 60) { totalCount nodes { start pollutant value quality station { code } } } }`],
    ["atmosphere-institute", "research", `{ observations(where: { pollutant: { eq: "a05024" }, value: { gt: "61.2" }, region: { within: ["130000"] } }, orderBy: [{ value: ASC }], first: 80) { totalCount nodes { start value unit condition station { code } } } }`],
    ["hebei-bureau", "forecasting", `{ observations(where: { quality: { in: [AUTO_CHECKED, RAW] }, value: { isNull: false } }, orderBy: [{ quality: ASC }, { value: DESC }], first: 80) { totalCount nodes { start pollutant value quality station { code } } } }`],
    ["atmosphere-institute", "research", `{ pollutionAlerts(orderBy: [{ issuedAt: ASC }]) { nodes { no level issuedAt startAt liftedAt reason region { name } } } }`],
    ["atmosphere-institute", "research", `{ pollutionAlerts(where: { level: { in: [RED, YELLOW] }, no: { startsWith: "冀重污〔2026〕" } }, orderBy: [{ no: DESC }]) { totalCount nodes { no level } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ enterprises(orderBy: [{ uscc: ASC }], first: 400) { totalCount nodes { uscc name industry legalRep contactPhone address permitClass output energy position { lon lat } region { code } } } }`],
    ["hebei-bureau", "joint-enforcement", `{ enterprises(where: { region: { within: ["130100"] }, energy: { gte: "5000" } }, orderBy: [{ energy: DESC }], first: 60) { totalCount nodes { uscc output energy legalRep } } }`],
    ["hebei-bureau", "joint-enforcement", `{ penaltyDecisions(where: { amount: { gte: "50000" } }, orderBy: [{ amount: DESC }, { docNo: ASC }], first: 50) { totalCount nodes { docNo amount decidedOn kind enterprise { name legalRep contactPhone } } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ penaltyDecisions(where: { decidedOn: { gte: "2025-12-01", lt: "2026-02-01" }, docNo: { contains: "罚" } }, orderBy: [{ decidedOn: DESC }, { amount: ASC }], first: 80) { totalCount nodes { docNo amount decidedOn enterprise { uscc name } } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ enterprises(where: { penaltyDecisionRecords: { some: { amount: { gte: "100000" } } } }, first: 50) { totalCount nodes { uscc penaltyDecisionRecordsCount penaltyDecisionRecords { docNo amount } } } }`],
    ["hebei-bureau", "joint-enforcement", `{ violations(orderBy: [{ no: ASC }], first: 80) { nodes { no type penalty { docNo amount } enterprise { uscc name } } } inspections(where: { kind: { in: [RANDOM, SPECIAL] } }, orderBy: [{ no: ASC }], first: 50) { nodes { no kind inspectedOn findings } } }`],
    ["credit-office", "credit-assessment", `{ penaltyDecisionsAggregate { groups { count sum { amount } min { decidedOn } } } }`],
    ["atmosphere-institute", "research", `{ enterprisesPublished(groupBy: [{ field: INDUSTRY }]) { groups { key { ownerRegion industry } count sum { output } avg { output } } } }`],
    ["tianjin-bureau", "joint-enforcement", `{ stations(orderBy: [{ code: ASC }]) { totalCount nodes { code name activeFrom activeTo position { lon lat } movedFrom { code } } } }`],
  ])("%s for %s gets the same answer as from the files: %s", async (agency, purpose, document) => {
    const [fromFiles, fromServers] = [await files.ask(agency, document, {}, purpose), await servers.ask(agency, document, {}, purpose)];
    expect(fromFiles.errors).toBeUndefined();
    expect(fromServers.errors).toBeUndefined();
    for (const { extensions } of [fromFiles, fromServers]) expect(extensions.complete).toBe(true);
    expect(fromServers.data).toEqual(fromFiles.data);
    // An answer without a row compares nothing.
    expect(JSON.stringify(fromFiles.data)).not.toMatch(/"nodes":\[\]|"groups":\[\]/);
  }, 60_000);

  const elsewhere = (url: string, change: (url: URL) => void): string => {
    const changed = new URL(url);
    change(changed);
    return changed.href;
  };
  const onPostgres = "天津在 PostgreSQL 上 · Tianjin is on PostgreSQL";
  const onMariadb = "河北在 MariaDB 上 · Hebei is on MariaDB";
  it.each([
    ["MariaDB is not there", () => ({ MARIADB_URL: "mariadb://reader:secret@127.0.0.1:1" }), onPostgres, /ECONNREFUSED/],
    ["PostgreSQL is not there", () => ({ POSTGRES_URL: "postgres://reader:secret@127.0.0.1:1/none" }), onMariadb, /ECONNREFUSED/],
    ["MARIADB_URL is no address", () => ({ MARIADB_URL: "127.0.0.1:3306/secret" }), onPostgres, /\(MARIADB_URL is no address such as mariadb:/],
    ["POSTGRES_URL is of another kind", () => ({ POSTGRES_URL: "mysql://reader:secret@127.0.0.1:3306" }), onMariadb, /\(POSTGRES_URL is no address such as postgres:/],
    ["MARIADB_URL carries options", () => ({ MARIADB_URL: "mariadb://reader:secret@127.0.0.1:3306/x?ssl=1" }), onPostgres, /\(has no place for options/],
    ["MariaDB does not know the user", () => ({ MARIADB_URL: elsewhere(mariadb.url, (url) => Object.assign(url, { username: "nobody_here", password: "secret" })) }), onPostgres, /Access denied for user 'nobody_here'/],
    ["PostgreSQL has no such database", () => ({ POSTGRES_URL: elsewhere(postgres.url, (url) => Object.assign(url, { pathname: "/none_here" })) }), onMariadb, /database "none_here" does not exist/],
    ["MARIADB_URL leads to PostgreSQL", () => ({ MARIADB_URL: elsewhere(mariadb.url, (url) => Object.assign(url, { host: new URL(postgres.url).host, password: "secret" })) }), onPostgres, /Hebei stays on SQLite: MariaDB cannot be used \(.+\)/],
    ["POSTGRES_URL leads to MariaDB", () => ({ POSTGRES_URL: elsewhere(postgres.url, (url) => Object.assign(url, { host: new URL(mariadb.url).host, password: "secret" })) }), onMariadb, /Tianjin stays on SQLite: PostgreSQL cannot be used \(.+\)/],
  ])("where %s, the other server is used, and the note says what to set", async (_what, env, other, reason) => {
    const served = await serve(env());
    const note = served.notes.find((one) => one !== other) ?? "";
    expect(served.notes).toContain(other);
    expect(note).toMatch(reason);
    expect(note).not.toContain("secret");
    const [zh, en] = note.split("\n");
    const [server, variable] = other === onPostgres ? ["MariaDB", "MARIADB_URL"] : ["PostgreSQL", "POSTGRES_URL"];
    expect(zh).toContain(`仍在 SQLite 上：${server} 不可用`);
    expect(zh).toContain(`或设 ${variable} 为其地址`);
    expect(en).toContain(`Start one, or set ${variable} to where it is`);
    // Nothing is lost: both regions answer, one from its server and one from its file.
    const mixed = await open(served);
    try {
      const document = "{ stations(orderBy: [{ code: ASC }], first: 100) { totalCount nodes { code } } }";
      const [fromFiles, fromBoth] = [await files.ask("tianjin-bureau", document, {}, "joint-enforcement"), await mixed.ask("tianjin-bureau", document, {}, "joint-enforcement")];
      expect(fromBoth.data).toEqual(fromFiles.data);
      expect(fromBoth.extensions.complete).toBe(true);
    } finally {
      await mixed.close();
    }
  }, 60_000);
});

describe("where no server is there", () => {
  it("all regions stay on SQLite, and sentences say why and what to do, without a password", async () => {
    const { notes, networkDir, environment } = await serveRegions({
      networkDir: seeds,
      dataDir: root,
      env: { POSTGRES_URL: "postgres://reader:secret@127.0.0.1:1/none", MARIADB_URL: "mariadb://reader:secret@127.0.0.1:1" },
      onProgress: () => undefined,
    });
    expect(notes).toEqual([
      expect.stringMatching(/^天津仍在 SQLite 上：PostgreSQL 不可用（.*ECONNREFUSED.*）。请启动 PostgreSQL，或设 POSTGRES_URL 为其地址（如 \S+），再重新启动。\nTianjin stays on SQLite: PostgreSQL cannot be used \(.*ECONNREFUSED.*\)\. Start one, or set POSTGRES_URL to where it is \(such as \S+\), and start again\.$/),
      expect.stringMatching(/^河北仍在 SQLite 上：MariaDB 不可用（.*ECONNREFUSED.*）。请启动 MariaDB，或设 MARIADB_URL 为其地址（如 \S+），再重新启动。\nHebei stays on SQLite: MariaDB cannot be used \(.*ECONNREFUSED.*\)\. Start one, or set MARIADB_URL to where it is \(such as \S+\), and start again\.$/),
    ]);
    expect(notes.join()).not.toContain("secret");
    expect(environment).toEqual({});
    for (const region of ["tianjin", "hebei"]) expect(readFileSync(join(networkDir, `regions/${region}/source.yaml`), "utf8")).toBe(readFileSync(join(seeds, `regions/${region}/source.yaml`), "utf8"));
  });

  it("another region is one more entry: it moves where its own server is there", async () => {
    const entry: ServerRegion = {
      region: "tianjin", zh: "天津", en: "Tianjin", variable: "X_URL", fallback: "x://nowhere", schemes: ["x"], server: "X", schema: "s",
      load: ({ url, schema }) => Promise.resolve({ TIANJIN_DATABASE: url, TIANJIN_SCHEMA: schema }),
    };
    const { notes, networkDir, environment } = await serveRegions({ networkDir: seeds, dataDir: root, env: { X_URL: "x://here" }, onProgress: () => undefined, entries: [entry] });
    expect(notes).toEqual(["天津在 X 上 · Tianjin is on X"]);
    expect(environment).toEqual({ TIANJIN_DATABASE: "x://here", TIANJIN_SCHEMA: "s" });
    expect(readFileSync(join(networkDir, "regions/tianjin/source.yaml"), "utf8")).toBe(readFileSync(join(seeds, "servers/tianjin.source.yaml"), "utf8"));
    // The rest of the network came along.
    for (const file of ["network.yaml", "regions/hebei/policy.yaml", "examples"]) expect(existsSync(join(networkDir, file))).toBe(true);
  });
});
