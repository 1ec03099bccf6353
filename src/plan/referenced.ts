/** Attributes of the scanned entity itself that a scan references in any role: they decide which strata stay apart. */
import type { Path } from "../../schema/predicate.ts";
import type { NodeSelection } from "./operationPlan.ts";
import type { Referenced } from "./scan.ts";
import type { Filter } from "./semiJoin.ts";

export function referencedAttributes(selections: readonly NodeSelection[], where: Filter, paths: readonly Path[]): Referenced {
  const found = new Set<string>();
  for (const selection of selections) for (const name of selectedAttributes(selection)) found.add(name);
  for (const name of predicateAttributes(where)) found.add(name);
  for (const [first] of paths) found.add(first);
  return { attributes: [...found], originals: selections.flatMap(originalAttributes) };
}

/** Attributes whose original cells a selection prints. */
export const originalAttributes = (selection: NodeSelection): readonly string[] =>
  selection.fields.flatMap((field) => (field.kind === "original" ? [field.of.name] : []));

/** Attributes whose cells a selection prints or follows. */
export function selectedAttributes(selection: NodeSelection): ReadonlySet<string> {
  const found = new Set<string>();
  for (const field of selection.fields) {
    switch (field.kind) {
      case "attribute":
      case "region":
      case "link":
        found.add(field.attribute.name);
        break;
      case "original":
        found.add(field.of.name);
        break;
      case "provenance":
        for (const part of field.fields) if (part.attribute !== null) found.add(part.attribute.name);
        break;
      case "across":
      case "acrossCount":
        found.add(field.link.key[0]);
        break;
      case "id":
      case "ownerRegion":
      case "typename":
        break;
    }
  }
  return found;
}

function predicateAttributes(predicate: Filter): readonly string[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.of.flatMap(predicateAttributes);
    case "not":
      return predicateAttributes(predicate.of);
    case "compare":
    case "isNull":
    case "semiJoin":
      return [predicate.path[0]];
    default:
      return [];
  }
}
