/**
 * Prints rows as plain objects of one fixed shape per plan, so that `JSON.stringify` runs once over them (design.md §6).
 *
 * A printer is compiled per (selection, layout, branch) and kept with them; per row it only reads cells.
 */
import { coordinate } from "../../schema/ids.ts";
import { regionByCode } from "../../schema/codes/regions.ts";
import type { AttributeDef, Level, MaskName } from "../../schema/vocabulary.ts";
import { type Decimal, printDecimal } from "../harmonise/decimal.ts";
import { applyMask } from "../harmonise/masks.ts";
import { printInstant } from "../harmonise/time.ts";
import type { Unified, UnifiedObject } from "../harmonise/unified.ts";
import type { BranchLayout, RowsLayout } from "../plan/lowerRows.ts";
import type { NodeField, NodeSelection, ObjectPartField, RegionSelection } from "../plan/operationPlan.ts";
import { coFedAttributes } from "../plan/originals.ts";
import { type HubRow, levelOf, locatorOf } from "./hubRow.ts";
import { reportOf, type RunContext } from "./runContext.ts";

export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** What links and across links of a row resolved to, per field key. */
export type LinkedValues = ReadonlyMap<NodeField, (row: HubRow) => Json>;

type FieldPrinter = (row: HubRow, run: RunContext, linked: LinkedValues) => Json;
interface NodePrinter {
  readonly keys: readonly string[];
  readonly print: readonly FieldPrinter[];
}

const printers = new WeakMap<NodeSelection, WeakMap<BranchLayout, NodePrinter>>();

export function printNode(selection: NodeSelection, row: HubRow, run: RunContext, linked: LinkedValues): Json {
  const printer = printerOf(selection, row, run.timeZone);
  const node: Record<string, Json> = {};
  const { keys, print } = printer;
  for (let index = 0; index < keys.length; index += 1) node[keys[index] as string] = (print[index] as FieldPrinter)(row, run, linked);
  return node;
}

function printerOf(selection: NodeSelection, row: HubRow, timeZone: string): NodePrinter {
  let byBranch = printers.get(selection);
  if (byBranch === undefined) {
    byBranch = new WeakMap();
    printers.set(selection, byBranch);
  }
  let printer = byBranch.get(row.branch);
  if (printer === undefined) {
    printer = {
      keys: selection.fields.map((field) => field.key),
      print: selection.fields.map((field) => fieldPrinter(field, row.layout, row.branch, timeZone)),
    };
    byBranch.set(row.branch, printer);
  }
  return printer;
}

function fieldPrinter(field: NodeField, layout: RowsLayout, branch: BranchLayout, timeZone: string): FieldPrinter {
  switch (field.kind) {
    case "typename":
      return () => field.name;
    case "id":
      return (row, run) => run.ids.encode(row.scan.entity.name, row.scan.source.id, locatorOf(row), row.scan.mapped.keyPublic);
    case "ownerRegion":
      return (row) => printRegion(row.scan.source.region, field.region);
    case "attribute":
      return noted(field.attribute, layout, branch, cellPrinter(field.attribute, layout, branch, timeZone, field.parts));
    case "region": {
      const code = cellPrinter(field.attribute, layout, branch, timeZone, null);
      return (row, run, linked) => {
        const value = code(row, run, linked);
        return typeof value === "string" ? printRegion(value, field.region) : null;
      };
    }
    case "provenance": {
      const parts = field.fields.map((part): { key: string; print: FieldPrinter } => {
        if (part.attribute !== null) return { key: part.key, print: cellPrinter(part.attribute, layout, branch, timeZone, null) };
        switch (part.field) {
          case "source":
            return { key: part.key, print: (row) => row.scan.source.id };
          case "ownerRegion":
            return { key: part.key, print: (row) => printRegion(row.scan.source.region, part.region ?? { fields: [] }) };
          case "mappingVersion":
            return { key: part.key, print: (row) => row.scan.source.mapping.version };
          default:
            return { key: part.key, print: (row) => `${row.scan.entity.name}Provenance` };
        }
      });
      return (row, run, linked) => Object.fromEntries(parts.map((part) => [part.key, part.print(row, run, linked)]));
    }
    case "original":
      return (row) => printOriginal(field, row);
    case "link":
    case "across":
    case "acrossCount":
      return (row, _run, linked) => linked.get(field)?.(row) ?? null;
  }
}

/**
 * Counts cells that hold something and yet read as NULL (garbage, codes that no table lists, markers for a missing value), so that a null
 * of theirs passes for no other. Only where the agency could read the cell itself by `original`: all that its columns feed is this
 * attribute, and it is CLEAR in every row of the stratum.
 */
function noted(attribute: AttributeDef, layout: RowsLayout, branch: BranchLayout, print: FieldPrinter): FieldPrinter {
  const reader = branch.attributes.get(attribute.name);
  if (reader === undefined || reader.field.inputs.length === 0 || layout.levels?.get(attribute.name) !== "CLEAR") return print;
  const { at, count } = reader;
  let isAlone: boolean | null = null;
  return (row, run, linked) => {
    const printed = print(row, run, linked);
    if (printed !== null) return printed;
    isAlone ??= coFedAttributes(row.scan.mapped, attribute.name).length === 1;
    if (!isAlone) return null;
    for (let index = 0; index < count; index += 1) {
      if (row.cells[at + index] === null) return null;
    }
    const { unread } = reportOf(run, row.scan.source.id);
    const name = coordinate(row.scan.entity.name, attribute.name);
    unread.set(name, (unread.get(name) ?? 0) + 1);
    return null;
  };
}

