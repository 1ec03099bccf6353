/**
 * `regions/<code>/policy.yaml` → Policy. Default closed: what is unknown, ambiguous or not exact on a source of the region is refused
 * with its place and the mend, so that a rule can be refused at load but never fail at run time (semantics.md §2).
 */
import { asRuleId, type EntityName, type Purpose } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { Words } from "../identity/network.ts";
import { entry, oneOf, yamlReader, type MapNode } from "../identity/readYaml.ts";
import { parseDate } from "../harmonise/time.ts";
import { parseYaml, type YamlNode } from "../mapping/yamlFile.ts";
import { checkOverlaps } from "./checkOverlaps.ts";
import { checkPredicate } from "./checkPredicate.ts";
import { effectWords, parseEffect } from "./parseEffect.ts";
import { parseGrantees } from "./parseGrantees.ts";
import { parseInstantWithOffset } from "./parseLiteral.ts";
import { conjunction, parsePredicate } from "./parsePredicate.ts";
import type { Door } from "./permit.ts";
import { doors, type Effect, type Policy, type Rule } from "./policy.ts";
import type { PolicyContext } from "./policyContext.ts";
import { entityOf } from "./resolveNames.ts";
import { startOfDayMs } from "./zoneDay.ts";

const read = yamlReader("POLICY_INVALID");
const ruleWords = ["id", "to", "except", ...effectWords, "where", "purposes", "doors", "from", "until", "basis", "reason"] as const;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Doors that a grant opens when it names none: later doors are never open by default. */
const defaultDoors: ReadonlySet<Door> = new Set<Door>(["query", "aggregate"]);

/**
 * @param file name shown in errors
 * @throws HubError POLICY_INVALID with file:line:column and the mend
 */
export function parsePolicy(text: string, file: string, context: PolicyContext): Policy {
  const root = read.map(parseYaml(text, file, "POLICY_INVALID"), "the policy", ["rules"]);
  const section = entry(root, "rules");
  if (!section) throw read.fault(root.at, "the policy has no rules; write rules: [] to share nothing.");
  const rules: Rule[] = [];
  for (const node of read.list(section.value, "rules")) {
    const rule = parseRule(read.map(node, "a rule", ruleWords), context);
    if (rules.some(({ id }) => id === rule.id)) throw read.fault(rule.at, `there are two rules ${rule.id}; rename one.`);
    rules.push(rule);
  }
  checkOverlaps(rules, context);
  return { region: context.region, rules };
}

function parseRule(map: MapNode, context: PolicyContext): Rule {
  const idNode = required(map, "id");
  const id = read.text(idNode, "id");
  if (!idPattern.test(id)) throw read.fault(idNode.at, `${id} is not a rule's name; use letters, digits, dot, dash and underscore.`);
  const to = parseGrantees(required(map, "to"), "to", context.network);
  const except = optional(map, "except", (node) => parseGrantees(node, "except", context.network)) ?? [];
  const effect = parseEffect(map, to, context);
  const purposes = optional(map, "purposes", (node) => parsePurposes(node, context)) ?? null;
  const { fromMs, untilMs } = parseValidity(map, context);
  return {
    id: asRuleId(id),
    at: idNode.at,
    to,
    except,
    effect,
    where: parseWhere(map, effect, context),
    ...bindPurposes(effect, purposes, context),
    doors: parseDoors(map, effect),
    fromMs,
    untilMs,
    basis: optional(map, "basis", (node) => read.text(node, "basis")) ?? null,
    reason: optional(map, "reason", parseReason) ?? null,
  };
}

const optional = <T>(map: MapNode, key: string, parse: (node: YamlNode) => T): T | undefined => {
  const found = entry(map, key);
  return found && parse(found.value);
};

function required(map: MapNode, key: string): YamlNode {
  const found = entry(map, key);
  if (!found) throw read.fault(map.at, `the rule has no ${key}; every rule says id, to and what it does.`);
  return found.value;
}

function parseReason(node: YamlNode): Words {
  if (node.kind !== "text") return read.words(node, "reason");
  const text = read.text(node, "reason");
  return { zh: text, en: text };
}

