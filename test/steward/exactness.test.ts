import { describe, expect, it } from "vitest";
import { asEntityName } from "../../schema/ids.ts";
import type { Path, Predicate } from "../../schema/predicate.ts";
import type { FilterOperator, Grade, Mapping } from "../../src/mapping/mapping.ts";
import { exactnessOf } from "../../src/steward/exactness.ts";

const station = asEntityName("Station");
const compare = (operator: "eq" | "lt" | "within", ...path: Path): Predicate => ({ kind: "compare", path, operator, operand: { kind: "literal", value: "1" } });

/** A mapping of one part, as far as exactness looks at it: per attribute, the grade of each operator. */
const mapping = (fields: Readonly<Record<string, Partial<Record<FilterOperator, Grade>>>>): Mapping =>
  ({
    entities: new Map([
      [
        station,
        {
          parts: [
            {
              table: "t",
              fields: new Map(
                Object.entries(fields).map(([name, grades]) => [name, { filter: (operator: FilterOperator) => (grades[operator] === undefined ? null : { grade: grades[operator] }) }]),
              ),
            },
          ],
        },
      ],
    ]),
  }) as unknown as Mapping;

const graded = (grade: Grade): Mapping => mapping({ name: { eq: grade, isNotNull: grade, in: grade } });

describe("a predicate is exact", () => {
  it.each<[Grade, boolean, boolean]>([
    ["R", false, true],
    ["V", false, true],
    ["E", false, true],
    ["M", false, false],
    ["M", true, true],
  ])("by grade %s on a source that is mirrored: %s → %s", (grade, isMirrored, expected) => {
    expect(exactnessOf(graded(grade), isMirrored)(station, compare("eq", "name")) === null).toBe(expected);
  });

  it.each<[string, Predicate, boolean]>([
    ["an operator that the attribute has not", compare("lt", "name"), false],
    ["one that hides inside not, and, or", { kind: "not", of: { kind: "and", of: [compare("eq", "name"), { kind: "or", of: [compare("lt", "name")] }] } }, false],
    ["isNull", { kind: "isNull", path: ["name"], isNull: true }, true],
    ["a column of the region table, which becomes a list of codes", compare("lt", "name", "level"), true],
    ["an attribute that the part does not have: it is NULL there", compare("eq", "contact"), true],
    ["a constant", { kind: "unknown" }, true],
  ])("or not with %s", (_name, predicate, expected) => {
    expect(exactnessOf(graded("R"), false)(station, predicate) === null).toBe(expected);
  });

  it("or says where it is not, and the mend", () => {
    expect(exactnessOf(graded("M"), false)(station, compare("eq", "name"))).toBe(
      "Station.name from `t` is known only after its lens has run in the hub; map it to a plain column, or mirror the source.",
    );
  });
});
