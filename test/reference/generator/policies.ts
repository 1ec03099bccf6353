/** Random policies as plain data, and the same as `policy.yaml` (JSON is YAML). */
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import type { AttributeDef, Level } from "../../../schema/vocabulary.ts";
import { days, hours, regionCodes, texts } from "./fieldStyles.ts";
import { entityOf, type ModelAgency, type ModelRule } from "../model.ts";
import type { Filter, Literal, Operand, Operator } from "../query.ts";
import { chance, type Generate, pick, upTo } from "./draw.ts";
import { qualities, type World } from "./world.ts";
import { mappedAttributes } from "./worldRows.ts";

export const entities = ["Station", "Enterprise", "PenaltyDecision", "Observation"] as const;
/** What the generated mappings can supply. */
export const attributesOf = (entity: string): readonly AttributeDef[] => [...entityOf(vocabulary(), entity).attributes.values()].filter(({ name }) => !unused.has(`${entity}.${name}`));
const unused = new Set(["Station.role", "Station.activeTo", "Enterprise.formerNames", "Enterprise.address", "Enterprise.position", "Enterprise.permitClass", "Enterprise.performanceGrade", "Enterprise.legalRepId", "PenaltyDecision.subject", "PenaltyDecision.publishedUntil", "PenaltyDecision.review", "Observation.condition", "Observation.flag", "Observation.validHours", "Observation.censor"]);

export const nowMs = Date.UTC(2017, 0, 1);
const dayMs = 86_400_000;
/** The beginning of `now`'s day in the network's zone. */
const todayMs = nowMs - 8 * 3_600_000;
/** Of a rule: in force and not, by a day and by a millisecond. */
const validities: readonly Pick<ModelRule, "fromMs" | "untilMs">[] = [
  { fromMs: null, untilMs: nowMs },
  { fromMs: null, untilMs: nowMs + 1 },
  { fromMs: nowMs, untilMs: null },
  { fromMs: nowMs + 1, untilMs: null },
  { fromMs: todayMs, untilMs: todayMs + dayMs },
  { fromMs: todayMs - 30 * dayMs, untilMs: todayMs },
];
export const always: Pick<ModelRule, "fromMs" | "untilMs"> = { fromMs: null, untilMs: null };

export const networkYaml = JSON.stringify({
  anonymous: "public",
  // The laws are about answers, however long a busy machine takes over them.
  deadline: "5m",
  purposes: { p1: { zh: "一", en: "one" }, p2: { zh: "二", en: "two" } },
  agencies: {
    hebei: { zh: "a", region: "130000", purposes: ["p1"] },
    tianjin: { zh: "a", region: "120000", partners: ["130000", "110000"], word: "a", purposes: ["p1", "p2"] },
    institute: { zh: "a", partners: ["130100"], word: "甲", purposes: ["p1", "p2"] },
    alone: { zh: "a", partners: [], purposes: ["p1"] },
    public: { zh: "a" },
  },
  groups: { north: ["hebei", "tianjin"], wide: ["group:north", "institute"], odd: ["alone", "group:wide"] },
});

export const agencies: readonly ModelAgency[] = [
  { id: "hebei", region: "130000", anonymous: false, groups: ["north", "wide", "odd"], attributes: { region: "130000" }, purposes: ["p1"] },
  { id: "tianjin", region: "120000", anonymous: false, groups: ["north", "wide", "odd"], attributes: { region: "120000", partners: ["130000", "110000"], word: "a" }, purposes: ["p1", "p2"] },
  { id: "institute", region: null, anonymous: false, groups: ["wide", "odd"], attributes: { partners: ["130100"], word: "甲" }, purposes: ["p1", "p2"] },
  { id: "alone", region: null, anonymous: false, groups: ["odd"], attributes: { partners: [] }, purposes: ["p1"] },
  { id: "public", region: null, anonymous: true, groups: [], attributes: {}, purposes: [] },
];

const decimals = ["0", "0.1", "-0.1", "0.2", "1", "2.5", "12.3", "100", "150", "10000"];

