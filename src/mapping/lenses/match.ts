/** Row 7: what a pattern finds. RE2: linear time whatever a source's text or a steward's pattern is. */
import { RE2JS } from "re2js";
import { isBlank, memo, textOf, type Step } from "./value.ts";

const inputLengthMax = 1024;

/** Throws re2js's syntax error for a bad pattern: the compiler of mappings calls it to check. */
export const compilePattern = (pattern: string): RE2JS => RE2JS.compile(pattern);

/** The first group that took part, or the whole match where the pattern has no group. Longer texts than 1 kB are NULL. */
export function match(pattern: string): Step {
  const compiled = compilePattern(pattern);
  const groups = compiled.groupCount();
  const find = memo((text: string): string | null => {
    if (text.length > inputLengthMax) return null;
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return null;
    let found: string | null = groups === 0 ? matcher.group() : null;
    for (let group = 1; group <= groups && found === null; group++) found = matcher.group(group);
    return found === null || isBlank(found) ? null : found;
  });
  return (value) => find(textOf(value));
}
