/** Rows of the attack catalogue that concern this door (P26, P30, P31, P35–P41); rows of the view are elsewhere. */
import { createSecretKey } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type HubErrorCode, errorCodes } from "../../schema/errorCodes.ts";
import { type Asked, comparable, type Hub, openHub, type Reply } from "./openHub.ts";

let hub: Hub;
let partner: string;
let owner: string;
/** How often a source was reached for. */
let reached = 0;
beforeAll(async () => {
  hub = await openHub({}, ({ registry }) => ({
    registry: {
      ...registry,
      get(id) {
        reached += 1;
        return registry.get(id);
      },
    },
  }));
  partner = await hub.net.token("partner", ["enforcement"]);
  owner = await hub.net.token("owner");
});
afterAll(() => hub.close());
beforeEach(() => {
  reached = 0;
});

const codeOf = (reply: Reply): HubErrorCode => reply.json.errors?.[0].extensions.code;
const expectRefused = (reply: Reply, status: number, ...codes: HubErrorCode[]): void => {
  expect(codes).toContain(codeOf(reply));
  expect(reply.status).toBe(status);
  expect(reply.json).not.toHaveProperty("data");
  expect(reached).toBe(0);
};

describe("P26 identifiers as data", () => {
  test.each([
    ["an order that is SQL", '{ stations(orderBy: "name\\" DESC --") { totalCount } }'],
    ["a group that is SQL", '{ stationsAggregate(groupBy: ["a; DROP TABLE"]) { groups { count } } }'],
    ["the alias __proto__", "{ __proto__: stations(first: 1) { totalCount } }"],
    ["the alias constructor", "{ stations(first: 1) { nodes { constructor: name } } }"],
    ["a variable __proto__", "query ($__proto__: Int) { stations(first: $__proto__) { totalCount } }"],
  ])("%s is refused before any source is reached", async (_what, query) => {
    expectRefused(await hub.query(partner, query), 400, "GRAPHQL_VALIDATION_FAILED");
  });
  test.each([
    ["at the top", '{"query":"{ __typename }","__proto__":{"polluted":true}}'],
    ["in variables", '{"query":"query ($w: StationFilter) { stations(where: $w) { totalCount } }","variables":{"w":{"__proto__":{"polluted":true}}}}'],
    ["escaped", '{"query":"query ($w: StationFilter) { stations(where: $w) { totalCount } }","variables":{"w":{"\\u005f_proto__":{"polluted":true}}}}'],
  ])("a JSON key __proto__ %s is refused and changes no prototype", async (_where, body) => {
    expectRefused(await hub.ask({ token: partner, body }), 400, "BAD_REQUEST");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
  test("a JSON key constructor is a field that the filter has not", async () => {
    const query = "query ($w: StationFilter) { stations(where: $w) { totalCount } }";
    expectRefused(await hub.query(partner, query, { variables: { w: { constructor: { eq: "a" } } } }), 400, "BAD_VARIABLES");
  });
});

describe("P30 nothing but the token names an agency", () => {
  const query = "{ stations(first: 1) { nodes { contact } } }";
  test.each<[string, Partial<Asked>]>([
    ["X-Agency", { headers: { "X-Agency": "owner" } }],
    ["X-Agency twice", { headers: { "x-agency": ["owner", "owner"] } }],
    ["X-Forwarded-User", { headers: { "X-Forwarded-User": "owner" } }],
    ["a cookie", { headers: { cookie: "agency=owner; token=x" } }],
    ["extensions", { body: { query, extensions: { agency: "owner" } } }],
    ["the address", { path: "/graphql?agency=owner&access_token=x" }],
    ["a member of the body", { body: { query, agency: "owner" } }],
  ])("%s is ignored, and the record names the true agency", async (_what, asked) => {
    const reply = await hub.ask({ token: partner, body: { query }, ...asked });
    expect(codeOf(reply)).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await hub.records()).at(-1)).toMatchObject({ agency: "partner", outcome: "REFUSED" });
  });
});

