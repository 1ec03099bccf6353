/** What a page costs its sources: the keyset and the limit go into their queries, so that paging never reads all and cuts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask, type Hub } from "../reference/harness/hub.ts";
import { type Fixture, openFixture, reader, stationsOf } from "./fixture.ts";

const perSource = 30;
let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture(perSource);
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.asked.length = 0;
});

const open = JSON.stringify({ rules: [{ id: "all", to: "agencies", allow: { Station: ["code", "name", "elevation", "region", "quality", "activeFrom"] } }] });
/** Two strata: the operator is clear in one half of the rows. */
const split = JSON.stringify({
  rules: [
    { id: "all", to: "agencies", allow: { Station: ["code", "name", "elevation"] } },
    { id: "some", to: "agencies", allow: { Station: ["operator"] }, where: { Station: { quality: { in: ["REVIEWED", "PUBLISHED"] } } } },
  ],
});

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
}

const hubs = new Map<string, Hub>();
function hubUnder(policy: string): Hub {
  const known = hubs.get(policy) ?? fixture.hub(policy);
  hubs.set(policy, known);
  return known;
}

async function read(policy: string, args: string, fields = "code elevation"): Promise<Page> {
  const answer = await ask(hubUnder(policy), reader, `{ answer: stations(${args}) { edges { cursor node { ${fields} } } pageInfo { hasNextPage hasPreviousPage } } }`);
  if ("refused" in answer) throw new Error(answer.refused);
  expect(answer.errors).toBeUndefined();
  return answer.data.answer as unknown as Page;
}

const orders = ["", "{ elevation: ASC }", "{ elevation: DESC }", "{ name: DESC }, { elevation: ASC }", "{ region: { code: ASC } }, { activeFrom: DESC }"];

