/** The sandbox page as a developer uses it, against a real hub: nothing may come from outside, and each agency meets its own view. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { GatewayParts } from "../../src/gateway/gatewayParts.ts";
import { type Hub, openHub } from "../gateway/openHub.ts";
import { buildPage, hasBrowser, openPage } from "./openPage.ts";

const examples = [
  { title: { zh: "站点", en: "Stations" }, query: "# 站点 | Stations\n{ stations(first: 2, orderBy: [{ code: ASC }]) { totalCount nodes { code name } } }" },
  { title: { zh: "企业", en: "Enterprises" }, query: "# 企业 | Enterprises\n{ enterprises(first: 3) { nodes { name legalRep contactPhone } } }" },
];

let sandboxDir: string;
const openSandbox = async (parts: Partial<GatewayParts> = {}): Promise<Hub> => {
  const hub = await openHub({}, () => ({ sandboxDir, sandboxExamples: examples, ...parts }));
  onTestFinished(() => hub.close());
  return hub;
};

const answer = (page: Page): Locator => page.locator(".graphiql-response .view-lines");
const summary = (page: Page): Locator => page.locator(".summary");
const run = (page: Page): Promise<void> => page.getByRole("button", { name: /execute query/i }).click();
const openExample = (page: Page, title: string): Promise<unknown> => page.getByLabel("Examples").selectOption({ label: title });

/** Monaco draws spaces as no-break spaces. */
const textOf = async (locator: Locator): Promise<string> => (await locator.innerText()).replaceAll(" ", " ");
const shows = (locator: Locator, text: string): Promise<void> => expect.poll(() => textOf(locator), { timeout: 20_000 }).toContain(text);

/** Runs in the browser: the label of what has the focus. */
const focused = `(document.activeElement.closest(".field")?.querySelector("label") ?? document.activeElement).textContent`;

/** SCREENSHOTS=DIR keeps pictures, for whoever changes how the page looks. */
const picture = async (page: Page, name: string): Promise<void> => {
  const dir = process.env.SCREENSHOTS;
  if (dir === undefined) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
};

describe.skipIf(!hasBrowser())("the sandbox page", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    sandboxDir = await buildPage();
  });
  afterAll(() => rmSync(sandboxDir, { recursive: true, force: true }));

  test("lets an agency run an example, and says what each source gave, what may be withheld and how it is answered", async () => {
    const { gateway } = await openSandbox();
    const { page, outside, errors } = await openPage(gateway.url, "en-US");
    await page.getByLabel("Ask as").selectOption("partner");
    await shows(page.getByRole("status"), "Entities");
    await openExample(page, "Enterprises");
    await run(page);
    await shows(answer(page), "企业0");
    await shows(summary(page), "complete");
    await shows(summary(page), "hebei");
    await shows(summary(page), "Enterprise.legalRep");
    await shows(summary(page), "hb-cases");
    await shows(summary(page), "Shijiazhuang only");
    await shows(page.getByRole("complementary", { name: "Explain" }), "enterprises");
    await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
    await shows(page.locator(".graphiql-plugin"), "enterprises");
    await picture(page, "partner-en");
    expect(outside).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("shows each agency its own schema, where a field of another agency is unknown, and keeps no answer of the one before", async () => {
    const { gateway } = await openSandbox();
    const { page, outside } = await openPage(gateway.url, "en-US");
    await openExample(page, "Enterprises");
    await run(page);
    await shows(answer(page), "企业0");
    await page.getByLabel("Ask as").selectOption("public");
    await expect.poll(() => textOf(answer(page))).not.toContain("企业");
    await expect.poll(() => page.getByLabel("Examples").locator("optgroup", { hasText: "Enterprises" }).getAttribute("label")).toContain("does not see");
    await run(page);
    await shows(answer(page), "GRAPHQL_VALIDATION_FAILED");
    await shows(summary(page), "does not exist or is withheld");
    await shows(page.getByRole("complementary", { name: "Explain" }), "GRAPHQL_VALIDATION_FAILED");
    await picture(page, "public-en");
    expect(outside).toEqual([]);
  });

  test("marks an invisible character, but no Chinese bracket as if it were a disguised Latin one", async () => {
    // Outside of strings and comments: inside, the editor leaves a query's characters alone.
    const query = "{ 〔 a 〕 b \u200b c }";
    const { gateway } = await openSandbox({ sandboxExamples: [{ title: { zh: "处罚", en: "Penalties" }, query }] });
    const { page } = await openPage(gateway.url, "en-US");
    await openExample(page, "Penalties");
    // The editor marks all of a text at once, so the one mark says that the brackets were looked at.
    const marks = page.locator(".graphiql-query-editor .unicode-highlight");
    await marks.first().waitFor({ state: "attached" });
    expect(await marks.count()).toBe(1);
  });

  test("asks for the purpose that is picked", async () => {
    const hub = await openSandbox();
    const { page } = await openPage(hub.gateway.url, "en-US");
    await page.getByLabel("Ask as").selectOption("partner");
    await page.getByLabel("Purpose").selectOption("research");
    await openExample(page, "Stations");
    await run(page);
    await shows(answer(page), '"research"');
    const records = await hub.records();
    expect(records.at(-1)).toMatchObject({ agency: "partner", purpose: "research", mintedBy: "sandbox" });
  });

  test("speaks Chinese to a Chinese browser, changes at a press, and remembers it", async () => {
    const { gateway } = await openSandbox();
    const { page, outside, errors } = await openPage(gateway.url, "zh-CN");
    await page.getByLabel("以何机构查询").selectOption("partner");
    await page.getByLabel("示例查询").selectOption({ label: "企业" });
    await run(page);
    await shows(summary(page), "限石家庄");
    await shows(summary(page), "为何缺值？");
    await picture(page, "partner-zh");
    await page.getByRole("button", { name: "English" }).click();
    await shows(summary(page), "Shijiazhuang only");
    await shows(answer(page), "企业0");
    await page.reload();
    await page.getByLabel("Ask as").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(outside).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("outside a demonstration asks for a token, keeps it out of the browser's stores and names no agency", async () => {
    const { gateway, net } = await openSandbox({ demonstration: false });
    const { page, outside } = await openPage(gateway.url, "en-US");
    await page.getByLabel("Token").waitFor();
    expect(await page.getByLabel("Ask as").count()).toBe(0);
    const token = await net.token("partner");
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Use", exact: true }).click();
    await page.getByText("Asking with this token as partner").waitFor();
    await openExample(page, "Enterprises");
    await run(page);
    await shows(answer(page), "企业0");
    await picture(page, "token-en");
    const kept = await page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");
    expect(kept).not.toContain(token);
    expect(kept).not.toContain("企业0");
    expect(outside).toEqual([]);
  });

  test("is worked by keyboard: agency, purpose, example and language are reached in this order", async () => {
    const { gateway } = await openSandbox();
    const { page } = await openPage(gateway.url, "en-US");
    // The examples cannot be opened before the editor is there.
    await page.locator("select:enabled").and(page.getByLabel("Examples")).waitFor();
    await page.getByLabel("Ask as").focus();
    const reached: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate<string>(focused));
    }
    expect(reached).toEqual(["Purpose", "Examples", "Explain", "中文", "English"]);
  });
});