describe("P31 tokens", () => {
  const claims = { purposes: ["enforcement"], minted_by: "cli" };
  const signed = (change: (token: SignJWT) => SignJWT, key = hub.net.keys.signing, header: { alg: string; kid?: string } = { alg: "EdDSA", kid: hub.net.keys.kid }): Promise<string> =>
    change(new SignJWT(claims).setProtectedHeader(header).setIssuer("one-network").setAudience("one-network").setSubject("owner").setIssuedAt().setExpirationTime("1h")).sign(key);
  test("whatever is wrong with a token, the answer is 401 with the same bytes", async () => {
    const publicPem = hub.net.keys.verifying.export({ type: "spki", format: "pem" }) as string;
    const hs256 = (secret: string): Promise<string> => signed((token) => token, createSecretKey(Buffer.from(secret)), { alg: "HS256", kid: hub.net.keys.kid });
    const good = await signed((token) => token);
    const headers: (string | string[])[] = [
      "Bearer nonsense",
      "Bearer",
      "Basic b3duZXI6",
      `Bearer ${new UnsecuredJWT(claims).setIssuer("one-network").setAudience("one-network").setSubject("owner").setExpirationTime("1h").encode()}`,
      `Bearer ${await hs256(publicPem)}`,
      `Bearer ${await hs256(` ${publicPem}`)}`,
      `Bearer ${await signed((token) => token.setAudience("elsewhere"))}`,
      `Bearer ${await signed((token) => token.setIssuer("elsewhere"))}`,
      `Bearer ${await signed((token) => token.setExpirationTime("-1h"))}`,
      `Bearer ${await signed((token) => token.setNotBefore("1h"))}`,
      `Bearer ${await signed((token) => token.setSubject("no-such-agency"))}`,
      `Bearer ${await signed((token) => token, undefined, { alg: "EdDSA", kid: "../../keys.json" })}`,
      `Bearer ${await signed((token) => token, undefined, { alg: "EdDSA", kid: "' OR 1=1 --" })}`,
      `Bearer ${good.slice(0, -4)}AAAA`,
      [`Bearer ${good}`, `Bearer ${good}`],
    ];
    const replies = [];
    for (const authorization of headers) replies.push(await hub.ask({ headers: { authorization }, body: { query: "{ __typename }" } }));
    for (const reply of replies) expect(comparable(reply)).toEqual(comparable(replies[0] as Reply));
    expectRefused(replies[0] as Reply, 401, "UNAUTHENTICATED");
    expect((await hub.query(good, "{ __typename }")).status).toBe(200);
  });
  test("P32 a suspended agency is refused from the next request on, with a token that is still good", async () => {
    const token = await hub.net.token("nobody");
    expect((await hub.query(token, "{ __typename }")).status).toBe(200);
    hub.net.suspensions.suspend("nobody", "test", new Date().toISOString());
    expectRefused(await hub.query(token, "{ __typename }"), 401, "UNAUTHENTICATED");
    hub.net.suspensions.restore("nobody");
    expect((await hub.query(token, "{ __typename }")).status).toBe(200);
  });
});

describe("P34, P35 caches", () => {
  const query = "{ enterprises(first: 3) { nodes { name legalRep } } }";
  test("what one agency warmed is another agency's own view", async () => {
    const full = await hub.query(owner, query);
    expect(full.json.data.enterprises.nodes[0]).toEqual({ name: "企业0", legalRep: "赵钱孙0" });
    const low = await hub.query(partner, query);
    expect(low.json.data.enterprises.nodes[0]).toEqual({ name: "企业0", legalRep: "赵***" });
    expectRefused(await hub.query(null, query).finally(() => (reached = 0)), 400, "GRAPHQL_VALIDATION_FAILED");
  });
  test("many agencies at once get each their own", async () => {
    const [full, low] = [comparable(await hub.query(owner, query)), comparable(await hub.query(partner, query))];
    const replies = await Promise.all(Array.from({ length: 60 }, async (_, index) => [index % 2 === 0 ? full : low, comparable(await hub.query(index % 2 === 0 ? owner : partner, query))] as const));
    for (const [expected, got] of replies) expect(got).toEqual(expected);
  });
});

describe("P36 several operations", () => {
  test("a list is refused whole", async () => {
    expectRefused(await hub.ask({ token: partner, body: [{ query: "{ __typename }" }] }), 400, "BAD_REQUEST");
  });
  test("an operation is chosen by its name, and another body under the same name is another document", async () => {
    expect((await hub.query(partner, "query A { a: __typename }", { operationName: "A" })).json.data).toEqual({ a: "Query" });
    expect((await hub.query(partner, "query A { b: __typename }", { operationName: "A" })).json.data).toEqual({ b: "Query" });
    const two = "query A { a: __typename } query B { b: __typename }";
    for (const name of ["A", "B", "A"]) expect((await hub.query(partner, two, { operationName: name })).json.data).toEqual({ [name.toLowerCase()]: "Query" });
  });
  test("an operation that is not chosen must be sound too", async () => {
    expectRefused(await hub.query(partner, "query A { __typename } query B { stations { nodes { contact } } }", { operationName: "A" }), 400, "GRAPHQL_VALIDATION_FAILED");
  });
});

