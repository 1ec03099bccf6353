/** Requests to the data door with what they must answer; run cold and warm by cases.test.ts. */
import type { Asked } from "./openHub.ts";

export interface GatewayCase {
  readonly name: string;
  /** Null: no Authorization header. Default: `partner` for enforcement. */
  readonly as?: "partner" | "owner" | "nobody" | "partner-both" | "steward" | null;
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  /** Instead of a query: the body as it is. */
  readonly body?: Asked["body"];
  readonly method?: string;
  readonly headers?: Asked["headers"];
  readonly status: number;
  /** Code of the only error. */
  readonly code?: string;
  /** Exactly the data. */
  readonly data?: unknown;
  /** Somewhere in the body. */
  readonly holds?: readonly string[];
}

const stations = "{ stations(first: 2) { nodes { code name } } }";
const twoStations = { stations: { nodes: [{ code: "1001A", name: "站点1001" }, { code: "1002A", name: "站点1002" }] } };
const json = { accept: "application/json" };

export const cases: readonly GatewayCase[] = [
  // answers
  { name: "a list", query: stations, status: 200, data: twoStations },
  { name: "the hub's own root", query: "{ __typename }", status: 200, data: { __typename: "Query" } },
  { name: "an alias", query: "{ s: stations(first: 1) { nodes { name: code } } }", status: 200, data: { s: { nodes: [{ name: "1001A" }] } } },
  { name: "fragments in fragments, the same field by two ways", query: "{ stations(first: 1) { ...A ...B } } fragment A on StationConnection { nodes { ...C code } } fragment B on StationConnection { nodes { code } } fragment C on Station { code }", status: 200, data: { stations: { nodes: [{ code: "1001A" }] } } },
  { name: "one of several operations", query: `query A { __typename } query B ${stations}`, operationName: "B", status: 200, data: twoStations },
  { name: "a variable", query: "query ($n: Int!) { stations(first: $n) { nodes { code name } } }", variables: { n: 2 }, status: 200, data: twoStations },
  { name: "a variable's default", query: "query ($n: Int = 2) { stations(first: $n) { nodes { code name } } }", status: 200, data: twoStations },
  { name: "a filter by variable", query: "query ($w: StationFilter!) { stations(where: $w, first: 1) { nodes { code } } }", variables: { w: { name: { eq: "站点1002" } } }, status: 200, data: { stations: { nodes: [{ code: "1002A" }] } } },
  { name: "a field that is skipped", query: "query ($no: Boolean!) { __typename stations(first: 1) @skip(if: $no) { totalCount } }", variables: { no: true }, status: 200, data: { __typename: "Query" } },
  { name: "masked and withheld cells", query: "{ enterprises(first: 1) { nodes { name legalRep contactPhone } } }", status: 200, holds: ['"legalRep":"赵***"', '"by":"hb-cases"', "Shijiazhuang only"] },
  { name: "the owner's own data", as: "owner", query: "{ stations(first: 1) { nodes { contact } } }", status: 200, data: { stations: { nodes: [{ contact: "CNRY-station-1001-contact" }] } } },
  { name: "an agency without a token where the network names one", as: null, query: stations, status: 200, data: twoStations },
  { name: "schema and rows in the order of the document", query: "{ a: stations(first: 1) { totalCount } __schema { queryType { name } } z: __typename t: __type(name: \"Station\") { name } }", status: 200, data: { a: { totalCount: 40 }, __schema: { queryType: { name: "Query" } }, z: "Query", t: { name: "Station" } } },
  { name: "a type by variable", query: "query ($n: String!) { __type(name: $n) { name } }", variables: { n: "Enterprise" }, status: 200, data: { __type: { name: "Enterprise" } } },
  { name: "a type that the agency does not see", as: null, query: '{ __type(name: "Enterprise") { name } }', status: 200, data: { __type: null } },
  { name: "an id that is none", query: '{ node(id: "nonsense") { id } }', status: 200, code: "INVALID_ID", data: { node: null } },
  { name: "a cursor that is none", query: '{ stations(first: 1, after: "nonsense") { nodes { code } } }', status: 200, code: "CURSOR_INVALID", data: { stations: null } },
  // types
  { name: "both types, equally wanted", query: stations, headers: { accept: "application/json, application/graphql-response+json" }, status: 200, data: twoStations },
  { name: "a wildcard", query: stations, headers: { accept: "*/*" }, status: 200, data: twoStations },
  { name: "what GraphiQL accepts", query: stations, headers: { accept: "application/json, multipart/mixed" }, status: 200, data: twoStations },
  { name: "nothing that the hub can send", query: stations, headers: { accept: "text/html" }, status: 406, code: "NOT_ACCEPTABLE" },
  { name: "a type refused by q=0", query: stations, headers: { accept: "application/json;q=0" }, status: 406, code: "NOT_ACCEPTABLE" },
  // faults of the document
  { name: "a document that is none", query: "{ stations(", status: 400, code: "GRAPHQL_PARSE_FAILED" },
  { name: "a document that is none, for application/json", query: "{ stations(", headers: json, status: 200, code: "GRAPHQL_PARSE_FAILED" },
  { name: "an empty document", query: "", status: 400, code: "GRAPHQL_PARSE_FAILED" },
  { name: "an unknown field", query: "{ nothing }", status: 400, code: "GRAPHQL_VALIDATION_FAILED" },
  { name: "an unknown field, for application/json", query: "{ nothing }", headers: json, status: 200, code: "GRAPHQL_VALIDATION_FAILED" },
  { name: "a mutation", query: "mutation { __typename }", status: 400, code: "GRAPHQL_VALIDATION_FAILED" },
  { name: "a subscription", query: "subscription { __typename }", status: 400, code: "GRAPHQL_VALIDATION_FAILED" },
  { name: "a type definition", query: "type Query { a: Int }", status: 400, code: "OPERATION_UNKNOWN" },
  { name: "several operations and no name", query: "query A { __typename } query B { __typename }", status: 400, code: "OPERATION_UNKNOWN" },
  { name: "a name that no operation has", query: "query A { __typename }", operationName: "B", status: 400, code: "OPERATION_UNKNOWN" },
  { name: "a missing variable", query: "query ($n: Int!) { stations(first: $n) { totalCount } }", status: 400, code: "BAD_VARIABLES" },
  { name: "a variable of another type", query: "query ($n: Int!) { stations(first: $n) { totalCount } }", variables: { n: "two" }, status: 400, code: "BAD_VARIABLES" },
  { name: "a variable of another type, for application/json", query: "query ($n: Int!) { stations(first: $n) { totalCount } }", variables: { n: "two" }, headers: json, status: 200, code: "BAD_VARIABLES" },
  { name: "a null operand", query: "{ stations(where: { name: { eq: null } }, first: 1) { totalCount } }", status: 400, code: "BAD_ARGUMENT" },
  { name: "first and last together", query: "{ stations(first: 1, last: 1) { nodes { code } } }", status: 400, code: "BAD_ARGUMENT" },
  // faults of the request
  { name: "GET", method: "GET", status: 405, code: "METHOD_NOT_ALLOWED" },
  { name: "PUT", method: "PUT", query: stations, status: 405, code: "METHOD_NOT_ALLOWED" },
  { name: "JSON that is none", body: '{"query": "', status: 400, code: "BAD_REQUEST" },
  { name: "JSON in another encoding", body: Buffer.from('{"query":"{ __typename }"}', "utf16le"), status: 400, code: "BAD_REQUEST" },
  { name: "no body", body: "", status: 400, code: "BAD_REQUEST" },
  { name: "a list of operations", body: [{ query: stations }, { query: stations }], status: 400, code: "BAD_REQUEST" },
  { name: "no query", body: { id: "a" }, status: 400, code: "BAD_REQUEST" },
  { name: "a persisted query's hash alone", body: { extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }, status: 400, code: "BAD_REQUEST" },
  { name: "variables that are a list", query: stations, variables: [1], status: 400, code: "BAD_REQUEST" },
  { name: "a body of more than 100 kB", body: { query: `${stations}${" ".repeat(100_000)}` }, status: 413, code: "BODY_TOO_LARGE" },
  // who asks
  { name: "a token that is none", as: null, headers: { authorization: "Bearer nonsense" }, query: stations, status: 401, code: "UNAUTHENTICATED" },
  { name: "two purposes and none named", as: "partner-both", query: stations, status: 400, code: "PURPOSE_REQUIRED" },
  { name: "two purposes and one named", as: "partner-both", headers: { purpose: "research" }, query: stations, status: 200, data: twoStations },
  { name: "a purpose that the token has not", headers: { purpose: "research" }, query: stations, status: 403, code: "PURPOSE_NOT_ALLOWED" },
  { name: "a steward", as: "steward", query: stations, status: 403, code: "FORBIDDEN" },
];
