/** A statement's parameters: what their types say, and their values from those of a query. */
import type { BoundValue, Cell } from "../contract/sourceQuery.ts";
import { type Parameter, prefixEnd } from "../sql/dialect.ts";
import { itemAt } from "../sql/listItems.ts";
import { type Encoded, isList, slotValue } from "../sql/statements.ts";
import { encode, fitting, listMode, listSize, type Mode, type Rounding, wellFormedUp } from "./bounds.ts";
import { INT, type Shape, TEXT } from "./shape.ts";

/** How a parameter's value is encoded. `broken`: as `wellFormedUp`; `end`: the least text above all that start with it; `raw`: as it is. */
export type Use = Rounding | "broken" | "end" | "raw";

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
    const items = fittingOnce(value, shape, parameter.type ?? "");
    return encodeAs(itemAt(items, parameter.item) ?? null, shape, use);
  }
  const bound = itemAt(value, parameter.item);
  // A range with an end that is none holds nothing.
  return bound === undefined ? null : plain(encodeAs(bound, shape, use));
}

const lists = new WeakMap<readonly Cell[], Map<string, readonly Cell[]>>();

/** Each element is a parameter of its own, and asks for the whole list. */
function fittingOnce(list: readonly Cell[], shape: Shape, type: string): readonly Cell[] {
  const byType = lists.get(list) ?? new Map<string, readonly Cell[]>();
  lists.set(list, byType);
  const items = byType.get(type) ?? fitting(list, shape);
  byType.set(type, items);
  return items;
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
    case "end":
      return value === null ? null : (prefixEnd(String(value)) ?? { mode: "none" });
    case "raw":
      return String(value);
  }
}
