/** The reference model's values: how they compare, and three-valued conditions on them (§2, §4). */
import { isWithin } from "../../schema/codes/regions.ts";
import type { AttributeType } from "../../schema/vocabulary.ts";
import { compareExact, exact, type Exact, isExact, printed } from "./exact.ts";
import type { Filter, Operand, Operator, OrderTerm, Path } from "./query.ts";

/** Unified values; a link holds a name of its target row. */
export type Value = null | string | number | boolean | Exact | readonly string[] | { readonly [part: string]: Exact | string | null };
export type Truth = boolean | null;
type Cells = (path: Path) => { readonly type: AttributeType; readonly value: Value };
/** What stands at a path, and as what it compares; the rows that an across link lists, null where that is not known. */
export type See = Readonly<{ cell: Cells; linked: (path: Path) => readonly See[] | null }>;
export const cellsAt = (cell: Cells): See => ({ cell, linked: () => null });

/** What conditions know beside the row. */
export interface Asker {
  readonly nowMs: number;
  readonly agency: { readonly attributes: Readonly<Record<string, string | readonly string[]>> };
}

/** By Unicode code points. */
export function compareText(a: string, b: string): number {
  const x = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const y = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  const at = x.findIndex((code, index) => code !== y[index]);
  return at < 0 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? -1);
}

/** Two values of one attribute, neither NULL. */
export function compareScalars(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return isExact(a) && isExact(b) ? compareExact(a, b) : Number(a) - Number(b);
}

/** By one term after another; NULLs last in both directions. */
export function compareTerms(terms: readonly OrderTerm[], a: (path: Path) => Value, b: (path: Path) => Value): number {
  for (const { path, descending } of terms) {
    const [x, y] = [a(path), b(path)];
    const order = x === null || y === null ? Number(x === null) - Number(y === null) : descending ? compareScalars(y, x) : compareScalars(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** What filters, keys and distinct counts see of a value: a decimal as printed. */
export const printedValue = (type: AttributeType, value: Value): Value => (type.kind === "decimal" && isExact(value) ? printed(value, type.scale) : value);

const all = (of: readonly Truth[]): Truth => (of.includes(false) ? false : of.includes(null) ? null : true);
const any = (of: readonly Truth[]): Truth => (of.includes(true) ? true : of.includes(null) ? null : false);
const not = (of: Truth): Truth => (of === null ? null : !of);

export function holds(filter: Filter, see: See, asker: Asker): Truth {
  const each = (of: readonly Filter[]): readonly Truth[] => of.map((part) => holds(part, see, asker));
  if ("and" in filter) return all(each(filter.and));
  if ("all" in filter) return all(each(filter.all));
  if ("or" in filter) return any(each(filter.or));
  if ("not" in filter) return not(holds(filter.not, see, asker));
  if ("at" in filter) return holds(filter.holds, { cell: (path) => see.cell([filter.at, ...path]), linked: (path) => see.linked([filter.at, ...path]) }, asker);
  if ("across" in filter) {
    const linked = see.linked([filter.across])?.map((record) => holds(filter.of, record, asker));
    return linked === undefined ? null : filter.quantity === "some" ? any(linked) : not(any(linked));
  }
  const { type, value } = see.cell(filter.path);
  if ("isNull" in filter) return (value === null) === filter.isNull;
  return compare(filter.op, printedValue(type, value), operandOf(filter.value, asker));
}

/** Undefined: the agency has no such attribute, which makes the atom UNKNOWN. */
function operandOf(operand: Operand, { agency, nowMs }: Asker): Value | undefined {
  if (typeof operand !== "object") return operand;
  if ("agency" in operand) return agency.attributes[operand.agency];
  return "nowPlusMs" in operand ? nowMs + operand.nowPlusMs : (operand as Value);
}

function compare(op: Operator, value: Value, operand: Value | undefined): Truth {
  if (operand === undefined) return null;
  if (op === "in" || op === "within") {
    const list = (Array.isArray(operand) ? operand : [operand]) as readonly Value[];
    if (list.length === 0) return false;
    if (value === null) return null;
    return list.some((item) => (op === "within" ? isWithin(String(value), String(item)) : compare("eq", value, item) === true));
  }
  if (operand === null || value === null) return null;
  if (op === "contains") return Array.isArray(value) ? value.includes(String(operand)) : String(value).includes(String(operand));
  if (op === "startsWith") return String(value).startsWith(String(operand));
  const order = compareScalars(value, isExact(value) ? exact(String(operand)) : operand);
  return { eq: order === 0, ne: order !== 0, lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 }[op];
}
