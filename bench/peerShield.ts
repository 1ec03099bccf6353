/**
 * Peer (b): what a team would write by hand: Apollo Server, type-graphql resolvers, graphql-shield with `no_cache` on every field,
 * DataLoader, prepared statements on the same file. No audit.
 */
import "reflect-metadata";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { ApolloServer, HeaderMap } from "@apollo/server";
import type BetterSqlite3 from "better-sqlite3";
import DataLoader from "dataloader";
import { Arg, buildSchemaSync, Ctx, Field, Int, ObjectType, Query, Resolver } from "type-graphql";
import { admitted, fields } from "./data.ts";

const require = createRequire(import.meta.url);
const Database = require("better-sqlite3") as typeof BetterSqlite3;
// Both from one module system: shield's own copy of graphql-middleware must be the one that applies it.
const { applyMiddleware } = require("graphql-middleware") as typeof import("graphql-middleware");
const { shield, rule } = require("graphql-shield") as typeof import("graphql-shield");
const [file = "", extensionsText = "null"] = process.argv.slice(2);
const db = new Database(file, { readonly: true });
const columns = fields.map(([column, field]) => `${column} AS "${field}"`).join(", ");
const list = admitted.map((code) => `'${code}'`).join(", ");
const rows = db.prepare(`SELECT ${columns} FROM enterprise WHERE region IN (${list}) ORDER BY uscc LIMIT ? + 0`);

interface Context {
  readonly agency: string;
  readonly pages: DataLoader<number, Enterprise[]>;
}

@ObjectType()
class Enterprise {
  @Field(() => String, { nullable: true }) uscc?: string;
  @Field(() => String, { nullable: true }) name?: string;
  @Field(() => String, { nullable: true }) industry?: string;
  @Field(() => String, { nullable: true }) address?: string;
  @Field(() => String, { nullable: true }) permitClass?: string;
  @Field(() => String, { nullable: true }) performanceGrade?: string;
  @Field(() => String, { nullable: true }) legalRep?: string;
  @Field(() => String, { nullable: true }) contactPhone?: string;
  @Field(() => String, { nullable: true }) output?: string;
  @Field(() => String, { nullable: true }) energy?: string;
}
@ObjectType()
class EnterpriseConnection {
  @Field(() => [Enterprise]) nodes!: Enterprise[];
}
@Resolver()
class EnterpriseResolver {
  @Query(() => EnterpriseConnection)
  async enterprises(@Arg("first", () => Int) first: number, @Ctx() { pages }: Context): Promise<EnterpriseConnection> {
    return { nodes: await pages.load(first) };
  }
}

const allowed = rule({ cache: "no_cache" })((_parent: unknown, _args: unknown, context: Context) => context.agency === "bench");
const guards = shield({ Query: { enterprises: allowed }, EnterpriseConnection: { "*": allowed }, Enterprise: { "*": allowed } }, { fallbackRule: allowed });
const schema = applyMiddleware(buildSchemaSync({ resolvers: [EnterpriseResolver] }), guards);
const extensions = JSON.parse(extensionsText) as Record<string, unknown>;
const apollo = new ApolloServer<Context>({
  schema,
  stopOnTerminationSignals: false,
  plugins: [{ requestDidStart: async () => ({ willSendResponse: async ({ response }) => { if (response.body.kind === "single") response.body.singleResult.extensions = extensions; } }) }],
});
await apollo.start();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === "string") headers.set(name, value);
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers, search: "", body: JSON.parse(Buffer.concat(chunks).toString()) as unknown },
    context: async () => ({ agency: "bench", pages: new DataLoader(async (keys: readonly number[]) => keys.map((first) => rows.all(first) as Enterprise[])) }),
  });
  const body = answer.body.kind === "complete" ? answer.body.string : "";
  response.writeHead(answer.status ?? 200, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