/** A cell of an attribute by its level: value, mask, or null. Static levels fold here, once per plan. */
function cellPrinter(attribute: AttributeDef, layout: RowsLayout, branch: BranchLayout, timeZone: string, parts: readonly ObjectPartField[] | null): FieldPrinter {
  const reader = branch.attributes.get(attribute.name);
  if (reader === undefined) return () => null;
  const { field, at, count } = reader;
  const print = valuePrinter(attribute, timeZone, parts);
  const scratch: (typeof layout extends never ? never : HubRow["cells"][number])[] = new Array(count).fill(null);
  const read = (row: HubRow): Unified => {
    if (field.constant !== undefined) return field.constant;
    for (let index = 0; index < count; index += 1) scratch[index] = row.cells[at + index] ?? null;
    return field.read(scratch);
  };
  const atLevel = (row: HubRow, level: Level): Json => {
    if (level === "NULL") return null;
    const value = read(row);
    if (value === null) return null;
    return print(level === "CLEAR" ? value : applyMask(level as MaskName, value));
  };
  if (layout.levels === null) return (row) => atLevel(row, levelOf(row, attribute.name));
  const level = layout.levels.get(attribute.name) ?? "NULL";
  if (level === "NULL") return () => null;
  if (level !== "CLEAR") return (row) => atLevel(row, level);
  if (field.constant !== undefined) {
    const constant = field.constant === null ? null : print(field.constant);
    return () => constant;
  }
  const { readCell } = field;
  if (readCell !== null && printsItself(attribute)) return (row) => readCell(row.cells[at] ?? null) as Json;
  if (readCell !== null) {
    return (row) => {
      const value = readCell(row.cells[at] ?? null);
      return value === null ? null : print(value);
    };
  }
  return (row) => {
    const value = read(row);
    return value === null ? null : print(value);
  };
}

/** The unified value is its own printed form. */
const printsItself = ({ type }: AttributeDef): boolean => type.kind !== "decimal" && type.kind !== "instant" && type.kind !== "object";

type ValuePrinter = (value: Unified) => Json;

/** A unified value in the answer's form; masked values arrive already as text. */
export function valuePrinter(attribute: AttributeDef, timeZone: string, parts: readonly ObjectPartField[] | null): ValuePrinter {
  const { type } = attribute;
  switch (type.kind) {
    case "decimal":
      return decimalPrinter(type.scale);
    case "instant":
      return (value) => (typeof value === "number" ? printInstant(value, timeZone) : (value as string));
    case "object": {
      const wanted = parts ?? [];
      return (value) => {
        const object = value as UnifiedObject;
        const printed: Record<string, Json> = {};
        for (const part of wanted) {
          const definition = type.parts[part.part];
          const cell = object[part.part] ?? null;
          if (definition === undefined) printed[part.key] = type.name;
          else if (cell === null) printed[part.key] = null;
          else printed[part.key] = definition.type.kind === "decimal" && typeof cell !== "string" ? printDecimal(cell as Decimal, definition.type.scale) : (cell as Json);
        }
        return printed;
      };
    }
    default:
      return (value) => value as Json;
  }
}

/** Measurements repeat themselves; spelling a double costs several times a look-up. */
const spelledMax = 4096;

function decimalPrinter(scale: number): ValuePrinter {
  const spelled = new Map<number, string>();
  return (value) => {
    if (typeof value !== "number") return typeof value === "string" ? value : printDecimal(value as Decimal, scale);
    let text = spelled.get(value);
    if (text === undefined) {
      text = printDecimal(value, scale);
      if (spelled.size >= spelledMax) spelled.clear();
      spelled.set(value, text);
    }
    return text;
  };
}

const printedRegions = new WeakMap<RegionSelection, Map<string, Json>>();

/** A hub constant: printed once per selection and code. A code that the table lacks prints its code alone. */
export function printRegion(code: string, selection: RegionSelection): Json {
  if (selection.fields.length === 0) return code;
  let known = printedRegions.get(selection);
  if (known === undefined) {
    known = new Map();
    printedRegions.set(selection, known);
  }
  let printed = known.get(code);
  if (printed === undefined) {
    const region = regionByCode(code) as Readonly<Record<string, unknown>> | undefined;
    const object: Record<string, Json> = {};
    for (const field of selection.fields) {
      if (field.field === "__typename") object[field.key] = "Region";
      else if (field.field === "code") object[field.key] = code;
      else {
        const value = region?.[field.field] ?? null;
        object[field.key] = field.nested !== null && typeof value === "string" ? printRegion(value, field.nested) : (value as Json);
      }
    }
    printed = object;
    known.set(code, printed);
  }
  return printed;
}

/** CLEAR iff every attribute fed by any of A's columns is CLEAR in that row (semantics.md §3). */
function printOriginal(field: Extract<NodeField, { kind: "original" }>, row: HubRow): Json {
  const cell = row.branch.originals.get(field.of.name);
  if (cell === undefined) return null;
  const together = coFedAttributes(row.scan.mapped, field.of.name);
  if (together.some((name) => levelOf(row, name) !== "CLEAR")) return null;
  const text = spellingOf(row.cells[cell.at] ?? null);
  const unit = cell.unitAt === null ? cell.unit : spellingOf(row.cells[cell.unitAt] ?? null);
  const printed: Record<string, Json> = {};
  for (const part of field.fields) {
    printed[part.key] = part.field === "__typename" ? "Original" : part.field === "value" ? text : part.field === "unit" ? unit : cell.code;
  }
  return printed;
}

const spellingOf = (cell: HubRow["cells"][number]): string | null => (cell === null || cell instanceof Uint8Array ? null : String(cell));
