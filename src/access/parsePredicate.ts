/**
 * `where` of a rule → Predicate, typed against the vocabulary: the query language's filters, plus `$agency.…`, `{ $now: … }` and
 * `within` (languages.md §3). Rules are row-local: they read the entity's own attributes and columns of hub constants, never a link.
 */
import { FALSE, TRUE, type CompareOperator, type Operand, type Path, type Predicate } from "../../schema/predicate.ts";
import type { AttributeType, EntityDef } from "../../schema/vocabulary.ts";
import type { Agency } from "../identity/network.ts";
import { oneOf, yamlReader, type MapNode } from "../identity/readYaml.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";
import { parseDuration, parseLiteral } from "./parseLiteral.ts";
import { regionColumns } from "./regionColumns.ts";

export interface PredicateContext {
  readonly entity: EntityDef;
  /** Agencies of the network: an attribute that none of them has is a slip of the pen. */
  readonly agencies: readonly Agency[];
}

/** Of an attribute that a rule may read. */
type OwnType = Exclude<AttributeType, { readonly kind: "link" }>;

const read = yamlReader("POLICY_INVALID");
const agencyPrefix = "$agency.";
const compare: readonly CompareOperator[] = ["eq", "ne", "in"];
const ordered: readonly CompareOperator[] = [...compare, "lt", "lte", "gt", "gte"];

/** @throws HubError POLICY_INVALID with file:line:column and the mend */
export function parsePredicate(node: YamlNode, context: PredicateContext): Predicate {
  const atoms: Predicate[] = [];
  for (const [word, { key, value }] of read.map(node, "a condition").entries) {
    switch (word) {
      case "and":
        atoms.push(conjunction(read.list(value, "and").map((item) => parsePredicate(item, context))));
        break;
      case "or":
        atoms.push(disjunction(read.list(value, "or").map((item) => parsePredicate(item, context))));
        break;
      case "not":
        atoms.push({ kind: "not", of: parsePredicate(value, context) });
        break;
      default:
        atoms.push(parseAttribute(word, key, value, context));
    }
  }
  return conjunction(atoms);
}

/** AND; TRUE of none. */
export const conjunction = (of: readonly Predicate[]): Predicate => (of.length === 0 ? TRUE : of.length === 1 ? (of[0] ?? TRUE) : { kind: "and", of });
const disjunction = (of: readonly Predicate[]): Predicate => (of.length === 0 ? FALSE : of.length === 1 ? (of[0] ?? FALSE) : { kind: "or", of });

function parseAttribute(name: string, at: Place, value: YamlNode, context: PredicateContext): Predicate {
  const attribute = context.entity.attributes.get(name);
  if (!attribute) {
    throw read.fault(at, `${context.entity.name} has no attribute ${name}; use and, or, not, ${oneOf(context.entity.attributes.keys())}.`);
  }
  if (attribute.type.kind === "link") {
    throw read.fault(at, `${context.entity.name}.${name} is a relation and a rule reads its own row only; use an attribute that the mapping supplies, such as region.`);
  }
  const map = read.map(value, `the condition on ${name}`);
  return attribute.type.kind === "region" ? parseRegion(name, map, attribute.type, context) : parseOperators([name], map, attribute.type, context);
}

/** `region: { within: … }` and `region: { code: { startsWith: … }, name: { … } }` may stand together. */
function parseRegion(name: string, map: MapNode, type: OwnType, context: PredicateContext): Predicate {
  const operators = new Map(map.entries);
  const atoms: Predicate[] = [];
  for (const [column, { value }] of map.entries) {
    const columnType = column === "code" ? type : regionColumns.get(column)?.type;
    if (!columnType) continue;
    operators.delete(column);
    const path: Path = column === "code" ? [name] : [name, column];
    atoms.push(parseOperators(path, read.map(value, `the condition on ${name}.${column}`), columnType, context));
  }
  atoms.push(parseOperators([name], { ...map, entries: operators }, type, context));
  return conjunction(atoms.filter((atom) => atom.kind !== "true"));
}

function parseOperators(path: Path, map: MapNode, type: OwnType, context: PredicateContext): Predicate {
  const allowed = operatorsOf(type);
  return conjunction(
    [...map.entries].map(([word, { key, value }]): Predicate => {
      if (word === "isNull") return { kind: "isNull", path, isNull: read.boolean(value, "isNull") };
      const operator = allowed.find((name) => name === word);
      if (!operator) {
        throw read.fault(key, `${path.join(".")} cannot be asked for ${word}; use ${oneOf([...allowed, "isNull"])}.`);
      }
      return compareAtom(path, operator, parseOperand(operator, value, operandType(operator, type), context));
    }),
  );
}

