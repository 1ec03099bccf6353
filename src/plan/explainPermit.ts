/** The part of a permit that an operation touches: which rules bear on it, and what may be withheld by which. */
import type { Permit, Scope } from "../access/permit.ts";
import { scopeKey } from "../access/permit.ts";
import type { Withheld } from "../access/withheld.ts";
import type { OperationPlan } from "./operationPlan.ts";
import { sayPredicate } from "./explainWords.ts";

/** `showsPredicates`: what rules look at, which is for their owner's steward and the command line. */
export function explainRules(plan: OperationPlan, permit: Permit, showsPredicates: boolean): readonly string[] {
  const lines: string[] = [];
  for (const scope of touchedScopes(plan, permit)) {
    const asked = touchedAttributes(plan, scope);
    const clauses = [
      ...scope.grants.map((clause) => ({ rule: clause.rule, when: clause.when, does: effectOf("grants", clause.levels, asked) })),
      ...scope.restrictions.map((clause) => ({ rule: clause.rule, when: clause.when, does: effectOf("limits", clause.levels, asked) })),
      ...scope.hides.map((clause) => ({ rule: clause.rule, when: clause.when, does: "hides rows" })),
    ];
    lines.push(`  ${scope.source} ${scope.entity}, door ${scope.door}`);
    for (const { rule, when, does } of clauses) {
      if (does === null) continue;
      const where = when.kind === "true" ? "" : showsPredicates ? ` where ${sayPredicate(when)}` : ", on a condition";
      lines.push(`    ${rule} ${does}${where}`);
    }
  }
  for (const root of plan.roots) {
    if (root.kind !== "published") continue;
    for (const { publication } of root.publications) {
      lines.push(`  ${publication.source} ${publication.entity}, published by ${publication.rule}: by ${publication.by.join(", ")}; groups of ${publication.minGroup} or more`);
    }
  }
  return lines.length === 0 ? ["  none: nothing of this is granted"] : lines;
}

/** One line per source, rule and reason. */
export function explainWithheld(withheld: readonly Withheld[]): readonly string[] {
  const coordinates = new Map<string, string[]>();
  for (const { source, coordinate, by, because } of withheld) {
    const cause = `  ${source}, ${by ?? "no rule"}, ${because.en} ${because.zh}`;
    coordinates.set(cause, [...(coordinates.get(cause) ?? []), coordinate]);
  }
  return coordinates.size === 0 ? ["  nothing"] : [...coordinates].map(([cause, of]) => `${cause}: ${of.join(", ")}`);
}

function touchedScopes(plan: OperationPlan, permit: Permit): readonly Scope[] {
  const scopes = new Map<string, Scope>();
  for (const { id } of plan.context.sources) {
    for (const { entity, door } of plan.used) {
      const key = scopeKey(id, entity.name, door);
      const scope = permit.scopes.get(key);
      if (scope !== undefined) scopes.set(key, scope);
    }
  }
  return [...scopes.values()];
}

const touchedAttributes = (plan: OperationPlan, scope: Scope): ReadonlySet<string> =>
  new Set(plan.used.filter(({ entity, door }) => entity.name === scope.entity && door === scope.door).map(({ attribute }) => attribute));

/** Only attributes that the operation touches: a rule may name forty. Null where there are none. */
function effectOf(verb: string, levels: Scope["grants"][number]["levels"], asked: ReadonlySet<string>): string | null {
  const named = [...levels].filter(([name]) => asked.has(name)).map(([name, level]) => (level === "CLEAR" ? name : `${name} (${level === "NULL" ? "withheld" : level})`));
  return named.length === 0 ? null : `${verb} ${named.join(", ")}`;
}
