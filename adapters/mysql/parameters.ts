/** A statement's parameters: what their types say, and their values from those of a query. */
import type { BoundValue, Cell } from "../contract/sourceQuery.ts";
import type { Parameter } from "../sql/dialect.ts";
import { type Encoded, isList, slotValue } from "../sql/statements.ts";
import { encode, fitting, listMode, listSize, type Mode, type Rounding, wellFormedUp } from "./bounds.ts";
import { INT, type Shape, TEXT } from "./shape.ts";

/** How a parameter's value is encoded. `broken`: as `wellFormedUp`; `like`: as the pattern of a prefix; `raw`: as it is. */
export type Use = Rounding | "broken" | "like" | "raw";

interface ParameterType {
  readonly shape: Shape;
  readonly use: Use;
}

const known = new Map<string, ParameterType>();

/** The type's word in `Parameter.type`; few of them exist. */
export function typeWord(shape: Shape, use: Use): string {
  const word = `${Object.values(shape).join(" ")} ${use}`;
  if (!known.has(word)) known.set(word, { shape, use });
  return word;
}

/** The row limit and nothing else stands without a type. */
const typeOf = (word: string | undefined): ParameterType => (word === undefined ? { shape: INT, use: "exact" } : (known.get(word) ?? { shape: TEXT, use: "exact" }));

export function encodeParameter(parameter: Parameter, values: readonly BoundValue[]): Encoded<Mode> {
  const { shape, use } = typeOf(parameter.type);
  if (parameter.kind === "constant") return encodeAs(parameter.value, shape, use);
  const value = slotValue(parameter, values);
  if (!isList(value)) return encodeAs(value, shape, use);
  if (parameter.item === undefined) return { mode: use === "exact" ? listMode(value, shape) : rangesMode(value) };
  if (use === "exact") {
    const items = fitting(value, shape);
    return items[Math.min(parameter.item, items.length - 1)] ?? null;
  }
  const bound = value[Math.min(parameter.item, value.length - 1)];
  // A range with an end that is none holds nothing.
  return bound === undefined ? null : plain(encodeAs(bound, shape, use));
}

const rangesMode = (bounds: readonly Cell[]): Mode => (bounds.length === 0 ? "empty" : `list ${listSize(bounds.length)}`);

const plain = (encoded: Encoded<Mode>): string | null => (typeof encoded === "string" ? encoded : null);

function encodeAs(value: Cell, shape: Shape, use: Use): Encoded<Mode> {
  switch (use) {
    case "exact":
    case "up":
    case "down":
      return encode(value, shape, use);
    case "broken":
      return value === null ? null : wellFormedUp(String(value));
    case "like":
      return value === null ? null : `${String(value).replace(/[|%_]/g, "|$&")}%`;
    case "raw":
      return String(value);
  }
}
