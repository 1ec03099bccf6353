/** YAML in flow style, as people write it in a `source.yaml`: quotes only where they are needed. */

export type FieldYaml = string | readonly FieldYaml[] | { readonly [word: string]: FieldYaml };

/** Words of a field, some of them left out. */
export type FieldMap = Readonly<Record<string, FieldYaml>>;

const isList = (value: FieldYaml): value is readonly FieldYaml[] => Array.isArray(value);

/** Plain where YAML reads the same text back, also inside `{ }`; the hub reads every scalar as text. */
export const scalar = (text: string): string => (/^[\p{L}\p{N}_$][\p{L}\p{N}_$./()（）〔〕-]*(?: [\p{L}\p{N}_$./()（）〔〕-]+)*$/u.test(text) ? text : JSON.stringify(text));

export function flow(value: FieldYaml): string {
  if (typeof value === "string") return scalar(value);
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  return `{ ${Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flow(item)}`).join(", ")} }`;
}

/** One line of a comment: no line breaks, no control characters, not endless. */
export const commentText = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").slice(0, 400);
