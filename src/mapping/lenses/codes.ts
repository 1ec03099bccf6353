/** Row 11: a code table, many to one. */
import { textOf, type Step } from "./value.ts";

/** `"*"` is any other text; without it an unlisted text is NULL. NULL stays NULL. */
export function codes(table: Readonly<Record<string, string>>): Step {
  const byText = new Map(Object.entries(table));
  const other = byText.get("*") ?? null;
  return (value) => byText.get(textOf(value)) ?? other;
}
