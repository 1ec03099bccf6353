/** `region draft` as a person types it: what keeps it from running, what it writes, and that `source check` runs on what it wrote. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, makeSchema, type PostgresSchema } from "../fixtures/postgresServer.ts";
import { build, command, type SmallFolder, smallFolder } from "./hubProcess.ts";

const isServerThere = await hasPostgres();
let folder: SmallFolder;
let file: string;
beforeAll(() => {
  build();
  folder = smallFolder();
  file = join(dirname(folder.networkDir), "hebei.db");
});
afterAll(() => folder.remove());

describe("region draft", () => {
  it.each([
    [[], /^Say which kind of source: --kind sqlite \| .*postgres.*\. Use: region draft --kind KIND --url URL .*\n$/],
    [["--kind", "oracle", "--url", "x"], /^There is no kind oracle\. A draft is made of sqlite, .*\.\n$/],
    [["--kind", "drop", "--url", "/nowhere/files"], /^There is no folder \/nowhere\/files\. Name it: --url DIR\. .*\n$/],
    [["--kind", "hj212"], /^Say where the source is: --url DIR\. Use: .*\n$/],
    [["--kind", "rest"], /^Say where the source is: --url https:\/\/HOST\/PATH\. Use: .*\n$/],
    [["--kind", "rest", "--url", "ftp://x/y"], /^The address of an API begins with http:\/\/ or https:\/\/; .*\n$/],
    [["--kind", "rest", "--url", "http://127.0.0.1:1/x"], /^The source does not answer \(UNAVAILABLE.*--header .*\n$/],
    [["--kind", "rest", "--url", "http://127.0.0.1:1/x", "--header", "Authorization: Bearer secret"], /^The value of a header stands in the environment: .*\n$/],
    [["--kind", "rest", "--url", "http://127.0.0.1:1/x", "--schema", "s"], /^A rest source has no schemas; leave --schema out\.\n$/],
    [["--kind", "sensorthings", "--url", "http://127.0.0.1:1/v1.1", "--get", "/a"], /^--get names listings of a JSON API .*\n$/],
    [["--kind", "sqlite", "--url", "x", "--get", "/a"], /^--get is for web APIs; leave it out\.\n$/],
    [["--kind", "sqlite"], /^Say where the source is: --url FILE\. Use: .*\n$/],
    [["--kind", "sqlite", "--url", "/nowhere/x.db"], /^There is no file \/nowhere\/x\.db\. Name the database's file: --url FILE\.\n$/],
    [["--kind", "sqlite", "--url", "/nowhere/x.db", "--schema", "s"], /^A SQLite file has no schemas; leave --schema out\.\n$/],
    [["--kind", "postgres", "--url", "mysql://x/y"], /^--url: `connection\.url` must begin with postgres:\/\/ or postgresql:\/\/\.\n$/],
    [["--kind", "postgres", "--url", "postgres://reader:secret@127.0.0.1:1/x"], /^The source does not answer \(UNAVAILABLE.*\)\. Is it running, and may this role read it\? Mend --url, and try again\.\n$/],
    [["--kind", "sqlite", "--url", "x", "--region", "12"], /^12 is no code of GB\/T 2260 that the hub knows; .*\n$/],
  ])("%j says what is wrong and the mend, with exit code 2 and no secret", async (args, message) => {
    const { code, out, err } = await command(folder, "region", "draft", ...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toContain("secret");
  });

  it("prints the mapping where no folder is named, and writes nothing", async () => {
    const { code, out } = await command(folder, "region", "draft", "--kind", "sqlite", "--url", file, "--region", "130000");
    expect(code).toBe(0);
    expect(out).toMatch(/^kind: sqlite$/m);
    expect(out).toMatch(/^ {2}Station:/m);
  });

  it("writes a mapping on which source check runs, and a policy that shares nothing; it never writes over a file", async () => {
    const out = join(folder.networkDir, "regions", "drafted");
    const draft = () => command(folder, "region", "draft", "--kind", "sqlite", "--url", file, "--region", "130000", "--out", out);
    expect(await draft()).toMatchObject({ code: 0, out: expect.stringContaining("then: correct") });
    expect(readFileSync(join(out, "policy.yaml"), "utf8")).toMatch(/^rules: \[\]$/m);
    const checked = await command(folder, "source", "check", "drafted");
    expect(checked.out).toMatch(/^drafted: sqlite, mapping /m);
    expect(checked.out).toMatch(/^ {2}Station: \d+ of 16 attributes; without /m);
    expect(await draft()).toMatchObject({ code: 2, err: expect.stringContaining("is there already. Move it away") });
  });

  it.skipIf(!isServerThere)("leaves address and password out of the file of a server's source", async () => {
    const schema: PostgresSchema = await makeSchema();
    const out = join(folder.networkDir, "regions", "north-lake");
    try {
      await schema.run("CREATE TABLE stations (id bigint PRIMARY KEY, station_code text UNIQUE, station_name text, region_code text)");
      await schema.run("INSERT INTO stations VALUES (1, '1001A', '示例一站', '320102'), (2, '1002A', '示例二站', '320106')");
      const ran = await command(folder, "region", "draft", "--kind", "postgres", "--url", schema.url, "--schema", schema.schema, "--out", out);
      expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("set NORTH_LAKE_DATABASE to the source's address") });
      const text = readFileSync(join(out, "source.yaml"), "utf8");
      expect(text).toContain(`connection: { url: "\${NORTH_LAKE_DATABASE}", schema: ${schema.schema} }`);
      expect(text).not.toContain("127.0.0.1");
      expect(text).toMatch(/^region: 320000/m);
    } finally {
      await schema.drop();
    }
  });

  it("asks for the region where the data do not tell it, and writes nothing", async () => {
    const empty = join(dirname(folder.networkDir), "empty.db");
    const db = new Database(empty);
    db.exec("CREATE TABLE stations (id INTEGER PRIMARY KEY, station_code TEXT UNIQUE)");
    db.close();
    const out = join(dirname(folder.networkDir), "nowhere");
    const { code, err } = await command(folder, "region", "draft", "--kind", "sqlite", "--url", empty, "--out", out);
    expect({ code, err }).toEqual({ code: 2, err: "The data do not tell which region this is: no column holds codes or names of one province. Say it: --region CODE, e.g. --region 320000.\n" });
    expect(existsSync(out)).toBe(false);
  });
});
