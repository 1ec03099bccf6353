/**
 * Whether a source decides a rule's predicate exactly (semantics.md §6): asked when a policy is loaded, so that a rule can be refused
 * then but never fail while it protects.
 */
import type { EntityName } from "../../schema/ids.ts";
import type { Predicate } from "../../schema/predicate.ts";
import type { PolicySource } from "../access/policyContext.ts";
import type { FilterOperator, Mapping } from "../mapping/mapping.ts";

/** Answers why not, with the mend; null where every atom goes into the source as it stands (grades R, V and E; M on mirrors alone). */
export const exactnessOf =
  (mapping: Mapping, isMirrored: boolean): PolicySource["exactness"] =>
  (entity, predicate) => {
    for (const { path, operators } of atomsOf(predicate)) {
      for (const operator of operators) {
        const problem = problemOf(mapping, isMirrored, entity, path, operator);
        if (problem !== null) return problem;
      }
    }
    return null;
  };

interface Atom {
  readonly path: readonly [string, ...string[]];
  /** What `src/plan` may ask of the mapping for it: an atom over a column of the region table becomes a list of codes. */
  readonly operators: readonly FilterOperator[];
}

function atomsOf(predicate: Predicate): readonly Atom[] {
  switch (predicate.kind) {
    case "true":
    case "false":
    case "unknown":
      return [];
    case "and":
    case "or":
      return predicate.of.flatMap(atomsOf);
    case "not":
      return atomsOf(predicate.of);
    case "isNull":
      return [{ path: predicate.path, operators: predicate.path.length > 1 ? ["in"] : ["isNotNull"] }];
    case "compare": {
      const { path, operator } = predicate;
      return [{ path, operators: path.length > 1 && path[1] !== "code" ? ["in"] : [operator, "isNotNull"] }];
    }
  }
}

function problemOf(mapping: Mapping, isMirrored: boolean, entity: EntityName, path: Atom["path"], operator: FilterOperator): string | null {
  const [name] = path;
  for (const part of mapping.entities.get(entity)?.parts ?? []) {
    const field = part.fields.get(name);
    // A part that has no such attribute holds NULL there, which every source decides.
    if (field === undefined) continue;
    const grade = field.filter(operator)?.grade;
    if (grade === undefined) return `${entity}.${name} from \`${part.table}\` cannot be asked for by ${operator}; use another operator, or map it without a lens.`;
    if (grade === "M" && !isMirrored) return `${entity}.${name} from \`${part.table}\` is known only after its lens has run in the hub; map it to a plain column, or mirror the source.`;
  }
  return null;
}
