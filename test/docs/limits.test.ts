/** The numbers that callers read are those that the hub holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { networkFileSchema } from "../../schema/files/networkFile.ts";
import { asAgencyId, asPurpose } from "../../schema/ids.ts";
import { batchKeysMax } from "../../src/execute/acrossLinks.ts";
import { rowsMax } from "../../src/execute/readScan.ts";
import { refusalUnits } from "../../src/gateway/budgets.ts";
import { documentLimits } from "../../src/gateway/documentLimits.ts";
import { bodyBytesMax } from "../../src/gateway/readBody.ts";
import { budgetOf } from "../../src/identity/network.ts";
import { defaultBudget } from "../../src/identity/parseBudgets.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { costs } from "../../src/plan/cost.ts";
import { pageDefault, pageMax } from "../../src/plan/requests.ts";
import { semiJoinKeysMax } from "../../src/plan/semiJoin.ts";
import { blocksOf, projectDir } from "./blocks.ts";

const page = readFileSync(join(projectDir, "docs/limits.md"), "utf8");

describe("docs/limits.md", () => {
  it("says every limit of a document, and no other", () => {
    const listed = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| .*\|$/gm)].map(([, name = "", most]) => [name, Number(most)] as const);
    expect(Object.fromEntries(listed)).toEqual(documentLimits);
    expect(page).toContain(`${bodyBytesMax / 1000} 000 bytes`);
    expect(page).toContain(`\`first\` and \`last\` are from 0 to ${pageMax}, ${pageDefault} where`);
  });

  it("says what things cost", () => {
    const unitsOf = (what: string): string => page.split("\n").find((line) => line.startsWith(`| ${what} |`)) ?? "";
    expect(unitsOf("any operation")).toContain(`| ${costs.request} |`);
    expect(unitsOf("`totalCount`")).toContain(`| ${costs.count} |`);
    expect(unitsOf("an aggregation")).toContain(`| ${costs.aggregate}, again`);
    expect(unitsOf("a list across sources (`enterpriseRecords`)")).toContain(`1 + ${costs.acrossRows} × (1 + its fields)`);
    expect(page).toContain(`The lists of ${batchKeysMax} rows are read together: where they hold more than\n${rowsMax / 1000} 000 rows`);
    expect(unitsOf("the count of such a list")).toContain(`| 1 + ${costs.acrossRows} |`);
    expect(unitsOf("a filter on such a list")).toContain(`| ${costs.semiJoin} for each`);
    expect(page.replace("10 000 distinct", "10000 distinct")).toContain(`${semiJoinKeysMax} distinct keys`);
    expect(unitsOf("`__schema`, `__type`")).toContain(`| ${costs.introspection} |`);
    expect(unitsOf("a list of regions")).toContain(`| ${costs.regions} × its fields |`);
    expect(unitsOf("a refused request")).toContain(`| ${refusalUnits} |`);
    expect(page).toContain(`a page of 100 rows with ten fields costs ${costs.request + 100 * 11}.`);
  });

  it("shows the budgets that there are where none are written, and an example that the hub reads", () => {
    const [text = ""] = blocksOf(page, "yaml");
    const { budgets } = parse(text) as { budgets: Record<string, unknown> };
    const { agencies, ...defaults } = budgets;
    expect(defaults).toEqual(defaultBudget);
    const network = parseNetwork(`purposes: { emergency: { zh: 应急 } }\nagencies: { public: { zh: 公众 }, ministry-centre: { zh: 中心, purposes: [emergency] } }\n${text}`, "network.yaml");
    expect(budgetOf(network, asAgencyId("public"), null)).toEqual({ ...defaultBudget, perMinute: 1_000_000 });
    expect(budgetOf(network, asAgencyId("ministry-centre"), asPurpose("emergency"))).toEqual({ ...defaultBudget, perMinute: 60_000_000 });
    expect(Object.keys(agencies as object)).toEqual(["public", "ministry-centre"]);
    for (const [word, units] of Object.entries(defaultBudget)) expect(JSON.stringify(networkFileSchema())).toMatch(new RegExp(`"${word}":\\{"description":"[^"]*\\b${units} where left out`));
  });
});
