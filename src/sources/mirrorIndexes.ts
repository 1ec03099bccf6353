/**
 * What a mirror should be indexed by, from its mapping's text alone: the first version is built before a mapping can be compiled.
 *
 * Keys (and join conditions, and `tie`) are candidates for uniqueness, which the compiler then finds in the introspection.
 */
import { asEntityName } from "../../schema/ids.ts";
import type { AttributeType, Vocabulary } from "../../schema/vocabulary.ts";
import type { FieldSyntax, PartSyntax, SourceSyntax } from "../mapping/sourceSyntax.ts";
import { mentionedColumns } from "./mentionedColumns.ts";
import type { Indexing } from "./mirrorTable.ts";

/** Attributes that scans start from; an index on every column would cost more than it spares. */
const isSought = (type: AttributeType): boolean => ["link", "instant", "date", "pollutant", "region"].includes(type.kind);

/** Columns of the part's own table that a field reads; joined and provenance-free names alone. */
function columnsOf(field: FieldSyntax): readonly string[] {
  if (field.kind !== "chain") return [];
  switch (field.take.kind) {
    case "column":
      return [field.take.column.text];
    case "columns":
      return field.take.columns.map(({ text }) => text);
    case "constant":
    case "flags":
      return [];
  }
}

function partIndexes(part: PartSyntax, vocabulary: Vocabulary): readonly (readonly string[])[] {
  const key = part.key.columns.map(({ text }) => text);
  const latest = part.latest.map(({ text }) => text);
  const attributes = vocabulary.entities.get(asEntityName(part.entity.text))?.attributes;
  const sought = [...part.fields].flatMap(([name, { field }]) => {
    const type = attributes?.get(name)?.type;
    return type && isSought(type) ? [columnsOf(field)] : [];
  });
  return [[...key, ...latest], ...sought].filter((set) => set.length > 0 && !set.includes("$cell") && !set.includes("$column"));
}

/** Per table; a name that is no column of it is passed over when the version is built. */
export function mirrorIndexes(syntax: SourceSyntax, vocabulary: Vocabulary): Readonly<Record<string, Indexing>> {
  const keys = new Map<string, Map<string, readonly string[]>>();
  const indexes = new Map<string, Map<string, readonly string[]>>();
  const add = (to: typeof keys, table: string, set: readonly string[]): void => {
    const sets = to.get(table) ?? new Map<string, readonly string[]>();
    sets.set(JSON.stringify(set), set);
    to.set(table, sets);
  };
  for (const part of syntax.parts) {
    const table = part.from.text;
    if (part.latest.length === 0) add(keys, table, part.key.columns.map(({ text }) => text));
    if (part.tie) add(keys, table, [part.tie.text]);
    for (const join of part.joins.values()) add(keys, join.from.text, join.on.map(({ joined }) => joined.text));
    for (const set of partIndexes(part, vocabulary)) add(indexes, table, set);
  }
  return Object.fromEntries(
    [...mentionedColumns(syntax)].map(([table, mentioned]) => [
      table,
      { keys: [...(keys.get(table)?.values() ?? [])], indexes: [...(indexes.get(table)?.values() ?? [])], mentioned: [...mentioned] },
    ]),
  );
}