describe.each(orders)("a list ordered by [%s]", (order) => {
  test.each([1, 4, 20])("is read by pages of %i with one row beyond the page from each stratum of each source", async (size) => {
    for (const policy of [open, split]) {
      const usable = policy === open || !order.includes("region");
      if (!usable) continue;
      const orderBy = order === "" ? "" : `orderBy: [${order}], `;
      const fields = policy === split ? "code elevation operator" : "code elevation";
      const whole = await read(policy, `${orderBy}first: 1000`, fields);
      expect(whole.edges).toHaveLength(2 * perSource);
      for (const [count, from, side] of [["first", "after", "at"], ["last", "before", "end"]] as const) {
        const seen: Page["edges"][number][] = [];
        let cursor: string | undefined;
        do {
          fixture.asked.length = 0;
          const page: Page = await read(policy, `${orderBy}${count}: ${size}${cursor === undefined ? "" : `, ${from}: "${cursor}"`}`, fields);
          const strata = policy === split ? 2 : 1;
          // Values and NULLs after a cursor are two queries, the second for what the first leaves of the page.
          expect(fixture.asked.length).toBeLessThanOrEqual(strata * 2 * 2);
          expect(fixture.asked.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual((size + 1) * strata * 2);
          for (const { text, parameters } of fixture.asked) {
            expect(text).toMatch(/LIMIT \?/);
            expect(parameters.at(-1)).toBeLessThanOrEqual(size + 1);
          }
          expect(fixture.asked.some(({ parameters }) => parameters.at(-1) === size + 1)).toBe(true);
          if (side === "at") seen.push(...page.edges);
          else seen.unshift(...page.edges);
          cursor = (side === "at" ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage) ? (side === "at" ? page.edges.at(-1) : page.edges[0])?.cursor : undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(whole.edges);
      }
    }
  });
});

describe("a large page of a source with two strata", () => {
  const rowsPerSource = 400;
  let large: Fixture;
  beforeAll(async () => {
    large = await openFixture(rowsPerSource);
  });
  afterAll(() => large.close());

  /** In the order of codes the first policy's strata alternate, the second's come one after the other. */
  const policies = [
    ["mixed", { quality: { in: ["REVIEWED", "PUBLISHED"] } }],
    ["one after the other", { or: [{ code: { startsWith: "H00" } }, { code: { startsWith: "T00" } }] }],
  ] as const;

  test.each(policies)("%s is the same as all at once, and each stratum gives about its share", async (name, where) => {
    const policy = JSON.stringify({ rules: [{ id: "all", to: "agencies", allow: { Station: ["code", "name"] } }, { id: "some", to: "agencies", allow: { Station: ["operator"] }, where: { Station: where } }] });
    const hub = large.hub(policy);
    const page = async (args: string): Promise<Page> => {
      large.asked.length = 0;
      const answer = await ask(hub, reader, `{ answer: stations(orderBy: [{ code: ASC }], ${args}) { edges { cursor node { code operator } } pageInfo { hasNextPage hasPreviousPage } } }`);
      if ("refused" in answer) throw new Error(answer.refused);
      return answer.data.answer as unknown as Page;
    };
    const whole = [...(await page("first: 1000")).edges.map(({ node }) => node)];
    expect(whole).toHaveLength(2 * rowsPerSource);
    for (const [count, from] of [["first", "after"], ["last", "before"]] as const) {
      const seen: Readonly<Record<string, unknown>>[] = [];
      let cursor: string | undefined;
      do {
        const read: Page = await page(`${count}: 150${cursor === undefined ? "" : `, ${from}: "${cursor}"`}`);
        const nodes = read.edges.map(({ node }) => node);
        if (count === "first") seen.push(...nodes);
        else seen.unshift(...nodes);
        const rows = large.asked.reduce((sum, asked) => sum + asked.rows, 0);
        expect(rows, `${name} ${count}`).toBeLessThanOrEqual(2 * 151 * 2);
        if (name === "mixed") expect(rows).toBeLessThanOrEqual(2 * (151 + 4 * Math.sqrt(151) + 2));
        cursor = count === "first" ? (read.pageInfo.hasNextPage ? read.edges.at(-1)?.cursor : undefined) : read.pageInfo.hasPreviousPage ? read.edges[0]?.cursor : undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(whole);
    }
  });
});

test("a source whose rows all lie before the cursor is asked nothing", async () => {
  const first = await read(open, `first: ${perSource}`);
  fixture.asked.length = 0;
  const second = await read(open, `first: 5, after: "${first.edges.at(-1)?.cursor}"`);
  expect(second.edges.map(({ node }) => node.code)).toEqual(["T0000", "T0001", "T0002", "T0003", "T0004"]);
  expect(fixture.asked.filter(({ source }) => source === "hebei").every(({ rows }) => rows === 0)).toBe(true);
});

test("a stratum that a filter rules out sends no query", async () => {
  await read(split, `where: { operator: { eq: "甲" } }, first: 5`);
  expect(fixture.asked.map(({ source }) => source).sort()).toEqual(["hebei", "tianjin"]);
});

test("NULLs come last in both directions, and first when reading backward", async () => {
  const values = async (args: string): Promise<readonly unknown[]> => (await read(open, args)).edges.map(({ node }) => node.elevation);
  expect((await values("orderBy: [{ elevation: ASC }], last: 3")).every((value) => value === null)).toBe(true);
  expect((await values("orderBy: [{ elevation: DESC }], last: 3")).every((value) => value === null)).toBe(true);
  const known = [...stationsOf("H", perSource), ...stationsOf("T", perSource)].flatMap(({ elevation }) => elevation ?? []).sort((a, b) => a - b);
  expect(await values("orderBy: [{ elevation: ASC }], first: 3")).toEqual(known.slice(0, 3).map(String));
  expect(await values("orderBy: [{ elevation: DESC }], first: 3")).toEqual(known.slice(-3).reverse().map(String));
});

describe("an ordered page", () => {
  test.each([
    ["forward", "orderBy: [{ elevation: ASC }], first: 5"],
    ["downward", "orderBy: [{ elevation: DESC }], first: 5"],
    ["backward", "orderBy: [{ elevation: ASC }], last: 5"],
    ["of a range", `where: { elevation: { gte: "3", lt: "20" } }, orderBy: [{ elevation: ASC }], first: 5`],
  ])("%s walks the index and sorts at most rows that tie", async (_, args) => {
    const first = await read(open, args);
    const cursor = args.includes("last") ? `, before: "${first.edges[0]?.cursor}"` : `, after: "${first.edges.at(-1)?.cursor}"`;
    await read(open, `${args}${cursor}`);
    for (const { text, ...asked } of fixture.asked) {
      const steps = asked.steps();
      // Rows without a value are equal, so they are read by tie alone.
      if (text.includes('"elevation" IS NULL')) {
        expect(steps.join("\n"), text).not.toContain("TEMP B-TREE");
        continue;
      }
      expect(steps.join("\n"), text).toContain("station_elevation");
      // "FOR LAST TERM": only rows with equal elevations are put in order among themselves.
      expect(steps.filter((step) => step.includes("TEMP B-TREE") && !/LAST (?:\d+ )?TERMS? OF ORDER BY/.test(step)), text).toEqual([]);
    }
    expect(fixture.asked.length).toBeGreaterThan(0);
  });
});
