/** `policy.test.yaml` → cases: rows in unified terms, and what agencies must and must not see of them (languages.md §3). */
import { asAgencyId, asPurpose, type AgencyId, type EntityName, type Purpose } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import type { Network } from "../identity/network.ts";
import { entry, oneOf, yamlReader, type MapNode } from "../identity/readYaml.ts";
import { parseYaml, type Place, type YamlNode } from "../mapping/yamlFile.ts";
import { parseInstantWithOffset } from "./parseLiteral.ts";
import type { Door } from "./permit.ts";
import { doors } from "./policy.ts";
import { parseGivenRow, type GivenRow } from "./parseGivenRow.ts";
import { attributeOf, entityOf } from "./resolveNames.ts";

export type Expectation =
  /** CLEAR in every given row that is in V, of which there is one at least. */
  | { readonly kind: "clear"; readonly entity: EntityDef; readonly attribute: AttributeDef; readonly at: Place }
  /** Masked in the first given row, and printed so. */
  | { readonly kind: "masked"; readonly entity: EntityDef; readonly attribute: AttributeDef; readonly printed: YamlNode; readonly at: Place }
  /** NULL in every row that could ever be, at every door. */
  | { readonly kind: "never"; readonly entity: EntityDef; readonly attribute: AttributeDef; readonly at: Place }
  | { readonly kind: "rows" | "groups"; readonly entity: EntityDef; readonly count: number; readonly at: Place }
  | { readonly kind: "fails"; readonly code: string; readonly query: string | null; readonly at: Place };

export interface PolicyTestCase {
  readonly at: Place;
  readonly as: AgencyId;
  readonly purpose: Purpose | null;
  /** Door of `clear`, `masked` and `rows`. */
  readonly door: Door;
  /** The clock of the case, else that of the file, else the caller's. */
  readonly nowMs: number | null;
  readonly expectations: readonly Expectation[];
}

export interface PolicyTestFile {
  readonly given: ReadonlyMap<EntityName, readonly GivenRow[]>;
  readonly cases: readonly PolicyTestCase[];
  /** Where the file asks that every class-C attribute which the policy grants to others is named by a test; null: it does not. */
  readonly coverage: Place | null;
}

interface Context {
  readonly vocabulary: Vocabulary;
  readonly network: Network;
}

const read = yamlReader("POLICY_INVALID");
const caseWords = ["as", "purpose", "door", "at", "query", "clear", "masked", "never", "rows", "groups", "fails"] as const;
const failures = ["PURPOSE_NOT_ALLOWED", "PURPOSE_REQUIRED", "UNKNOWN_FIELD"] as const;

/** @throws HubError POLICY_INVALID with file:line:column and the mend */
export function parsePolicyTest(text: string, file: string, context: Context): PolicyTestFile {
  const root = read.map(parseYaml(text, file, "POLICY_INVALID"), "the test", ["given", "at", "tests", "coverage"]);
  const given = new Map<EntityName, readonly GivenRow[]>();
  for (const [name, { key, value }] of optional(root, "given", (node) => read.map(node, "given"))?.entries ?? []) {
    const entity = entityOf(name, key, context);
    given.set(entity.name, read.list(value, name).map((row) => parseGivenRow(row, entity)));
  }
  const tests = entry(root, "tests");
  if (!tests) throw read.fault(root.at, "there are no tests; write tests: [{ as: AGENCY, … }].");
  const nowMs = optional(root, "at", parseAt) ?? null;
  return {
    given,
    cases: read.list(tests.value, "tests").map((node) => parseCase(read.map(node, "a test", caseWords), nowMs, context)),
    coverage: optional(root, "coverage", parseCoverage) ?? null,
  };
}

const optional = <T>(map: MapNode, key: string, parse: (node: YamlNode) => T): T | undefined => {
  const found = entry(map, key);
  return found && parse(found.value);
};

function parseCoverage(node: YamlNode): Place {
  if (read.text(node, "coverage") !== "conditional") throw read.fault(node.at, "coverage has one value: conditional.");
  return node.at;
}

