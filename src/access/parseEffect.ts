/** What a rule does: `allow` and `mask`, or `deny`, `atMost` and `hide`, or `publish` (semantics.md §2, §5). */
import type { EntityName } from "../../schema/ids.ts";
import { levelChain, type AttributeDef, type EntityDef, type Level, type SharingClass } from "../../schema/vocabulary.ts";
import { entry, oneOf, yamlReader, type MapNode } from "../identity/readYaml.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";
import { parsePublish } from "./parsePublish.ts";
import type { AttributeLevels, Effect, Grantee } from "./policy.ts";
import { strictestClass, type PolicyContext } from "./policyContext.ts";
import { attributeOf, entityOf } from "./resolveNames.ts";

const read = yamlReader("POLICY_INVALID");
const granting = ["allow", "mask"] as const;
const restricting = ["deny", "atMost", "hide"] as const;
export const effectWords = [...granting, ...restricting, "publish"] as const;

/** Attribute levels under construction, with the place of each name for refusals that come later. */
interface Draft {
  every: Level | null;
  readonly named: Map<string, Level>;
}
type Levels = Map<EntityName, Draft>;

/** @throws HubError POLICY_INVALID with file:line:column and the mend */
export function parseEffect(rule: MapNode, to: readonly Grantee[], context: PolicyContext): Effect {
  const used = effectWords.filter((word) => rule.entries.has(word));
  const kinds = new Set(used.map(kindOf));
  const [kind] = kinds;
  if (kind === undefined) throw read.fault(rule.at, `the rule does nothing; say ${oneOf(effectWords)}.`);
  if (kinds.size > 1) {
    const second = used.find((word) => kindOf(word) !== kind);
    throw read.fault(entry(rule, second ?? "")?.key ?? rule.at, `a rule either grants (allow, mask), restricts (deny, atMost, hide) or publishes; make ${second ?? ""} a rule of its own.`);
  }
  switch (kind) {
    case "grant":
      return { kind, levels: parseGrants(rule, to, context) };
    case "restrict":
      return { kind, levels: parseRestrictions(rule, context), hides: parseHides(rule, context) };
    case "publish":
      return { kind, tables: parsePublish(entry(rule, "publish")?.value ?? rule, context) };
  }
}

const kindOf = (word: (typeof effectWords)[number]): Effect["kind"] => {
  switch (word) {
    case "allow":
    case "mask":
      return "grant";
    case "deny":
    case "atMost":
    case "hide":
      return "restrict";
    case "publish":
      return "publish";
  }
};

function parseGrants(rule: MapNode, to: readonly Grantee[], context: PolicyContext): ReadonlyMap<EntityName, AttributeLevels> {
  const levels: Levels = new Map();
  const toAll = to.some(({ kind }) => kind === "everyone");
  const onlyOwn = to.every(({ kind }) => kind === "own");
  const checkSharing = (attribute: AttributeDef, at: Place): void => {
    const sharing = strictestClass(attribute, context);
    if (toAll && sharing !== "U") {
      throw read.fault(at, `${attribute.entity}.${attribute.name} is ${sharingWords[sharing]} and cannot go to everyone; name agencies or groups, or leave it out.`);
    }
  };
  eachEntity(rule, "allow", context, (entity, node) => {
    const draft = draftOf(levels, entity);
    for (const { text, at } of namesOf(node, `allow ${entity.name}`)) {
      if (text === "all") {
        if (!onlyOwn) throw read.fault(at, "all would open attributes that come later; only to: own may say it, name attributes or open.");
        draft.every = "CLEAR";
      } else if (text === "open") {
        for (const attribute of entity.attributes.values()) {
          if (attribute.inOpen && strictestClass(attribute, context) === "U") draft.named.set(attribute.name, "CLEAR");
        }
      } else {
        const attribute = attributeOf(entity, text, at);
        checkSharing(attribute, at);
        draft.named.set(text, "CLEAR");
      }
    }
  });
  eachMask(rule, "mask", context, (entity, attribute, level, at) => {
    const draft = draftOf(levels, entity);
    if (draft.named.has(attribute.name)) throw read.fault(at, `${entity.name}.${attribute.name} is allowed in clear by the same rule; leave one out.`);
    checkSharing(attribute, at);
    refusePublicKey(attribute, at, "mask", context);
    draft.named.set(attribute.name, level);
  });
  return levels;
}

