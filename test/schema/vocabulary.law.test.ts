import { describe, expect, test } from "vitest";
import { units } from "../../schema/codes/units.ts";
import { catalogue } from "../../schema/derive/catalogue.ts";
import { acrossCountName } from "../../schema/derive/names.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, type EntityName } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";

const hub = vocabulary();
const entities = [...hub.entities.values()];
const attributes = entities.flatMap((entity) => [...entity.attributes.values()]);
const named = (each: AttributeDef): string => `${each.entity}.${each.name}`;

/** Coordinates that mappings, rules and tests of the language examples use, by entity. */
const used: Readonly<Record<string, string>> = {
  Station: "code name medium role region position operator contact movedFrom active activeFrom activeTo elevation",
  Observation: "station pollutant start end averaging value unit condition censor flag validHours quality region revision receivedAt",
  Section: "code name river waterBodyType level targetClass region position",
  WaterQualityAssessment: "section start end averaging class determining targetMet region",
  Enterprise:
    "uscc name industry region address position keyUnit permitClass performanceGrade legalRep legalRepId contactPhone output energy",
  Outlet: "code kind region position enterprise",
  Inspection: "no kind inspectedOn enterprise officers findings region",
  Violation: "no enterprise inspection penalty type legalBasis region",
  PenaltyDecision: "docNo kind amount enterprise decidedOn publishedUntil review revoked region",
  PollutionAlert: "no level standard issuedAt startAt liftedAt reason criteria region",
};

