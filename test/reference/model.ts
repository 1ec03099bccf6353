/**
 * The reference model, first half: V of `docs/semantics.md` §1–§3, cell by cell, and three-valued filters on it (§4).
 *
 * It implements that page and nothing else, as naively as it can be read: rows in arrays, no strata, no lowering, no lenses. It shares
 * nothing with `src` and `adapters`; attribute types and the region table come from `schema/`.
 */
import { isWithin, regionByCode } from "../../schema/codes/regions.ts";
import type { EntityName } from "../../schema/ids.ts";
import { type AttributeType, type EntityDef, type Level, levelChain, type MaskName, type Vocabulary } from "../../schema/vocabulary.ts";
import { compareExact, exact, type Exact, isExact, printed } from "./exact.ts";
import type { Door, Filter, Operand, Operator } from "./query.ts";

/** Unified values; a link holds a name of its target row. */
export type Value = null | string | number | boolean | Exact | readonly string[] | { readonly [part: string]: Exact | string | null };

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

export interface ModelAgency {
  readonly id: string;
  readonly region: string | null;
  readonly anonymous: boolean;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  readonly purposes: readonly string[];
}

export interface ModelRule {
  readonly id: string;
  readonly owner: string;
  readonly to: readonly string[];
  readonly except: readonly string[];
  readonly effect: "grant" | "restrict" | "publish";
  /** Entity → attribute (or `all`) → level. */
  readonly levels: Readonly<Record<string, Readonly<Record<string, Level>>>>;
  readonly hides: readonly string[];
  readonly publishes: Readonly<Record<string, { readonly by: readonly string[]; readonly measures: Readonly<Record<string, readonly ("sum" | "avg")[]>>; readonly minGroup: number }>>;
  readonly where: Readonly<Record<string, Filter>>;
  readonly purposes: readonly string[] | null;
  readonly doors: readonly string[] | null;
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

export type Truth = boolean | null;

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

export interface View {
  readonly rows: (entity: string) => readonly ViewRow[];
}

export const entityOf = (vocabulary: Vocabulary, name: string): EntityDef => {
  const entity = vocabulary.entities.get(name as EntityName);
  if (entity === undefined) throw new Error(`the model knows no entity ${name}`);
  return entity;
};

const means = (grantee: string, owner: string, agency: ModelAgency): boolean => {
  if (grantee === "own") return agency.region === owner && !agency.anonymous;
  if (grantee === "agencies") return !agency.anonymous;
  if (grantee === "everyone") return true;
  return grantee === `agency:${agency.id}` || agency.groups.some((group) => grantee === `group:${group}`);
};

/** Rules that bear on the agency for a purpose at a door (§2: grants are closed by default, restrictions bind by default). */
export function rulesAt(input: Pick<ModelInput, "rules" | "agency">, purpose: string | null, door: Door | "subscribe" | "export"): readonly ModelRule[] {
  const { agency } = input;
  return input.rules.filter((rule) => {
    if (!rule.to.some((to) => means(to, rule.owner, agency)) || rule.except.some((to) => means(to, rule.owner, agency))) return false;
    const restricts = rule.effect === "restrict";
    const forPurpose = rule.purposes === null || (purpose === null ? restricts : rule.purposes.includes(purpose));
    const atDoor = rule.doors === null ? restricts || door === "query" || door === "aggregate" : rule.doors.includes(door);
    return forPurpose && atDoor;
  });
}

/** The level of a cell: min( max{grants IS TRUE}, min{restrictions IS NOT FALSE} ). */
export function levelOf(entity: EntityDef, attribute: string, row: ModelRow, rules: readonly ModelRule[], truth: (rule: ModelRule, row: ModelRow) => Truth): Level {
  const definition = entity.attributes.get(attribute);
  if (definition === undefined) return "NULL";
  const chain = levelChain(definition);
  let granted = 0;
  let allowed = chain.length - 1;
  for (const rule of rules) {
    if (rule.owner !== row.ownerRegion || rule.effect === "publish") continue;
    const said = rule.levels[entity.name] ?? {};
    const level = said[attribute] ?? said.all;
    if (level === undefined) continue;
    const rank = chain.indexOf(level);
    if (rule.effect === "grant" && truth(rule, row) === true) granted = Math.max(granted, rank);
    if (rule.effect === "restrict" && truth(rule, row) !== false) allowed = Math.min(allowed, rank);
  }
  return chain[Math.min(granted, allowed)] ?? "NULL";
}

export const isHidden = (row: ModelRow, rules: readonly ModelRule[], truth: (rule: ModelRule, row: ModelRow) => Truth): boolean =>
  rules.some((rule) => rule.owner === row.ownerRegion && rule.hides.includes(row.entity) && truth(rule, row) !== false);

/** A rule's predicate on B's true values; asked often, so remembered. */
export function ruleTruth(input: ModelInput): (rule: ModelRule, row: ModelRow) => Truth {
  const known = new Map<ModelRule, Map<ModelRow, Truth>>();
  return (rule, row) => {
    const filter = rule.where[row.entity];
    if (filter === undefined) return true;
    const byRow = known.get(rule) ?? new Map<ModelRow, Truth>();
    known.set(rule, byRow);
    let truth = byRow.get(row);
    if (truth === undefined) {
      const entity = entityOf(input.vocabulary, row.entity);
      truth = holds(filter, entity, input, (path) => ({ type: typeAt(input.vocabulary, entity, path), value: columnOf(row.cells[path[0] ?? ""] ?? null, path) }));
      byRow.set(row, truth);
    }
    return truth;
  };
}

/** V at one door. */
export function viewOf(input: ModelInput, door: Door | "subscribe" | "export", purpose = input.purpose): View {
  const rules = rulesAt(input, purpose, door);
  const truth = ruleTruth(input);
  const byEntity = new Map<string, ViewRow[]>();
  const byName = new Map<string, ViewRow>();
  for (const row of input.rows) {
    const entity = entityOf(input.vocabulary, row.entity);
    const levels = new Map<string, Level>();
    for (const name of entity.attributes.keys()) levels.set(name, levelOf(entity, name, row, rules, truth));
    if (isHidden(row, rules, truth) || ![...levels.values()].some((level) => level !== "NULL")) continue;
    const level = (attribute: string): Level => levels.get(attribute) ?? "NULL";
    const trueValue = (attribute: string): Value => row.cells[attribute] ?? null;
    const target = (attribute: string): ViewRow | null => {
      const type = entity.attributes.get(attribute)?.type;
      const name = trueValue(attribute);
      if (type?.kind !== "link" || typeof name !== "string" || level(attribute) !== "CLEAR") return null;
      return byName.get(`${row.source}|${type.entity}|${name}`) ?? null;
    };
    const one: ViewRow = {
      row,
      level,
      target,
      ref: (attribute) => (level(attribute) === "CLEAR" ? trueValue(attribute) : null),
      out: (attribute) => {
        const reached = level(attribute);
        const value = trueValue(attribute);
        if (reached === "NULL" || value === null) return null;
        return reached === "CLEAR" ? value : input.mask(reached, value);
      },
    };
    byEntity.set(row.entity, [...(byEntity.get(row.entity) ?? []), one]);
    for (const name of row.names) byName.set(`${row.source}|${row.entity}|${name}`, one);
  }
  for (const rows of byEntity.values()) rows.sort((a, b) => comparePlaces(a.row, b.row));
  return { rows: (entity) => byEntity.get(entity) ?? [] };
}

/** (source, tie): where no order says more. */
export function comparePlaces(a: ModelRow, b: ModelRow): number {
  return compareText(a.source, b.source) || compareScalars(a.tie[0], b.tie[0]) || a.tie[1] - b.tie[1];
}

export function compareText(a: string, b: string): number {
  const x = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const y = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  for (let index = 0; index < Math.min(x.length, y.length); index += 1) if (x[index] !== y[index]) return (x[index] ?? 0) - (y[index] ?? 0);
  return x.length - y.length;
}

/** Two values of one attribute, neither NULL. */
export function compareScalars(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (isExact(a) && isExact(b)) return compareExact(a, b);
  return Number(a) - Number(b);
}

/** The type at the end of a path; columns of the region table are texts. */
export function typeAt(vocabulary: Vocabulary, entity: EntityDef, path: readonly string[]): AttributeType {
  const [first = "", ...rest] = path;
  const type = entity.attributes.get(first)?.type;
  if (type === undefined) throw new Error(`the model knows no ${entity.name}.${path.join(".")}`);
  if (rest.length === 0) return type;
  if (type.kind === "link") return typeAt(vocabulary, entityOf(vocabulary, type.entity), rest);
  return rest[0] === "compact" ? { kind: "list", of: { kind: "text" } } : { kind: "text" };
}

/** A region's code, or a column of its row in the region table. */
function columnOf(value: Value, path: readonly string[]): Value {
  const column = path[1];
  if (column === undefined || column === "code" || typeof value !== "string") return value;
  return ((regionByCode(value) as Readonly<Record<string, Value>> | undefined)?.[column] ?? null) as Value;
}

/** The value that every role sees at a path; a path through a NULL link is NULL. */
export function refAt(view: ViewRow, vocabulary: Vocabulary, path: readonly string[]): Value {
  const [first = "", ...rest] = path;
  const type = entityOf(vocabulary, view.row.entity).attributes.get(first)?.type;
  if (type?.kind !== "link") return columnOf(view.ref(first), path);
  const target = view.target(first);
  if (rest.length === 0) return target === null ? null : view.ref(first);
  return target === null ? null : refAt(target, vocabulary, rest);
}

type Lookup = (path: readonly string[]) => { readonly type: AttributeType; readonly value: Value };

export const filterHolds = (filter: Filter, entity: EntityDef, view: ViewRow, input: ModelInput): Truth =>
  holds(filter, entity, input, (path) => ({ type: typeAt(input.vocabulary, entity, path), value: refAt(view, input.vocabulary, path) }));

export const allTruths = (of: readonly Truth[]): Truth => (of.includes(false) ? false : of.includes(null) ? null : true);
export const anyTruth = (of: readonly Truth[]): Truth => (of.includes(true) ? true : of.includes(null) ? null : false);
export const notTruth = (of: Truth): Truth => (of === null ? null : !of);

function holds(filter: Filter, entity: EntityDef, input: ModelInput, lookup: Lookup): Truth {
  if ("and" in filter) return allTruths(filter.and.map((of) => holds(of, entity, input, lookup)));
  if ("all" in filter) return allTruths(filter.all.map((of) => holds(of, entity, input, lookup)));
  if ("or" in filter) return anyTruth(filter.or.map((of) => holds(of, entity, input, lookup)));
  if ("not" in filter) return notTruth(holds(filter.not, entity, input, lookup));
  if ("at" in filter) return holds(filter.holds, entity, input, (path) => lookup([filter.at, ...path]));
  const { type, value } = lookup(filter.path);
  if ("isNull" in filter) return (value === null) === filter.isNull;
  return compareWith(filter.op, type, value, operandOf(filter.value, input));
}

/** Undefined: the agency has no such attribute, which makes the atom UNKNOWN. */
function operandOf(operand: Operand, input: ModelInput): Value | readonly Value[] | undefined {
  if (typeof operand !== "object") return operand;
  if ("agency" in operand) return input.agency.attributes[operand.agency];
  if ("nowPlusMs" in operand) return input.nowMs + operand.nowPlusMs;
  return operand;
}

/** A comparison of §4: decimals by their printed value, text by code points, NULL is UNKNOWN, the empty list FALSE. */
export function compareWith(op: Operator, type: AttributeType, value: Value, operand: Value | readonly Value[] | undefined, byPrinted = true): Truth {
  if (op === "in" || op === "within") {
    if (operand === undefined) return null;
    const list = (Array.isArray(operand) ? operand : [operand]) as readonly Value[];
    if (list.length === 0) return false;
    if (value === null) return null;
    return list.some((item) => (op === "within" ? isWithin(String(value), String(item)) : compareWith("eq", type, value, item, byPrinted) === true));
  }
  if (operand === undefined || operand === null || value === null) return null;
  if (op === "contains" && Array.isArray(value)) return (value as readonly string[]).includes(String(operand));
  if (op === "contains") return String(value).includes(String(operand));
  if (op === "startsWith") return String(value).startsWith(String(operand));
  const isDecimal = type.kind === "decimal";
  const other = isDecimal || isExact(value) ? (isExact(operand) ? operand : exact(String(operand))) : (operand as Value);
  const own = isDecimal && byPrinted && isExact(value) ? printed(value, type.scale) : value;
  const order = compareScalars(own, other);
  switch (op) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "lt":
      return order < 0;
    case "lte":
      return order <= 0;
    case "gt":
      return order > 0;
    case "gte":
      return order >= 0;
  }
}
