/**
 * Resolves the links that a selection prints: local links by one lookup per source and link, across links by loaders (acrossLinks.ts).
 *
 * A link is NULL where its cell is not CLEAR or its target is not in V; the lookup goes through the target's own strata.
 */
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { AcrossLinkDef, EntityDef } from "../../schema/vocabulary.ts";
import type { Lookup, RowsRequest } from "../plan/lowerRows.ts";
import type { NodeField, NodeSelection, PlanContext } from "../plan/operationPlan.ts";
import { originalAttributes, selectedAttributes } from "../plan/referenced.ts";
import { pageDefault } from "../plan/requests.ts";
import type { Scan } from "../plan/scan.ts";
import { loadCounts, loadRows } from "./acrossLinks.ts";
import { type HubRow, levelOf, locatorOf, locatorText, refValue, trueValue } from "./hubRow.ts";
import { byTie, lookupValueOf, ownerOf, targetScan, type Wanted } from "./linkTargets.ts";
import { intValue } from "./pageArguments.ts";
import { type Json, type LinkedValues, printNode } from "./printNode.ts";
import { readScan } from "./readScan.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";

type LinkField = Extract<NodeField, { kind: "link" }>;
type AcrossField = Extract<NodeField, { kind: "across" }>;
type AcrossCountField = Extract<NodeField, { kind: "acrossCount" }>;

/** Prints rows with everything that their selection links to; counts what is printed. */
export async function printRows(run: RunContext, context: PlanContext, selection: NodeSelection, rows: readonly HubRow[]): Promise<readonly Json[]> {
  const linked = await resolveLinks(run, context, selection, rows);
  countPrinted(run, rows);
  return rows.map((row) => printNode(selection, row, run, linked));
}

function countPrinted(run: RunContext, rows: readonly HubRow[]): void {
  for (const row of rows) {
    const report = reportOf(run, row.scan.source.id);
    if (!run.countsDistinct) {
      report.rows += 1;
      continue;
    }
    report.printed.add(`${row.scan.entity.name}\u0001${locatorText(locatorOf(row))}`);
    report.rows = report.printed.size;
  }
}

async function resolveLinks(run: RunContext, context: PlanContext, selection: NodeSelection, rows: readonly HubRow[]): Promise<LinkedValues> {
  const linked = new Map<NodeField, (row: HubRow) => Json>();
  for (const field of selection.fields) {
    if (field.kind === "link") linked.set(field, await printLink(run, context, field, rows));
    else if (field.kind === "across") linked.set(field, await printAcross(run, context, field, rows));
    else if (field.kind === "acrossCount") linked.set(field, await printCount(run, context, field, rows));
  }
  return linked;
}

async function printLink(run: RunContext, context: PlanContext, field: LinkField, rows: readonly HubRow[]): Promise<(row: HubRow) => Json> {
  const wanted = { attributes: [...selectedAttributes(field.target)], originals: originalAttributes(field.target) };
  const targets = await followLink(run, context, field.attribute.name, field.target.entity, field.target, wanted, rows);
  const distinct = [...new Set(targets.values())];
  const printed = await printRows(run, context, field.target, distinct);
  const byRow = new Map(distinct.map((target, index) => [target, printed[index] ?? null] as const));
  return (row) => {
    const target = targets.get(row);
    return target === undefined ? null : (byRow.get(target) ?? null);
  };
}

const lookupRequest = (lookup: Lookup, wanted: Wanted): RowsRequest => ({
  where: TRUE,
  order: [],
  backward: false,
  cursor: null,
  attributes: wanted.attributes,
  originals: wanted.originals,
  lookup,
  limited: false,
});

/** The target row of each row's CLEAR link. */
async function followLink(
  run: RunContext,
  context: PlanContext,
  attribute: string,
  entity: EntityDef,
  owner: object,
  wanted: Wanted,
  rows: readonly HubRow[],
): Promise<ReadonlyMap<HubRow, HubRow>> {
  const found = new Map<HubRow, HubRow>();
  const bySource = new Map<string, HubRow[]>();
  for (const row of rows) {
    if (levelOf(row, attribute) !== "CLEAR") continue;
    const list = bySource.get(row.scan.source.id);
    if (list === undefined) bySource.set(row.scan.source.id, [row]);
    else list.push(row);
  }
  for (const list of bySource.values()) {
    const first = list[0];
    if (first === undefined) continue;
    const scan = targetScan(owner, context, first.scan.source, entity, wanted);
    if (scan === null) continue;
    await lookUpTargets(run, scan, attribute, wanted, list, found);
  }
  return found;
}

