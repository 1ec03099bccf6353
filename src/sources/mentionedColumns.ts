/** Columns that a mapping's text names, by table: those that a table without any row has to have, so that the mapping can stand on it. */
import type { ChainSyntax, FieldSyntax, PartSyntax, SourceSyntax } from "../mapping/sourceSyntax.ts";
import type { YamlNode } from "../mapping/yamlFile.ts";

function chainColumns({ take, stages }: ChainSyntax): readonly string[] {
  const unit = stages.unit?.kind === "field" ? chainColumns(stages.unit.field) : [];
  switch (take.kind) {
    case "column":
      return [take.column.text, ...unit];
    case "columns":
      return [...take.columns.map(({ text }) => text), ...unit];
    case "flags":
      return take.flags.map(({ column }) => column.text);
    case "constant":
      return unit;
  }
}

const fieldColumns = (field: FieldSyntax): readonly string[] =>
  field.kind === "chain" ? chainColumns(field) : [...field.parts.values()].flatMap((part) => chainColumns(part.field));

/** The keys of a filter, below `and`, `or` and `not`. */
function filterColumns(node: YamlNode): readonly string[] {
  if (node.kind === "list") return node.items.flatMap(filterColumns);
  if (node.kind === "text") return [];
  return [...node.entries].flatMap(([key, { value }]) => (["and", "or", "not"].includes(key) ? filterColumns(value) : [key]));
}

function partColumns(part: PartSyntax): readonly string[] {
  return [
    ...part.key.columns.map(({ text }) => text),
    ...part.latest.map(({ text }) => text),
    ...(part.tie ? [part.tie.text] : []),
    ...(part.keep ? filterColumns(part.keep) : []),
    ...part.unpivot.keys(),
    ...[...part.joins.values()].flatMap((join) => join.on.map(({ own }) => own.text)),
    ...[...part.fields.values()].flatMap(({ field }) => fieldColumns(field)),
  ];
}

export function mentionedColumns(syntax: SourceSyntax): ReadonlyMap<string, ReadonlySet<string>> {
  const tables = new Map<string, Set<string>>();
  const add = (table: string, column: string): void => {
    if (column === "$cell" || column === "$column") return;
    tables.set(table, (tables.get(table) ?? new Set()).add(column));
  };
  for (const part of syntax.parts) {
    for (const join of part.joins.values()) for (const { joined } of join.on) add(join.from.text, joined.text);
    for (const column of partColumns(part)) {
      const [alias = "", ...rest] = column.split(".");
      const join = rest.length > 0 ? part.joins.get(alias) : undefined;
      if (join) add(join.from.text, rest.join("."));
      else add(part.from.text, column);
    }
  }
  return tables;
}
