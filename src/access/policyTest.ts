/**
 * Runs `policy.test.yaml` against one region's policy: rows and permissions by the law itself, without sources (languages.md §3).
 * Pure: the CLI and `npm test` print the lines.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { asSourceId, coordinate } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef, Level, Vocabulary } from "../../schema/vocabulary.ts";
import type { Agency, Network } from "../identity/network.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";
import { decide } from "./decide.ts";
import { viewOf, type RowView } from "./disposition.ts";
import type { EvaluationBindings, Row } from "./evaluate.ts";
import { parseGivenRow, type GivenRow } from "./parseGivenRow.ts";
import type { Expectation, PolicyTestCase, PolicyTestFile } from "./parsePolicyTest.ts";
import { scopeKey, type Permit } from "./permit.ts";
import { doors, type Policy } from "./policy.ts";
import { publishedGroups } from "./publishedGroups.ts";
import { reachableLevel } from "./reach.ts";
import { spellCell } from "./spellCell.ts";

export interface PolicyTestLine {
  readonly ok: boolean;
  readonly at: Place;
  /** What is expected, by whom: `tianjin-bureau, joint-enforcement: Enterprise.legalRep is masked as 李**`. */
  readonly what: string;
  /** Why it does not hold; null where it does. */
  readonly problem: string | null;
}

export interface PolicyTestInput {
  readonly policy: Policy;
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  /** The clock of cases that set none. */
  readonly nowMs: number;
  /** Does the schema that this permit projects refuse the query? */
  rejects(permit: Permit, query: string): boolean;
}

/** One line per expectation, in the order of the file, then those of `coverage`. */
export function runPolicyTest(file: PolicyTestFile, input: PolicyTestInput): readonly PolicyTestLine[] {
  return [...file.cases.flatMap((one) => runCase(one, file, input)), ...coverageLines(file, input)];
}

/** What the law says of the given rows for one case. */
interface Outcome {
  readonly permit: Permit;
  readonly bindings: (entity: EntityDef) => EvaluationBindings;
  readonly rows: (entity: EntityDef) => readonly Row[];
  readonly views: (entity: EntityDef) => readonly RowView[];
}

function runCase(one: PolicyTestCase, file: PolicyTestFile, input: PolicyTestInput): readonly PolicyTestLine[] {
  const outcome = outcomeOf(one, file, input);
  return one.expectations.map((expectation): PolicyTestLine => {
    const problem = judge(expectation, outcome, input);
    return { ok: problem === null, at: expectation.at, what: `${one.as}, ${one.purpose ?? "no purpose"}: ${sentence(expectation)}`, problem };
  });
}