/** Literals that meet the generator's values. */
export function literalOf(g: Generate, { type, name }: AttributeDef): Literal {
  switch (type.kind) {
    case "enum":
      return name === "quality" ? pick(g, qualities) : pick(g, type.values.map((value) => value.name));
    case "boolean":
      return chance(g, 50);
    case "integer":
      return pick(g, [-3, 0, 1, 2, 10]);
    case "decimal":
      return pick(g, decimals);
    case "instant":
      return pick(g, hours);
    case "date":
      return pick(g, days);
    case "pollutant":
      return pick(g, ["a34004", "a05024", "a21005"]);
    case "region":
      return pick(g, regionCodes);
    case "list":
      return type.of.kind === "enum" ? pick(g, type.of.values.map((value) => value.name)) : pick(g, texts);
    default:
      return pick(g, ["uscc", "docNo"].includes(name) ? ["U1", "U2", "U"] : name === "code" ? ["S00", "𠀀00", "s"] : name === "industry" ? ["2511", "25"] : texts);
  }
}

export function operatorsOf({ type }: AttributeDef, forRule: boolean): readonly Operator[] {
  switch (type.kind) {
    case "text":
      return ["eq", "ne", "in", "lt", "lte", "gt", "gte", "startsWith", "contains"];
    case "integer":
    case "decimal":
    case "instant":
    case "date":
      return ["eq", "ne", "in", "lt", "lte", "gt", "gte"];
    case "enum":
    case "pollutant":
      return ["eq", "ne", "in"];
    case "region":
      return forRule ? ["eq", "ne", "in", "startsWith", "within", "within"] : ["eq", "ne", "in", "startsWith", "contains", "lt", "gte", "within", "within"];
    case "boolean":
      return ["eq", "ne"];
    case "list":
      return ["contains"];
    default:
      return [];
  }
}

export function valueFor(g: Generate, attribute: AttributeDef, op: Operator): Operand {
  if (op === "startsWith" && attribute.type.kind === "region") return pick(g, ["13", "1301", "11"]);
  if (op === "in" || op === "within") return Array.from({ length: upTo(g, 3) }, () => literalOf(g, attribute));
  return literalOf(g, attribute);
}

function ruleAtom(g: Generate, attributes: readonly AttributeDef[]): Filter {
  const attribute = pick(g, attributes);
  const path = [attribute.name];
  const operators = operatorsOf(attribute, true);
  if (operators.length === 0 || chance(g, 20)) return { path, isNull: chance(g, 50) };
  const op = pick(g, operators);
  const { kind } = attribute.type;
  if (kind === "region" && op === "within") return { path, op, value: chance(g, 60) ? { agency: pick(g, ["partners", "region"]) } : (valueFor(g, attribute, op) as Operand) };
  if (kind === "region" && chance(g, 20)) return { path: ["region", "name"], op: "startsWith", value: pick(g, ["河", "石", "北"]) };
  if (kind === "text" && op === "eq" && chance(g, 40)) return { path, op, value: { agency: "word" } };
  if (kind === "instant" && op !== "in" && chance(g, 50)) return { path, op, value: { nowPlusMs: pick(g, [-13 * 86_400_000, -86_400_000, 0]) } };
  const value = valueFor(g, attribute, op);
  return value === "" ? { path, isNull: false } : { path, op, value };
}

export function ruleFilter(g: Generate, attributes: readonly AttributeDef[], depth: number): Filter {
  const kind = depth === 0 ? 9 : upTo(g, 9);
  const some = (): Filter[] => Array.from({ length: upTo(g, 2) + (chance(g, 90) ? 1 : 0) }, () => ruleFilter(g, attributes, depth - 1));
  if (kind === 0) return { and: some() };
  if (kind === 1) return { or: some() };
  if (kind <= 3) return { not: ruleFilter(g, attributes, depth - 1) };
  return ruleAtom(g, attributes);
}

const grantees = ["own", "agencies", "everyone", "group:north", "group:wide", "group:odd", "agency:tianjin", "agency:institute"];

export interface PolicyOptions {
  /** More predicates than strata can be made of. */
  readonly many: boolean;
  /** Statistics are published by every owner. */
  readonly publishes?: boolean;
}

/** Rules of every region of the world. Some are refused by the hub when they are read: `usablePolicies` leaves those regions' texts out. */
export function makeRestriction(g: Generate, world: World, id: string): ModelRule {
  const owner = pick(g, world.sources).region;
  const { predicates, publicKeys } = regionOf(world, owner);
  return restrictRule(g, owner, id, predicates, publicKeys, 60);
}