describe("P37, P38 documents that cost", () => {
  const many = (count: number, of: (index: number) => string): string => Array.from({ length: count }, (_, index) => of(index)).join(" ");
  const doubling = (levels: number): string => `{ ...F0 } ${many(levels, (index) => `fragment F${index} on Query { ${index + 1 < levels ? `...F${index + 1} ...F${index + 1}` : "__typename"} }`)}`;
  test.each([
    ["9 000 aliases", `{ ${many(9_000, (index) => `a${index}:b`)} }`, "tokens"],
    ["31 aliases", `{ ${many(31, (index) => `a${index}: __typename`)} }`, "aliases"],
    ["99 lookups by alias (P38)", `{ ${many(99, (index) => `a${index}: node(id: "${index}") { id }`)} }`, "aliases"],
    ["40 000 times the same field", `{ ${many(40_000, () => "a")} }`, "tokens"],
    ["1 900 times the same field", `{ ${many(1_900, () => "__typename")} }`, "fields"],
    ["21 root fields", `{ ${many(21, () => "__typename")} }`, "rootFields"],
    ["30 000 directives", `{ __typename ${many(30_000, () => "@a")} }`, "tokens"],
    ["51 directives", `{ __typename ${many(51, () => "@a")} }`, "directives"],
    ["a depth of 10 000", `{ ${"a { ".repeat(10_000)} a ${"} ".repeat(10_000)} }`, "nesting"],
    ["a depth of 80", `{ ${many(80, (index) => `a${index} {`)} a ${"} ".repeat(80)} }`, "depth"],
    ["101 times the same field", `{ stations { nodes { ${many(101, () => "name")} } } }`, "comparisons"],
    ["101 times the same field in as many fragments", `{ stations { nodes { ${many(101, (index) => `...F${index}`)} } } } ${many(101, (index) => `fragment F${index} on Station { name }`)}`, "comparisons"],
    ["33 filters within each other", `{ stations(where: ${"{ not: ".repeat(33)}{}${"}".repeat(33)}) { totalCount } }`, "valueDepth"],
    ["a depth of 11", `{ stations { nodes { region { ${"parent { ".repeat(7)} code ${"} ".repeat(7)} } } } }`, "depth"],
    ["a depth of 11 through fragments", `{ stations { nodes { ...A } } } fragment A on Station { region { ...B } } fragment B on Region { ${"parent { ".repeat(7)} code ${"} ".repeat(7)} }`, "depth"],
    ["1 000 inline fragments that merge", `{ ${many(1_000, () => "... { __typename }")} }`, "tokens"],
    ["2^18 spreads", doubling(19), "rootFields"],
    ["2^18 spreads of aliases", doubling(19).replace("__typename", "a: __typename"), "aliases"],
    ["a schema asked without end", `{ __schema { types { ${"fields { type { ".repeat(9)} name ${"} } ".repeat(9)} } } }`, "introspectionDepth"],
  ] as const)("%s are refused before validation", async (_what, query, limit) => {
    const reply = await hub.query(partner, query);
    expectRefused(reply, 400, "DOCUMENT_TOO_LARGE");
    if (!query.startsWith("{ ...F0")) expect(reply.json.errors[0].message).toContain(`(${limit} `);
  });
  test.each([
    ["fragments in a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"],
    ["a fragment within itself", "{ ...A } fragment A on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"],
    ["40 filters within each other, as variables", null, "DOCUMENT_TOO_LARGE"],
  ] as const)("%s are refused", async (_what, query, code) => {
    let filter: unknown = { name: { eq: "a" } };
    for (let level = 0; level < 40; level += 1) filter = { not: filter };
    const reply = query === null ? await hub.query(partner, "query ($w: StationFilter) { stations(where: $w) { totalCount } }", { variables: { w: filter } }) : await hub.query(partner, query);
    expectRefused(reply, 400, code);
  });
  test("a body of 2 MB is refused as soon as it is too long", async () => {
    const reply = await hub.ask({ token: partner, body: { query: "#".repeat(2_000_000) } });
    expectRefused(reply, 413, "BODY_TOO_LARGE");
  });
});

describe("P39 page sizes", () => {
  test.each([
    ["a million", "first: 1000000"],
    ["a thousand million", "first: 1000000000"],
    ["2^53", "first: 9007199254740992"],
    ["minus one", "first: -1"],
    ["minus one from behind", "last: -1"],
  ])("%s is refused", async (_what, size) => {
    const reply = await hub.query(partner, `{ stations(${size}) { nodes { code } } }`);
    expect(reply.status).toBe(400);
    expect(["BAD_ARGUMENT", "GRAPHQL_VALIDATION_FAILED"]).toContain(codeOf(reply));
  });
  test.each([["none", "orderBy: [{ code: ASC }]"], ["null", "first: null"]])("%s is a page", async (_what, size) => {
    const reply = await hub.query(partner, `{ stations(${size}) { nodes { code } } }`);
    expect(reply.json.data.stations.nodes.length).toBeLessThanOrEqual(100);
  });
});

describe("P40 what a browser sends without asking", () => {
  const body = JSON.stringify({ query: "{ __typename }" });
  test.each<[string, Asked, number]>([
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "query=%7B__typename%7D" }, 415],
    ["text/plain", { headers: { "content-type": "text/plain" }, body }, 415],
    ["multipart", { headers: { "content-type": "multipart/form-data; boundary=a" }, body: '--a\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--a--' }, 415],
    ["no type", { headers: { "content-type": "" }, body }, 415],
    ["another charset", { headers: { "content-type": "application/json; charset=utf-7" }, body }, 415],
    ["another charset beside UTF-8", { headers: { "content-type": "application/json; charset=utf-8; charset=utf-7" }, body }, 415],
    ["a type that begins alike", { headers: { "content-type": "application/jsonp" }, body }, 415],
    ["two types", { headers: { "content-type": ["application/json", "text/plain"] }, body }, 415],
    ["a compressed body", { headers: { "content-encoding": "gzip" }, body }, 415],
    ["GET with a query", { method: "GET", path: "/graphql?query=%7B__typename%7D" }, 405],
    ["GET with a mutation", { method: "GET", path: "/graphql?query=mutation%7B__typename%7D" }, 405],
    ["GET that says it is JSON", { method: "GET", path: "/graphql?query=%7B__typename%7D", headers: { "content-type": "application/json" } }, 405],
    ["HEAD", { method: "HEAD" }, 405],
    ["OPTIONS", { method: "OPTIONS", headers: { origin: "http://elsewhere", "access-control-request-method": "POST" } }, 405],
  ])("%s is refused, recorded and nothing runs", async (_what, asked, status) => {
    const before = (await hub.records()).length;
    const reply = await hub.ask({ token: partner, ...asked });
    expect(reply.status).toBe(status);
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
    expect(reached).toBe(0);
    expect((await hub.records()).slice(before)).toMatchObject([{ outcome: "REFUSED" }]);
  });
});

