/** Templates as statements of MySQL and MariaDB, with what stands in each place of their answers. */
import type { BoundValue, SourceTemplate } from "../contract/sourceQuery.ts";
import { placedAt, renderQuery } from "../sql/renderQuery.ts";
import { type BoundStatement, statements } from "../sql/statements.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Flavour } from "./flavour.ts";
import { type MysqlDialect, mysqlDialect } from "./mysqlDialect.ts";
import { encodeParameter } from "./parameters.ts";
import { type OutputKind, outputKind } from "./selected.ts";

export type OutputKinds = readonly (OutputKind | "sum")[];

export const mysqlStatements = (catalogue: Catalogue, flavour: Flavour): ((template: SourceTemplate, values: readonly BoundValue[]) => BoundStatement<OutputKinds>) =>
  statements({
    render(template, modes) {
      const dialect = mysqlDialect(catalogue, flavour, modes);
      return { ...renderQuery(template, dialect), shape: outputKinds(template, dialect) };
    },
    encode: encodeParameter,
  });

function outputKinds(template: SourceTemplate, dialect: MysqlDialect): OutputKinds {
  const kindAt = (position: number): OutputKind => outputKind(placedAt(template.parts, position, dialect), dialect.typed);
  if (template.kind === "rows") return (template.parts[0]?.columns ?? []).map((_, position) => kindAt(position));
  const measures = template.measures.flatMap(({ fn, column }): OutputKinds => {
    switch (fn) {
      case "count":
      case "countDistinct":
        return ["int"];
      case "min":
      case "max":
        return [column === null ? "text" : kindAt(column)];
      case "sum":
        return ["sum", "int"];
    }
  });
  return [...template.groupBy.map(kindAt), ...measures];
}
