/** Grantees, and keys of published groups, where a network or a vocabulary has changed since the policy was read. */
import { expect, test } from "vitest";
import { asEntityName, asRegionCode, asRuleId, asSourceId } from "../../schema/ids.ts";
import { TRUE } from "../../schema/predicate.ts";
import { addresses } from "../../src/access/parseGrantees.ts";
import type { Publication } from "../../src/access/permit.ts";
import { publishedGroups } from "../../src/access/publishedGroups.ts";
import { agency, network } from "./fixtures/setting.ts";
import { Firm } from "./fixtures/vocabulary.ts";

test("a group that the network has no more has nobody in it", () => {
  expect(addresses({ to: [{ kind: "group", group: "gone" }], except: [] }, agency("owner"), asRegionCode("130000"), network)).toBe(false);
  expect(addresses({ to: [{ kind: "everyone" }], except: [{ kind: "group", group: "gone" }] }, agency("owner"), asRegionCode("130000"), network)).toBe(true);
});

test("a key that the vocabulary has no more is NULL in every row", () => {
  const publication: Publication = { rule: asRuleId("r"), source: asSourceId("s"), region: asRegionCode("130000"), entity: asEntityName("Firm"), by: ["gone"], measures: new Map(), minGroup: 2, when: TRUE, hides: [], restrictions: [], known: [] };
  const rows = ["A", "B"].map((code) => ([name]: readonly string[]) => (name === "code" ? code : null));
  expect(publishedGroups(publication, Firm, rows, { entity: Firm, attributes: {}, nowMs: 0 })).toBe(1);
});