describe("P41 nothing is told about names that are not in the query", () => {
  const constant = new Set(Object.values(errorCodes).map(({ en }) => en));
  /** `§` is a name that the owner sees (contact, legalRepId, Enterprise), then one that nobody has. */
  test.each<[string, string, string, string, unknown?]>([
    ["a field", "{ stations(first: 1) { nodes { § } } }", "contact", "contacz"],
    ["a field by a near miss", "{ stations(first: 1) { nodes { § } } }", "contac", "xontac"],
    ["a field of a masked type", "{ enterprises(first: 1) { nodes { § } } }", "legalRepId", "legalRepIz"],
    ["a root field", "{ §(first: 1) { totalCount } }", "outlets", "outletz"],
    ["a type", "{ nodes(ids: []) { ... on § { id } } }", "Outlet", "Outlez"],
    ["a fragment's type", "{ nodes(ids: []) { ...F } } fragment F on § { id }", "Outlet", "Outlez"],
    ["a variable's type", "query ($w: §) { stations(first: 1) { totalCount } }", "OutletFilter", "OutlezFilter"],
    ["an argument", "{ stations(§: 1) { totalCount } }", "firs", "xirs"],
    ["an operand", '{ stations(where: { §: { eq: "CNRY-station-1001-contact" } }) { totalCount } }', "contact", "contacz"],
    ["an operand in a variable", "query ($w: StationFilter) { stations(where: $w) { totalCount } }", "contact", "contacz", { w: { "§": { eq: "a" } } }],
    ["an operator", '{ stations(where: { name: { §: "a" } }) { totalCount } }', "startWith", "xtartWith"],
    ["an order", "{ stations(orderBy: [{ §: ASC }]) { totalCount } }", "contact", "contacz"],
    ["an order in a variable", "query ($o: [StationOrder!]) { stations(orderBy: $o) { totalCount } }", "contact", "contacz", { o: [{ "§": "ASC" }] }],
    ["a group", "{ stationsAggregate(groupBy: [{ field: § }]) { groups { count } } }", "CONTACT", "CONTACZ"],
    ["a group in a variable", "query ($g: [StationGroupBy!]) { stationsAggregate(groupBy: $g) { groups { count } } }", "CONTACT", "CONTACZ", { g: [{ field: "§" }] }],
    ["a function", "{ stationsAggregate { groups { countDistinct { § } } } }", "contact", "contacz"],
    ["an enum value", "{ stations(where: { medium: { eq: § } }) { totalCount } }", "AI", "XX"],
    ["an enum value in a variable", "query ($w: StationFilter) { stations(where: $w) { totalCount } }", "AI", "XX", { w: { medium: { eq: "§" } } }],
    ["an operator in a variable", "query ($w: StationFilter) { stations(where: $w) { totalCount } }", "startWith", "xtartWith", { w: { name: { "§": "a" } } }],
    ["a direction", "{ stations(orderBy: [{ name: § }]) { totalCount } }", "AS", "XS"],
    ["a bucket in a variable", "query ($g: [StationGroupBy!]) { stationsAggregate(groupBy: $g) { groups { count } } }", "MONT", "XONT", { g: [{ field: "NAME", bucket: "§" }] }],
    ["a link that would need fields", "{ enterprises(first: 1) { nodes { § } } }", "outlets", "outletz"],
    ["a scalar with fields", "{ stations(first: 1) { nodes { name { § } } } }", "a", "b"],
    ["an original", "{ stations(first: 1) { nodes { original(of: §) { value } } } }", "CONTACT", "CONTACZ"],
    ["a directive", "{ __typename @§ }", "skipp", "xkipp"],
  ])("%s: a near or forbidden name and an unknown one give the same bytes", async (_what, query, forbidden, unknown, variables) => {
    const ask = (name: string): Promise<Reply> => hub.query(partner, query.replace("§", name), variables === undefined ? {} : { variables: JSON.parse(JSON.stringify(variables).replace("§", name)) });
    const replies = [await ask(forbidden), await ask(unknown)] as const;
    expect(comparable(replies[0])).toEqual(comparable(replies[1]));
    for (const reply of replies) {
      expectRefused(reply, 400, "GRAPHQL_VALIDATION_FAILED", "BAD_VARIABLES");
      expect(constant).toContain(reply.json.errors[0].message);
      expect(Object.keys(reply.json.errors[0]).sort()).toEqual(["extensions", "locations", "message"]);
    }
  });
  test.each<[string, string, unknown?]>([
    ["an object without fields", "{ stations(first: 1) { nodes } }"],
    ["a required argument left out", "{ node { __typename } }"],
    ["a required variable left out", "query ($id: ID!) { node(id: $id) { __typename } }"],
    ["null for what must not be null", "{ node(id: null) { __typename } }"],
    ["null in a variable for what must not be null", "query ($id: ID!) { node(id: $id) { __typename } }", { id: null }],
    ["a member of an input left out", "{ stationsAggregate(groupBy: [{ bucket: DAY }]) { groups { count } } }"],
    ["a member of an input left out in a variable", "query ($g: [StationGroupBy!]) { stationsAggregate(groupBy: $g) { groups { count } } }", { g: [{ bucket: "DAY" }] }],
    ["a scalar of another kind", '{ stations(where: { elevation: { gt: "high" } }) { totalCount } }'],
    ["a scalar of another kind in a variable", "query ($w: StationFilter) { stations(where: $w) { totalCount } }", { w: { elevation: { gt: "high" } } }],
    ["two meanings of one key", "{ stations(first: 1) { nodes { a: code a: name } } }"],
    ["a subscription", "subscription { __typename }"],
  ])("%s: the error is one of the hub's own sentences and names nothing", async (_what, query, variables) => {
    const reply = await hub.query(partner, query, { variables });
    expectRefused(reply, 400, "GRAPHQL_VALIDATION_FAILED", "BAD_VARIABLES");
    expect(constant).toContain(reply.json.errors[0].message);
    expect(Object.keys(reply.json.errors[0]).filter((key) => !["extensions", "locations", "message"].includes(key))).toEqual([]);
    expect(Object.keys(reply.json.extensions)).toEqual(["correlationId"]);
  });
  test("introspection names what the agency sees and nothing else", async () => {
    const { text } = await hub.query(partner, "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } }");
    expect(text).toContain("legalRep");
    for (const hidden of ["legalRepId", "contact\"", "CONTACT", "Outlet", "energy"]) expect(text).not.toContain(hidden);
  });
});

test("no canary and no cell of another's view is in the log", () => {
  expect(hub.net.log.join("\n")).not.toMatch(/CNRY|赵钱孙/);
});
