/**
 * What is left of a mapping when some of its tables are no longer what it was compiled on: a field fed by a column that changed is gone,
 * an entity whose rows rest on one is gone wholly, and everything else stays.
 */
import type { TableInfo } from "../../adapters/contract/adapter.ts";
import type { SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName } from "../../schema/ids.ts";
import { isUniqueBy } from "./columns.ts";
import type { LinkLens, MappedEntity, MappedField, MappedPart, Mapping } from "./mapping.ts";

export interface LostEntity {
  readonly attributes: ReadonlySet<string>;
  /** Which rows there are rests on what changed: none is read, and `attributes` are all that the source maps. */
  readonly rows: boolean;
}

/** Of one source; entities that lost nothing are absent. */
export type Lost = ReadonlyMap<EntityName, LostEntity>;

/** Names a mapping with what its tables have lost: cursors, answers under way and last answers are held against it. */
export const versionWithout = ({ version }: Pick<Mapping, "version">, lost: Lost): string =>
  lost.size === 0 ? version : `${version} without ${[...lost].map(([entity, { attributes, rows }]) => `${entity} ${rows ? "rows" : [...attributes].sort().join(" ")}`).join("; ")}`;

export interface ChangedTables {
  /** Has the column changed, or (null) the table as a whole? */
  isTouched(table: string, column: string | null): boolean;
  /** As the source shows them now. */
  readonly tables: readonly TableInfo[];
}

export function withoutLost(mapping: Mapping, changed: ChangedTables): { readonly mapping: Mapping; readonly lost: Lost } {
  const read = new Map([...mapping.entities].map(([name, mapped]) => [name, mapped.parts.map((part) => readPart(part, changed))] as const));
  const hasNoRows = (name: EntityName): boolean => read.get(name)?.some((part) => part === null) === true;
  /** A link is NULL where its target's rows are not read, or not by what it names them by. */
  const leadsNowhere = (link: LinkLens): boolean => {
    if (hasNoRows(link.target)) return true;
    if (link.by === "key") return false;
    const before = mapping.entities.get(link.target)?.parts ?? [];
    return before.some((part, index) => part.fields.has(link.attribute) && read.get(link.target)?.[index]?.fields.has(link.attribute) !== true);
  };
  const entities = new Map<EntityName, MappedEntity>();
  const lost = new Map<EntityName, LostEntity>();
  for (const [name, mapped] of mapping.entities) {
    const rows = hasNoRows(name);
    // A source answers wholly or not at all: rows of some parts are not its rows.
    const parts = rows ? [] : (read.get(name) ?? []).flatMap((part) => (part === null ? [] : [withoutLinks(part, leadsNowhere)]));
    const attributes = new Set(mapped.parts.flatMap((part, index) => [...part.fields.keys()].filter((attribute) => parts[index]?.fields.has(attribute) !== true)));
    entities.set(name, attributes.size === 0 && !rows ? mapped : { ...mapped, parts, intact: mapped });
    if (attributes.size > 0 || rows) lost.set(name, { attributes, rows });
  }
  return { mapping: lost.size === 0 ? mapping : { ...mapping, entities }, lost };
}

function withoutLinks(part: MappedPart, leadsNowhere: (link: LinkLens) => boolean): MappedPart {
  const fields = [...part.fields].filter(([, { link }]) => link === null || !leadsNowhere(link));
  return fields.length === part.fields.size ? part : { ...part, fields: new Map(fields) };
}

/** Null: its rows rest on what changed. */
function readPart(part: MappedPart, { isTouched, tables }: ChangedTables): MappedPart | null {
  const tableOf = new Map([["t", part.table], ...part.joins.map(({ alias, table }) => [alias, table] as const)]);
  const infoOf = (name: string): TableInfo | undefined => tables.find((table) => table.name === name);
  const touches = (node: unknown): boolean => columnsIn(node).some(({ alias, column }) => isTouched(tableOf.get(alias) ?? part.table, column));

  const isSound = ({ alias, table, on }: MappedPart["joins"][number]): boolean => {
    const info = infoOf(table);
    const there = columnsIn(on).flatMap((each) => (each.alias === alias ? [each.column] : []));
    return info !== undefined && !isTouched(table, null) && !touches(on) && isUniqueBy(info, there);
  };
  const joins = part.joins.filter(isSound);
  const dead = new Set(part.joins.filter((join) => !joins.includes(join)).map(({ alias }) => alias));
  const usesDead = (node: unknown): boolean => dead.size > 0 && columnsIn(node).some(({ alias }) => dead.has(alias));

  const info = infoOf(part.table);
  const structure = [part.locator, part.tie, part.base];
  if (info === undefined || isTouched(part.table, null) || touches(structure) || usesDead(structure) || !hasIdentity(part, info)) return null;
  const isRead = (field: MappedField): boolean => !usesDead(field.inputs) && !field.fedBy.some((column) => isFedTouched(column, [...tableOf.values()], isTouched));
  const fields = [...part.fields].filter(([, field]) => isRead(field));
  return fields.length === part.fields.size && joins.length === part.joins.length ? part : { ...part, joins, fields: new Map(fields) };
}

/** Names of tables and columns may hold dots themselves. */
const isFedTouched = (fedBy: string, tables: readonly string[], isTouched: ChangedTables["isTouched"]): boolean =>
  tables.some((table) => fedBy.startsWith(`${table}.`) && isTouched(table, fedBy.slice(table.length + 1)));

/** What tells rows apart and puts equal ones into an order still does. */
function hasIdentity({ locator, tie, base }: MappedPart, info: TableInfo): boolean {
  const key = locator.flatMap((expr: SourceExpr) => (expr.kind === "column" ? [expr.column] : []));
  if (!holdsLatest(base) && !isUniqueBy(info, key)) return false;
  if (tie.kind === "rowid") return info.rowid !== false;
  return tie.kind !== "column" || key.includes(tie.column) || isUniqueBy(info, [tie.column]);
}

/** Of rows with one key the latest counts, so that the key need not be unique. */
const holdsLatest = (cond: SourceCond): boolean => cond.kind === "isLatest" || ((cond.kind === "and" || cond.kind === "or") && cond.of.some(holdsLatest));

interface Mentioned {
  readonly alias: string;
  readonly column: string;
}

/** Every column that a part's expressions and conditions name. */
function columnsIn(node: unknown): readonly Mentioned[] {
  if (Array.isArray(node)) return node.flatMap(columnsIn);
  if (typeof node !== "object" || node === null || node instanceof Uint8Array) return [];
  const { kind, alias, column, key, by } = node as { kind?: unknown; alias?: unknown; column?: unknown; key?: unknown; by?: unknown };
  if (kind === "column") return [{ alias: String(alias), column: String(column) }];
  if (kind === "isLatest") return [...(key as readonly string[]), ...(by as readonly string[])].map((name) => ({ alias: String(alias), column: name }));
  return Object.values(node).flatMap(columnsIn);
}
