import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSchema, graphql, printSchema } from "graphql";
import { expect, test } from "vitest";
import { deriveSchema } from "../../schema/derive/deriveSchema.ts";
import { allVisible } from "../../schema/derive/visibility.ts";
import { emit, emitted } from "../../schema/emit.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";

const hub = vocabulary();

test("the emitted files are those that the vocabulary implies", () => {
  const lines: string[] = [];
  expect(emit(join(import.meta.dirname, "../../schema/emitted"), true, (line) => lines.push(line))).toBe(0);
  expect(lines).toEqual([]);
});

test("a drifted file is named with the lines that differ, and a missing one too", () => {
  const folder = mkdtempSync(join(tmpdir(), "emitted-"));
  emit(folder, false, () => {});
  expect(emit(folder, true, () => {})).toBe(0);
  const path = join(folder, "hub.graphql");
  writeFileSync(path, readFileSync(path, "utf8").replace("  elevation: Decimal\n", "  altitude: Decimal\n"));
  const lines: string[] = [];
  expect(emit(folder, true, (line) => lines.push(line))).toBe(1);
  expect(lines[0]).toContain("schema/emitted/hub.graphql");
  expect(lines).toContain("-   altitude: Decimal");
});

test("the emitted SDL is a schema again, in both languages", () => {
  const sdl = emitted().get("hub.graphql") ?? "";
  expect(printSchema(buildSchema(sdl))).toBe(printSchema(deriveSchema(hub, allVisible(hub))));
  expect(sdl).toContain("法定代表人\n  Legal representative");
});

test("hub constants answer without a source", async () => {
  const schema = deriveSchema(hub, { query: new Map(), aggregate: new Map(), publications: new Map() });
  const { data, errors } = await graphql({
    schema,
    source: '{ region(code: "130102") { name level compact parent { code parent { code } } } regions(within: "110000", level: PROVINCE) { nameEn } }',
  });
  expect(errors).toBeUndefined();
  expect(JSON.parse(JSON.stringify(data))).toEqual({
    region: { name: "长安区", level: "COUNTY", compact: ["JING_JIN_JI"], parent: { code: "130100", parent: { code: "130000" } } },
    regions: [{ nameEn: "Beijing" }],
  });
});