function regionOf(world: World, owner: string): { readonly predicates: Predicates; readonly publicKeys: ReadonlySet<string> } {
  const sources = world.sources.filter(({ region }) => region === owner);
  const predicates = new Map(
    entities.map((entity) => {
      const mapped = sources.map((source) => new Set(mappedAttributes(source, entity)));
      return [entity as string, attributesOf(entity).filter(({ name, type }) => type.kind !== "link" && mapped.every((set) => set.has(name)))] as const;
    }),
  );
  const publicKeys = new Set(sources.flatMap(({ tables }) => tables.flatMap(({ shape }) => (shape.keyPublic ? [`${shape.entity}.code`] : []))));
  return { predicates, publicKeys };
}

export function makeRules(g: Generate, world: World, options: PolicyOptions): readonly ModelRule[] {
  const regions = [...new Set(world.sources.map(({ region }) => region))];
  return regions.flatMap((owner) => {
    const { predicates, publicKeys } = regionOf(world, owner);
    const rules: ModelRule[] = [];
    if (options.many) return manyRules(g, owner, predicates, publicKeys);
    if (chance(g, 20)) return narrowRules(g, owner, predicates);
    // One broad grant, so that most cases have something to say.
    if (chance(g, 85)) rules.push(grantRule(g, owner, "r0", pick(g, ["agencies", "group:odd", "agency:tianjin"]), predicates, 80, 30));
    const count = upTo(g, 4);
    for (let index = 1; index <= count; index += 1) {
      const id = `r${index}`;
      const kind = upTo(g, 9);
      if (kind <= 4) rules.push(grantRule(g, owner, id, pick(g, grantees), predicates, 40, 60));
      else rules.push(restrictRule(g, owner, id, predicates, publicKeys, 60));
    }
    if (options.publishes === true || chance(g, 50)) rules.push(publishRule(g, owner, "p", predicates));
    return rules;
  });
}

/**
 * Penalties in the clear, and one attribute of their enterprises in some rows alone: what an across link may follow, and what a
 * published figure must not give away.
 */
function narrowRules(g: Generate, owner: string, predicates: Predicates): readonly ModelRule[] {
  const rule = (id: string, levels: ModelRule["levels"], where: ModelRule["where"] = {}): ModelRule => ({ id, owner, to: ["agencies"], except: [], effect: "grant", levels, hides: [], publishes: {}, where, purposes: null, doors: null, ...always });
  const conditions = predicates.get("Enterprise") ?? [];
  const some = (): ModelRule["where"] => (conditions.length > 0 ? { Enterprise: ruleFilter(g, conditions, 1) } : {});
  return [
    rule("penalties", { PenaltyDecision: { docNo: "CLEAR", enterprise: "CLEAR", amount: "CLEAR" } }),
    ...(chance(g, 70) ? [rule("names", { Enterprise: { name: "CLEAR", keyUnit: "CLEAR" } }, chance(g, 50) ? some() : {})] : []),
    rule("codes", { Enterprise: { uscc: "CLEAR" } }, some()),
    rule("figures", { Enterprise: { [pick(g, ["output", "energy"])]: "CLEAR" } }, some()),
    { ...publishRule(g, owner, "p", predicates), purposes: null, except: [], to: ["agencies"] },
  ];
}

/** Nearly every attribute of one or two entities under a predicate of its own, and restrictions that cut across. */
function manyRules(g: Generate, owner: string, predicates: Predicates, publicKeys: ReadonlySet<string>): readonly ModelRule[] {
  const rules: ModelRule[] = [grantRule(g, owner, "base", "group:odd", predicates, 40, 30)];
  const to = pick(g, ["agencies", "group:odd", "group:wide"]);
  for (const entity of new Set([pick(g, entities), pick(g, entities)])) {
    const conditions = predicates.get(entity) ?? [];
    for (const attribute of attributesOf(entity)) {
      if (conditions.length === 0 || !chance(g, 75)) continue;
      const level = attribute.masks.length > 0 && chance(g, 40) ? pick(g, attribute.masks) : "CLEAR";
      const where = { [entity]: ruleFilter(g, conditions, 1) };
      rules.push({ id: `${entity}-${attribute.name}`, owner, to: [to], except: [], effect: "grant", levels: { [entity]: { [attribute.name]: level } }, hides: [], publishes: {}, where, purposes: null, doors: null, ...always });
    }
  }
  for (let index = upTo(g, 2); index > 0; index -= 1) rules.push(restrictRule(g, owner, `x${index}`, predicates, publicKeys, 90));
  return rules;
}

