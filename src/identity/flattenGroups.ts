/** Groups of groups → flat sets of agencies; a cycle is refused where it closes. */
import { fileError } from "../../schema/errorCodes.ts";
import type { AgencyId } from "../../schema/ids.ts";
import type { Place } from "../mapping/yamlFile.ts";

export type GroupMember =
  | { readonly kind: "agency"; readonly id: AgencyId }
  | { readonly kind: "group"; readonly group: string; readonly at: Place };

/**
 * @param groups members by group name; every named group is in it
 * @throws HubError NETWORK_INVALID at the member that closes a cycle
 */
export function flattenGroups(groups: ReadonlyMap<string, readonly GroupMember[]>): ReadonlyMap<string, ReadonlySet<AgencyId>> {
  const flat = new Map<string, ReadonlySet<AgencyId>>();
  const flatten = (name: string, path: readonly string[]): ReadonlySet<AgencyId> => {
    const done = flat.get(name);
    if (done) return done;
    const agencies = new Set<AgencyId>();
    for (const member of groups.get(name) ?? []) {
      if (member.kind === "agency") {
        agencies.add(member.id);
        continue;
      }
      const way = [...path, name];
      if (way.includes(member.group)) {
        const cycle = [...way.slice(way.indexOf(member.group)), member.group].join(" → ");
        throw fileError("NETWORK_INVALID", member.at, `the groups contain each other (${cycle}); take one of them out.`);
      }
      for (const id of flatten(member.group, way)) agencies.add(id);
    }
    flat.set(name, agencies);
    return agencies;
  };
  for (const name of groups.keys()) flatten(name, []);
  return flat;
}