describe("the vocabulary", () => {
  test("has the entities of the hub, each under root names of its own", () => {
    expect(entities.map(({ name }) => name)).toEqual(Object.keys(used));
    expect(new Set(entities.flatMap(({ singular, plural }) => [singular, plural])).size).toBe(2 * entities.length);
  });

  test.each(Object.entries(used))("%s has every attribute that the language examples use", (name, list) => {
    const known = [...(hub.entities.get(asEntityName(name)) as EntityDef).attributes.keys()];
    expect(list.split(" ").filter((each) => !known.includes(each))).toEqual([]);
  });

  test("names every entity and attribute in Chinese and in English", () => {
    const zh = /\p{Script=Han}/u;
    const nameless = [...entities, ...attributes].filter((each) => !zh.test(each.zh) || each.en === "" || zh.test(each.en.replace(/行政处罚法|〔\d+〕|京环罚|号/g, "")));
    expect(nameless.map(({ name }) => name)).toEqual([]);
  });

  test("shares every key without condition", () => {
    expect(attributes.filter(({ key, sharing }) => key && sharing !== "U").map(named)).toEqual([]);
  });

  test("shares nothing personal without condition", () => {
    expect(attributes.filter(({ sensitivity, sharing }) => sensitivity === "P" && sharing === "U").map(named)).toEqual([]);
  });

  test("keeps links and what the hub adds out of `open`", () => {
    const open = attributes.filter(({ inOpen }) => inOpen);
    expect(open.filter(({ type, inProvenance, name }) => type.kind === "link" || inProvenance || name === "quality").map(named)).toEqual([]);
    expect(hub.entities.get(asEntityName("Station"))?.attributes.get("region")?.inOpen).toBe(true);
  });

  test("masks texts and positions only", () => {
    const masked = attributes.filter(({ masks }) => masks.length > 0);
    const sensible = ({ type, masks }: AttributeDef): boolean =>
      masks.every((mask) => (mask === "grid-0.01" ? type.kind === "object" && type.name === "Position" : type.kind === "text"));
    expect(masked.filter((each) => !sensible(each)).map(named)).toEqual([]);
  });

  test("gives every regional entity its place, quality and provenance", () => {
    const common = ["region", "quality", "receivedAt", "revision"];
    expect(entities.filter(({ attributes: own }) => common.some((each) => !own.has(each))).map(({ name }) => name)).toEqual([]);
  });

  test("links only to its own entities, and across by an attribute that exists", () => {
    const targets = attributes.flatMap(({ type }) => (type.kind === "link" ? [type.entity] : []));
    const across = entities.flatMap(({ acrossLinks }) => acrossLinks);
    expect([...targets, ...across.map(({ target }) => target)].filter((name) => !hub.entities.has(name))).toEqual([]);
    expect(across.map(({ entity, name, target, targetKey, key }) => `${entity}.${name}: ${key.join(".")} = ${target}.${targetKey.join(".")}`)).toEqual([
      "Enterprise.violationRecords: uscc = Violation.enterprise.uscc",
      "Enterprise.penaltyDecisionRecords: uscc = PenaltyDecision.enterprise.uscc",
      "Violation.enterpriseRecords: enterprise.uscc = Enterprise.uscc",
      "PenaltyDecision.enterpriseRecords: enterprise.uscc = Enterprise.uscc",
    ]);
    // Keys are compared as texts, at most one link away.
    const typeAt = (from: string, [first = "", second]: readonly string[]): string | undefined => {
      const type = hub.entities.get(asEntityName(from))?.attributes.get(first)?.type;
      return second === undefined ? type?.kind : type?.kind === "link" ? typeAt(type.entity, [second]) : undefined;
    };
    expect(across.flatMap(({ entity, target, key, targetKey }) => [typeAt(entity, key), typeAt(target, targetKey)]).filter((kind) => kind !== "text")).toEqual([]);
    expect(across.flatMap(({ key, targetKey }) => [key.length, targetKey.length]).filter((length) => length > 2)).toEqual([]);
  });

  test("measures in units that the hub can convert", () => {
    const fixed = attributes.flatMap(({ type }) => (type.kind === "decimal" && type.unit !== undefined ? [type.unit] : []));
    expect(fixed.filter((unit) => unit !== "byPollutant" && !units.has(unit))).toEqual([]);
  });

  test("has no attribute whose name a filter or a node already uses", () => {
    const taken = ["id", "ownerRegion", "provenance", "original", "and", "or", "not", "isNull"];
    expect(attributes.filter(({ name }) => taken.includes(name)).map(named)).toEqual([]);
    const links = entities.flatMap(({ name, acrossLinks, attributes: own }) => acrossLinks.flatMap((link) => [link.name, acrossCountName(link)]).map((each) => ({ name, each, isTaken: own.has(each) || taken.includes(each) })));
    expect(links.filter(({ isTaken }) => isTaken)).toEqual([]);
    expect(new Set(links.map(({ name, each }) => `${name}.${each}`)).size).toBe(links.length);
  });

  test("is frozen and built once", () => {
    expect(vocabulary()).toBe(hub);
    expect(() => (hub.entities as Map<EntityName, EntityDef>).clear()).toThrow(TypeError);
    expect(Object.isFrozen(hub.entities.get(asEntityName("Station"))?.attributes.get("code"))).toBe(true);
  });

  test("types objects and fields as type-graphql built them from the classes", () => {
    for (const { name, attributes: own } of entities) {
      expect(Object.keys(hub.objectTypes.get(name)?.getFields() ?? {}).sort()).toEqual([...own.keys()].sort());
    }
  });
});

test("the catalogue marks as open what is shared without condition and is no relation", () => {
  const entry = (name: string) => catalogue(hub).find(({ coordinate }) => coordinate === name);
  expect(entry("PenaltyDecision.amount")).toMatchObject({ type: "decimal(2)", unit: "CNY", sharing: "U", inOpen: true });
  expect(entry("PenaltyDecision.kind")).toMatchObject({ type: "list of PenaltyKind" });
  expect(entry("PenaltyDecision.enterprise")).toMatchObject({ type: "link Enterprise", inOpen: false });
  expect(entry("Enterprise.legalRep")).toMatchObject({ sharing: "C", sensitivity: "P", masks: ["person-name"], inOpen: false });
});