type Predicates = ReadonlyMap<string, readonly AttributeDef[]>;

function whereOf(g: Generate, named: readonly string[], predicates: Predicates, percent: number): Record<string, Filter> {
  const where: Record<string, Filter> = {};
  for (const entity of named) {
    const attributes = predicates.get(entity) ?? [];
    if (attributes.length > 0 && chance(g, percent)) where[entity] = ruleFilter(g, attributes, 2);
  }
  return where;
}

const scope = (g: Generate): Pick<ModelRule, "purposes" | "doors" | "except" | "fromMs" | "untilMs"> => ({
  ...(chance(g, 12) ? pick(g, validities) : always),
  purposes: chance(g, 20) ? [pick(g, ["p1", "p2"])] : null,
  doors: chance(g, 25) ? pick(g, [["query"], ["aggregate"], ["query", "export"], ["subscribe"]]) : null,
  except: chance(g, 15) ? [pick(g, ["own", "agency:tianjin", "group:north"])] : [],
});

/** What `open` means on the day of approval. */
const openOf = (entity: string): Record<string, Level> => Object.fromEntries([...entityOf(vocabulary(), entity).attributes.values()].flatMap(({ name, inOpen, sharing }) => (inOpen && sharing === "U" ? [[name, "CLEAR" as const]] : [])));

function grantRule(g: Generate, owner: string, id: string, to: string, predicates: Predicates, breadth: number, wherePercent: number): ModelRule {
  const levels: Record<string, Record<string, Level>> = {};
  for (const entity of entities) {
    if (!chance(g, 70)) continue;
    const all = to === "own" && chance(g, 40);
    const named: Record<string, Level> = all ? { all: "CLEAR" } : chance(g, 10) ? openOf(entity) : {};
    for (const attribute of all ? [] : attributesOf(entity)) {
      if (!chance(g, breadth) || (to === "everyone" && attribute.sharing !== "U")) continue;
      named[attribute.name] = attribute.masks.length > 0 && chance(g, 40) ? pick(g, attribute.masks) : "CLEAR";
    }
    if (Object.keys(named).length > 0) levels[entity] = named;
  }
  return { id, owner, to: [to], effect: "grant", levels, hides: [], publishes: {}, where: whereOf(g, Object.keys(levels), predicates, wherePercent), ...scope(g) };
}

function restrictRule(g: Generate, owner: string, id: string, predicates: Predicates, publicKeys: ReadonlySet<string>, wherePercent: number): ModelRule {
  const levels: Record<string, Record<string, Level>> = {};
  const hides: string[] = [];
  for (const entity of entities) {
    if (!chance(g, 50)) continue;
    // Rows that links lead to, most of all: what is hidden must be NULL on every path.
    if (chance(g, entity === "Station" || entity === "Enterprise" ? 40 : 20)) {
      hides.push(entity);
      continue;
    }
    const named: Record<string, Level> = chance(g, 6) && ![...publicKeys].some((key) => key.startsWith(entity)) ? { all: "NULL" } : {};
    for (const attribute of attributesOf(entity)) {
      if (!chance(g, 25) || publicKeys.has(`${entity}.${attribute.name}`)) continue;
      named[attribute.name] = attribute.masks.length > 0 && chance(g, 60) ? pick(g, attribute.masks) : "NULL";
    }
    if (Object.keys(named).length > 0) levels[entity] = named;
  }
  return { id, owner, to: [...new Set([pick(g, grantees), ...(chance(g, 20) ? [pick(g, grantees)] : [])])], effect: "restrict", levels, hides, publishes: {}, where: whereOf(g, [...Object.keys(levels), ...hides], predicates, wherePercent), ...scope(g) };
}

