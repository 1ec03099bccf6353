/** JSON whose numbers keep their text: `12.50` stays `12.50`, and 20 digits stay 20 digits. */

/** The reviver's third argument and raw JSON values are in Node 24, not yet in the compiler's library. */
interface RawNumber {
  readonly rawJSON: string;
}
const { rawJSON, isRawJSON } = JSON as unknown as { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): value is RawNumber };
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

export type ExactJson = string | boolean | null | RawNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson };

const keepNumbers: Reviver = (_key, value, context) => (typeof value === "number" ? rawJSON(context.source ?? String(value)) : value);

/** Throws a SyntaxError or, for nesting without end, a RangeError. */
export const parseExactJson = (text: string): ExactJson =>
  JSON.parse(text, keepNumbers as unknown as (key: string, value: unknown) => unknown) as ExactJson;

export const isObject = (value: ExactJson | undefined): value is { readonly [key: string]: ExactJson } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRawJSON(value);

export const isArray = (value: ExactJson | undefined): value is readonly ExactJson[] => Array.isArray(value);

/** Text of a scalar as the source spells it; null for null; lists and objects as JSON text. */
export function cellText(value: ExactJson | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return isRawJSON(value) ? value.rawJSON : JSON.stringify(value);
}

/** Follows a dotted path; undefined where it leads nowhere. */
export function atPath(value: ExactJson, path: string): ExactJson | undefined {
  let current: ExactJson | undefined = value;
  for (const key of path.split(".")) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}
