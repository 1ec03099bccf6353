/** V and what is published as text: equal texts, equal views. */
import { originalOf } from "../answers.ts";
import { compareText } from "../conditions.ts";
import { plus } from "../exact.ts";
import { publishedRows, textOf } from "../figures.ts";
import type { ModelInput, View } from "../model.ts";

/** Both columns of every cell, its spelling, and where the row stands. */
export function viewText(view: View, input: ModelInput): string {
  const lines: string[] = [];
  for (const entity of input.vocabulary.entities.values()) {
    for (const row of view(entity.name)) {
      const cells = [...entity.attributes.values()].map(({ name, type }) => {
        if (type.kind === "link") return [name, row.target(name)?.row.locator ?? null];
        return [name, row.ref(name), row.out(name), originalOf(row, name) ?? null, originalOf(row, name) === undefined];
      });
      lines.push(textOf([row.row.source, entity.name, row.row.locator, row.row.tie, cells]));
    }
  }
  return lines.sort(compareText).join("\n");
}

export const publishedText = (input: ModelInput): string =>
  [...input.vocabulary.entities.keys()]
    .flatMap((entity) => publishedRows(input, entity).map((row) => textOf([entity, row.owner, [...row.by], row.rows, [...row.measures].map(([name, cells]) => [name, cells.reduce(plus), cells.length])])))
    .sort(compareText)
    .join("\n");
