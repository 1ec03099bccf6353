/** Cells shared by attributes: the original of one may be printed only where all that it feeds are clear. */
import { describe, expect, test } from "vitest";
import { coFedAttributes } from "../../src/plan/originals.ts";
import { entity } from "./support/handMade.ts";

describe("attributes that are fed from one column with", () => {
  const mapped = entity("Station", [
    { table: "air", key: ["code"], fields: { code: {}, operator: { column: "remark" }, contact: { column: "phone", alsoFedBy: ["remark"] }, name: { column: "title" } } },
    // Another part feeds other attributes together, and one not at all.
    { table: "water", key: ["code"], fields: { code: {}, name: { column: "remark" }, contact: { column: "remark" }, medium: { column: "kind" } } },
  ]);
  test.each<readonly [attribute: string, together: readonly string[]]>([
    ["code", ["code"]],
    ["operator", ["operator", "contact"]],
    ["contact", ["contact", "operator", "name"]],
    ["name", ["name", "contact"]],
    ["medium", ["medium"]],
    ["elevation", ["elevation"]],
  ])("%s are %j", (attribute, together) => {
    expect(coFedAttributes(mapped, attribute)).toEqual(together);
  });

  test("what is not read now, since its table changed, are so all the same", () => {
    const [air] = mapped.parts;
    if (air === undefined) throw new Error("no part");
    const present = { ...mapped, parts: [{ ...air, fields: new Map([...air.fields].filter(([name]) => name !== "contact")) }], intact: mapped };
    expect(coFedAttributes(present, "operator")).toEqual(["operator", "contact"]);
  });

  test("a field without columns are none but itself", () => {
    const constant = entity("Station", [{ table: "air", key: ["code"], fields: { code: {}, medium: {} } }]);
    const [part] = constant.parts;
    const medium = part?.fields.get("medium");
    if (part === undefined || medium === undefined) throw new Error("no medium");
    const fed = { ...constant, parts: [{ ...part, fields: new Map([...part.fields, ["medium", { ...medium, fedBy: [] }] as const]) }] };
    expect([coFedAttributes(fed, "code"), coFedAttributes(fed, "medium")]).toEqual([["code"], ["medium"]]);
  });
});
