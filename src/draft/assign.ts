/** Each attribute of an entity gets at most one column of a table, the best guesses first; what comes too close is no guess. */
import type { EntityDef } from "../../schema/vocabulary.ts";
import { likely } from "./evidence.ts";
import { type ColumnContext, type FieldGuess, guessColumn } from "./guessColumn.ts";
import { guessPosition } from "./guessPosition.ts";
import type { TableProfile } from "./profile.ts";

export interface Assignment {
  readonly fields: ReadonlyMap<string, FieldGuess>;
  /** Columns that fit an attribute, but another column does better. */
  readonly alsoFit: ReadonlyMap<string, string>;
}

/** So near to each other that a person has to choose. */
const tooClose = 0.02;

export function assignColumns(table: TableProfile, entity: EntityDef, context: ColumnContext): Assignment {
  const guesses: FieldGuess[] = [];
  for (const attribute of entity.attributes.values()) {
    if (attribute.type.kind === "link" || attribute.type.kind === "object") continue;
    for (const column of table.columns) {
      const guess = guessColumn(column, attribute, context);
      if (guess !== null && guess.confidence >= 0.4) guesses.push(guess);
    }
  }
  if (entity.attributes.has("position")) {
    const position = guessPosition(table, entity.name);
    if (position !== null) guesses.push(position);
  }
  // Of several columns of places the finest counts; a doubt moves a guess behind all that have none.
  guesses.sort((a, b) => Number(a.doubt !== null) - Number(b.doubt !== null) || rank(b) - rank(a) || (b.reads ?? 0) - (a.reads ?? 0) || b.confidence - a.confidence);
  const fields = new Map<string, FieldGuess>();
  const alsoFit = new Map<string, string>();
  const taken = new Set<string>();
  for (const guess of guesses) {
    const before = fields.get(guess.attribute);
    if (before !== undefined) {
      if (guess.columns.some((column) => taken.has(column))) continue;
      for (const column of guess.columns) if (!alsoFit.has(column)) alsoFit.set(column, `${entity.name}.${guess.attribute}`);
      if (guess.attribute !== "region" && guess.confidence >= likely && before.confidence - guess.confidence <= tooClose && before.doubt === null && guess.doubt === null) {
        fields.set(guess.attribute, { ...before, doubt: `${guess.columns.join(", ")} fits as well` });
      }
      continue;
    }
    if (guess.columns.some((column) => taken.has(column))) continue;
    fields.set(guess.attribute, guess);
    for (const column of guess.columns) taken.add(column);
  }
  return { fields, alsoFit };
}

/** Regions compete by fineness, not by a hundredth of confidence. */
const rank = (guess: FieldGuess): number => (guess.attribute === "region" && guess.confidence >= likely ? likely : guess.confidence);
