/**
 * What a query would do, in words: whose permit, which rules, what may be withheld, and how every filter goes into every source.
 *
 * One printer for the command line, the sandbox and the golden files of the tests. Stable: equal input gives equal text. Pure; nothing
 * is asked of a source.
 */
import type { Permit } from "../access/permit.ts";
import type { Withheld } from "../access/withheld.ts";
import type { Agency } from "../identity/network.ts";
import { explainRules, explainWithheld } from "./explainPermit.ts";
import { explainScan, queryLines, type ScanQuestion, type SourceQueries } from "./explainScan.ts";
import { sayPredicate, saySlot } from "./explainWords.ts";
import { lowerAggregate } from "./lowerAggregate.ts";
import { lowerPublication } from "./lowerPublication.ts";
import { halvesOf, lowerRows, type RowsRequest } from "./lowerRows.ts";
import type { AggregatePlan, ByIdPlan, ConnectionPlan, OperationPlan, RootPlan } from "./operationPlan.ts";
import { originalAttributes, selectedAttributes } from "./referenced.ts";
import { aggregateRequests, countRequest, pageRequest } from "./requests.ts";
import type { Scan } from "./scan.ts";
import { keysRequest, type SemiJoin, semiJoinKeysMax } from "./semiJoin.ts";

export interface ExplainInput {
  readonly plan: OperationPlan;
  readonly permit: Permit;
  readonly agency: Agency;
  readonly withheld: readonly Withheld[];
  /** Null: as the agency may read it, without rules' conditions and sources' own queries. */
  readonly queries: SourceQueries | null;
}

export function explain({ plan, permit, agency, withheld, ...input }: ExplainInput): string {
  const queries = input.queries === null ? null : withoutKeys(input.queries, plan);
  const until = Number.isFinite(permit.expiresAtMs) ? `until ${new Date(permit.expiresAtMs).toISOString()}, when a rule's validity begins or ends` : "no rule's validity begins or ends later";
  return [
    `${agency.id} (${agency.name.en} ${agency.name.zh}), purpose ${permit.purpose ?? "none"}`,
    // The hash covers the literals of rules: an agency that guesses one could tell by it that it guessed right.
    ...(queries === null
      ? [`permit at policy epoch ${permit.epoch}, ${until}`]
      : [
          `permit ${permit.permitHash.slice(0, 16)} at policy epoch ${permit.epoch}, ${until}`,
          `plan key ${permit.permitHash.slice(0, 16)} ${permit.schemaHash.slice(0, 16)}, the document, and the shape of its variables`,
        ]),
    "",
    "rules that apply",
    ...explainRules(plan, permit, queries !== null),
    "",
    "may be withheld",
    ...explainWithheld(withheld),
    "",
    "steps",
    ...plan.roots.flatMap((root) => explainRoot(plan, root, queries)),
    ...(plan.introspection ? ["  __schema: answered from this agency's own schema"] : []),
    "",
  ].join("\n");
}

/** Nothing is asked of a source here, so semi-joins have no keys. */
const withoutKeys = ({ describe, bindings }: SourceQueries, { roots }: OperationPlan): SourceQueries => {
  const joins = roots.flatMap((root) => (root.kind === "connection" || root.kind === "aggregate" ? root.semiJoins : []));
  return { describe, bindings: { ...bindings, keys: new Map(joins.map(({ number }) => [number, []])) } };
};

function explainRoot(plan: OperationPlan, root: RootPlan, queries: SourceQueries | null): readonly string[] {
  switch (root.kind) {
    case "connection":
      return explainConnection(plan, root, queries);
    case "byId":
      return explainById(root, queries);
    case "aggregate":
      return explainAggregate(plan, root, queries);
    case "published":
      return explainPublished(root, queries);
    case "regions":
      return [`  ${root.key}: regions, a table of the hub that everyone may see`];
    case "typename":
      return [`  ${root.key}: a name of the schema`];
  }
}

function explainConnection(plan: OperationPlan, root: ConnectionPlan, queries: SourceQueries | null): readonly string[] {
  const order = root.order.map(({ path, descending }) => `${path.join(".")} ${descending ? "DESC" : "ASC"}`);
  const page = [pageWord(plan, "first", root.first), pageWord(plan, "last", root.last)].filter((word) => word !== null);
  const backward = page.some((word) => word.startsWith("last"));
  const rows = (scan: Scan): ScanQuestion => ({
    what: "rows",
    where: root.where,
    order: root.order,
    attributes: pageRequest(root, scan, backward, null).attributes,
    lower: (stratum, half) => lowerRows(scan, stratum, { ...pageRequest(root, scan, backward, null), half }),
    halves: halvesOf(scan, pageRequest(root, scan, backward, null)),
  });
  const count = (scan: Scan): ScanQuestion => ({ what: "count", where: root.where, order: [], attributes: [], lower: (stratum) => lowerAggregate(scan, stratum, countRequest(root)) });
  return [
    `  ${root.key}: ${root.entity.plural} where ${sayPredicate(root.where, plan.slots, root.semiJoins)}, order ${[...order, "source", "tie"].join(", ")}, ${page.join(" ") || "first 100"}`,
    ...semiJoins(plan, root.semiJoins, queries),
    ...(root.selections === null ? [] : scans(root.scans, rows, queries)),
    ...(root.count === null ? [] : scans(root.count, count, queries)),
    ...links(root.selections ?? []),
  ];
}

