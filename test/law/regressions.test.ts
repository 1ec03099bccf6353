/** Cases that once broke a law, each made small and kept as it was printed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isServer } from "../reference/generator/world.ts";
import { dropServers, hasServer } from "../reference/harness/servers.ts";
import { parseRegression, type Regression, regress } from "../reference/laws/regression.ts";

const folder = join(import.meta.dirname, "../reference/regressions");
const rows = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((file) => ({ file, row: parseRegression(readFileSync(join(folder, file), "utf8")) }));
const serversOf = ({ network }: Regression) => network.sources.map(({ kind }) => kind).filter(isServer);
const needed = [...new Set(rows.flatMap(({ row }) => serversOf(row)))];
const there = new Map(await Promise.all(needed.map(async (kind) => [kind, await hasServer[kind]()] as const)));

afterAll(dropServers);

describe("what once broke a law", () => {
  for (const { file, row } of rows) {
    it.skipIf(serversOf(row).some((kind) => there.get(kind) !== true))(file, async () => {
      expect(await regress(row)).toBe(null);
    });
  }
});
