/** V5 Cursors: sealed, and good for the agency, purpose, question and rules that they were made for, and for nothing else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Reply } from "../gateway/openHub.ts";
import { policyFile } from "./fixture/files.ts";
import { forbiddenTo } from "./fixture/levels.ts";
import { type Attacked, openAttacked } from "./fixture/openAttacked.ts";
import { rowsOf } from "./fixture/rows.ts";

let attacked: Attacked;
beforeAll(async () => {
  attacked = await openAttacked({ rows: rowsOf });
});
afterAll(() => attacked.hub.close());

const query = "query ($after: String, $w: EnterpriseFilter) { enterprises(first: 2, after: $after, where: $w, orderBy: [{ name: ASC }]) { pageInfo { endCursor hasNextPage } nodes { name } } }";
const page = async (agency: string, after: string | null, rest: { purpose?: string; query?: string; w?: unknown } = {}): Promise<Reply> =>
  attacked.hub.query(await attacked.hub.net.token(agency, [rest.purpose ?? "check"]), rest.query ?? query, { variables: { after, w: rest.w ?? {} } });
const cursorOf = (reply: Reply): string => reply.json.data.enterprises.pageInfo.endCursor as string;
const codeOf = (reply: Reply): unknown => reply.json.errors?.[0].extensions.code;

describe("A cursor", () => {
  test("goes on where its page ended", async () => {
    const first = await page("low", null);
    const second = await page("low", cursorOf(first));
    expect([first, second].flatMap(({ json }) => json.data.enterprises.nodes.map(({ name }: { name: string }) => name))).toEqual(["h0", "h2", "h4"].map((no) => `CNRY-enterprise-${no}-name`));
  });
  test("shows nothing of the row that it stands on", async () => {
    const bytes = Buffer.from(cursorOf(await page("full", null)), "base64url");
    for (const text of forbiddenTo("nobody")) for (const encoding of ["utf8", "latin1"] as const) expect(bytes.toString(encoding)).not.toContain(text);
  });
  test.each<[string, string, Parameters<typeof page>[2]]>([
    ["another agency", "mask", {}],
    ["another purpose", "full", { purpose: "other" }],
    ["another filter", "full", { w: { name: { contains: "h" } } }],
    ["another order", "full", { query: query.replace("name: ASC", "name: DESC") }],
    ["another list", "full", { query: query.replaceAll("enterprises", "penaltyDecisions").replace("EnterpriseFilter", "PenaltyDecisionFilter").replaceAll("name", "docNo") }],
  ])("of FULL is none for %s", async (_what, agency, rest) => {
    const reply = await page(agency, cursorOf(await page("full", null)), rest);
    expect(codeOf(reply)).toBe("CURSOR_INVALID");
    expect(JSON.stringify(reply.json.data)).not.toContain("CNRY");
  });
  test("that is changed at any place is none", async () => {
    const cursor = cursorOf(await page("low", null));
    for (let at = 0; at < cursor.length; at += 7) {
      const other = `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;
      expect(codeOf(await page("low", other))).toBe("CURSOR_INVALID");
    }
  });
  test("ends with the rules that it was made under", async () => {
    const cursor = cursorOf(await page("low", null));
    await attacked.hub.net.setPolicy(policyFile("hebei", "sqlite").replace('"permitClass":{"eq":"KEY"}', '"permitClass":{"in":["KEY"]}'));
    expect(codeOf(await page("low", cursor))).toBe("CURSOR_EXPIRED");
  });
});
