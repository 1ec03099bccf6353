import { describe, expect, it, test } from "vitest";
import type { SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { asEntityName, asRegionCode, asSourceId } from "../../schema/ids.ts";
import type { AttributeDef } from "../../schema/vocabulary.ts";
import { permitSourceOf, policySourceOf } from "../../src/access/mappedSource.ts";
import type { MappedField, MappedPart, Mapping } from "../../src/mapping/mapping.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { Firm } from "./fixtures/vocabulary.ts";

const column = (alias: string, name: string) => ({ kind: "column", alias, column: name }) as const;

const field = (name: string, fedBy: readonly string[], ofNull: Unified = null): MappedField => ({
  attribute: Firm.attributes.get(name) as AttributeDef,
  inputs: fedBy.map((one) => column("t", one)),
  fedBy,
  original: { unit: null, unitInput: null, code: null },
  constant: undefined,
  read: ([cell]) => (cell === null ? ofNull : String(cell)),
  readCell: null,
  filter: () => null,
  order: null,
  group: null,
  sum: null,
  link: null,
});

const part = (branch: number, fields: readonly MappedField[]): MappedPart => ({
  branch,
  table: "T",
  joins: [{ alias: "j", table: "J", on: { kind: "true" } }],
  locator: [column("t", "K"), column("j", "L"), { kind: "constant", value: "x" }],
  tie: column("t", "K"),
  base: { kind: "true" },
  fields: new Map(fields.map((one) => [one.attribute.name, one])),
});

const mapping = (keyPublic: boolean): Mapping => ({
  source: asSourceId("s"),
  region: asRegionCode("130000"),
  kind: "sqlite",
  timeZone: "Asia/Shanghai",
  deadlineMs: 1000,
  staleMs: null,
  version: "v",
  entities: new Map([
    [
      Firm.name,
      {
        entity: Firm,
        keyPublic,
        parts: [part(0, [field("code", ["T.K"]), field("state", ["T.S"], "RAW")]), part(1, [field("code", ["T.C"]), field("tags", ["T.W"], []), field("name", [], "constant")])],
      },
    ],
  ]),
  lenses: new Map(),
  warnings: [],
});

describe("a mapped source", () => {
  const source = () => policySourceOf(mapping(true), () => null);

  it("maps what any of its parts supplies", () => {
    expect([...(source().mappedAttributes(Firm.name) ?? [])]).toEqual(["code", "state", "tags", "name"]);
    expect(source().mappedAttributes(asEntityName("Visit"))).toBeNull();
    expect(permitSourceOf(mapping(true))).toMatchObject({ id: "s", region: "130000", version: "v" });
  });

  it("names the columns of an attribute over all parts", () => {
    expect(source().columns(Firm.name, "code")).toEqual(["T.K", "T.C"]);
    expect(source().columns(Firm.name, "staff")).toEqual([]);
  });

  it("names the columns of a key by their tables, if the key is public", () => {
    expect(new Set(source().publicKeyColumns(Firm.name))).toEqual(new Set(["T.K", "J.L"]));
    expect(policySourceOf(mapping(false), () => null).publicKeyColumns(Firm.name)).toEqual([]);
  });

  it("knows an else by what it makes of nothing", () => {
    expect([...source().defaultedAttributes(Firm.name)]).toEqual(["state"]);
  });
});

describe("columns of a public key are found in whatever makes it", () => {
  const own = column("t", "K");
  const joined = column("j", "L");
  test.each<readonly [expr: SourceExpr, columns: readonly string[]]>([
    [own, ["T.K"]],
    [joined, ["J.L"]],
    [{ kind: "lens", lens: "l", form: "printed", args: [own, joined] }, ["T.K", "J.L"]],
    [{ kind: "coalesce", of: [joined, own] }, ["J.L", "T.K"]],
    [{ kind: "when", cond: { kind: "isNull", of: column("t", "M"), negated: false }, then: own, otherwise: joined }, ["T.K", "J.L"]],
    [{ kind: "bucket", of: own, bucket: "DAY", zone: "UTC" }, ["T.K"]],
    [{ kind: "start", of: joined, length: 6 }, ["J.L"]],
    [{ kind: "linear", of: own, times: "1", plus: "0", over: "10" }, ["T.K"]],
    [{ kind: "rowid", alias: "t" }, []],
    [{ kind: "constant", value: 1 }, []],
    [{ kind: "slot", slot: 0 }, []],
    [{ kind: "truth", cond: { kind: "isNull", of: own, negated: true } }, []],
  ])("%j", (expr, columns) => {
    const whole = mapping(true);
    const made = whole.entities.get(Firm.name);
    if (!made) throw new Error("no Firm");
    const keyed: Mapping = { ...whole, entities: new Map([[Firm.name, { ...made, parts: [{ ...part(0, []), locator: [expr] }] }]]) };
    expect(policySourceOf(keyed, () => null).publicKeyColumns(Firm.name)).toEqual(columns);
  });
});

describe("an entity that is not mapped", () => {
  const source = policySourceOf(mapping(true), () => "why not");
  const visit = asEntityName("Visit");
  test("has no columns, no public key and no else", () => {
    expect([source.columns(visit, "no"), source.publicKeyColumns(visit), [...source.defaultedAttributes(visit)]]).toEqual([[], [], []]);
  });
  test("is absent for permits too, and the mapped one is not", () => {
    expect([visit, Firm.name].map((name) => permitSourceOf(mapping(true)).maps(name))).toEqual([false, true]);
  });
  test("what is exact is asked of the floor that lowers", () => {
    expect(source.exactness(Firm.name, { kind: "true" })).toBe("why not");
  });
});

test("an else in one part is an else", () => {
  const whole = mapping(true);
  const made = whole.entities.get(Firm.name);
  if (!made) throw new Error("no Firm");
  const parts = [part(0, [field("state", ["T.S"])]), part(1, [field("state", ["T.S"], "RAW")])];
  const source = policySourceOf({ ...whole, entities: new Map([[Firm.name, { ...made, parts }]]) }, () => null);
  expect([...source.defaultedAttributes(Firm.name)]).toEqual(["state"]);
});
