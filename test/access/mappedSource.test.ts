import { describe, expect, it } from "vitest";
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
  const source = policySourceOf(mapping(true), () => null);

  it("maps what any of its parts supplies", () => {
    expect([...(source.mappedAttributes(Firm.name) ?? [])]).toEqual(["code", "state", "tags", "name"]);
    expect(source.mappedAttributes(asEntityName("Visit"))).toBeNull();
    expect(permitSourceOf(mapping(true))).toMatchObject({ id: "s", region: "130000", version: "v" });
  });

  it("names the columns of an attribute over all parts", () => {
    expect(source.columns(Firm.name, "code")).toEqual(["T.K", "T.C"]);
    expect(source.columns(Firm.name, "staff")).toEqual([]);
  });

  it("names the columns of a key by their tables, if the key is public", () => {
    expect(new Set(source.publicKeyColumns(Firm.name))).toEqual(new Set(["T.K", "J.L"]));
    expect(policySourceOf(mapping(false), () => null).publicKeyColumns(Firm.name)).toEqual([]);
  });

  it("knows an else by what it makes of nothing", () => {
    expect([...source.defaultedAttributes(Firm.name)]).toEqual(["state"]);
  });
});
