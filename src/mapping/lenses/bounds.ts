/** Row 8: `<0.025`, `0.025L`, `未检出`: a limit instead of a value. */
import { decimalOf } from "../../harmonise/decimal.ts";
import { trimBlanks } from "./value.ts";

export type Bound = { readonly censor: "BELOW" | "ABOVE"; readonly limit: string | null };

interface BoundPattern {
  readonly censor: "BELOW" | "ABOVE";
  readonly before: string;
  /** Null: the whole text says it, without a limit. */
  readonly after: string | null;
}

/** Whether a text is a bound, and the limit that stands at `*`. `<abc` is none: it stays what it is, garbage. */
export function readBound(below: readonly string[], above: readonly string[]): (text: string) => Bound | null {
  const patterns = [...below.map((pattern) => boundPattern("BELOW", pattern)), ...above.map((pattern) => boundPattern("ABOVE", pattern))];
  return (text) => {
    const trimmed = trimBlanks(text);
    for (const { censor, before, after } of patterns) {
      if (after === null) {
        if (trimmed === before) return { censor, limit: null };
        continue;
      }
      if (trimmed.length <= before.length + after.length || !trimmed.startsWith(before) || !trimmed.endsWith(after)) continue;
      const limit = trimBlanks(trimmed.slice(before.length, trimmed.length - after.length));
      if (decimalOf(limit.replaceAll(",", "")) !== null) return { censor, limit };
    }
    return null;
  };
}

function boundPattern(censor: "BELOW" | "ABOVE", pattern: string): BoundPattern {
  const star = pattern.indexOf("*");
  return star < 0 ? { censor, before: pattern, after: null } : { censor, before: pattern.slice(0, star), after: pattern.slice(star + 1) };
}
