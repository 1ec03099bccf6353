/** Groups of a published statistic that are large enough to be printed, over given rows (semantics.md §5): for policy tests. */
import { TRUE } from "../../schema/predicate.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import { levelsOf, viewOf } from "./disposition.ts";
import { evaluate, type EvaluationBindings, type Row } from "./evaluate.ts";
import type { Clause, Publication } from "./permit.ts";
import { spellCell } from "./spellCell.ts";

/** Number of printed groups: those with at least `minGroup` rows that the agency does not know anyway. */
export function publishedGroups(publication: Publication, entity: EntityDef, rows: readonly Row[], bindings: EvaluationBindings): number {
  const unknown = new Map<string, number>();
  for (const row of rows) {
    if (evaluate(publication.when, row, bindings) !== true) continue;
    if (publication.hides.some(({ when }) => evaluate(when, row, bindings) !== false)) continue;
    const isKnown = publication.known.some((scope) => viewOf(scope, entity, row, bindings).inView);
    const key = groupKey(publication, entity, row, bindings);
    unknown.set(key, (unknown.get(key) ?? 0) + (isKnown ? 0 : 1));
  }
  return [...unknown.values()].filter((count) => count >= publication.minGroup).length;
}

/** A cell that a restriction lowers counts as NULL, whatever it is lowered to. */
function groupKey({ rule, by, restrictions }: Publication, entity: EntityDef, row: Row, bindings: EvaluationBindings): string {
  const clear: Clause = { rule, when: TRUE, levels: new Map([...entity.attributes.keys()].map((name) => [name, "CLEAR"])), reason: null };
  const levels = levelsOf({ grants: [clear], restrictions }, entity, row, bindings);
  return JSON.stringify(
    by.map((name) => {
      const type = entity.attributes.get(name)?.type;
      return type && levels.get(name) === "CLEAR" ? spellCell(type, row([name])) : null;
    }),
  );
}
