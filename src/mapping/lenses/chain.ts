/**
 * A lens chain made ready to run: values forward, from a source's cells to a unified value. languages.md §2, rows 1–15.
 */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { decimalText, exactKey, scaledInteger, type Decimal, type Rational } from "../../harmonise/decimal.ts";
import type { Unified, UnifiedObject } from "../../harmonise/unified.ts";
import type { LensSpec, ResultSpec } from "./lensSpec.ts";
import { printList } from "./list.ts";
import { censorReading, listReading, objectReading, scalarReading, type Reading } from "./readings.ts";
import { plainReader, stageOf } from "./stages.ts";
import { isBlank } from "./value.ts";

export { listMark } from "./list.ts";

/** Every function is total: NULL for garbage, never an error. All four are NULL for the same cells (`number`: decimals only). */
export interface Chain {
  /** The exact unified value. */
  read(cells: readonly Cell[]): Unified;
  /** `read` of a chain over one cell. */
  readCell(cell: Cell): Unified;
  /**
   * As filters and groups see it: a decimal is its half-even integer at the attribute's scale (a safe integer, always), an instant
   * epoch ms, a boolean 0 or 1, a list its elements between U+001F marks (`printList`), an object JSON text, else text or number.
   */
  printed(cells: readonly Cell[]): Cell;
  /** Native order is the exact order: a decimal is its `exactKey`, else as printed. */
  exact(cells: readonly Cell[]): Cell;
  /** The cleaned source number before `unit`: a number, or decimal text where a number cannot spell it. `else` does not show. */
  number(cells: readonly Cell[]): Cell;
  /** unified = factor · number + offset for this row; null where the unit is unknown (the value is NULL then). */
  linear(cells: readonly Cell[]): { readonly factor: Rational; readonly offset: Rational } | null;
}

const chains = new WeakMap<LensSpec, Chain>();

/** Throws for a spec that makes no sense (an unknown zone, a bad pattern or format): the mapping's compiler checks with it. */
export function compileChain(spec: LensSpec): Chain {
  const known = chains.get(spec);
  if (known) return known;
  const chain = makeChain(spec);
  chains.set(spec, chain);
  return chain;
}

function makeChain(spec: LensSpec): Chain {
  const { result } = spec;
  const reading = readingOf(spec);
  const otherwise = stageOf(spec, "else");
  const fallback = otherwise ? plainReader(spec)(otherwise.value) : null;
  const general: Read = (cells) => reading.read(cells) ?? fallback;
  const plain = readPlainly(spec, general);
  const read: Read = plain === null ? general : (cells) => plain(cells[0] ?? null);
  const printed = (cells: readonly Cell[]): Cell => printCell(read(cells), result);
  return {
    read,
    readCell: plain ?? ((cell) => general([cell])),
    printed,
    exact:
      result.kind !== "decimal"
        ? printed
        : (cells) => {
            const value = read(cells);
            return value === null ? null : exactKey(value as Decimal);
          },
    number: (cells) => {
      const value = reading.number(cells);
      return value === null || typeof value === "number" ? value : decimalText(value);
    },
    linear: reading.linear,
  };
}

type Read = (cells: readonly Cell[]) => Unified;

/** One column taken as it stands: most cells of most answers, so they skip the stages. Null for any other chain. */
function readPlainly({ stages, result }: LensSpec, general: Read): ((cell: Cell) => Unified) | null {
  if (stages.length !== 1 || stages[0]?.stage !== "column") return null;
  if (result.kind === "text") return (cell) => (typeof cell !== "string" ? general([cell]) : isBlank(cell) ? null : cell);
  if (result.kind === "enum" && result.values !== undefined) {
    const known = new Set<Cell>(result.values);
    return (cell) => (typeof cell === "string" && known.has(cell) ? cell : general([cell]));
  }
  if (result.kind === "decimal" && result.scale <= everydayScaleMax) return (cell) => (isEveryday(cell) ? cell + 0 : general([cell]));
  return null;
}

/** Up to this scale a number of everyday size prints as a safe integer. */
const everydayScaleMax = 9;
const isEveryday = (cell: Cell): cell is number => typeof cell === "number" && (cell === 0 || (cell >= 1e-6 && cell <= 1e6) || (cell <= -1e-6 && cell >= -1e6));

function readingOf(spec: LensSpec): Reading {
  if (stageOf(spec, "object")) return objectReading(spec, compileChain);
  if (stageOf(spec, "bounds")?.give === "censor") return censorReading(spec);
  return spec.result.kind === "list" ? listReading(spec) : scalarReading(spec, compileChain);
}

function printCell(value: Unified, result: ResultSpec): Cell {
  if (value === null) return null;
  if (result.kind === "decimal") return scaledInteger(value as Decimal, result.scale);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "object") return value;
  if (result.kind === "list") return printList(value as readonly string[]);
  return printObject(value as UnifiedObject);
}

const printObject = (value: UnifiedObject): string =>
  JSON.stringify(value, (_, part: unknown) => (isRational(part) ? decimalText(part) : part));

const isRational = (part: unknown): part is Rational =>
  typeof part === "object" && part !== null && "n" in part && typeof part.n === "bigint";
