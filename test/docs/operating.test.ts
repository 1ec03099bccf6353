/** What operators read is what the hub does: variables, figures, spans, events, alarms, and an entry for each error code. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { errorCodes } from "../../schema/errorCodes.ts";
import { logEvents } from "../../src/observe/logEvents.ts";
import { makeMetrics } from "../../src/observe/metrics.ts";
import { parseExposition } from "../observe/observed.ts";
import { blocksOf, projectDir } from "./blocks.ts";

const page = readFileSync(join(projectDir, "docs/operating.md"), "utf8");
const sectionOf = (title: string): string => page.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? "";
const rowsOf = (text: string): readonly (readonly string[])[] => [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, row = ""]) => row.split(" | "));
const words = (cell = ""): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

describe("docs/operating.md", () => {
  let exposed: ReturnType<typeof parseExposition>;
  beforeAll(async () => {
    // One sample of everything, so that labels are seen.
    const metrics = makeMetrics(() => 0);
    const request = metrics.request("graphql");
    request.planned("prepared", 0);
    request.ran({ isComplete: true, rows: 1, codes: ["INVALID_ID"] });
    request.step("connection", "Station").called({ source: "a", entity: "Station", kind: "rows", strata: 1, grade: "R", outcome: "OK", driver: null, rows: 1, attempts: 2, breaker: "closed", fromMs: 0, untilMs: 1 });
    request.ended({ agency: "a", purpose: "p", status: 200, code: null });
    metrics.appended(1, true);
    metrics.appended(1, false);
    metrics.breakerChanged("a", "open");
    metrics.logged("hub.started", "info");
    metrics.watch(() => ({
      epoch: 1,
      journal: { isHealthy: true, waiting: 0 },
      sources: [{ source: "a", isReady: true, stalenessMs: 1, drift: 1, guard: { breaker: "open", running: 1, waiting: 1 } }],
      budgets: [{ agency: "a", purpose: "p", window: "day", left: 1, capacity: 2 }],
    }));
    exposed = parseExposition(await metrics.text());
  });

  it("names every figure with its kind and labels, and no other", () => {
    const listed = rowsOf(sectionOf("Figures")).map(([name, kind, labels]) => ({ name: words(name)[0], kind, labels: [...words(labels)].sort() }));
    const real = [...exposed].filter(([name]) => name.startsWith("one_network_")).map(([name, { type, samples }]) => ({ name, kind: type, labels: [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].filter((label) => label !== "le").sort() }));
    const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number => ((a.name ?? "") < (b.name ?? "") ? -1 : 1);
    expect([...listed].sort(byName)).toEqual(real.sort(byName));
    expect(real.length).toBeGreaterThan(20);
  });

  it("proposes alarms over figures that there are, with entries of the runbook that there are", () => {
    const [text = ""] = blocksOf(page, "yaml");
    const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string; annotations?: { runbook: string } }[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(8);
    for (const { alert, expr, annotations } of rules) {
      for (const [name] of expr.matchAll(/\b(?:one_network|process|nodejs)_\w+/g)) {
        const base = name.replace(/_(bucket|sum|count)$/, "");
        expect([...exposed.keys()], alert).toContain(exposed.has(name) ? name : base);
        const labels = new Set(exposed.get(exposed.has(name) ? name : base)?.samples.flatMap((sample) => Object.keys(sample.labels)));
        for (const [, label = ""] of (expr.split(name)[1] ?? "").match(/^\{[^}]*\}/)?.[0].matchAll(/(\w+)[!=]/g) ?? []) expect([...labels], `${alert} ${label}`).toContain(label);
      }
      if (annotations !== undefined) expect(Object.keys(errorCodes)).toContain(annotations.runbook);
    }
  });

  it("names every span and attribute, and no other", () => {
    const code = readFileSync(join(projectDir, "src/observe/tracing.ts"), "utf8");
    const rows = rowsOf(sectionOf("Traces"));
    expect(rows.map(([span]) => words(span)[0]).sort()).toEqual([...new Set([...code.matchAll(/span\("([a-z ]+)"/g)].map(([, name = ""]) => name))].sort());
    const known = new Set([...code.matchAll(/\[?attribute\("(\w+)"\)/g)].map(([, name = ""]) => name));
    const listed = new Set(rows.flatMap(([, attributes]) => words(attributes)).filter((word) => !["prepared", "compiled"].includes(word)));
    expect([...listed].sort()).toEqual([...known].sort());
  });

  it("names every event of the log with its level, and no other", () => {
    const listed = rowsOf(sectionOf("Log")).map(([event, level]) => [words(event)[0], level]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(Object.entries(logEvents).map(([event, { level }]) => [event, level])));
  });

  it("names every variable that the hub reads", () => {
    const code = globSync("src/cli/*.ts", { cwd: projectDir }).map((file) => readFileSync(join(projectDir, file), "utf8")).join("\n");
    const read = new Set([...code.matchAll(/(?:env\["|\(env, "|oneOf\(env, "|"(?=OTEL_))([A-Z][A-Z_]+)"/g)].map(([, name = ""]) => name));
    const listed = rowsOf(sectionOf("Install")).flatMap(([names]) => words(names));
    expect(read.size).toBeGreaterThan(10);
    expect([...read].filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => !code.includes(name))).toEqual([]);
  });

  it("has a runbook entry for each error code, and for no other: what is seen, why, where to look, how to mend", () => {
    const entries = sectionOf("Runbook").split(/^### /m).slice(1);
    expect(entries.map((entry) => entry.split("\n")[0]).sort()).toEqual(Object.keys(errorCodes).sort());
    for (const entry of entries) {
      const [code = "", , ...lines] = entry.trim().split("\n");
      expect(lines.map((line) => /^- \*\*(.+?)\*\*: .{3,}/.exec(line)?.[1]), code).toEqual(["Client sees", "Causes", "Look", "Mend"]);
      for (const name of lines.flatMap((line) => words(line)).flatMap((word) => word.match(/^one_network_\w+/) ?? [])) expect([...exposed.keys()], code).toContain(name);
      for (const event of lines.flatMap((line) => words(line)).filter((word) => /^[a-z]+\.[a-z_]+$/.test(word) && !/\.(yaml|json|sqlite|md)$/.test(word) && word !== "extensions.sources")) expect(Object.keys(logEvents), code).toContain(event);
      const { http } = errorCodes[code as keyof typeof errorCodes];
      if (http !== 500 || code === "INTERNAL") expect(lines[0], code).toMatch(new RegExp(`\\b${http}\\b|as above`));
    }
  });
});
