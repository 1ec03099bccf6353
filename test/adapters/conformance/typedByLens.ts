/** An adapter over texts, read with lenses as the suite's typed columns, and under the suite's names of tables and columns. */
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { assertMinted, type AuthorisedQuery, mint } from "../../../adapters/contract/authorisedQuery.ts";
import type { Cell, SelectPart, SourceCond, SourceExpr, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import type { TableSpec } from "./harness.ts";

export interface Naming {
  /** The source's name of a table and of a column. */
  table(name: string): string;
  column(name: string): string;
  /** How texts are spelt: behind a first character, in hexadecimal behind it, or as they are. */
  readonly texts: TextSpelling;
  /** Where one table holds several of the suite's: the column that says which, and what it says. */
  readonly within?: { readonly column: string; value(table: string): string };
}

export type TextSpelling = "marked" | "hex" | "plain";

export const lensModule = new URL("../fixtures/typedLenses.ts", import.meta.url);

export function typedByLens(adapter: Adapter, tables: readonly TableSpec[], naming: Naming): Adapter {
  const typeOf = (table: string | undefined, column: string): string | undefined => tables.find(({ name }) => name === table)?.columns[column]?.type;

  /** `integerLists` collects the slots whose values stand beside integers. */
  function rewritePart(part: SelectPart, integerLists: Set<number>): SelectPart {
    const tableAt = new Map([[part.alias, part.table], ...part.joins.map(({ alias, table }) => [alias, table] as const)]);
    const expr = (of: SourceExpr): SourceExpr => {
      switch (of.kind) {
        case "column": {
          const type = typeOf(tableAt.get(of.alias), of.column);
          const column: SourceExpr = { ...of, column: naming.column(of.column) };
          const lens = type === "integer" || type === "number" ? type : type === "text" && naming.texts !== "plain" ? naming.texts : null;
          return lens === null ? column : { kind: "lens", lens, form: "printed", args: [column] };
        }
        case "lens":
          return { ...of, args: of.args.map(expr) };
        case "coalesce":
          return { ...of, of: of.of.map(expr) };
        case "when":
          return { ...of, cond: cond(of.cond), then: expr(of.then), otherwise: expr(of.otherwise) };
        case "truth":
          return { ...of, cond: cond(of.cond) };
        case "start":
        case "linear":
        case "bucket":
          return { ...of, of: expr(of.of) };
        default:
          return of;
      }
    };
    // A link from a number to a text goes by the number's spelling.
    const typesOf = (...exprs: readonly SourceExpr[]): string => exprs.map((one) => (one.kind === "column" ? typeOf(tableAt.get(one.alias), one.column) : "")).sort().join(" ");
    const asText = (of: SourceExpr): SourceExpr => {
      const rewritten = expr(of);
      return rewritten.kind === "lens" && rewritten.lens === "integer" ? { ...rewritten, lens: "spelt" } : rewritten;
    };
    const cond = (of: SourceCond): SourceCond => {
      switch (of.kind) {
        case "and":
        case "or":
          return { ...of, of: of.of.map(cond) };
        case "not":
        case "isTrue":
        case "isNotTrue":
        case "isFalse":
        case "isNotFalse":
          return { ...of, of: cond(of.of) };
        case "compare":
          return typesOf(of.left, of.right) === "integer text" && naming.texts !== "plain" ? { ...of, left: asText(of.left), right: asText(of.right) } : { ...of, left: expr(of.left), right: expr(of.right) };
        case "inList":
          if (typesOf(of.left) === "integer" && of.list.kind === "slot") integerLists.add(of.list.slot);
          return { ...of, left: expr(of.left) };
        case "isNull":
        case "hasType":
        case "consistsOf":
        case "digits":
        case "significant":
        case "inRanges":
          return { ...of, of: expr(of.of) };
        case "startsWith":
        case "contains":
          return { ...of, text: expr(of.text) };
        case "isLatest":
          return { ...of, table: naming.table(of.table), key: [...(naming.within ? [naming.within.column] : []), ...of.key.map(naming.column)], by: of.by.map(naming.column) };
        default:
          return of;
      }
    };
    const within = (alias: string, table: string, inner: SourceCond): SourceCond => {
      if (!naming.within) return inner;
      const { column, value } = naming.within;
      return { kind: "and", of: [{ kind: "compare", op: "=", left: { kind: "column", alias, column }, right: { kind: "constant", value: value(table) } }, inner] };
    };
    return {
      ...part,
      table: naming.table(part.table),
      joins: part.joins.map((join) => ({ ...join, table: naming.table(join.table), on: within(join.alias, join.table, cond(join.on)) })),
      where: within(part.alias, part.table, cond(part.where)),
      columns: part.columns.map(expr),
    };
  }

  const rewritten = (query: AuthorisedQuery): AuthorisedQuery => {
    assertMinted(query);
    const integerLists = new Set<number>();
    const template: SourceTemplate = { ...query.template, parts: query.template.parts.map((part) => rewritePart(part, integerLists)) };
    // A lens has no column's type, by which a text that spells an integer would be one; a mapping's operands are typed already.
    const values = query.values.map((value, slot) => (integerLists.has(slot) && Array.isArray(value) ? value.map((one: Cell) => (typeof one === "string" && /^-?\d{1,18}$/.test(one) ? BigInt(one) : one)) : value));
    return mint({ ...query, template, values });
  };
  return {
    ...adapter,
    rows: (query, signal) => adapter.rows(rewritten(query), signal),
    aggregate: (query, signal) => adapter.aggregate(rewritten(query), signal),
    introspect: async (signal) => {
      const shown = await adapter.introspect(signal);
      return tables.flatMap(({ name, columns }) => {
        const info = shown.find((one) => one.name === naming.table(name));
        if (!info) return [];
        const own = new Map(Object.keys(columns).map((column) => [naming.column(column), column]));
        return [
          {
            ...info,
            name,
            columns: Object.keys(columns).flatMap((column) => info.columns.filter((one) => one.name === naming.column(column)).map((one) => ({ ...one, name: column }))),
            unique: info.unique.map((set) => set.filter((column) => column !== naming.within?.column).map((column) => own.get(column) ?? column)),
          },
        ];
      });
    },
  };
}

/** A cell as text, the way a source of texts spells it. */
export function spelt(cell: unknown, texts: TextSpelling): string | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell !== "string" || texts === "plain") return String(cell);
  return `=${texts === "hex" ? Buffer.from(cell).toString("hex") : cell}`;
}
