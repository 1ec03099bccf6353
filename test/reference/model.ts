/**
 * The reference model: V of `docs/semantics.md` §1–§3, cell by cell.
 *
 * It implements that page and nothing else, as naively as it can be read: rows in arrays, no strata, no lowering, no lenses. It shares
 * nothing with `src` and `adapters`; the vocabulary and the region table come from `schema/`.
 */
import { regionByCode } from "../../schema/codes/regions.ts";
import type { EntityName } from "../../schema/ids.ts";
import { type AttributeType, type EntityDef, type Level, levelChain, type MaskName, type Vocabulary } from "../../schema/vocabulary.ts";
import { type Asker, cellsAt, compareScalars, compareText, holds, type See, type Truth, type Value } from "./conditions.ts";
import type { Door, Filter } from "./query.ts";

/** A row of B. An attribute that is not in `cells` is NULL. */
export interface ModelRow {
  readonly source: string;
  readonly ownerRegion: string;
  readonly entity: string;
  readonly locator: readonly (string | number)[];
  readonly tie: readonly [string | number, number];
  readonly cells: Readonly<Record<string, Value>>;
  /** By which links of its source may mean it. */
  readonly names: readonly string[];
  /** The source's own spelling of a cell. */
  readonly originals: Readonly<Record<string, string | null>>;
  /** Attributes that share a column with an attribute, itself included. */
  readonly together: Readonly<Record<string, readonly string[]>>;
}

export type ModelAgency = Asker["agency"] & Readonly<{ id: string; region: string | null; anonymous: boolean; groups: readonly string[]; purposes: readonly string[] }>;

/** `by` and `measures` are attributes. */
export type Publication = Readonly<{ by: readonly string[]; measures: Readonly<Record<string, readonly ("sum" | "avg")[]>>; minGroup: number }>;

export interface ModelRule {
  readonly id: string;
  readonly owner: string;
  readonly to: readonly string[];
  readonly except: readonly string[];
  readonly effect: "grant" | "restrict" | "publish";
  /** Entity → attribute (or `all`) → level. */
  readonly levels: Readonly<Record<string, Readonly<Record<string, Level>>>>;
  readonly hides: readonly string[];
  readonly publishes: Readonly<Record<string, Publication>>;
  readonly where: Readonly<Record<string, Filter>>;
  readonly purposes: readonly string[] | null;
  readonly doors: readonly string[] | null;
  /** In force while from ≤ now < until; null: always. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

export interface ModelInput {
  readonly vocabulary: Vocabulary;
  readonly rows: readonly ModelRow[];
  readonly rules: readonly ModelRule[];
  readonly agency: ModelAgency;
  readonly purpose: string | null;
  readonly nowMs: number;
  /** Masks as a table of what the generator's values become: the hub's own functions have tests of their own. */
  mask(name: MaskName, value: Value): Value;
}

/** A row of V: what each role sees of it. */
export interface ViewRow {
  readonly row: ModelRow;
  readonly level: (attribute: string) => Level;
  /** The CLEAR value, else NULL; a link's is its target in V. */
  readonly ref: (attribute: string) => Value;
  readonly target: (attribute: string) => ViewRow | null;
  /** What is printed. */
  readonly out: (attribute: string) => Value;
}

/** By entity, in the order of (source, tie). */
export type View = (entity: string) => readonly ViewRow[];

export const entityOf = (vocabulary: Vocabulary, name: string): EntityDef => {
  const entity = vocabulary.entities.get(name as EntityName);
  if (entity === undefined) throw new Error(`the model knows no entity ${name}`);
  return entity;
};

const means = (grantee: string, owner: string, agency: ModelAgency): boolean => {
  if (grantee === "own") return agency.region === owner && !agency.anonymous;
  if (grantee === "agencies") return !agency.anonymous;
  return grantee === "everyone" || grantee === `agency:${agency.id}` || agency.groups.some((group) => grantee === `group:${group}`);
};

/** Rules that bear on the agency for a purpose at a door: grants are closed by default, restrictions bind by default. */
export const rulesAt = ({ rules, agency, nowMs }: ModelInput, purpose: string | null, door: Door): readonly ModelRule[] =>
  rules.filter(({ owner, to, except, effect, purposes, doors, fromMs, untilMs }) => {
    const restricts = effect === "restrict";
    const forAgency = to.some((one) => means(one, owner, agency)) && !except.some((one) => means(one, owner, agency));
    const forPurpose = purposes === null || (purpose === null ? restricts : purposes.includes(purpose));
    const atDoor = doors === null ? restricts || door === "query" || door === "aggregate" : doors.includes(door);
    return forAgency && forPurpose && atDoor && (fromMs === null || fromMs <= nowMs) && (untilMs === null || nowMs < untilMs);
  });

export type Judge = (rule: ModelRule, row: ModelRow) => Truth;

/** A rule's predicate on B's true values; asked often, so remembered. */
export function judge(input: ModelInput): Judge {
  const known = new Map<ModelRule, Map<ModelRow, Truth>>();
  return (rule, row) => {
    const filter = rule.where[row.entity];
    if (filter === undefined) return true;
    const byRow = known.get(rule) ?? new Map<ModelRow, Truth>();
    const truth = byRow.get(row) ?? holds(filter, cellsAt((path) => ({ type: typeAt(input.vocabulary, row.entity, path), value: column(row.cells[path[0] ?? ""] ?? null, path) })), input);
    known.set(rule, byRow.set(row, truth));
    return truth;
  };
}

