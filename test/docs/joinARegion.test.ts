/** docs/join-a-region.md, run block by block as it stands, in a home folder of its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerIn, blocksOf, differences, freePort, projectDir, type Ran, runShell } from "./blocks.ts";

const page = readFileSync(join(projectDir, "docs/join-a-region.md"), "utf8");
const home = mkdtempSync(join(tmpdir(), "join-a-region-"));
let ran: Ran;

beforeAll(async () => {
  ran = await runShell(blocksOf(page, "sh").join("\n"), { HOME: home, PORT: String(await freePort()) }, 170_000);
}, 180_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

it("every command of the ten steps succeeds", () => {
  expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
});

it("the check reads every cell, and every expectation of the policy's test holds", () => {
  expect(ran.out).toMatch(/^ {2}Observation\.value: 7 of 7 rows have a value$/m);
  expect(ran.out).not.toMatch(/implausible|nothing reads/);
  expect(ran.out).toMatch(/^8 held, 0 failed$/m);
});

it("the answer is the one that the page prints", () => {
  const [shown = ""] = blocksOf(page, "json");
  expect(differences(JSON.parse(shown), answerIn(ran.out))).toEqual([]);
});

it("explain says by which rule and how the filter goes into the database", () => {
  expect(ran.out).toContain("js-reviewed grants");
  expect(ran.out).toMatch(/rule quality eq: V/);
});