async function lookUpTargets(run: RunContext, scan: Scan, attribute: string, wanted: Wanted, rows: readonly HubRow[], found: Map<HubRow, HubRow>): Promise<void> {
  const byKey = new Map<string, { cells: readonly Cell[]; rows: HubRow[] }>();
  const byValue = new Map<string, HubRow[]>();
  let named: string | null = null;
  for (const row of rows) {
    const reader = row.branch.attributes.get(attribute);
    const link = reader?.field.link ?? null;
    if (reader === undefined || link === null) continue;
    if (link.by === "attribute") {
      const value = trueValue(row, attribute);
      if (typeof value !== "string") continue;
      named = link.attribute;
      byValue.set(value, [...(byValue.get(value) ?? []), row]);
    } else {
      const cells = row.cells.slice(reader.at, reader.at + reader.count);
      if (cells.some((cell) => cell === null)) continue;
      const key = locatorText(cells);
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { cells, rows: [row] });
      else known.rows.push(row);
    }
  }
  if (byKey.size > 0) {
    const width = [...byKey.values()][0]?.cells.length ?? 0;
    const lookup = Array.from({ length: width }, (_, index) => [...byKey.values()].map((entry) => entry.cells[index] ?? null));
    const lists = await readScan(run, scan, lookupRequest({ by: "locator" }, wanted), "links by locator", bindingsOf(run, 0, null, lookup));
    // Lists per column admit the cross product of keys; the whole key is compared here.
    for (const target of (lists ?? []).flat()) {
      for (const row of byKey.get(locatorText(locatorOf(target)))?.rows ?? []) found.set(row, target);
    }
  }
  if (byValue.size > 0 && named !== null) {
    const lists = await readScan(run, scan, lookupRequest({ by: "attribute", attribute: named }, wanted), `links by ${named}`, bindingsOf(run, 0, null, [[...byValue.keys()]]));
    const targets = (lists ?? []).flat().sort(byTie);
    for (const target of targets) {
      const value = lookupValueOf(target);
      for (const row of byValue.get(value) ?? []) if (!found.has(row)) found.set(row, target);
    }
  }
}

async function printAcross(run: RunContext, context: PlanContext, field: AcrossField, rows: readonly HubRow[]): Promise<(row: HubRow) => Json> {
  const first = intValue(run, field.first, "first") ?? pageDefault;
  const keys = await acrossKeys(run, context, field.link, rows);
  const lists = await loadRows(run, context, field, [...new Set(keys.values())], first);
  // What the cut leaves out is neither printed nor counted.
  const distinct = [...new Set([...lists.values()].flat())];
  const printed = await printRows(run, context, field.target, distinct);
  const byTarget = new Map(distinct.map((target, index) => [target, printed[index] ?? null] as const));
  return (row) => {
    const key = keys.get(row);
    return key === undefined ? null : (lists.get(key) ?? []).map((target) => byTarget.get(target) ?? null);
  };
}

async function printCount(run: RunContext, context: PlanContext, field: AcrossCountField, rows: readonly HubRow[]): Promise<(row: HubRow) => Json> {
  const keys = await acrossKeys(run, context, field.link, rows);
  const counts = await loadCounts(run, context, field.link, [...new Set(keys.values())]);
  return (row) => {
    const found = counts.get(keys.get(row) ?? "");
    return found === undefined || (found.failed && !field.partial) ? null : found.rows;
  };
}

type Keys = ReadonlyMap<HubRow, string>;

/** A list and its count ask for the same keys. */
const keysOfRows = new WeakMap<readonly HubRow[], Map<AcrossLinkDef, Promise<Keys>>>();

function acrossKeys(run: RunContext, context: PlanContext, link: AcrossLinkDef, rows: readonly HubRow[]): Promise<Keys> {
  const byLink = keysOfRows.get(rows) ?? new Map<AcrossLinkDef, Promise<Keys>>();
  keysOfRows.set(rows, byLink);
  const keys = byLink.get(link) ?? followKey(run, context, link, rows);
  byLink.set(link, keys);
  return keys;
}

/** The CLEAR value on each row, or on the row that its CLEAR link reaches. */
async function followKey(run: RunContext, context: PlanContext, link: AcrossLinkDef, rows: readonly HubRow[]): Promise<Keys> {
  const [first, second] = link.key;
  const keys = new Map<HubRow, string>();
  const note = (row: HubRow, value: unknown): void => {
    if (typeof value === "string") keys.set(row, value);
  };
  if (second === undefined) {
    for (const row of rows) note(row, refValue(row, first));
    return keys;
  }
  const type = context.vocabulary.entities.get(link.entity)?.attributes.get(first)?.type;
  const target = type?.kind === "link" ? context.vocabulary.entities.get(type.entity) : undefined;
  if (target === undefined) return keys;
  const targets = await followLink(run, context, first, target, ownerOf(context, link, "key"), { attributes: [second], originals: [] }, rows);
  for (const [row, reached] of targets) note(row, refValue(reached, second));
  return keys;
}