function parsePurposes(node: YamlNode, context: PolicyContext): ReadonlySet<Purpose> {
  const known = context.network.purposes;
  const named = read.texts(node, "purposes");
  if (named.length === 0) throw read.fault(node.at, "purposes is empty; name purposes, or leave the line out.");
  return new Set(
    named.map(({ text, at }) => {
      const purpose = [...known.keys()].find((name) => name === text);
      if (!purpose) throw read.fault(at, `the network has no purpose ${text}; use ${oneOf(known.keys())}.`);
      return purpose;
    }),
  );
}

/**
 * Without `purposes` a grant opens those of today, and for callers who have none; a restriction binds every one. A caller without a
 * purpose never meets a grant that names purposes, and always a restriction that does.
 */
function bindPurposes(effect: Effect, named: ReadonlySet<Purpose> | null, context: PolicyContext): Pick<Rule, "purposes" | "withoutPurpose"> {
  if (effect.kind === "restrict") return { purposes: named, withoutPurpose: true };
  return { purposes: named ?? new Set(context.network.purposes.keys()), withoutPurpose: named === null };
}

function parseDoors(map: MapNode, effect: Effect): ReadonlySet<Door> | null {
  const found = entry(map, "doors");
  if (effect.kind === "publish") {
    if (found) throw read.fault(found.key, "published statistics have one door, aggregate; leave doors out.");
    return new Set<Door>(["aggregate"]);
  }
  if (!found) return effect.kind === "grant" ? defaultDoors : null;
  const named = read.texts(found.value, "doors");
  if (named.length === 0) throw read.fault(found.value.at, `doors is empty; use ${oneOf(doors)}, or leave the line out.`);
  return new Set(
    named.map(({ text, at }) => {
      const door = doors.find((name) => name === text);
      if (!door) throw read.fault(at, `there is no door ${text}; use ${oneOf(doors)}.`);
      return door;
    }),
  );
}

/** `until: 2027-12-31` is the end of that day, `from` its beginning, in the owner's zone. */
function parseValidity(map: MapNode, context: PolicyContext): { readonly fromMs: number; readonly untilMs: number } {
  const instant = (key: "from" | "until", absentMs: number): number => {
    const found = entry(map, key);
    if (!found) return absentMs;
    const text = read.text(found.value, key);
    if (parseDate(text) !== null) return startOfDayMs(text, key === "until" ? 1 : 0, context.timeZone);
    const ms = parseInstantWithOffset(text);
    if (ms === null) throw read.fault(found.value.at, `${text} is not a day or an instant; write 2027-12-31 or 2027-12-31T18:00+08:00.`);
    return ms;
  };
  const fromMs = instant("from", Number.NEGATIVE_INFINITY);
  const untilMs = instant("until", Number.POSITIVE_INFINITY);
  if (fromMs >= untilMs) throw read.fault(entry(map, "until")?.value.at ?? map.at, "the rule ends before it begins; mend from or until.");
  return { fromMs, untilMs };
}

/** Predicates by entity; `all` stands for every entity that the rule names and must fit each of them. */
function parseWhere(map: MapNode, effect: Effect, context: PolicyContext): ReadonlyMap<EntityName, Predicate> {
  const entities = entitiesOf(effect);
  const parts = new Map<EntityName, Predicate[]>();
  for (const [name, { key, value }] of optional(map, "where", (node) => read.map(node, "where"))?.entries ?? []) {
    if (name !== "all" && !entities.has(entityOf(name, key, context).name)) {
      throw read.fault(key, `the rule does nothing to ${name}; take it out of where, or name ${oneOf(entities)}.`);
    }
    for (const entity of entities) {
      if (name !== "all" && name !== entity) continue;
      const predicate = parsePredicate(value, { entity: entityOf(entity, key, context), agencies: [...context.network.agencies.values()] });
      checkPredicate(predicate, entity, key, context);
      parts.set(entity, [...(parts.get(entity) ?? []), predicate]);
    }
  }
  return new Map([...parts].map(([entity, predicates]) => [entity, conjunction(predicates)]));
}

function entitiesOf(effect: Effect): ReadonlySet<EntityName> {
  switch (effect.kind) {
    case "grant":
      return new Set(effect.levels.keys());
    case "restrict":
      return new Set([...effect.levels.keys(), ...effect.hides]);
    case "publish":
      return new Set(effect.tables.keys());
  }
}