/** The level of a cell: min( max{grants IS TRUE}, min{restrictions IS NOT FALSE} ). */
export function levelOf(entity: EntityDef, attribute: string, row: ModelRow, rules: readonly ModelRule[], truth: Judge): Level {
  const definition = entity.attributes.get(attribute);
  const chain = definition === undefined ? [] : levelChain(definition);
  let granted = 0;
  let allowed = chain.length - 1;
  for (const rule of rules) {
    const said = [rule.levels[row.entity]?.[attribute], rule.levels[row.entity]?.all].flatMap((level) => (level === undefined ? [] : [chain.indexOf(level)]));
    if (rule.owner !== row.ownerRegion || said.length === 0) continue;
    if (rule.effect === "grant" && truth(rule, row) === true) granted = Math.max(granted, ...said);
    if (rule.effect === "restrict" && truth(rule, row) !== false) allowed = Math.min(allowed, ...said);
  }
  return chain[Math.min(granted, allowed)] ?? "NULL";
}

export const isHidden = (row: ModelRow, rules: readonly ModelRule[], truth: Judge): boolean =>
  rules.some((rule) => rule.owner === row.ownerRegion && rule.hides.includes(row.entity) && truth(rule, row) !== false);

/** V at one door. */
export function viewOf(input: ModelInput, door: Door, purpose = input.purpose): View {
  const rules = rulesAt(input, purpose, door);
  const truth = judge(input);
  const byEntity = new Map<string, ViewRow[]>();
  const byName = new Map<string, ViewRow>();
  for (const row of input.rows) {
    const { attributes } = entityOf(input.vocabulary, row.entity);
    const levels = new Map([...attributes.keys()].map((name) => [name, levelOf(entityOf(input.vocabulary, row.entity), name, row, rules, truth)]));
    if (isHidden(row, rules, truth) || [...levels.values()].every((level) => level === "NULL")) continue;
    const level = (name: string): Level => levels.get(name) ?? "NULL";
    const ref = (name: string): Value => (level(name) === "CLEAR" ? (row.cells[name] ?? null) : null);
    const target = (name: string): ViewRow | null => {
      const type = attributes.get(name)?.type;
      return type?.kind === "link" ? (byName.get(`${row.source} ${type.entity} ${String(ref(name))}`) ?? null) : null;
    };
    const out = (name: string): Value => {
      const reached = level(name);
      const value = row.cells[name] ?? null;
      return reached === "NULL" || value === null ? null : reached === "CLEAR" ? value : input.mask(reached, value);
    };
    const one = { row, level, ref, target, out };
    byEntity.set(row.entity, [...(byEntity.get(row.entity) ?? []), one]);
    for (const name of row.names) byName.set(`${row.source} ${row.entity} ${name}`, one);
  }
  for (const rows of byEntity.values()) rows.sort((a, b) => comparePlaces(a.row, b.row));
  return (entity) => byEntity.get(entity) ?? [];
}

/** (source, tie): where no order says more. */
export const comparePlaces = (a: ModelRow, b: ModelRow): number => compareText(a.source, b.source) || compareScalars(a.tie[0], b.tie[0]) || a.tie[1] - b.tie[1];

/** The type at the end of a path; an owner and the columns of the region table are texts. */
export function typeAt(vocabulary: Vocabulary, entity: string, [first = "", ...rest]: readonly string[]): AttributeType {
  if (first === "ownerRegion") return { kind: "text" };
  const type = entityOf(vocabulary, entity).attributes.get(first)?.type;
  if (type === undefined) throw new Error(`the model knows no ${entity}.${first}`);
  if (rest.length === 0) return type;
  if (type.kind === "link") return typeAt(vocabulary, type.entity, rest);
  return rest[0] === "compact" ? { kind: "list", of: { kind: "text" } } : { kind: "text" };
}

/** A region's code, or a column of its row in the region table. */
function column(value: Value, [, name]: readonly string[]): Value {
  if (name === undefined || name === "code" || typeof value !== "string") return value;
  return (regionByCode(value) as Readonly<Record<string, Value>> | undefined)?.[name] ?? null;
}

/** The value that every role sees at a path; a path through a NULL link is NULL. */
export function refAt(view: ViewRow, vocabulary: Vocabulary, path: readonly string[]): Value {
  const [first = "", ...rest] = path;
  if (entityOf(vocabulary, view.row.entity).attributes.get(first)?.type.kind !== "link") return column(view.ref(first), path);
  const target = view.target(first);
  return target === null ? null : rest.length === 0 ? view.ref(first) : refAt(target, vocabulary, rest);
}

/** Rows of V, of all sources, whose key is this row's; null where this row's is NULL. */
export function linkedAcross(view: View, from: ViewRow, name: string, { vocabulary }: ModelInput): readonly ViewRow[] | null {
  const link = entityOf(vocabulary, from.row.entity).acrossLinks.find((one) => one.name === name);
  const key = link === undefined ? null : refAt(from, vocabulary, link.key);
  return link === undefined || key === null ? null : view(link.target).filter((record) => refAt(record, vocabulary, link.targetKey) === key);
}

export const seeing = (row: ViewRow, input: ModelInput, view: View): See => ({
  cell: (path) => ({ type: typeAt(input.vocabulary, row.row.entity, path), value: refAt(row, input.vocabulary, path) }),
  linked: (path) => {
    const from = path.slice(0, -1).reduce<ViewRow | null>((at, step) => at?.target(step) ?? null, row);
    return from === null ? null : (linkedAcross(view, from, path.at(-1) ?? "", input)?.map((record) => seeing(record, input, view)) ?? null);
  },
});