function parseAt(node: YamlNode): number {
  const ms = parseInstantWithOffset(read.text(node, "at"));
  if (ms === null) throw read.fault(node.at, "at is not an instant with its offset; write 2028-01-01T00:00+08:00.");
  return ms;
}

function parseCase(map: MapNode, nowMs: number | null, context: Context): PolicyTestCase {
  const asNode = entry(map, "as")?.value;
  if (!asNode) throw read.fault(map.at, "the test has no as; name the agency that asks.");
  const as = asAgencyId(read.text(asNode, "as"));
  const agency = context.network.agencies.get(as);
  if (!agency) throw read.fault(asNode.at, `the network has no agency ${as}; use ${oneOf(context.network.agencies.keys())}.`);
  const expectations = [...perAttribute(map, context), ...perEntity(map, context), ...parseFails(map)];
  if (expectations.length === 0) throw read.fault(map.at, "the test expects nothing; say clear, masked, never, rows, groups or fails.");
  return {
    at: map.at,
    as,
    // As at the gateway: without a header, the only purpose that the agency has.
    purpose: optional(map, "purpose", (node) => parsePurpose(node, context)) ?? (agency.purposes.length === 1 ? (agency.purposes[0] ?? null) : null),
    door: optional(map, "door", parseDoor) ?? "query",
    nowMs: optional(map, "at", parseAt) ?? nowMs,
    expectations,
  };
}

function parsePurpose(node: YamlNode, { network }: Context): Purpose {
  const purpose = asPurpose(read.text(node, "purpose"));
  if (!network.purposes.has(purpose)) throw read.fault(node.at, `the network has no purpose ${purpose}; use ${oneOf(network.purposes.keys())}.`);
  return purpose;
}

function parseDoor(node: YamlNode): Door {
  const text = read.text(node, "door");
  const door = doors.find((name) => name === text);
  if (!door) throw read.fault(node.at, `there is no door ${text}; use ${oneOf(doors)}.`);
  return door;
}

function* perAttribute(map: MapNode, context: Context): Iterable<Expectation> {
  for (const kind of ["clear", "never"] as const) {
    for (const [name, { key, value }] of optional(map, kind, (node) => read.map(node, kind))?.entries ?? []) {
      const entity = entityOf(name, key, context);
      for (const { text, at } of read.texts(value, name)) yield { kind, entity, attribute: attributeOf(entity, text, at), at };
    }
  }
  for (const [name, { key, value }] of optional(map, "masked", (node) => read.map(node, "masked"))?.entries ?? []) {
    const entity = entityOf(name, key, context);
    for (const [attribute, { key: at, value: printed }] of read.map(value, name).entries) {
      yield { kind: "masked", entity, attribute: attributeOf(entity, attribute, at), printed, at };
    }
  }
}

function* perEntity(map: MapNode, context: Context): Iterable<Expectation> {
  for (const kind of ["rows", "groups"] as const) {
    for (const [name, { key, value }] of optional(map, kind, (node) => read.map(node, kind))?.entries ?? []) {
      const text = read.text(value, name);
      if (!/^\d{1,9}$/.test(text)) throw read.fault(value.at, `${text} is not a number of ${kind}.`);
      yield { kind, entity: entityOf(name, key, context), count: Number(text), at: key };
    }
  }
}

function* parseFails(map: MapNode): Iterable<Expectation> {
  const fails = entry(map, "fails");
  const asked = entry(map, "query");
  if (!fails) {
    if (asked) throw read.fault(asked.key, "a query is only asked where it must fail; say fails: UNKNOWN_FIELD, or leave it out.");
    return;
  }
  const code = read.text(fails.value, "fails");
  if (!failures.some((known) => known === code)) throw read.fault(fails.value.at, `${code} is no failure of a policy; use ${oneOf(failures)}.`);
  const query = asked ? read.text(asked.value, "query") : null;
  if (code === "UNKNOWN_FIELD" && query === null) throw read.fault(fails.key, "UNKNOWN_FIELD needs a query; write query: \"{ … }\".");
  yield { kind: "fails", code, query, at: fails.key };
}
