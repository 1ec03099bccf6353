/**
 * Templates as statements, once for each size of their bound lists: a short list is written out as parameters.
 *
 * Opening `json_each` takes some fifteen microseconds, and SQLite opens it when the first row asks for the list. Most lists of rules
 * hold a handful of values, so a short read would spend more on them than on its rows, and by the time that it takes a caller could
 * tell a row that a rule hides from one that is not there.
 */
import type { BoundValue, Cell, SourceTemplate } from "../contract/sourceQuery.ts";
import type { RenderedQuery, SqlDialect } from "../sql/dialect.ts";
import { writtenSize } from "../sql/listItems.ts";
import { renderQuery } from "../sql/renderQuery.ts";
import { isList } from "../sql/statements.ts";

export interface ShortList {
  /** As many parameters. */
  readonly size: number;
  /** Null: of both, which a column with an affinity would convert otherwise than it does for JSON text. */
  readonly of: "text" | "number" | null;
}
/** By slot; the other lists come as JSON text. */
export type ShortLists = ReadonlyMap<number, ShortList>;
export const noShortLists: ShortLists = new Map();

const longestWritten = 8;
/** Each is a prepared statement: a template with many lists of many lengths says them as JSON text. */
const variantsMax = 16;

export type RenderSized = (template: SourceTemplate, values: readonly BoundValue[]) => RenderedQuery;

/** A renderer that remembers what it rendered for as long as the template lives. */
export function sizedRenderer(dialectOf: (lists: ShortLists) => SqlDialect): RenderSized {
  const rendered = new WeakMap<SourceTemplate, Map<string, RenderedQuery>>();
  return (template, values) => {
    let variants = rendered.get(template);
    if (variants === undefined) {
      variants = new Map();
      rendered.set(template, variants);
    }
    let lists = shortLists(values);
    let key = keyOf(lists);
    let query = variants.get(key);
    if (query === undefined) {
      if (variants.size >= variantsMax) [lists, key] = [noShortLists, ""];
      query = variants.get(key) ?? renderQuery(template, dialectOf(lists));
      variants.set(key, query);
    }
    return query;
  };
}

function shortLists(values: readonly BoundValue[]): ShortLists {
  let lists: Map<number, ShortList> | null = null;
  for (let slot = 0; slot < values.length; slot++) {
    const value = values[slot] as BoundValue;
    if (!isList(value) || value.length > longestWritten) continue;
    lists ??= new Map();
    lists.set(slot, { size: writtenSize(value.length), of: typeOf(value) });
  }
  return lists ?? noShortLists;
}

function typeOf(list: readonly Cell[]): ShortList["of"] {
  if (list.every((cell) => typeof cell === "string")) return "text";
  return list.every((cell) => typeof cell === "number" || typeof cell === "bigint") ? "number" : null;
}

function keyOf(lists: ShortLists): string {
  let key = "";
  for (const [slot, { size, of }] of lists) key += `${slot} ${size} ${of ?? ""},`;
  return key;
}