/** The permit of a region alone, as if one source mapped everything; or the code of the refusal. */
function outcomeOf(one: PolicyTestCase, file: PolicyTestFile, input: PolicyTestInput): Outcome | string {
  const agency = input.network.agencies.get(one.as);
  if (!agency) return "UNAUTHENTICATED";
  const nowMs = one.nowMs ?? input.nowMs;
  const source = asSourceId(input.policy.region);
  try {
    const permit = decide({
      vocabulary: input.vocabulary,
      policies: [input.policy],
      network: input.network,
      sources: [{ id: source, region: input.policy.region, version: "", maps: () => true }],
      agency,
      purpose: one.purpose,
      nowMs,
      epoch: 0,
    });
    const bindings = (entity: EntityDef): EvaluationBindings => bindingsOf(entity, agency, nowMs);
    const rows = (entity: EntityDef): readonly Row[] => (file.given.get(entity.name) ?? []).map(rowOf);
    const views = (entity: EntityDef): readonly RowView[] =>
      rows(entity).map((row) => viewOf(permit.scopes.get(scopeKey(source, entity.name, one.door)), entity, row, bindings(entity)));
    return { permit, bindings, rows, views };
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
}

const bindingsOf = (entity: EntityDef, { attributes }: Agency, nowMs: number): EvaluationBindings => ({ entity, attributes, nowMs });
const rowOf =
  (given: GivenRow): Row =>
  ([name]) =>
    given.get(name) ?? null;

/** Why the expectation does not hold; null where it does. */
function judge(expectation: Expectation, outcome: Outcome | string, input: PolicyTestInput): string | null {
  if (expectation.kind === "fails") return judgeFailure(expectation.code, expectation.query, outcome, input);
  if (typeof outcome === "string") return `the request is refused with ${outcome}`;
  const { entity } = expectation;
  switch (expectation.kind) {
    case "clear": {
      const seen = outcome.views(entity).filter(({ inView }) => inView);
      if (seen.length === 0) return `no given row of ${entity.name} is visible`;
      const level = seen.map(({ levels }) => levels.get(expectation.attribute.name) ?? "NULL").find((one) => one !== "CLEAR");
      return level === undefined ? null : `it is ${levelWords(level)} in a visible row`;
    }
    case "masked":
      return judgeMasked(expectation, outcome.views(entity)[0]);
    case "never":
      return judgeNever(expectation, outcome.permit, input);
    case "rows": {
      const count = outcome.views(entity).filter(({ inView }) => inView).length;
      return count === expectation.count ? null : `${count} are visible`;
    }
    case "groups": {
      const publications = outcome.permit.publications.filter((publication) => publication.entity === entity.name);
      const count = publications.reduce((sum, one) => sum + publishedGroups(one, entity, outcome.rows(entity), outcome.bindings(entity)), 0);
      return count === expectation.count ? null : `${count} are printed`;
    }
  }
}

function judgeFailure(code: string, query: string | null, outcome: Outcome | string, input: PolicyTestInput): string | null {
  if (typeof outcome === "string") return outcome === code ? null : `the request is refused with ${outcome}`;
  if (code === "UNKNOWN_FIELD" && query !== null && input.rejects(outcome.permit, query)) return null;
  return "nothing is refused";
}

function judgeMasked({ entity, attribute, printed }: Extract<Expectation, { kind: "masked" }>, view: RowView | undefined): string | null {
  if (!view?.inView) return `the first given row of ${entity.name} is not visible`;
  const level = view.levels.get(attribute.name) ?? "NULL";
  if (level === "NULL" || level === "CLEAR") return `it is ${levelWords(level)}`;
  const out = spellCell(attribute.type, view.out.get(attribute.name) ?? null);
  return out === spellExpected(printed, entity, attribute) ? null : `it prints ${out ?? "NULL"}`;
}

/** Masks give texts that no literal of the type need be (`138****5678`); objects keep their parts. */
function spellExpected(printed: YamlNode, entity: EntityDef, { name, type }: AttributeDef): string | null {
  if (printed.kind === "text") return printed.text;
  const row: YamlNode = { kind: "map", at: printed.at, entries: new Map([[name, { key: printed.at, value: printed }]]) };
  return spellCell(type, parseGivenRow(row, entity).get(name) ?? null);
}

function judgeNever({ entity, attribute }: Extract<Expectation, { kind: "never" }>, permit: Permit, input: PolicyTestInput): string | null {
  for (const door of doors) {
    const scope = permit.scopes.get(scopeKey(asSourceId(input.policy.region), entity.name, door));
    const level = scope ? reachableLevel(attribute, scope) : "NULL";
    if (level !== "NULL") return `it can be ${levelWords(level)} at the door ${door}`;
  }
  return null;
}

const levelWords = (level: Level): string => (level === "NULL" ? "withheld" : level === "CLEAR" ? "clear" : `masked (${level})`);

function sentence(expectation: Expectation): string {
  switch (expectation.kind) {
    case "clear":
      return `${expectation.entity.name}.${expectation.attribute.name} is clear`;
    case "masked":
      return `${expectation.entity.name}.${expectation.attribute.name} is masked${expectation.printed.kind === "text" ? ` as ${expectation.printed.text}` : ""}`;
    case "never":
      return `${expectation.entity.name}.${expectation.attribute.name} is never given`;
    case "rows":
      return `${expectation.count} rows of ${expectation.entity.name} are visible`;
    case "groups":
      return `${expectation.count} published groups of ${expectation.entity.name} are printed`;
    case "fails":
      return `fails with ${expectation.code}`;
  }
}

/** Class-C attributes that a rule grants to others than the owner, and that no test names. */
function coverageLines(file: PolicyTestFile, { policy, vocabulary }: PolicyTestInput): readonly PolicyTestLine[] {
  const { coverage } = file;
  if (coverage === null) return [];
  const named = new Set(
    file.cases.flatMap(({ expectations }) => expectations.flatMap((one) => ("attribute" in one ? [coordinate(one.entity.name, one.attribute.name)] : []))),
  );
  const grants = policy.rules.flatMap(({ effect, to }) => (effect.kind === "grant" && !to.every(({ kind }) => kind === "own") ? [effect.levels] : []));
  const granted = [...vocabulary.entities.values()].flatMap((entity) =>
    [...entity.attributes.values()].filter(({ name, sharing }) => sharing === "C" && grants.some((levels) => levels.get(entity.name)?.named.has(name))),
  );
  return granted.map((attribute) => coordinate(attribute.entity, attribute.name)).toSorted().map((name): PolicyTestLine => {
    const ok = named.has(name);
    return { ok, at: coverage, what: `${name}, which is shared conditionally, is named by a test`, problem: ok ? null : "no test names it" };
  });
}
