/**
 * Bodies of at most 100 kB that are made to cost (attacks P37 to P39 and their kin). `test/gateway/hostile.test.ts` holds that each is
 * refused and by what; `npm run -s bench -- --limits` prints what each costs.
 */
import type { HubErrorCode } from "../schema/errorCodes.ts";

export interface HostileDocument {
  readonly name: string;
  /** The request's body. */
  readonly body: string;
  readonly code: HubErrorCode;
  /** The limit that it passes, where it is one of `documentLimits`. */
  readonly limit?: string;
  /** Only validation against the agency's schema can tell: it is within every limit. */
  readonly isValidated?: true;
}

const bytes = 99_000;
const times = (count: number, of: (index: number) => string, between = " "): string => Array.from({ length: count }, (_, index) => of(index)).join(between);
const filled = (text: string): string => text.repeat(Math.floor(bytes / text.length));

const document = (name: string, query: string, limit: string): HostileDocument => ({ name, body: JSON.stringify({ query }), code: "DOCUMENT_TOO_LARGE", limit });
const unparsed = (name: string, query: string): HostileDocument => ({ name, body: JSON.stringify({ query }), code: "GRAPHQL_PARSE_FAILED" });
const validated = (name: string, query: string, operationName?: string): HostileDocument => ({ name, body: JSON.stringify({ query, operationName }), code: "GRAPHQL_VALIDATION_FAILED", isValidated: true });
const variables = (name: string, json: string, limit?: string): HostileDocument => ({
  name,
  body: `{"query":"query ($w: StationFilter) { stations(where: $w) { totalCount } }","variables":${json}}`,
  code: "DOCUMENT_TOO_LARGE",
  ...(limit === undefined ? {} : { limit }),
});

const doubling = (levels: number, leaf: string): string =>
  `{ ...F0 } ${times(levels, (index) => `fragment F${index} on Query { ${index + 1 < levels ? `...F${index + 1} ...F${index + 1}` : leaf} }`)}`;
const nodes = (fields: string): string => `{ stations(first: 1) { nodes { ${fields} } } }`;
const filter = (text: string): string => `{ stations(where: { name: { eq: ${text} } }) { totalCount } }`;