const sharingWords: Readonly<Record<SharingClass, string>> = {
  U: "unconditionally shared",
  C: "conditionally shared (有条件共享)",
  N: "not shared (不予共享)",
};

function parseRestrictions(rule: MapNode, context: PolicyContext): ReadonlyMap<EntityName, AttributeLevels> {
  const levels: Levels = new Map();
  eachEntity(rule, "deny", context, (entity, node) => {
    const draft = draftOf(levels, entity);
    for (const { text, at } of namesOf(node, `deny ${entity.name}`)) {
      if (text === "open") throw read.fault(at, "open is a word of grants; name the attributes, or all.");
      const denied = text === "all" ? [...entity.attributes.values()] : [attributeOf(entity, text, at)];
      for (const attribute of denied) refusePublicKey(attribute, at, "deny", context);
      if (text === "all") draft.every = "NULL";
      else draft.named.set(text, "NULL");
    }
  });
  eachMask(rule, "atMost", context, (entity, attribute, level, at) => {
    const draft = draftOf(levels, entity);
    if (draft.named.has(attribute.name)) throw read.fault(at, `${entity.name}.${attribute.name} is denied by the same rule; leave one out.`);
    refusePublicKey(attribute, at, "atMost", context);
    draft.named.set(attribute.name, level);
  });
  return levels;
}

function parseHides(rule: MapNode, context: PolicyContext): ReadonlySet<EntityName> {
  const found = entry(rule, "hide");
  if (!found) return new Set();
  const names = read.texts(found.value, "hide");
  if (names.length === 0) throw read.fault(found.value.at, "hide is empty; name entities: [PenaltyDecision].");
  return new Set(names.map(({ text, at }) => entityOf(text, at, context).name));
}

function eachEntity(rule: MapNode, word: string, context: PolicyContext, visit: (entity: EntityDef, node: YamlNode) => void): void {
  const found = entry(rule, word);
  if (!found) return;
  for (const [name, { key, value }] of read.map(found.value, word).entries) visit(entityOf(name, key, context), value);
}

function eachMask(
  rule: MapNode,
  word: "mask" | "atMost",
  context: PolicyContext,
  visit: (entity: EntityDef, attribute: AttributeDef, level: Level, at: Place) => void,
): void {
  eachEntity(rule, word, context, (entity, node) => {
    for (const [name, { key, value }] of read.map(node, `${word} ${entity.name}`).entries) {
      const attribute = attributeOf(entity, name, key);
      const coordinate = `${entity.name}.${name}`;
      if (attribute.type.kind === "link") throw read.fault(key, `${coordinate} is a relation, which has no mask; allow it, or leave it out.`);
      const mask = read.text(value, `the mask of ${coordinate}`);
      const level = levelChain(attribute).find((known) => known === mask && known !== "NULL" && known !== "CLEAR");
      if (!level) {
        const usable = attribute.masks.length > 0 ? `use ${oneOf(attribute.masks)}` : "it has none: allow it, or leave it out";
        throw read.fault(value.at, `${mask} is not a mask of ${coordinate}; ${usable}.`);
      }
      visit(entity, attribute, level, key);
    }
  });
}

const namesOf = (node: YamlNode, what: string): readonly { text: string; at: Place }[] =>
  node.kind === "text" ? [{ text: read.text(node, what), at: node.at }] : read.texts(node, what);

const draftOf = (levels: Levels, entity: EntityDef): Draft => {
  const draft = levels.get(entity.name) ?? { every: null, named: new Map<string, Level>() };
  levels.set(entity.name, draft);
  return draft;
};

/** Ids carry a public key in the open, so what lowers its attributes would be a promise that ids break (semantics.md §3). */
function refusePublicKey(attribute: AttributeDef, at: Place, word: string, context: PolicyContext): void {
  for (const source of context.sources) {
    const key = source.publicKeyColumns(attribute.entity);
    if (source.columns(attribute.entity, attribute.name).some((column) => key.includes(column))) {
      throw read.fault(
        at,
        `${attribute.entity}.${attribute.name} comes from the public key of source ${source.id}, which ids show to all; take public from that key, or leave ${word} out.`,
      );
    }
  }
}
