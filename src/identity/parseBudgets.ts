/** `budgets:` of the network file: what operations may cost, and how much an agency may ask for in a minute and in a day. */
import { type AgencyId, asAgencyId, asPurpose, type Purpose } from "../../schema/ids.ts";
import type { YamlNode } from "../mapping/yamlFile.ts";
import type { Agency, AgencyBudgets, Budget, Budgets } from "./network.ts";
import { entry, type MapNode, oneOf, yamlReader } from "./readYaml.ts";

const read = yamlReader("NETWORK_INVALID");
const amounts = ["operation", "perMinute", "perDay"] as const;

/**
 * A page of 100 rows with ten fields costs a thousand units, so this is some 160 of them a second: about a sixth of what two cores answer.
 * A day of it at full rate would copy whole databases; a day's budget is two hours of it. The dearest operation is a page of 1000 rows
 * with every field and its links.
 */
export const defaultBudget: Budget = { operation: 250_000, perMinute: 10_000_000, perDay: 1_200_000_000 };

/** Less could not even pay for a refusal. */
const least = 1000;
const most = 1e15;

/** @throws HubError NETWORK_INVALID with file:line:column and the mend */
export function parseBudgets(node: YamlNode | undefined, agencies: ReadonlyMap<AgencyId, Agency>): Budgets {
  if (node === undefined) return { others: defaultBudget, agencies: new Map() };
  const map = read.map(node, "budgets", [...amounts, "agencies"]);
  const others = parseBudget(map, defaultBudget);
  const named = entry(map, "agencies");
  const own = new Map<AgencyId, AgencyBudgets>();
  for (const [name, { key, value }] of named === undefined ? [] : read.map(named.value, "agencies of budgets").entries) {
    const agency = agencies.get(asAgencyId(name));
    if (agency === undefined) throw read.fault(key, `there is no agency ${name}; name one of agencies.`);
    own.set(agency.id, parseAgencyBudgets(value, agency, others));
  }
  return { others, agencies: own };
}

function parseAgencyBudgets(node: YamlNode, agency: Agency, otherwise: Budget): AgencyBudgets {
  const map = read.map(node, `the budget of ${agency.id}`, [...amounts, "purposes"]);
  const others = parseBudget(map, otherwise);
  const named = entry(map, "purposes");
  const purposes = new Map<Purpose, Budget>();
  for (const [name, { key, value }] of named === undefined ? [] : read.map(named.value, `purposes of the budget of ${agency.id}`).entries) {
    const purpose = asPurpose(name);
    if (!agency.purposes.includes(purpose)) throw read.fault(key, `${agency.id} has no purpose ${name}; use ${oneOf(agency.purposes)}.`);
    purposes.set(purpose, parseBudget(read.map(value, `the budget of ${agency.id} for ${name}`, amounts), others));
  }
  return { others, purposes };
}

/** What is not written is as for the others. */
const parseBudget = (map: MapNode, others: Budget): Budget => ({
  operation: amount(map, "operation") ?? others.operation,
  perMinute: amount(map, "perMinute") ?? others.perMinute,
  perDay: amount(map, "perDay") ?? others.perDay,
});

function amount(map: MapNode, word: (typeof amounts)[number]): number | undefined {
  const found = entry(map, word);
  if (found === undefined) return undefined;
  const text = read.text(found.value, word);
  const units = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(units >= least && units <= most)) throw read.fault(found.value.at, `${word} is ${text}; write units, a whole number from ${least} to ${most}.`);
  return units;
}