export const hostileDocuments: readonly HostileDocument[] = [
  // many
  document("9 000 aliases", `{ ${times(9_000, (index) => `a${index}:b`)} }`, "tokens"),
  document("40 000 times one field", `{ ${times(40_000, () => "a")} }`, "tokens"),
  document("30 000 directives", `{ __typename ${times(30_000, () => "@a")} }`, "tokens"),
  document("1 000 inline fragments that merge", `{ ${times(1_000, () => "...{__typename}")} }`, "tokens"),
  document("1 900 times one field", `{ ${times(1_900, () => "a")} }`, "fields"),
  document("600 aliases", `{ ${times(600, (index) => `a${index}:b`)} }`, "fields"),
  document("400 aliases", `{ ${times(400, (index) => `a${index}:b`)} }`, "aliases"),
  document("99 lookups by alias", `{ ${times(99, (index) => `a${index}:node(id:"${index}"){id}`)} }`, "aliases"),
  document("950 directives", `{ __typename ${times(950, () => "@a")} }`, "directives"),
  document("400 operations", times(400, (index) => `query A${index} { a }`), "operations"),
  document("6 000 operations", times(6_000, (index) => `query A${index}{a}`), "tokens"),
  document("400 operations that spread one fragment of many variables", `${times(60, (index) => `query A${index}($a:Int){...F}`)} fragment F on Query { stations(where: { code: { in: [${times(400, () => "$a")}] } }) { totalCount } }`, "operations"),
  // deep
  document("a depth of 49 000", "{a".repeat(49_000), "nesting"),
  document("a depth of 900", `${"{a".repeat(900)}${"}".repeat(900)}`, "nesting"),
  document("a depth of 90", `${"{a".repeat(90)}${"}".repeat(90)}`, "depth"),
  document("lists 99 000 deep", filter(filled("[")), "nesting"),
  document("objects 33 000 deep", filter(filled("{a:")), "nesting"),
  document("lists 90 deep", filter(`${"[".repeat(90)}${"]".repeat(90)}`), "valueDepth"),
  document("filters 90 deep", `{ stations(where: ${"{not:".repeat(90)}{}${"}".repeat(90)}) { totalCount } }`, "valueDepth"),
  document("brackets behind quotes in a comment", `{ a # " """ \n ${"{a".repeat(900)}`, "nesting"),
  document("brackets behind an escaped quote", `{ a(b: "\\\\") ${"{a".repeat(900)}`, "nesting"),
  document("a schema asked without end", `{ __schema { types { ${"fields { type { ".repeat(9)} name ${"} } ".repeat(9)} } } }`, "introspectionDepth"),
  // fragments
  document("2^18 spreads", doubling(19, "__typename"), "fields"),
  document("2^59 spreads", doubling(60, "__typename"), "fields"),
  document("2^18 spreads of deep fields", doubling(19, "stations { nodes { region { code } } }"), "fields"),
  document("59 fragments that spread one", `${nodes(times(59, (index) => `...F${index}`))} ${times(59, (index) => `fragment F${index} on Station { ...G }`)} fragment G on Station { ${times(4, () => "a")} }`, "comparisons"),
  document("100 fields that merge with fragments", `{ stations { nodes { ${times(66, () => "region { code ...F }")} } } } fragment F on Region { ${times(33, () => "code")} }`, "fields"),
  document("pairs of pairs", `{ stations { nodes { ${times(24, () => "region { code ...F }")} } } } fragment F on Region { ${times(12, () => "code")} }`, "comparisons"),
  document("100 fields of one key with long arguments", `{ stations { nodes { ${times(30, () => `a(b: [${times(40, String)}])`)} } } }`, "comparisons"),
  document("10 fields of one key with long strings", `{ stations { nodes { ${times(11, () => `a(b: "${"x".repeat(8_500)}")`)} } } }`, "comparisons"),
  { name: "fragments in a circle", body: JSON.stringify({ query: `{ ...F0 } ${times(60, (index) => `fragment F${index} on Query { ...F${(index + 1) % 60} }`)}` }), code: "GRAPHQL_VALIDATION_FAILED" },
  { name: "fragments that all spread each other", body: JSON.stringify({ query: `{ ...F0 } ${times(25, (index) => `fragment F${index} on Query { ${times(25, (other) => `...F${other}`)} }`)}` }), code: "GRAPHQL_VALIDATION_FAILED" },
  // characters
  document("a block string of one line", filter(`"""${"x".repeat(bytes)}"""`), "characters"),
  document("a block string of empty lines", filter(`"""${"\n".repeat(48_000)}"""`), "lines"),
  document("a block string of indented lines", filter(`"""${" \n".repeat(32_000)}"""`), "lines"),
  document("a block string of escaped quotes", filter(`"""${'\\"""'.repeat(12_000)}"""`), "characters"),
  document("a block string without an end", filter(`"""${"\n".repeat(48_000)}`), "lines"),
  document("comments", `{ a ${"#\n".repeat(32_000)} }`, "lines"),
  document("empty lines before a fault", `{ a ${"\n".repeat(48_000)} ! }`, "lines"),
  unparsed("one comment", `# ${"x".repeat(bytes)}`),
  unparsed("commas", ",".repeat(bytes)),
  unparsed("byte order marks", "\uFEFF".repeat(32_000)),
  unparsed("blanks before a fault", `{ a ${" ".repeat(bytes)} ! }`),
  unparsed("a string without an end", filter(`"${"x".repeat(bytes)}`)),
  unparsed("a string of escapes that are none", filter(`"${"\\x".repeat(24_000)}"`)),
  unparsed("surrogates that stand alone", filter(`"${"\\uD800".repeat(8_000)}"`)),
  document("one long name", `{ ${"a".repeat(bytes)} }`, "characters"),
  document("one long alias", `{ ${"a".repeat(bytes)}: b }`, "characters"),
  document("one long fragment name", `{ ...${"a".repeat(bytes)} }`, "characters"),
  document("one long directive", `{ a @${"a".repeat(bytes)} }`, "characters"),
  document("one long variable", `query ($${"a".repeat(bytes)}: Int) { a }`, "characters"),
  document("one long number", filter("1".repeat(bytes)), "characters"),
  document("one long fraction", filter(`0.${"0".repeat(bytes - 10)}1`), "characters"),
  document("numbers", filter(`[${"1 ".repeat(49_000)}]`), "tokens"),
  document("one long string", filter(`"${"x".repeat(bytes)}"`), "characters"),
  document("a string of line escapes", filter(`"${"\\n".repeat(24_000)}"`), "characters"),
  document("a string of unicode escapes", filter(`"${"\\u0041".repeat(14_000)}"`), "characters"),
  // variables
  variables("variables 1 000 objects deep", `{"w":${'{"not":'.repeat(10_000)}{}${"}".repeat(10_000)}}`, "valueDepth"),
  variables("variables 45 000 lists deep", `{"w":${"[".repeat(45_000)}${"]".repeat(45_000)}}`, "valueDepth"),
  variables("45 000 numbers in variables", `{"w":{"code":{"in":[${times(45_000, () => "1", ",")}]}}}`, "variableValues"),
  variables("8 000 members in variables", `{${times(8_000, (index) => `"a${index}":1`, ",")}}`, "variableValues"),
  variables("12 000 empty objects in variables", `{"w":[${times(24_000, () => "{}", ",")}]}`, "variableValues"),
  variables("one long string in variables", `{"w":{"name":{"eq":"${"x".repeat(bytes)}"}}}`, "characters"),
  variables("one long member in variables", `{"${"x".repeat(bytes)}":1}`, "characters"),
  
  // JSON
  { name: "JSON that breaks off", body: `{"query":"{ __typename }","extensions":${"[".repeat(bytes)}`, code: "BAD_REQUEST" },
  { name: "numbers for a query", body: `{"query":[${times(45_000, () => "1", ",")}]}`, code: "BAD_REQUEST" },
  { name: "a batch of 4 000", body: `[${times(4_000, () => '{"query":"{a}"}', ",")}]`, code: "BAD_REQUEST" },
  { name: "a body of 2 MB", body: `{"query":"${"#".repeat(2_000_000)}"}`, code: "BODY_TOO_LARGE" },
  // within every limit
  { ...variables("600 filters in variables", `{"w":{"or":[${times(600, () => '{"nam":{"eq":"a"}}', ",")}]}}`), code: "BAD_VARIABLES", isValidated: true },
  validated("95 times one unknown field", nodes(times(95, () => "a"))),
  validated("400 unknown fields", nodes(times(400, (index) => `stationNam${index}`))),
  validated("pairs of pairs within the limit", `{ stations { nodes { ${times(8, () => "region { code ...F }")} } } } fragment F on Region { ${times(11, () => "code")} nothing }`),
  validated("35 fields of one key with arguments", nodes(times(35, () => `name(b: [${times(3, String)}])`))),
  document("200 fragments", `${nodes(times(200, (index) => `...F${index}`))} ${times(200, (index) => `fragment F${index} on Station { a${index} }`)}`, "fragments"),
  validated("60 fragments", `${nodes(times(60, (index) => `...F${index}`))} ${times(60, (index) => `fragment F${index} on Station { a${index} b${index} }`)}`),
  validated("60 fragments in a row", `${nodes("...F0")} ${times(60, (index) => `fragment F${index} on Station { ${index < 59 ? `...F${index + 1}` : "nothing"} }`)}`),
  validated("20 operations with many fragments and variables", `${times(20, (index) => `query A${index}($a: String!) { ...F }`)} fragment F on Query { ${times(2, (index) => `s${index}: stations(where: { name: { in: [${times(370, () => "$a")}] } }) { nothing }`)} }`, "A0"),
  validated("900 literals of another type", `{ stations(where: { name: { in: [${times(1_900, String)}] } }) { totalCount } }`),
  validated("200 filters", `{ stations(where: { or: [${times(200, () => '{ name: { eq: "a" } }')}, { nam: { eq: "a" } }] }) { totalCount } }`),
  validated("320 variables", `query (${times(320, (index) => `$a${index}: Int = 1`)}) { __typename }`),
  validated("lists of types 90 deep", `query ($a: ${"[".repeat(90)}Int${"]".repeat(90)}) { __typename }`),
  validated("names near those that there are", `{ ${times(18, () => "stationz { node { cod nam } }")} }`),
  validated("a name of 9 000 letters near one that there is", `{ stations { nodes { ${"name".repeat(2_400)} } } }`),
];
