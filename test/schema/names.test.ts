import { describe, expect, test } from "vitest";
import { enumValueName, groupFieldPaths, groupFields, groupKeyPaths, originalAttributes, regionPath, rootFields, rootNames } from "../../schema/derive/names.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName } from "../../schema/ids.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";

const hub = vocabulary();
const entities = [...hub.entities.values()];
const observation = hub.entities.get(asEntityName("Observation")) as EntityDef;

describe("derived names", () => {
  test.each([
    ["value", "VALUE"],
    ["docNo", "DOC_NO"],
    ["stationRegionCode", "STATION_REGION_CODE"],
  ])("spell %s as %s in enums", (camel, value) => {
    expect(enumValueName(camel)).toBe(value);
  });

  test("lead from a root field back to its entity and door", () => {
    const fields = rootFields(hub);
    for (const entity of entities) {
      for (const [kind, name] of Object.entries(rootNames(entity))) expect(fields.get(name)).toEqual({ entity: entity.name, kind });
    }
    expect(fields.size).toBe(4 * entities.length);
  });

  test("lead from a group's enum value and key back to one path", () => {
    expect(groupFieldPaths(observation, hub).get("STATION_REGION_CODE")).toEqual(["station", "region"]);
    expect(groupKeyPaths(observation, hub).get("stationRegionCode")).toEqual(["station", "region"]);
    expect(groupFieldPaths(observation, hub).get("START")).toEqual(["start"]);
  });

  test("are unique within each entity", () => {
    for (const entity of entities) {
      const fields = groupFields(entity, hub);
      expect(new Set(fields.map(({ value }) => value)).size).toBe(fields.length);
      expect(new Set(fields.map(({ field }) => field)).size).toBe(fields.length);
      expect(originalAttributes(entity).size).toBe(new Set(originalAttributes(entity).values()).size);
    }
  });

  test("leave links, keys and provenance out of originals", () => {
    const originals = [...originalAttributes(observation).values()];
    expect(originals).toContain("value");
    for (const absent of ["station", "start", "pollutant", "receivedAt", "revision"]) expect(originals).not.toContain(absent);
  });

  test("take a region's code as the region itself", () => {
    expect(regionPath(["station", "region"], "code")).toEqual(["station", "region"]);
    expect(regionPath(["region"], "name")).toEqual(["region", "name"]);
  });
});
