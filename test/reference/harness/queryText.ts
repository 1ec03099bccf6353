/** Questions in GraphQL. Some literals become variables, so that both ways into a plan are walked. */
import { getNamedType, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLSchema, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { enumValueName } from "../../../schema/derive/names.ts";
import { keyName } from "../figures.ts";
import { entityOf, typeAt } from "../model.ts";
import { selectionKey } from "../answers.ts";
import type { Aggregate, Filter, GroupBy, Literal, Path, Query, Selection } from "../query.ts";

export interface QueryText {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Writer {
  readonly schema: GraphQLSchema;
  readonly declared: string[];
  readonly variables: Record<string, unknown>;
}

/** The cursor after which (before which) to read, and the ids for lookups. */
export interface Position {
  readonly cursor: string | null;
  readonly ids: readonly string[];
}
export const nowhere: Position = { cursor: null, ids: [] };

export function queryText(query: Query, schema: GraphQLSchema, position: Position): QueryText {
  const writer: Writer = { schema, declared: [], variables: {} };
  const root = rootText(query, writer, position);
  const head = writer.declared.length === 0 ? "" : `query (${writer.declared.join(", ")}) `;
  return { text: `${head}{ answer: ${root} }`, variables: writer.variables };
}

function rootText(query: Query, writer: Writer, position: Position): string {
  const entity = entityOf(vocabulary(), query.entity);
  switch (query.kind) {
    case "connection": {
      const args = [
        ...(query.where === null ? [] : [`where: ${filterText(query.where, inputOf(writer, `${entity.name}Filter`), writer)}`]),
        ...(query.orderBy.length === 0 ? [] : [`orderBy: [${query.orderBy.map(({ path, descending }) => orderText(query.entity, path, descending ? "DESC" : "ASC")).join(", ")}]`]),
        `${query.backward ? "last" : "first"}: ${query.size}`,
        ...(position.cursor === null ? [] : [`${query.backward ? "before" : "after"}: ${JSON.stringify(position.cursor)}`]),
      ];
      return `${entity.plural}(${args.join(", ")}) { totalCount edges { node { ${selectionText(query.select)} } } pageInfo { ${query.backward ? "hasPreviousPage" : "hasNextPage"} } }`;
    }
    case "byId": {
      const id = JSON.stringify(position.ids[0] ?? "");
      const selection = selectionText(query.select);
      if (query.via === "field") return `${entity.singular}(id: ${id}) { ${selection} }`;
      const root = query.via === "node" ? `node(id: ${id})` : `nodes(ids: ${JSON.stringify(position.ids)})`;
      return `${root} { ... on ${entity.name} { ${selection} } }`;
    }
    case "aggregate":
    case "published":
      return aggregateText(query, writer);
  }
}

export function selectionText(select: readonly Selection[]): string {
  return select
    .map((one): string => {
      switch (one.kind) {
        case "attribute": {
          const suffix = { region: " { code name }", position: " { lon lat }" }[one.name] ?? "";
          return `${one.name}${suffix}`;
        }
        case "original":
          return `${selectionKey(one)}: original(of: ${enumValueName(one.name)}) { value }`;
        case "provenance":
          return `provenance { ${one.parts.join(" ")} }`;
        case "acrossCount":
          return selectionKey(one);
        case "link":
        case "across":
          return `${one.name}${one.first === undefined ? "" : `(first: ${one.first})`} { ${selectionText(one.select)} }`;
        case "ownerRegion":
          return "ownerRegion";
        case "typename":
          return "__typename";
        case "id":
          return "id";
      }
    })
    .join(" ");
}

const inputOf = (writer: Writer, name: string): GraphQLInputObjectType => {
  const type = writer.schema.getType(name);
  if (!isInputObjectType(type)) throw new Error(`the schema has no input ${name}`);
  return type;
};

const fieldType = (type: GraphQLInputObjectType, name: string): GraphQLInputType => {
  const field = type.getFields()[name];
  if (field === undefined) throw new Error(`${type.name} has no ${name}`);
  return field.type;
};

const objectAt = (type: GraphQLInputObjectType, name: string): GraphQLInputObjectType => getNamedType(fieldType(type, name)) as GraphQLInputObjectType;

function filterText(filter: Filter, type: GraphQLInputObjectType, writer: Writer): string {
  if ("and" in filter) return `{ and: [${filter.and.map((of) => filterText(of, type, writer)).join(", ")}] }`;
  if ("or" in filter) return `{ or: [${filter.or.map((of) => filterText(of, type, writer)).join(", ")}] }`;
  if ("not" in filter) return `{ not: ${filterText(filter.not, type, writer)} }`;
  if ("all" in filter) return `{ ${filter.all.map((of) => filterText(of, type, writer).slice(1, -1)).join(", ")} }`;
  if ("at" in filter) return `{ ${filter.at}: ${filterText(filter.holds, objectAt(type, filter.at), writer)} }`;
  if ("across" in filter) return `{ ${filter.across}: { ${filter.quantity}: ${filterText(filter.of, objectAt(objectAt(type, filter.across), filter.quantity), writer)} } }`;
  const [first = "", ...rest] = filter.path;
  const inner = objectAt(type, first);
  if (rest.length > 0) return `{ ${first}: ${filterText({ ...filter, path: rest }, inner, writer)} }`;
  if ("isNull" in filter) return `{ ${first}: { isNull: ${filter.isNull} } }`;
  const operators = inner.getFields()[filter.op] === undefined ? objectAt(inner, "code") : inner;
  const literal = operandText(filter.value as Literal | readonly Literal[], fieldType(operators, filter.op), writer, filter.asVariable === true);
  return operators === inner ? `{ ${first}: { ${filter.op}: ${literal} } }` : `{ ${first}: { code: { ${filter.op}: ${literal} } } }`;
}

function operandText(value: Literal | readonly Literal[], type: GraphQLInputType, writer: Writer, asVariable: boolean): string {
  if (asVariable) {
    const name = `v${writer.declared.length}`;
    writer.declared.push(`$${name}: ${String(type)}`);
    writer.variables[name] = Array.isArray(value) ? value.map((item: Literal) => jsonOf(item, type)) : jsonOf(value as Literal, type);
    return `$${name}`;
  }
  if (Array.isArray(value)) return `[${value.map((item: Literal) => literalText(item, type)).join(", ")}]`;
  return literalText(value as Literal, type);
}

const jsonOf = (value: Literal, type: GraphQLInputType): unknown => (String(getNamedType(type)) === "Instant" ? new Date(value as number).toISOString() : value);

function literalText(value: Literal, type: GraphQLInputType): string {
  const named = getNamedType(type);
  if (isEnumType(named)) return String(value);
  return JSON.stringify(jsonOf(value, type));
}

function orderText(entity: string, path: readonly string[], direction: string): string {
  const [first = "", ...rest] = path;
  const type = typeAt(vocabulary(), entity, [first]);
  if (type.kind === "link") return `{ ${first}: ${orderText(type.entity, rest, direction)} }`;
  return type.kind === "region" ? `{ ${first}: { code: ${direction} } }` : `{ ${first}: ${direction} }`;
}

const columnName = (entity: string, path: readonly string[]): string => {
  if (path[0] === "ownerRegion") return "ownerRegion";
  return keyName(path, typeAt(vocabulary(), entity, path).kind === "region");
};

function aggregateText(query: Aggregate, writer: Writer): string {
  const suffix = query.kind === "aggregate" ? "Aggregate" : "Published";
  const prefix = `${query.entity}${suffix}`;
  const column = (path: readonly string[]): string => columnName(query.entity, path);
  const group = ({ path, bucket, zone }: GroupBy): string =>
    `{ field: ${enumValueName(column(path))}${bucket === undefined ? "" : `, bucket: ${bucket}`}${zone === undefined ? "" : `, zone: ${JSON.stringify(zone)}`} }`;
  const on = ([figure = "", ...path]: Path, inner: string): string => (path.length === 0 ? `${figure}: ${inner}` : `${figure}: { ${column(path)}: ${inner} }`);
  const args = [
    ...(query.where === null ? [] : [`where: ${filterText(query.where, inputOf(writer, `${prefix}Filter`), writer)}`]),
    ...(query.groupBy.length === 0 ? [] : [`groupBy: [${query.groupBy.map(group).join(", ")}]`]),
    ...(query.having === null ? [] : [`having: ${havingText(query.having, inputOf(writer, `${prefix}Having`), on, column)}`]),
    ...(query.orderBy.length === 0 ? [] : [`orderBy: [${query.orderBy.map((term) => `{ ${on(term.path, term.descending ? "DESC" : "ASC")} }`).join(", ")}]`]),
    ...(query.first === null ? [] : [`first: ${query.first}`]),
  ];
  const figures = new Map<string, string[]>();
  for (const { figure, path } of query.measures) if (figure !== "count") figures.set(figure, [...(figures.get(figure) ?? []), column(path)]);
  const fields = [
    ...(query.groupBy.length === 0 ? [] : [`key { ${query.groupBy.map(({ path }) => column(path)).join(" ")} }`]),
    "count",
    ...[...figures].map(([figure, columns]) => `${figure} { ${columns.join(" ")} }`),
  ];
  const root = `${entityOf(vocabulary(), query.entity).plural}${suffix}`;
  return `${root}${args.length === 0 ? "" : `(${args.join(", ")})`} { groups { ${fields.join(" ")} } }`;
}

function havingText(having: Filter, type: GraphQLInputObjectType, on: (of: Path, inner: string) => string, column: (path: Path) => string): string {
  if ("and" in having) return `{ and: [${having.and.map((of) => havingText(of, type, on, column)).join(", ")}] }`;
  if ("or" in having) return `{ or: [${having.or.map((of) => havingText(of, type, on, column)).join(", ")}] }`;
  if ("not" in having) return `{ not: ${havingText(having.not, type, on, column)} }`;
  if ("all" in having || "at" in having || "across" in having) throw new Error("a condition on groups has no such part");
  if ("isNull" in having) return `{ ${on(having.path, `{ isNull: ${having.isNull} }`)} }`;
  const [figure = "", ...path] = having.path;
  const operators = path.length === 0 ? objectAt(type, figure) : objectAt(objectAt(type, figure), column(path));
  const operand = fieldType(operators, having.op);
  const bare = isNonNullType(operand) ? operand.ofType : operand;
  const literal = isListType(bare) ? `[${(having.value as readonly Literal[]).map((item) => literalText(item, bare)).join(", ")}]` : literalText(having.value as Literal, bare);
  return `{ ${on(having.path, `{ ${having.op}: ${literal} }`)} }`;
}
