/**
 * `network.yaml` → Network: who may ask, for which purposes, in which groups (languages.md §3, examples/network.yaml).
 *
 * The result has no dangling names: purposes and members exist, groups are flat and without cycles.
 */
import { asAgencyId, asPurpose, asRegionCode, type AgencyId, type Purpose } from "../../schema/ids.ts";
import { durationMs } from "../mapping/fault.ts";
import { parseYaml, type Place, type YamlNode } from "../mapping/yamlFile.ts";
import { flattenGroups, type GroupMember } from "./flattenGroups.ts";
import type { Agency, AgencyAttribute, Network, Steward, Words } from "./network.ts";
import { parseBudgets } from "./parseBudgets.ts";
import { parseIssuers } from "./parseIssuers.ts";
import { entry, oneOf, yamlReader, type MapNode } from "./readYaml.ts";

const read = yamlReader("NETWORK_INVALID");
const words = ["timeZone", "anonymous", "demonstration", "purposes", "agencies", "groups", "stewards", "issuers", "budgets", "deadline"] as const;
/** Names travel in tokens, headers and `agency:NAME`. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const attributePattern = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * @param file name shown in errors
 * @throws HubError NETWORK_INVALID with file:line:column and the mend
 */
export function parseNetwork(text: string, file: string): Network {
  const root = read.map(parseYaml(text, file, "NETWORK_INVALID"), "the network", words);
  const purposes = parsePurposes(root);
  const agencies = parseAgencies(root, purposes);
  return {
    timeZone: parseTimeZone(root),
    anonymous: parseAnonymous(root, agencies),
    demonstration: optional(root, "demonstration", (node) => read.boolean(node, "demonstration")) ?? false,
    purposes,
    agencies,
    groups: flattenGroups(parseGroups(root, agencies)),
    stewards: parseStewards(root),
    issuers: optional(root, "issuers", parseIssuers) ?? [],
    budgets: parseBudgets(entry(root, "budgets")?.value, agencies),
    deadlineMs: parseDeadline(root),
  };
}

const optional = <T>(map: MapNode, key: string, parse: (node: YamlNode) => T): T | undefined => {
  const found = entry(map, key);
  return found && parse(found.value);
};

const checkName = (name: string, what: string, at: Place): void => {
  if (!namePattern.test(name)) throw read.fault(at, `${what} ${name} is not a name; use letters, digits, dot, dash and underscore.`);
};

function parseTimeZone(root: MapNode): string {
  const found = entry(root, "timeZone");
  if (!found) return "Asia/Shanghai";
  const zone = read.text(found.value, "timeZone");
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw read.fault(found.value.at, `${zone} is not a time zone; use an IANA name such as Asia/Shanghai.`);
  }
  return zone;
}

/** Longer than an aggregate with a source of the default deadline; shorter than what most callers and proxies wait. */
const deadlineMsDefault = 25_000;
const deadlineBounds = { least: "100ms", greatest: "5m" } as const;

function parseDeadline(root: MapNode): number {
  const found = entry(root, "deadline");
  if (!found) return deadlineMsDefault;
  const text = read.text(found.value, "deadline");
  const ms = durationMs(text);
  const { least, greatest } = deadlineBounds;
  if (ms === null || ms < (durationMs(least) ?? 0) || ms > (durationMs(greatest) ?? 0)) {
    throw read.fault(found.value.at, `deadline is ${text}; write how long an operation may take, from ${least} to ${greatest}, e.g. 25s.`);
  }
  return ms;
}

function parsePurposes(root: MapNode): ReadonlyMap<Purpose, Words> {
  const purposes = new Map<Purpose, Words>();
  for (const [name, { key, value }] of optional(root, "purposes", (node) => read.map(node, "purposes"))?.entries ?? []) {
    checkName(name, "the purpose", key);
    purposes.set(asPurpose(name), read.words(value, `purpose ${name}`));
  }
  return purposes;
}

function parseAgencies(root: MapNode, purposes: ReadonlyMap<Purpose, Words>): ReadonlyMap<AgencyId, Agency> {
  const section = entry(root, "agencies");
  if (!section) throw read.fault(root.at, "the network has no agencies; write agencies: { NAME: { zh: …, en: … } }.");
  const agencies = new Map<AgencyId, Agency>();
  for (const [name, { key, value }] of read.map(section.value, "agencies").entries) {
    checkName(name, "the agency", key);
    agencies.set(asAgencyId(name), parseAgency(name, read.map(value, `agency ${name}`), purposes));
  }
  return agencies;
}

