/** One JSON object → one row, or several by its nested list: `{ time, items: [{ factor }] }` → columns `time` and `items.factor`. */
import { cellText, isArray, isObject, type ExactJson } from "./exactJson.ts";

/** Deeper objects stay JSON text. */
const depthMax = 8;

function flattenInto(cells: Map<string, string | null>, value: { readonly [key: string]: ExactJson }, prefix: string, skip: string | null, depth: number): void {
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key;
    if (name === skip) continue;
    if (isObject(inner) && depth < depthMax) flattenInto(cells, inner, `${name}.`, skip, depth + 1);
    else cells.set(name, cellText(inner));
  }
}

/** Null where `element` is no object, or where `each` is there and is no list of objects. An element without its list is no row. */
export function flattenRow(element: ExactJson, each: string | null): readonly ReadonlyMap<string, string | null>[] | null {
  if (!isObject(element)) return null;
  const outer = new Map<string, string | null>();
  flattenInto(outer, element, "", each, 1);
  if (each === null) return [outer];
  let nested: ExactJson | undefined = element;
  for (const key of each.split(".")) nested = isObject(nested) && Object.hasOwn(nested, key) ? nested[key] : undefined;
  if (nested === undefined || nested === null) return [];
  if (!isArray(nested)) return null;
  const rows: ReadonlyMap<string, string | null>[] = [];
  for (const item of nested) {
    const cells = new Map(outer);
    if (isObject(item)) flattenInto(cells, item, `${each}.`, null, 1);
    else cells.set(each, cellText(item));
    rows.push(cells);
  }
  return rows;
}
