/** Rows of a policy test, in the terms of what a mapping would have made. */
import { describe, expect, test } from "vitest";
import type { AttributeDef, AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import { parseGivenRow } from "../../src/access/parseGivenRow.ts";
import { parseYaml } from "../../src/mapping/yamlFile.ts";
import { refusalOf } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const words = { zh: "部分", en: "part" };
const outlet: AttributeType = {
  kind: "object",
  name: "Outlet",
  parts: { aliases: { type: { kind: "list", of: { kind: "text" } }, ...words }, height: { type: { kind: "decimal", scale: 1 }, ...words }, note: { type: { kind: "text" }, ...words } },
};
const withOutlet: EntityDef = { ...Firm, attributes: new Map([["outlet", { ...(Firm.attributes.get("position") as AttributeDef), name: "outlet", type: outlet }]]) };
const cell = (text: string): unknown => parseGivenRow(parseYaml(`outlet: ${text}`, "p.yaml", "POLICY_INVALID"), withOutlet).get("outlet");

describe("an object of a given row", () => {
  test.each<readonly [text: string, cell: unknown]>([
    ["{ aliases: [a, b], note: c }", { aliases: ["a", "b"], note: "c" }],
    ["{ aliases: [] }", { aliases: [] }],
    ["{ height: 1.25 }", { height: 1.25 }],
  ])("%s", (text, expected) => {
    expect(cell(text)).toEqual(expected);
  });

  test.each<readonly [text: string, problem: string]>([
    ["{ aliases: a }", "POLICY_INVALID p.yaml:1:20 aliases is a text; write a list: [a, b]."],
    ["{ note: [a] }", "POLICY_INVALID p.yaml:1:17 Firm.outlet.note is a list; write one text."],
  ])("%s is refused", (text, problem) => {
    expect(refusalOf(() => cell(text))).toBe(problem);
  });
});
