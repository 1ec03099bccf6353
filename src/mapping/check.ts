/**
 * `source check`: what a sample of rows says about a mapping. A declared unit is never trusted alone, so medians are compared with
 * plausible ranges (domain.md §2.1); codes that no table lists, and columns that nothing reads, are counted and named.
 */
import type { TableInfo } from "../../adapters/contract/adapter.ts";
import type { Cell, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import type { EntityName } from "../../schema/ids.ts";
import { compareDecimal, printDecimal, type Decimal } from "../harmonise/decimal.ts";
import type { MappedPart, Mapping } from "./mapping.ts";
import type { CheckSyntax } from "./sourceSyntax.ts";
import { isDecimal } from "./unifiedOrder.ts";

/** Cells of some rows of one part's base relation: per attribute, one list of its inputs' cells a row; all of one length. */
export interface PartSample {
  readonly entity: EntityName;
  readonly branch: number;
  readonly cells: ReadonlyMap<string, readonly (readonly Cell[])[]>;
}

export interface Coverage {
  readonly coordinate: string;
  readonly rows: number;
  /** Rows in which the attribute has a value. */
  readonly filled: number;
  /** Rows in which a cell is there and reads as NULL: garbage, unlisted codes, missing markers. */
  readonly unread: number;
  /** The most frequent of those cells, most frequent first. */
  readonly examples: readonly { readonly text: string; readonly count: number }[];
}

export interface Implausible {
  readonly coordinate: string;
  readonly pollutant: string | null;
  readonly median: string;
  readonly range: readonly [number, number];
}

/** How much of an entity the mapping fills. */
export interface Extent {
  readonly entity: EntityName;
  readonly mapped: number;
  /** Attributes that no part maps, in the vocabulary's order. */
  readonly unmapped: readonly string[];
}

/** A filter or an order that no index of the source can serve. */
export interface Slow {
  readonly coordinate: string;
  readonly roles: readonly ("filter" | "order")[];
}

export interface CheckReport {
  readonly extent: readonly Extent[];
  readonly slow: readonly Slow[];
  /** What a draft could only guess and nobody has decided yet. */
  readonly undecided: ReadonlyMap<string, string>;
  readonly coverage: readonly Coverage[];
  /** A region with one of these does not load. */
  readonly implausible: readonly Implausible[];
  /** `table.column` that nothing reads and `check.unmapped` gives no reason for. */
  readonly unmapped: readonly string[];
}

const examplesMax = 5;

function partOf(mapping: Mapping, sample: PartSample): MappedPart | undefined {
  return mapping.entities.get(sample.entity)?.parts.find(({ branch }) => branch === sample.branch);
}

function coverageOf(mapping: Mapping, samples: readonly PartSample[]): readonly Coverage[] {
  const found = new Map<string, { rows: number; filled: number; unread: Map<string, number> }>();
  for (const sample of samples) {
    for (const [name, rows] of sample.cells) {
      const field = partOf(mapping, sample)?.fields.get(name);
      if (!field) continue;
      const coordinate = `${sample.entity}.${name}`;
      const entry = found.get(coordinate) ?? { rows: 0, filled: 0, unread: new Map<string, number>() };
      found.set(coordinate, entry);
      for (const cells of rows) {
        entry.rows += 1;
        if (field.read(cells) !== null) entry.filled += 1;
        else if (cells.some((cell) => cell !== null && String(cell).trim() !== "")) {
          const text = cells.map((cell) => (cell === null ? "" : String(cell))).join(" ");
          entry.unread.set(text, (entry.unread.get(text) ?? 0) + 1);
        }
      }
    }
  }
  return [...found].map(([coordinate, { rows, filled, unread }]) => ({
    coordinate,
    rows,
    filled,
    unread: [...unread.values()].reduce((sum, count) => sum + count, 0),
    examples: [...unread].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count).slice(0, examplesMax),
  }));
}

