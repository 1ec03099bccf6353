/** One scan as it goes into its source: strata, the way of every conjunct and of the order, and the source's own query. */
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import type { Path } from "../../schema/predicate.ts";
import { scopeKey } from "../access/permit.ts";
import type { Grade } from "../mapping/mapping.ts";
import { bind } from "./bind.ts";
import type { Bindings } from "./bindings.ts";
import { sayGuard, sayLevels } from "./explainWords.ts";
import type { AtomNote } from "./lowerPredicate.ts";
import type { OrderTerm, PlanSource } from "./operationPlan.ts";
import type { Half } from "./lowerRows.ts";
import type { Lowered, Scan } from "./scan.ts";
import type { Filter } from "./semiJoin.ts";
import type { Stratum } from "./strata.ts";

/** Lets the source's own query be shown; for its owner's steward and the command line alone (semantics.md §7). */
export interface SourceQueries {
  /** The adapter's text of a query, or null where the source cannot be asked. */
  describe(query: AuthorisedQuery): { readonly text: string; readonly parameters: readonly unknown[] } | null;
  readonly bindings: Bindings;
}

export interface ScanQuestion {
  /** `rows`, `count` …, as the heading says it. */
  readonly what: string;
  readonly where: Filter;
  readonly order: readonly OrderTerm[];
  /** Attributes of the scanned entity that it needs in any role. */
  readonly attributes: readonly string[];
  /** Queries that one after the other fill a page; `[undefined]`, as where it is left out: one. */
  readonly halves?: readonly (Half | undefined)[];
  lower(stratum: Stratum, half: Half | undefined): Lowered<unknown>;
}

export function explainScan(scan: Scan, question: ScanQuestion, queries: SourceQueries | null): readonly string[] {
  const scope = scan.context.permit.scopes.get(scopeKey(scan.source.id, scan.entity.name, scan.door));
  const paths = pathsOf(question.where);
  const names = [...new Set([...question.attributes, ...[...paths, ...question.order.map(({ path }) => path)].map(([first]) => first)])];
  return scan.strata.flatMap((stratum, index) => {
    const [lowered, ...rest] = (question.halves ?? [undefined]).map((half) => question.lower(stratum, half)) as [Lowered<unknown>, ...Lowered<unknown>[]];
    const lines = [`    ${scan.source.id}, ${question.what}, stratum ${index + 1} of ${scan.strata.length}: ${sayGuard(stratum.guard, scope)}`];
    lines.push(`      ${stratum.levels === null ? "more than eight strata: each cell carries its guard" : sayLevels(names, stratum.levels)}`);
    // Inside an agency's explain a rule's atoms would tell its predicate, also those over what the agency filters by itself.
    for (const note of distinct(lowered.notes)) if (queries !== null || note.of === "filter") lines.push(`      ${sayNote(note)}`);
    for (const term of question.order) lines.push(`      order ${term.path.join(".")} ${term.descending ? "DESC" : "ASC"}: ${orderGrades(scan, term.path)}`);
    if (rest.length > 0) lines.push("      in two queries: rows with a value in the first order term, and for what is left of the page those without");
    if (lowered.template.parts.length === 0) lines.push("      not asked: no row of this stratum can meet the filter");
    else if (queries !== null) for (const half of [lowered, ...rest]) lines.push(...queryLines(scan.source, half, queries));
    return lines;
  });
}

export function queryLines(source: PlanSource, lowered: Lowered<unknown>, { describe, bindings }: SourceQueries): readonly string[] {
  const described = describe(bind({ source }, lowered, bindings, 1));
  if (described === null) return ["      query: the source cannot be asked now"];
  return [`      query: ${described.text}`, `      parameters: ${JSON.stringify(described.parameters, printable)}`];
}

const printable = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value);

const grades: Readonly<Record<Grade, string>> = { R: "rewritten, index usable", V: "rewritten value by value", E: "lens evaluated in the source", M: "stored column of the mirror" };

const sayNote = ({ of, path, operator, grade, note }: AtomNote): string =>
  `${of} ${path.join(".")} ${operator}: ${grade}, ${[...new Set([grades[grade], note])].filter((word) => word !== "").join("; ")}`;

function distinct(notes: readonly AtomNote[]): readonly AtomNote[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

function pathsOf(predicate: Filter): readonly Path[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.of.flatMap(pathsOf);
    case "not":
      return pathsOf(predicate.of);
    case "compare":
    case "isNull":
    case "semiJoin":
      return [predicate.path];
    case "true":
    case "false":
    case "unknown":
      return [];
  }
}

/** The grade of an order in every part of the entity that its path ends in. */
function orderGrades(scan: Scan, path: Path): string {
  let entity = scan.entity.name;
  let name = "";
  for (const step of path) {
    name = step;
    const attribute = scan.context.vocabulary.entities.get(entity)?.attributes.get(step);
    if (attribute?.type.kind !== "link") break;
    entity = attribute.type.entity;
  }
  const parts = scan.source.mapping.entities.get(entity)?.parts ?? [];
  const found = new Set(parts.flatMap((part) => part.fields.get(name)?.order?.grade ?? []));
  return found.size === 0 ? "not mapped here, NULL" : [...found].map((grade) => `${grade}, ${grades[grade]}`).join("; ");
}