function publishRule(g: Generate, owner: string, id: string, predicates: Predicates): ModelRule {
  const entity = pick(g, ["Enterprise", "PenaltyDecision"] as const);
  const by = (entity === "Enterprise" ? ["industry", "region"] : ["decidedOn", "region", "quality"]).filter(() => chance(g, 40));
  const measures: Record<string, readonly ("sum" | "avg")[]> = entity === "Enterprise" ? { output: ["sum", "avg"], energy: ["sum"] } : { amount: ["sum", "avg"] };
  const { purposes, except, fromMs, untilMs } = scope(g);
  return { id, owner, to: [pick(g, grantees)], effect: "publish", levels: {}, hides: [], publishes: { [entity]: { by, measures, minGroup: pick(g, [3, 3, 4, 5]) } }, where: whereOf(g, [entity], predicates, 40), purposes, except, doors: null, fromMs, untilMs };
}

/** Rules that do nothing are refused; whoever writes them leaves them out. */
const says = (rule: ModelRule): boolean => Object.keys(rule.levels).length + rule.hides.length + Object.keys(rule.publishes).length > 0;

export function policyYaml(rules: readonly ModelRule[]): string {
  return JSON.stringify({ rules: rules.filter(says).map(ruleYaml) });
}

function ruleYaml(rule: ModelRule): object {
  const allow: Record<string, string[]> = {};
  const mask: Record<string, Record<string, string>> = {};
  for (const [entity, levels] of Object.entries(rule.levels)) {
    // The word, where the rule says all that it stands for.
    const open = Object.keys(openOf(entity));
    const isOpen = rule.effect === "grant" && open.length > 0 && open.every((name) => levels[name] === "CLEAR");
    if (isOpen) (allow[entity] ??= []).push("open");
    for (const [name, level] of Object.entries(levels)) {
      if (isOpen && open.includes(name)) continue;
      const isPlain = rule.effect === "grant" ? level === "CLEAR" : level === "NULL";
      if (isPlain) (allow[entity] ??= []).push(name);
      else (mask[entity] ??= {})[name] = level;
    }
  }
  const [plain, masked] = rule.effect === "grant" ? ["allow", "mask"] : ["deny", "atMost"];
  return {
    id: rule.id,
    to: rule.to,
    ...(rule.except.length > 0 ? { except: rule.except } : {}),
    ...(Object.keys(allow).length > 0 ? { [plain as string]: allow } : {}),
    ...(Object.keys(mask).length > 0 ? { [masked as string]: mask } : {}),
    ...(rule.hides.length > 0 ? { hide: rule.hides } : {}),
    ...(rule.effect === "publish" ? { publish: rule.publishes } : {}),
    ...(Object.keys(rule.where).length > 0 ? { where: Object.fromEntries(Object.entries(rule.where).map(([entity, filter]) => [entity, filterYaml(filter)])) } : {}),
    ...(rule.purposes === null ? {} : { purposes: rule.purposes }),
    ...(rule.doors === null || rule.effect === "publish" ? {} : { doors: rule.doors }),
    ...(rule.fromMs === null ? {} : { from: boundaryYaml(rule.fromMs, 0) }),
    ...(rule.untilMs === null ? {} : { until: boundaryYaml(rule.untilMs, -dayMs) }),
  };
}

/** A day where it is one in the network's zone, `until` by its last. */
const boundaryYaml = (ms: number, lastDay: number): string =>
  (ms - todayMs) % dayMs === 0 ? new Date(ms + lastDay + 8 * 3_600_000).toISOString().slice(0, 10) : new Date(ms).toISOString();

function filterYaml(filter: Filter): object {
  if ("and" in filter) return { and: filter.and.map(filterYaml) };
  if ("or" in filter) return { or: filter.or.map(filterYaml) };
  if ("not" in filter) return { not: filterYaml(filter.not) };
  if ("all" in filter || "at" in filter || "across" in filter) throw new Error("a rule has no such condition");
  const [name = "", column] = filter.path;
  const inner = "isNull" in filter ? { isNull: filter.isNull } : { [filter.op]: operandYaml(filter.value, name === "start" || name === "end" || name === "receivedAt") };
  return { [name]: column === undefined ? inner : { [column]: inner } };
}

function operandYaml(value: Operand, isInstant: boolean): unknown {
  const literal = (one: Literal): string => (isInstant && typeof one === "number" ? new Date(one).toISOString() : String(one));
  if (typeof value !== "object") return literal(value);
  if ("agency" in value) return `$agency.${value.agency}`;
  if ("nowPlusMs" in value) return { $now: value.nowPlusMs === 0 ? "PT0S" : `-PT${-value.nowPlusMs / 1000}S` };
  return value.map(literal);
}
