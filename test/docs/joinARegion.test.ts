/** docs/join-a-region.md, run block by block as it stands, in a home folder of its own; its second half on a fresh PostgreSQL database. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { answerIn, blocksOf, differences, freePort, projectDir, type Ran, runShell } from "./blocks.ts";

const page = readFileSync(join(projectDir, "docs/join-a-region.md"), "utf8");
const [steps = "", onServer = ""] = page.split(/^## The same on PostgreSQL/m);

function inHome(): { readonly home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), "join-a-region-"));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

describe("from a SQLite file", () => {
  const { home, remove } = inHome();
  let ran: Ran;
  beforeAll(async () => {
    ran = await runShell(blocksOf(steps, "sh").join("\n"), { HOME: home, PORT: String(await freePort()) }, 170_000);
  }, 180_000);
  afterAll(remove);

  it("every command of the ten steps succeeds", () => {
    expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
  });

  it("the check reads every cell, and every expectation of the policy's test holds", () => {
    expect(ran.out).toMatch(/^ {2}Observation\.value: 7 of 7 rows have a value$/m);
    expect(ran.out).not.toMatch(/implausible|nothing reads/);
    expect(ran.out).toMatch(/^8 held, 0 failed$/m);
  });

  it("the answer is the one that the page prints", () => {
    const [shown = ""] = blocksOf(steps, "json");
    expect(differences(JSON.parse(shown), answerIn(ran.out))).toEqual([]);
  });

  it("explain says by which rule and how the filter goes into the database", () => {
    expect(ran.out).toContain("js-reviewed grants");
    expect(ran.out).toMatch(/rule quality eq: V/);
  });
});

describe.skipIf(!(await hasPostgres()))("from a fresh PostgreSQL database, by a draft", () => {
  const { home, remove } = inHome();
  const server = process.env["POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const database = `hub_test_${randomBytes(6).toString("hex")}`;
  let ran: Ran;
  beforeAll(async () => {
    const blocks = blocksOf(steps, "sh");
    const network = blocks.find((block) => block.includes("$NETWORK/network.yaml")) ?? "";
    ran = await runShell([blocks[0] ?? "", network, ...blocksOf(onServer, "sh")].join("\n"), { HOME: home, PORT: String(await freePort()), DATABASE: database, POSTGRES_URL: server }, 220_000);
  }, 240_000);
  afterAll(async () => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    await client.end();
    remove();
  });

  it("every command succeeds", () => {
    expect({ code: ran.code, err: ran.code === 0 ? "" : `${ran.err}\n${ran.out.slice(-3000)}` }).toEqual({ code: 0, err: "" });
  });

  it("the draft says what the page shows of it, and holds no address and no person", () => {
    const [shown = ""] = blocksOf(onServer, "yaml");
    for (const line of shown.split("\n").filter((each) => each !== "")) expect(ran.out).toContain(line);
    expect(ran.out).toContain('connection: { url: "${ZHEJIANG_DATABASE}" }');
    expect(ran.out).not.toMatch(/王某|赵某|1370000|1360000/);
  });

  it("the corrected mapping has nothing implausible and nothing undecided, and the policy's test holds", () => {
    expect(ran.out).toMatch(/^ {2}Observation\.value: \d+ of \d+ rows have a value$/m);
    expect(ran.out).not.toMatch(/implausible: |undecided: /);
    expect(ran.out).toMatch(/^\d+ held, 0 failed$/m);
  });

  it("the answer is the one that the page prints", () => {
    const [shown = ""] = blocksOf(onServer, "json");
    expect(differences(JSON.parse(shown), answerIn(ran.out))).toEqual([]);
  });
});
