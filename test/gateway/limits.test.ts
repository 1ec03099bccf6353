/** Every limit of a document holds what it says and not one more. */
import { describe, expect, test } from "vitest";
import { type DocumentLimit, documentLimits } from "../../src/gateway/documentLimits.ts";
import { parseGraphqlRequest } from "../../src/gateway/graphqlRequest.ts";
import { parseWithinLimits } from "../../src/gateway/limits.ts";

const times = (count: number, of: (index: number) => string, between = " "): string => Array.from({ length: count }, (_, index) => of(index)).join(between);
const nested = (depth: number): string => `${"{ a ".repeat(depth)}${"}".repeat(depth)}`;
/** A document of which the limit's count is `count`, and no other limit is reached. */
const documents: Readonly<Record<Exclude<DocumentLimit, "variableValues">, (count: number) => string>> = {
  lines: (count) => `{ a }${"\n".repeat(count - 1)}`,
  nesting: (count) => `query ($a: ${"[".repeat(count - 1)}Int${"]".repeat(count - 1)}) { a }`,
  tokens: (count) => `{ a(b: [${times(count - 9, () => "1")}]) }`,
  operations: (count) => times(count, (index) => `query Q${index} { a }`),
  fragments: (count) => `query Q0 { a } ${times(count, (index) => `fragment F${index} on A { a }`)}`,
  depth: (count) => nested(count),
  introspectionDepth: (count) => `{ __schema ${nested(count - 1)} }`,
  aliases: (count) => `{ ${times(count > 20 ? 2 : 1, (index) => `k${index} { ${times(index === 0 ? 20 : count - 20, (field) => `a${field}: a`)} }`)} }`,
  rootFields: (count) => `{ ${times(count, (index) => `a${index}`)} }`,
  directives: (count) => `{ a ${times(count, () => "@a")} }`,
  // Ten times fifty, and what is over.
  fields: (count) => `{ ${times(10, (index) => `k${index} { ${times(49, (field) => `a${field}`)} }`)} ${count > 500 ? times(count - 500, (index) => `l${index}`) : ""} }`,
  // 99 × 99 pairs, one field above them, and one whose arguments weigh the rest.
  comparisons: (count) => `{ k { ${times(99, () => "a")} } b(c: [${times(count - 99 * 99 - 1 - 3, () => "true")}]) }`,
  valueDepth: (count) => `{ a(b: ${"[".repeat(count)}${"]".repeat(count)}) }`,
  characters: (count) => `{ a(b: "${"x".repeat(count)}") }`,
};

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};
const tooMuch = (limit: DocumentLimit): string => `The document exceeds a limit of the hub (${limit} ${documentLimits[limit]}). Split it.`;

describe("a document", () => {
  test.each(Object.entries(documents) as readonly (readonly [keyof typeof documents, (count: number) => string])[])("holds its limit of %s and not one more", (limit, of) => {
    const most = documentLimits[limit];
    // Of several operations or fragments one is named, so that nothing else is wrong.
    const read = (count: number): string => refusal(() => parseWithinLimits(of(count), limit === "operations" || limit === "fragments" ? "Q0" : null));
    expect(read(most)).toBe("accepted");
    expect(read(most + 1)).toBe(tooMuch(limit));
  });

  test("counts brackets neither in texts nor in comments", () => {
    const brackets = "([{".repeat(50);
    for (const text of [`{ a(b: "${brackets}") }`, `{ a(b: """${brackets} \\""" ${brackets}""") }`, `{ a # ${brackets} "\n }`, `{ a(b: "\\"${brackets}") }`]) expect(refusal(() => parseWithinLimits(text, null)), text).toBe("accepted");
  });

  test("counts the same whether it is written out or with fragments", () => {
    const fields = times(10, (index) => `a${index}`);
    const out = `{ ${times(5, (index) => `k${index} { x { ${fields} } x { ${fields} } }`)} }`;
    const within = `{ ${times(5, (index) => `k${index} { ...F ...F }`)} } fragment F on A { x { ...G } } fragment G on B { ${fields} }`;
    for (const text of [out, within]) expect(refusal(() => parseWithinLimits(text, null))).toBe("accepted");
    const more = (text: string): string => text.replaceAll("a9", `a9 ${times(36, (index) => `b${index}`)}`);
    // 5 × (2 + 2 × 46) + 5 = 475; one field more in each is 485 and 495, and then 505.
    for (const [added, said] of [["", "accepted"], [" c", "accepted"], [" c d", "accepted"], [" c d e", tooMuch("fields")]] as const) {
      for (const text of [out, within]) expect(refusal(() => parseWithinLimits(more(text).replaceAll("a9", `a9${added}`), null)), `${added} in ${text}`).toBe(said);
    }
  });
});

describe("variables", () => {
  const read = (variables: unknown): string => refusal(() => parseGraphqlRequest(Buffer.from(JSON.stringify({ query: "{ a }", variables }))));
  const lists = (depth: number): unknown => (depth === 0 ? 1 : [lists(depth - 1)]);
  test.each<[DocumentLimit, (count: number) => unknown]>([
    ["variableValues", (count) => ({ a: Array.from({ length: count - 1 }, () => 1) })],
    ["variableValues", (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 1]))],
    ["valueDepth", (count) => ({ a: lists(count) })],
    ["characters", (count) => ({ a: "x".repeat(count) })],
    ["characters", (count) => ({ ["x".repeat(count)]: 1 })],
  ])("hold their limit of %s and not one more", (limit, of) => {
    expect(read(of(documentLimits[limit]))).toBe("accepted");
    expect(read(of(documentLimits[limit] + 1))).toBe(tooMuch(limit));
  });
});
