/** `page` of a table: how the next page is found. */
import { configProblem, readInteger, readMap, readText, type Path } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";

export type Paging =
  | { readonly kind: "none" }
  /** `number` counts pages, `offset` rows. */
  | { readonly kind: "number" | "offset"; readonly parameter: string; readonly from: number; readonly size: string | null; readonly max: number; readonly total: string | null }
  | { readonly kind: "cursor"; readonly cursor: string; readonly next: string }
  /** In the body. */
  | { readonly kind: "link"; readonly link: string }
  /** In the header `Link`, by its relation. */
  | { readonly kind: "header"; readonly relation: string };

const words = ["number", "offset", "from", "size", "max", "total", "cursor", "next", "link", "linkHeader"] as const;

export function parsePaging(value: ConfigValue | undefined, path: Path): Paging {
  if (value === undefined) return { kind: "none" };
  const map = readMap(value, path, words);
  const text = (key: string): string => readText(map[key], [...path, key]);
  const only = (...known: readonly string[]): void => void readMap(value, path, known);
  for (const kind of ["number", "offset"] as const) {
    if (map[kind] === undefined) continue;
    only(kind, "from", "size", "max", "total");
    if (map["max"] === undefined) configProblem(path, "needs `max`, the rows of a full page.");
    return {
      kind,
      parameter: text(kind),
      from: map["from"] === undefined ? (kind === "number" ? 1 : 0) : readInteger(map["from"], [...path, "from"], { least: 0, greatest: 1 }),
      size: map["size"] === undefined ? null : text("size"),
      max: readInteger(map["max"], [...path, "max"], { least: 1, greatest: 100_000 }),
      total: map["total"] === undefined ? null : text("total"),
    };
  }
  if (map["cursor"] !== undefined) {
    only("cursor", "next");
    return { kind: "cursor", cursor: text("cursor"), next: text("next") };
  }
  if (map["link"] !== undefined) {
    only("link");
    return { kind: "link", link: text("link") };
  }
  if (map["linkHeader"] !== undefined) {
    only("linkHeader");
    return { kind: "header", relation: text("linkHeader") };
  }
  configProblem(path, "must be `{ number, max, … }`, `{ offset, max, … }`, `{ cursor, next }`, `{ link }` or `{ linkHeader }`.");
}