function parseAgency(name: string, map: MapNode, purposes: ReadonlyMap<Purpose, Words>): Agency {
  // Without a prototype: `$agency.constructor` must be missing, not a function.
  const attributes: Record<string, AgencyAttribute> = Object.create(null) as Record<string, AgencyAttribute>;
  const own: Purpose[] = [];
  let about: Words | null = null;
  for (const [key, { key: at, value }] of map.entries) {
    if (key === "zh" || key === "en") continue;
    if (key === "about") about = read.words(value, `about of ${name}`);
    else if (key === "purposes") own.push(...parseAgencyPurposes(value, purposes));
    else attributes[key] = parseAttribute(key, at, value);
  }
  const zh = optional(map, "zh", (node) => read.text(node, `zh of ${name}`));
  const en = optional(map, "en", (node) => read.text(node, `en of ${name}`));
  const region = attributes.region;
  if (region !== undefined && typeof region !== "string") {
    throw read.fault(entry(map, "region")?.value.at ?? map.at, `region of ${name} is a list; write one region code.`);
  }
  return {
    id: asAgencyId(name),
    name: { zh: zh ?? en ?? name, en: en ?? name },
    about,
    region: region === undefined ? null : asRegionCode(region),
    purposes: own,
    attributes,
  };
}

function parseAgencyPurposes(node: YamlNode, purposes: ReadonlyMap<Purpose, Words>): readonly Purpose[] {
  const own = new Set<Purpose>();
  for (const { text, at } of read.texts(node, "purposes")) {
    const purpose = asPurpose(text);
    if (!purposes.has(purpose)) throw read.fault(at, `there is no purpose ${text}; use ${oneOf(purposes.keys())}, or add it under purposes.`);
    if (own.has(purpose)) throw read.fault(at, `purpose ${text} is named twice; leave one out.`);
    own.add(purpose);
  }
  return [...own];
}

function parseAttribute(key: string, at: Place, value: YamlNode): AgencyAttribute {
  if (!attributePattern.test(key)) throw read.fault(at, `${key} is not the name of an attribute; use letters, digits and underscore.`);
  switch (value.kind) {
    case "text":
      return read.text(value, key);
    case "list":
      return read.texts(value, key).map(({ text }) => text);
    case "map":
      throw read.fault(value.at, `${key} is a map; an attribute of an agency is a text or a list of texts.`);
  }
}

function parseAnonymous(root: MapNode, agencies: ReadonlyMap<AgencyId, Agency>): AgencyId | null {
  const found = entry(root, "anonymous");
  if (!found) return null;
  const id = asAgencyId(read.text(found.value, "anonymous"));
  if (!agencies.has(id)) throw read.fault(found.value.at, `there is no agency ${id}; name one of agencies, or leave the line out: no token is then 401.`);
  return id;
}

function parseGroups(root: MapNode, agencies: ReadonlyMap<AgencyId, Agency>): ReadonlyMap<string, readonly GroupMember[]> {
  const section = optional(root, "groups", (node) => read.map(node, "groups"));
  const groups = new Map<string, readonly GroupMember[]>();
  for (const [name, { key, value }] of section?.entries ?? []) {
    checkName(name, "the group", key);
    groups.set(name, read.texts(value, `group ${name}`).map(({ text, at }) => parseMember(text, at, agencies, section)));
  }
  return groups;
}

function parseMember(text: string, at: Place, agencies: ReadonlyMap<AgencyId, Agency>, section: MapNode | undefined): GroupMember {
  if (text.startsWith("group:")) {
    const group = text.slice("group:".length);
    if (!section?.entries.has(group)) throw read.fault(at, `there is no group ${group}; use ${oneOf(section?.entries.keys() ?? [])}.`);
    return { kind: "group", group, at };
  }
  const id = asAgencyId(text.startsWith("agency:") ? text.slice("agency:".length) : text);
  if (!agencies.has(id)) throw read.fault(at, `there is no agency ${id}; name one of agencies, or group:NAME.`);
  return { kind: "agency", id };
}

function parseStewards(root: MapNode): ReadonlyMap<string, Steward> {
  const stewards = new Map<string, Steward>();
  for (const [person, { key, value }] of optional(root, "stewards", (node) => read.map(node, "stewards"))?.entries ?? []) {
    checkName(person, "the steward", key);
    const map = read.map(value, `steward ${person}`, ["zh", "en", "regions"]);
    const regions = optional(map, "regions", (node) => read.texts(node, "regions")) ?? [];
    if (regions.length === 0) throw read.fault(value.at, `steward ${person} has no regions; write regions: [130000].`);
    const zh = optional(map, "zh", (node) => read.text(node, "zh"));
    const en = optional(map, "en", (node) => read.text(node, "en"));
    stewards.set(person, { person, name: { zh: zh ?? en ?? person, en: en ?? person }, regions: regions.map(({ text }) => asRegionCode(text)) });
  }
  return stewards;
}