/** The lower of the two middle values where there are two: it is a value of the source. */
function median(values: readonly Decimal[]): Decimal | undefined {
  const sorted = [...values].sort(compareDecimal);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function rangeOf(check: CheckSyntax, coordinate: string, pollutant: string | null, byPollutant: boolean): readonly [number, number] | null {
  const own = check.plausible.get(coordinate);
  const said = own?.get(pollutant ?? "*") ?? own?.get("*");
  return said ?? (pollutant !== null && byPollutant ? (pollutants.get(pollutant)?.plausible ?? null) : null);
}

function implausible(mapping: Mapping, check: CheckSyntax, samples: readonly PartSample[]): readonly Implausible[] {
  const groups = new Map<string, { coordinate: string; pollutant: string | null; byPollutant: boolean; scale: number; values: Decimal[] }>();
  for (const sample of samples) {
    const part = partOf(mapping, sample);
    const substance = part?.fields.get("pollutant");
    for (const [name, rows] of sample.cells) {
      const field = part?.fields.get(name);
      if (field?.attribute.type.kind !== "decimal") continue;
      const { scale, unit } = field.attribute.type;
      const coordinate = `${sample.entity}.${name}`;
      rows.forEach((cells, row) => {
        const value = field.read(cells);
        if (!isDecimal(value)) return;
        const code = substance ? (substance.constant ?? substance.read(sample.cells.get("pollutant")?.[row] ?? [])) : null;
        const pollutant = typeof code === "string" ? code : null;
        const key = `${coordinate} ${pollutant ?? ""}`;
        const group = groups.get(key) ?? { coordinate, pollutant, byPollutant: unit === "byPollutant", scale, values: [] };
        groups.set(key, group);
        group.values.push(value);
      });
    }
  }
  const found: Implausible[] = [];
  for (const { coordinate, pollutant, byPollutant, scale, values } of groups.values()) {
    const range = rangeOf(check, coordinate, pollutant, byPollutant);
    const middle = median(values);
    if (!range || middle === undefined) continue;
    if (compareDecimal(middle, range[0]) < 0 || compareDecimal(middle, range[1]) > 0) found.push({ coordinate, pollutant, median: printDecimal(middle, scale), range });
  }
  return found;
}

/** Columns that a part's base relation, locator, tie or joins name. */
function columnsNamed(part: MappedPart): ReadonlySet<string> {
  const tables = new Map([["t", part.table], ...part.joins.map(({ alias, table }) => [alias, table] as const)]);
  const named = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === "object" && node !== null && !(node instanceof Uint8Array)) {
      const known = node as SourceExpr | SourceCond;
      if (known.kind === "column") named.add(`${tables.get(known.alias)}.${known.column}`);
      else if (known.kind === "isLatest") for (const column of [...known.key, ...known.by]) named.add(`${known.table}.${column}`);
      else Object.values(node).forEach(walk);
    }
  };
  walk([part.base, part.locator, part.tie, part.joins.map(({ on }) => on)]);
  return named;
}

function unmapped(mapping: Mapping, check: CheckSyntax, tables: readonly TableInfo[]): readonly string[] {
  const read = new Set<string>();
  const used = new Set<string>();
  for (const { parts } of mapping.entities.values()) {
    for (const part of parts) {
      for (const table of [part.table, ...part.joins.map((join) => join.table)]) used.add(table);
      for (const name of columnsNamed(part)) read.add(name);
      for (const field of part.fields.values()) for (const name of field.fedBy) read.add(name);
    }
  }
  return tables
    .filter(({ name }) => used.has(name))
    .flatMap(({ name, columns }) =>
      columns
        // `$…` columns are the mirror's own.
        .filter((column) => !column.name.startsWith("$") && !read.has(`${name}.${column.name}`) && !check.unmapped.get(name)?.has(column.name))
        .map((column) => `${name}.${column.name}`),
    );
}

const extentOf = (mapping: Mapping): readonly Extent[] =>
  [...mapping.entities.values()].map(({ entity, parts }) => {
    const unmapped = [...entity.attributes.keys()].filter((name) => !parts.some(({ fields }) => fields.has(name)));
    return { entity: entity.name, mapped: entity.attributes.size - unmapped.length, unmapped };
  });

/** By the worst of an entity's parts; constants cost nothing. */
function slowOf(mapping: Mapping): readonly Slow[] {
  return [...mapping.entities.values()].flatMap(({ entity, parts }) =>
    [...entity.attributes.keys()].flatMap((name) => {
      const fields = parts.flatMap(({ fields: of }) => of.get(name) ?? []).filter(({ constant }) => constant === undefined);
      const roles: Slow["roles"][number][] = [];
      if (fields.some((field) => field.filter("eq")?.grade === "E")) roles.push("filter");
      if (fields.some((field) => field.order?.grade === "E")) roles.push("order");
      return roles.length === 0 ? [] : [{ coordinate: `${entity.name}.${name}`, roles }];
    }),
  );
}

export function checkMapping(input: {
  readonly mapping: Mapping;
  readonly check: CheckSyntax;
  readonly tables: readonly TableInfo[];
  readonly samples: readonly PartSample[];
}): CheckReport {
  const { mapping, check, tables, samples } = input;
  return { extent: extentOf(mapping), slow: slowOf(mapping), undecided: check.undecided, coverage: coverageOf(mapping, samples), implausible: implausible(mapping, check, samples), unmapped: unmapped(mapping, check, tables) };
}
