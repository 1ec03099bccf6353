/** `to:` and `except:` of a rule, and whom they mean in a network. */
import { asAgencyId, type RegionCode } from "../../schema/ids.ts";
import type { Agency, Network } from "../identity/network.ts";
import { oneOf, yamlReader } from "../identity/readYaml.ts";
import type { Place, YamlNode } from "../mapping/yamlFile.ts";
import type { Grantee, Rule } from "./policy.ts";

const read = yamlReader("POLICY_INVALID");
const plain = ["own", "agencies", "everyone"] as const;

/** @throws HubError POLICY_INVALID for agencies and groups that the network does not have */
export function parseGrantees(node: YamlNode, what: string, network: Network): readonly Grantee[] {
  const named = node.kind === "list" ? read.texts(node, what) : [{ text: read.text(node, what), at: node.at }];
  if (named.length === 0) throw read.fault(node.at, `${what} is empty; use ${oneOf(plain)}, group:NAME or agency:NAME.`);
  return named.map(({ text, at }) => parseGrantee(text, at, network));
}

function parseGrantee(text: string, at: Place, network: Network): Grantee {
  const word = plain.find((name) => name === text);
  if (word) return { kind: word };
  const [kind, name] = split(text);
  if (kind === "group") {
    if (!network.groups.has(name)) throw read.fault(at, `the network has no group ${name}; use ${oneOf(network.groups.keys())}.`);
    return { kind: "group", group: name };
  }
  if (kind === "agency") {
    const agency = asAgencyId(name);
    if (!network.agencies.has(agency)) throw read.fault(at, `the network has no agency ${name}; use ${oneOf(network.agencies.keys())}.`);
    return { kind: "agency", agency };
  }
  throw read.fault(at, `${text} names nobody; use ${oneOf(plain)}, group:NAME or agency:NAME.`);
}

const split = (text: string): readonly [string, string] => {
  const colon = text.indexOf(":");
  return [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
};

/** Is the agency among those of `to` and not among those of `except`? */
export const addresses = (rule: Pick<Rule, "to" | "except">, agency: Agency, owner: RegionCode, network: Network): boolean =>
  rule.to.some((grantee) => means(grantee, agency, owner, network)) && !rule.except.some((grantee) => means(grantee, agency, owner, network));

function means(grantee: Grantee, agency: Agency, owner: RegionCode, network: Network): boolean {
  switch (grantee.kind) {
    case "own":
      return agency.region === owner && agency.id !== network.anonymous;
    case "agencies":
      return agency.id !== network.anonymous;
    case "everyone":
      return true;
    case "group":
      return network.groups.get(grantee.group)?.has(agency.id) ?? false;
    case "agency":
      return grantee.agency === agency.id;
  }
}
