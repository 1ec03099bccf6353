/**
 * Resolves the links that a selection prints: local links by one lookup per source and link, across links by one DataLoader per
 * operation, keyed by source, entity and key (design.md §6).
 *
 * A link is NULL where its cell is not CLEAR or its target is not in V; the lookup goes through the target's own strata.
 */
import DataLoader from "dataloader";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { TRUE } from "../../schema/predicate.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import type { NodeField, NodeSelection, PlanContext } from "../plan/operationPlan.ts";
import { originalAttributes, selectedAttributes } from "../plan/referenced.ts";
import type { Lookup, RowsRequest } from "../plan/lowerRows.ts";
import { type Scan, scanOf } from "../plan/scan.ts";
import { type HubRow, levelOf, locatorOf, locatorText, refValue, tieOf, trueValue } from "./hubRow.ts";
import { type Json, type LinkedValues, printNode } from "./printNode.ts";
import { readScan } from "./readScan.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";

type LinkField = Extract<NodeField, { kind: "link" }>;
type AcrossField = Extract<NodeField, { kind: "across" }>;

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

interface Wanted {
  readonly attributes: readonly string[];
  readonly originals: readonly string[];
}

const targetScans = new WeakMap<object, Map<string, Scan | null>>();

/** The scan of a link's target in one source; kept with the selection (or other owner) that asks for it. */
function targetScan(owner: object, context: PlanContext, source: Scan["source"], entity: EntityDef, wanted: Wanted): Scan | null {
  let bySource = targetScans.get(owner);
  if (bySource === undefined) {
    bySource = new Map();
    targetScans.set(owner, bySource);
  }
  let scan = bySource.get(source.id);
  if (scan === undefined) {
    scan = scanOf(context, source, entity, "query", wanted);
    bySource.set(source.id, scan);
  }
  return scan;
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

const lookupValueOf = (row: HubRow): string => {
  const reader = row.branch.lookupValue;
  return reader === null ? "" : String(reader.decode(row.cells[reader.at] ?? null));
};

function byTie(a: HubRow, b: HubRow): number {
  const x = tieOf(a);
  const y = tieOf(b);
  const ties = typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
  return ties !== 0 ? ties : a.branch.branch - b.branch.branch;
}

interface AcrossKey {
  readonly source: string;
  readonly entity: string;
  readonly key: string;
}

async function printAcross(run: RunContext, context: PlanContext, field: AcrossField, rows: readonly HubRow[]): Promise<(row: HubRow) => Json> {
  const keys = await acrossKeys(run, context, field, rows);
  const wanted: Wanted = { attributes: [...new Set([...selectedAttributes(field.target), field.link.targetKey])], originals: originalAttributes(field.target) };
  const scans = context.sources.flatMap((source) => targetScan(field, context, source, field.target.entity, wanted) ?? []);
  const loader = new DataLoader<AcrossKey, readonly Json[], string>((batch) => loadAcross(run, context, field, wanted, scans, batch), {
    cacheKeyFn: ({ source, entity, key }) => `${source}\u0001${entity}\u0001${key}`,
  });
  const byRow = new Map<HubRow, Json>();
  await Promise.all(
    rows.map(async (row) => {
      const key = keys.get(row);
      if (key === undefined) return;
      const lists = await loader.loadMany(scans.map((scan) => ({ source: scan.source.id, entity: field.target.entity.name, key })));
      byRow.set(row, lists.flatMap((list) => (list instanceof Error ? [] : list)));
    }),
  );
  return (row) => byRow.get(row) ?? null;
}

async function loadAcross(
  run: RunContext,
  context: PlanContext,
  field: AcrossField,
  wanted: Wanted,
  scans: readonly Scan[],
  batch: readonly AcrossKey[],
): Promise<readonly (readonly Json[])[]> {
  const found = new Map<string, Json[]>();
  for (const scan of scans) {
    const asked = batch.filter((item) => item.source === scan.source.id).map((item) => item.key);
    if (asked.length === 0) continue;
    const lookup: Lookup = { by: "clearAttribute", attribute: field.link.targetKey };
    const lists = await readScan(run, scan, lookupRequest(lookup, wanted), "across", bindingsOf(run, 0, null, [asked]));
    const targets = (lists ?? []).flat().sort(byTie);
    const printed = await printRows(run, context, field.target, targets);
    targets.forEach((target, index) => {
      const at = `${scan.source.id}\u0001${lookupValueOf(target)}`;
      found.set(at, [...(found.get(at) ?? []), printed[index] ?? null]);
    });
  }
  return batch.map((item) => found.get(`${item.source}\u0001${item.key}`) ?? []);
}

/** The CLEAR value on this row, or on the row that its CLEAR link reaches. */
async function acrossKeys(run: RunContext, context: PlanContext, field: AcrossField, rows: readonly HubRow[]): Promise<ReadonlyMap<HubRow, string>> {
  const [first, second] = field.link.key;
  const keys = new Map<HubRow, string>();
  if (first === undefined) return keys;
  const note = (row: HubRow, value: unknown): void => {
    if (typeof value === "string") keys.set(row, value);
  };
  if (second === undefined) {
    for (const row of rows) note(row, refValue(row, first));
    return keys;
  }
  const owner = context.vocabulary.entities.get(field.link.entity);
  const type = owner?.attributes.get(first)?.type;
  const target = type?.kind === "link" ? context.vocabulary.entities.get(type.entity) : undefined;
  if (target === undefined) return keys;
  const wanted: Wanted = { attributes: [second], originals: [] };
  const targets = await followLink(run, context, first, target, acrossOwner(field), wanted, rows);
  for (const [row, reached] of targets) note(row, refValue(reached, second));
  return keys;
}

const owners = new WeakMap<AcrossField, object>();
function acrossOwner(field: AcrossField): object {
  const known = owners.get(field) ?? {};
  owners.set(field, known);
  return known;
}