/** `in: []` is FALSE for every row, NULL or not (semantics.md §4). */
const compareAtom = (path: Path, operator: CompareOperator, operand: Operand): Predicate =>
  operand.kind === "literals" && operand.values.length === 0 ? FALSE : { kind: "compare", path, operator, operand };

function operatorsOf(type: OwnType): readonly CompareOperator[] {
  switch (type.kind) {
    case "text":
      return [...ordered, "startsWith", "contains"];
    case "integer":
    case "decimal":
    case "instant":
    case "date":
      return ordered;
    case "enum":
      return compare;
    case "pollutant":
      return [...compare, "startsWith"];
    case "region":
      return [...compare, "startsWith", "within"];
    case "boolean":
      return ["eq", "ne"];
    case "list":
      return ["contains"];
    case "object":
      return [];
  }
}

/** The beginning of a code is no code. */
const operandType = (operator: CompareOperator, type: AttributeType): AttributeType => (operator === "startsWith" ? { kind: "text" } : type);
const takesList = (operator: CompareOperator): boolean => operator === "in" || operator === "within";

function parseOperand(operator: CompareOperator, node: YamlNode, type: AttributeType, context: PredicateContext): Operand {
  if (node.kind === "text" && node.text.startsWith("$")) return parseAgencyOperand(operator, node.text, node.at, type, context);
  if (node.kind === "map") return parseNow(node, type);
  if (takesList(operator)) {
    return { kind: "literals", values: read.list(node, operator).map((item) => literal(item, type)) };
  }
  return { kind: "literal", value: literal(node, type) };
}

function literal(node: YamlNode, type: AttributeType): string | number | boolean {
  const text = read.text(node, "the value");
  if (text.startsWith("$")) throw read.fault(node.at, `${text} cannot stand in a list; write it instead of the list.`);
  const parsed = parseLiteral(type, text);
  if (!parsed.ok) throw read.fault(node.at, `${parsed.problem}.`);
  return parsed.value;
}

function parseNow(node: MapNode, type: AttributeType): Operand {
  const now = read.map(node, "the value", ["$now"]).entries.get("$now");
  if (!now) throw read.fault(node.at, "the value is empty; write it, $agency.NAME or { $now: -P2D }.");
  if (type.kind !== "instant") throw read.fault(now.key, "$now is an instant; compare only instants with it.");
  const offsetMs = parseDuration(read.text(now.value, "$now"));
  if (offsetMs === null) {
    throw read.fault(now.value.at, "the offset is not a duration of weeks, days, hours, minutes or seconds; write -P2D or PT36H.");
  }
  return { kind: "now", offsetMs };
}

/** Agency attributes are texts: they meet texts and codes, where no conversion can fail at run time. */
function parseAgencyOperand(operator: CompareOperator, text: string, at: Place, type: AttributeType, context: PredicateContext): Operand {
  if (!text.startsWith(agencyPrefix)) throw read.fault(at, `${text} is not known here; write $agency.NAME or { $now: -P2D }.`);
  const attribute = text.slice(agencyPrefix.length);
  const holders = context.agencies.filter((agency) => Object.hasOwn(agency.attributes, attribute));
  if (holders.length === 0) {
    throw read.fault(at, `no agency of the network has an attribute ${attribute}; add it to an agency, or mend the name.`);
  }
  if (!["text", "enum", "pollutant", "region", "date"].includes(type.kind)) {
    throw read.fault(at, `${text} is a text and this attribute is not; compare texts, codes, regions or dates with it.`);
  }
  for (const agency of holders) {
    const value = agency.attributes[attribute] ?? [];
    if (typeof value !== "string" && !takesList(operator)) {
      throw read.fault(at, `${text} is a list for ${agency.id}; use in${type.kind === "region" ? " or within" : ""}.`);
    }
    for (const item of typeof value === "string" ? [value] : value) {
      const parsed = parseLiteral(type, item);
      if (!parsed.ok) throw read.fault(at, `${text} does not fit for ${agency.id}: ${parsed.problem}.`);
    }
  }
  return { kind: "agency", attribute };
}

/** Every attribute that a predicate reads, by its first name. */
export const attributesOf = (predicate: Predicate): ReadonlySet<string> => new Set(namesIn(predicate));

function namesIn(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.of.flatMap(namesIn);
    case "not":
      return namesIn(predicate.of);
    case "compare":
    case "isNull":
      return [predicate.path[0]];
    case "true":
    case "false":
    case "unknown":
      return [];
  }
}
