/** Published statistics are suppressed by what the agency does not know, before anything else looks at them (semantics.md §5). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { ask, hubOf, openHubSources, type OpenSources } from "../reference/harness/hub.ts";

const network = parseNetwork(`{ purposes: { check: { zh: 查, en: check }, study: { zh: 研究, en: study }, plan: { zh: 规划, en: plan } }, agencies: { reader: { zh: 读者, purposes: [check, study, plan] } } }`, "network.yaml");

const yaml = `
region: 130000
kind: sqlite
connection: { file: x.db }
timeZone: Asia/Shanghai
entities:
  Enterprise:
    from: e
    key: uscc
    fields: { uscc: uscc, industry: industry, region: region, output: { column: output, unit: t }, energy: { column: energy, unit: t } }
`;

/** uscc, industry, region, output, energy. Rows of 130100 are shown to the agency, output included. */
const rows: readonly (readonly [string, string, string, number | null, number | null])[] = [
  ...["a", "b", "c", "d"].map((code, index) => [`all-hidden-${code}`, "11", "130200", 10 + index, 1] as const),
  ["two-known-a", "22", "130100", 1, 1],
  ["two-known-b", "22", "130100", 2, 1],
  ["two-known-c", "22", "130200", 3, 1],
  ["two-known-d", "22", "130200", 4, 1],
  ["few-cells-a", "33", "130100", 100, 7],
  ["few-cells-b", "33", "130100", 200, 7],
  ["few-cells-c", "33", "130200", 300, 7],
  ["few-cells-d", "33", "130200", 400, 7],
  ["few-cells-e", "33", "130200", null, 7],
];

const policy = JSON.stringify({
  rules: [
    { id: "shown", to: "agencies", allow: { Enterprise: ["uscc", "output"] }, where: { Enterprise: { region: { eq: "130100" } } } },
    { id: "figures", to: "agencies", publish: { Enterprise: { by: ["industry"], measures: { output: ["sum", "avg"], energy: ["sum"] }, minGroup: "3" } } },
  ],
});

let sources: OpenSources;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "published-"));
  const file = join(dir, "x.db");
  const database = new Database(file);
  database.exec("CREATE TABLE e (uscc TEXT PRIMARY KEY NOT NULL, industry TEXT, region TEXT, output REAL, energy REAL) STRICT");
  const insert = database.prepare("INSERT INTO e VALUES (?, ?, ?, ?, ?)");
  for (const row of rows) insert.run(...row);
  database.close();
  sources = await openHubSources([{ id: "hebei", region: "130000", file, yaml }]);
});
afterAll(async () => {
  await sources.close();
  rmSync(dir, { recursive: true, force: true });
});

async function published(args: string): Promise<unknown> {
  const hub = hubOf(sources, network, { "130000": policy }, Date.UTC(2026, 0, 1));
  const answer = await ask(hub, { agency: "reader", purpose: "check" }, `{ answer: enterprisesPublished${args} { groups { key { industry } count sum { output energy } avg { output } } } }`);
  if ("refused" in answer) throw new Error(answer.refused);
  return (answer.data.answer as { groups: unknown }).groups;
}

test("a group is printed from three rows on that the agency does not know, a figure from three cells on", async () => {
  expect(await published("(groupBy: [{ field: INDUSTRY }])")).toEqual([
    { key: { industry: "11" }, count: 4, sum: { output: "46", energy: "4" }, avg: { output: "11.5" } },
    // Five rows, three unknown; of four outputs only two are unknown, so their sum less the known ones would tell.
    { key: { industry: "33" }, count: 5, sum: { output: null, energy: "35" }, avg: { output: null } },
  ]);
});

test("a coarser group adds up only what survived", async () => {
  expect(await published("")).toEqual([{ key: { industry: null }, count: 9, sum: { output: "46", energy: "39" }, avg: { output: "11.5" } }]);
});

test("a filter sees only what survived", async () => {
  expect(await published(`(where: { industry: { eq: "22" } })`)).toEqual([{ key: { industry: null }, count: 0, sum: { output: null, energy: null }, avg: { output: null } }]);
  expect(await published(`(having: { sum: { output: { isNull: true } } }, groupBy: [{ field: INDUSTRY }])`)).toEqual([expect.objectContaining({ key: { industry: "33" } })]);
});

test("when what an agency knows changes, figures are withheld until they are computed anew, a day later", async () => {
  const [dayMs, firstMs] = [86_400_000, Date.UTC(2026, 0, 1)];
  const hub = hubOf(sources, network, { "130000": policy }, firstMs);
  const groupsAt = async (nowMs: number): Promise<readonly { key: { industry: string } }[]> => {
    const answer = await ask({ ...hub, nowMs }, { agency: "reader", purpose: "check" }, "{ answer: enterprisesPublished(groupBy: [{ field: INDUSTRY }]) { groups { key { industry } count } } }");
    if ("refused" in answer) throw new Error(answer.refused);
    return (answer.data.answer as { groups: readonly { key: { industry: string } }[] }).groups;
  };
  expect((await groupsAt(firstMs)).map(({ key }) => key.industry)).toEqual(["11", "33"]);
  // Now the agency sees no row: figures over three groups less those over two would tell.
  hub.state.apply({ ...hubOf(sources, network, { "130000": policy.replaceAll("130100", "130300") }, firstMs).state.current().policySet, epoch: 2 });
  expect(await groupsAt(firstMs + 1000)).toEqual([]);
  expect(await groupsAt(firstMs + dayMs - 1)).toEqual([]);
  expect((await groupsAt(firstMs + dayMs)).map(({ key }) => key.industry)).toEqual(["11", "22", "33"]);
});

test("under another purpose figures are the same where nothing else is hidden, and else withheld for the day: the difference could be one row", async () => {
  const rules = JSON.parse(policy) as { readonly rules: readonly object[] };
  const hidden = { id: "hidden", to: "agencies", purposes: ["study"], hide: ["Enterprise"], where: { Enterprise: { uscc: { eq: "all-hidden-a" } } } };
  const shown = { id: "names", to: "agencies", purposes: ["plan"], allow: { Enterprise: ["name"] }, where: { Enterprise: { region: { eq: "130100" } } } };
  const hub = hubOf(sources, network, { "130000": JSON.stringify({ rules: [...rules.rules, hidden, shown] }) }, Date.UTC(2026, 0, 1));
  const countsFor = async (purpose: string): Promise<unknown> => {
    const answer = await ask(hub, { agency: "reader", purpose }, "{ answer: enterprisesPublished(groupBy: [{ field: INDUSTRY }]) { groups { key { industry } count } } }");
    if ("refused" in answer) throw new Error(answer.refused);
    return (answer.data.answer as { groups: readonly { key: { industry: string }; count: number }[] }).groups.map(({ key, count }) => [key.industry, count]);
  };
  const figures = [["11", 4], ["33", 5]];
  expect(await countsFor("check")).toEqual(figures);
  expect(await countsFor("study")).toEqual([]);
  expect(await countsFor("plan")).toEqual(figures);
});
