import { getIntrospectionQuery } from "graphql";
import { expect, test } from "vitest";
import { parseWithinLimits } from "../../src/gateway/limits.ts";

/** `depth` fields, one inside the other. */
const nested = (depth: number): string => "{ a ".repeat(depth) + "}".repeat(depth);

test.each([
  ["what GraphiQL asks, with descriptions", getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true })],
  ["a fragment on an entity of ten levels", `query { x { ...F } } fragment F on Station ${nested(9)}`],
])("%s is within the limits", (_name, text) => {
  expect(() => parseWithinLimits(text, null)).not.toThrow();
});

test.each([
  ["a schema asked seventeen levels deep", `{ __schema ${nested(16)} }`],
  ["a fragment on types of seventeen levels", `query { __typename } fragment F on __Type ${nested(17)}`],
  ["a fragment on types spread outside the schema", `query { x { ...F } } fragment F on __Type ${nested(12)}`],
  ["a fragment on an entity of eleven levels", `query { __typename } fragment F on Station ${nested(11)}`],
])("%s is too large", (_name, text) => {
  expect(() => parseWithinLimits(text, null)).toThrow(expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }));
});
