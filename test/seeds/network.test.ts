import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asRegionCode, asSourceId } from "../../schema/ids.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTest } from "../../src/access/parsePolicyTest.ts";
import type { Policy } from "../../src/access/policy.ts";
import type { PolicySource } from "../../src/access/policyContext.ts";
import { runPolicyTest } from "../../src/access/policyTest.ts";
import { projectSchema } from "../../src/access/projectSchema.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { parseSource } from "../../src/mapping/parseSource.ts";
import type { ChainSyntax, FieldSyntax, PartSyntax, SourceSyntax } from "../../src/mapping/sourceSyntax.ts";

const seeds = fileURLToPath(new URL("../../seeds/", import.meta.url));
const read = (...path: string[]): string => readFileSync(join(seeds, ...path), "utf8");

const hub = vocabulary();
const network = parseNetwork(read("network.yaml"), "network.yaml");
const regions = readdirSync(join(seeds, "regions")).sort();
const sources = new Map(regions.map((region) => [region, parseSource(read("regions", region, "source.yaml"), `${region}/source.yaml`)]));
const codeOf = (region: string): string => sources.get(region)?.region.text ?? "";

const chains = (field: FieldSyntax): readonly ChainSyntax[] => (field.kind === "chain" ? [field] : [...field.parts.values()].map((part) => part.field));
const takes = ({ take }: ChainSyntax): readonly string[] => {
  switch (take.kind) {
    case "column":
      return [take.column.text];
    case "columns":
      return take.columns.map(({ text }) => text);
    case "constant":
      return [];
    case "flags":
      return take.flags.map(({ column }) => column.text);
  }
};

/** What a policy asks of its source, read from the written mapping alone: no database is needed to test a policy. */
function policySource(syntax: SourceSyntax): PolicySource {
  const parts = (entity: string): readonly PartSyntax[] => syntax.parts.filter((part) => part.entity.text === entity);
  const column = (part: PartSyntax, name: string): string => {
    const [alias = "", ...rest] = name.split(".");
    const join = part.joins.get(alias);
    return join ? `${join.from.text}.${rest.join(".")}` : `${part.from.text}.${name}`;
  };
  return {
    id: asSourceId(codeOf(syntax.region.text)),
    mappedAttributes: (entity) => {
      const own = parts(entity);
      if (own.length === 0) return null;
      const named = own.flatMap((part) => [...part.fields.keys(), ...[...part.unpivot.values()].flatMap((one) => [...one.constants.keys()])]);
      return new Set([...named, "region", "unit", "censor", "receivedAt", ...(named.includes("start") || named.includes("end") ? ["start", "end"] : [])]);
    },
    columns: (entity, attribute) =>
      parts(entity).flatMap((part) => {
        const field = part.fields.get(attribute)?.field;
        return field ? chains(field).flatMap(takes).filter((name) => !name.startsWith("$")).map((name) => column(part, name)) : [];
      }),
    publicKeyColumns: () => [],
    defaultedAttributes: (entity) =>
      new Set(parts(entity).flatMap((part) => [...part.fields].filter(([, { field }]) => chains(field).some(({ stages }) => stages.else)).map(([name]) => name))),
    exactness: () => null,
  };
}

const loadPolicy = (region: string): Policy =>
  parsePolicy(read("regions", region, "policy.yaml"), `regions/${region}/policy.yaml`, {
    region: asRegionCode(codeOf(region)),
    timeZone: network.timeZone,
    vocabulary: hub,
    network,
    sources: [...(sources.has(region) ? [policySource(sources.get(region) as SourceSyntax)] : [])],
  });

describe("the demonstration network", () => {
  it("has at least eight agencies, each with a line in both languages on what it may see", () => {
    expect(network.agencies.size).toBeGreaterThanOrEqual(8);
    for (const { id, about } of network.agencies.values()) {
      expect(about?.zh, id).toMatch(/[\u4e00-\u9fff]/);
      expect(about?.en, id).toMatch(/[a-z]/);
    }
    expect(network).toMatchObject({ anonymous: "public", demonstration: true, timeZone: "Asia/Shanghai" });
  });

  it("names two stewards and one bureau for every region", () => {
    for (const region of regions) {
      const code = codeOf(region);
      expect([...network.stewards.values()].filter((steward) => steward.regions.some((one) => one === code)), region).toHaveLength(2);
      expect([...network.agencies.values()].filter((agency) => agency.region === code), region).toHaveLength(1);
    }
  });

  it("maps every entity of the vocabulary somewhere, and every attribute that a mapping names exists", () => {
    const mapped = new Set<string>();
    for (const [region, syntax] of sources) {
      for (const part of syntax.parts) {
        mapped.add(part.entity.text);
        const entity = [...hub.entities.values()].find(({ name }) => name === part.entity.text);
        for (const name of part.fields.keys()) expect(entity?.attributes.has(name), `${region} ${part.entity.text}.${name}`).toBe(true);
      }
    }
    expect([...mapped].sort()).toEqual([...hub.entities.keys()].sort());
  });
});

describe.each(regions)("the policy of %s", (region) => {
  it("passes its own test", () => {
    const file = parsePolicyTest(read("regions", region, "policy.test.yaml"), `regions/${region}/policy.test.yaml`, { vocabulary: hub, network });
    const lines = runPolicyTest(file, {
      policy: loadPolicy(region),
      network,
      vocabulary: hub,
      nowMs: Number.NaN,
      rejects: (permit, query) => validate(projectSchema(hub, permit), parse(query)).length > 0,
    });
    expect(lines.filter(({ ok }) => !ok).map(({ at, what, problem }) => `${at.file}:${at.line}: ${what}: ${problem ?? ""}`)).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });

  it("says in both languages why, wherever it gives a reason", () => {
    for (const { id, reason } of loadPolicy(region).rules) if (reason) expect(reason.zh, id).not.toBe(reason.en);
  });
});