function pageWord(plan: OperationPlan, word: string, argument: ConnectionPlan["first"]): string | null {
  if ("literal" in argument) return argument.literal === null ? null : `${word} ${argument.literal}`;
  return `${word} ${saySlot(argument.slot, plan.slots)}`;
}

function explainById(root: ByIdPlan, queries: SourceQueries | null): readonly string[] {
  const lines = [`  ${root.key}: ${root.list ? "rows" : "a row"} by id, looked up in the one source that the id names`];
  for (const { selection, scans: of } of root.targets.values()) {
    const request: RowsRequest = {
      where: { kind: "true" },
      order: [],
      backward: false,
      cursor: null,
      attributes: [...selectedAttributes(selection)],
      originals: originalAttributes(selection),
      lookup: { by: "locator" },
      limited: false,
    };
    lines.push(...scans(of, (scan) => ({ what: `${selection.entity.name} by key`, where: request.where, order: [], attributes: request.attributes, lower: (stratum) => lowerRows(scan, stratum, request) }), queries));
    lines.push(...links([selection]));
  }
  return lines;
}

function explainAggregate(plan: OperationPlan, root: AggregatePlan, queries: SourceQueries | null): readonly string[] {
  const groups = root.groups.map(({ name, bucket }) => (bucket === null ? name : `${name} by ${bucket.bucket} in ${bucket.zone}`));
  const needed = [...root.groups, ...root.measures].flatMap(({ attribute, path: [first] }) => (attribute === null ? [] : [first]));
  const measures = root.measures.map(({ fn, path, attribute }) => (attribute === null ? fn : `${fn} ${path.join(".")}`));
  return [
    `  ${root.key}: aggregate of ${root.entity.plural} where ${sayPredicate(root.where, plan.slots, root.semiJoins)}, by ${groups.join(", ") || "nothing"}: ${measures.join(", ") || "groups alone"}`,
    ...semiJoins(plan, root.semiJoins, queries),
    ...aggregateRequests(root).flatMap((request) =>
      scans(
        root.scans,
        (scan) => ({ what: request.distinctOf === null ? "groups" : "distinct values", where: root.where, order: [], attributes: needed, lower: (stratum) => lowerAggregate(scan, stratum, request) }),
        queries,
      ),
    ),
  ];
}

function explainPublished(root: AggregatePlan, queries: SourceQueries | null): readonly string[] {
  return [
    `  ${root.key}: published statistics of ${root.entity.plural}, suppressed per owner first, then filtered and regrouped in the hub`,
    ...root.publications.flatMap((scan) => [
      `    ${scan.source.id}, ${scan.publication.rule}: by ${scan.publication.by.join(", ")}`,
      ...(queries === null ? [] : queryLines(scan.source, lowerPublication(scan), queries)),
    ]),
    ...(root.publications.length === 0 ? ["    no source is asked: none that is ready publishes it to this agency"] : []),
  ];
}

function scans(of: readonly Scan[], question: (scan: Scan) => ScanQuestion, queries: SourceQueries | null): readonly string[] {
  if (of.length === 0) return ["    no source is asked: none that is ready grants anything of it"];
  return of.flatMap((scan) => explainScan(scan, question(scan), queries));
}

/** The first step of a filter on an across link; the second is a condition of the rows' own scans. */
function semiJoins(plan: OperationPlan, joins: readonly SemiJoin[], queries: SourceQueries | null): readonly string[] {
  return joins.flatMap((join) => {
    const { number, link, where, rows, scans: of, place } = join;
    const request = keysRequest(join);
    const question = (scan: Scan): ScanQuestion => ({ what: `keys of semi-join ${number + 1}`, where, order: [], attributes: [link.targetKey[0]], lower: (stratum) => lowerAggregate(scan, stratum, request) });
    return [
      `    first, semi-join ${number + 1} (${place}): each ${link.target}.${link.targetKey.join(".")} of rows for which ${sayPredicate(where, plan.slots, joins)} is ${rows === "TRUE" ? "true" : "not false"}, in every source, at most ${semiJoinKeysMax} keys; unknown while a source is missing`,
      ...scans(of, question, queries),
      `    then semi-join ${number + 1}: ${link.entity}.${link.key.join(".")} ${rows === "TRUE" ? "among" : "known and not among"} these keys, in every source`,
    ];
  });
}

/** Rows that links reach are read by key, a batch per source and level. */
function links(selections: ConnectionPlan["selections"] & object): readonly string[] {
  return selections.flatMap((selection) =>
    selection.fields.flatMap((field) => {
      if (field.kind === "link") return [`    then ${selection.entity.name}.${field.attribute.name}: ${field.target.entity.name} by key, in its own source`, ...links([field.target])];
      if (field.kind === "across") return [`    then ${selection.entity.name}.${field.link.name}: ${field.target.entity.name} by ${field.link.targetKey.join(".")}, in every source`, ...links([field.target])];
      if (field.kind === "acrossCount") return [`    then ${selection.entity.name}.${field.link.name}: ${field.link.target} counted by ${field.link.targetKey.join(".")}, in every source`];
      return [];
    }),
  );
}
