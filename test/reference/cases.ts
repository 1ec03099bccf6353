/** One network, opened; policies put into force over it; questions asked of the hub and of the model. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePostgresConnection } from "../../adapters/postgres/connectionConfig.ts";
import { openPostgres } from "../../adapters/postgres/openPostgres.ts";
import { HubError } from "../../schema/errorCodes.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import { makeSchema } from "../fixtures/postgresServer.ts";
import { answerById, answerConnection, type Json, type ModelAnswer, orderedRows } from "./answers.ts";
import { answerAggregate, answerPublished } from "./figures.ts";
import { ask, type Asking, type Hub, hubOf, type HubOptions, idFor, openHubSources, type OpenSources, permitFor, readId } from "./hub.ts";
import { type ModelAgency, type ModelInput, type ModelRow, type ModelRule, viewOf } from "./model.ts";
import { agencies, networkYaml, nowMs, policyYaml } from "./policies.ts";
import { type Connection, doorOf, type Query } from "./query.ts";
import { namesOf, type Names } from "./queries.ts";
import { type QueryText, queryText } from "./queryText.ts";
import { plainSource } from "./plainWorld.ts";
import { sourceYaml, writePostgres, writeSource } from "./tables.ts";
import { type Generate, pick } from "./generate.ts";
import { maskTable, type World } from "./world.ts";
import { rowsOf } from "./worldRows.ts";
import { isExact, printed } from "./exact.ts";

const network = parseNetwork(networkYaml, "network.yaml");

export interface OpenWorld {
  readonly world: World;
  readonly rows: readonly ModelRow[];
  readonly sources: OpenSources;
  close(): Promise<void>;
}

export async function openWorld(world: World, options: HubOptions = {}): Promise<OpenWorld> {
  const dir = mkdtempSync(join(tmpdir(), "reference-"));
  const sources = await openHubSources(world.sources.map((source) => ({ id: source.id, region: source.region, file: writeSource(source, dir), yaml: sourceYaml(source) })), options);
  return {
    world,
    rows: rowsOf(world),
    sources,
    async close() {
      await sources.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The first source in PostgreSQL, the others as ever, so that rows of both are merged. */
export async function openPlainWorld(drawn: World): Promise<OpenWorld> {
  const [first, ...others] = drawn.sources;
  if (first === undefined) throw new Error("a world has a source");
  const plain = plainSource(first);
  const world: World = { ...drawn, sources: [plain, ...others] };
  const dir = mkdtempSync(join(tmpdir(), "reference-"));
  const { url, schema, run, drop } = await makeSchema();
  await writePostgres(plain, run);
  const open = () => openPostgres({ connection: parsePostgresConnection({ url, schema, connections: "2" }) });
  const sources = await openHubSources([
    { id: plain.id, region: plain.region, file: "", yaml: sourceYaml(plain, "postgres"), open },
    ...others.map((source) => ({ id: source.id, region: source.region, file: writeSource(source, dir), yaml: sourceYaml(source) })),
  ]);
  return {
    world,
    rows: rowsOf(world),
    sources,
    async close() {
      await sources.close();
      await drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Null where the hub refuses one of the policies: its own tests say why. */
export function governed(open: Pick<OpenWorld, "sources">, rules: readonly ModelRule[]): Hub | null {
  const owners = [...new Set(rules.map(({ owner }) => owner))];
  try {
    return hubOf(open.sources, network, Object.fromEntries(owners.map((owner) => [owner, policyYaml(rules.filter((rule) => rule.owner === owner))])), nowMs);
  } catch (error) {
    if (error instanceof HubError && error.code === "POLICY_INVALID") return null;
    throw error;
  }
}

export function modelInput(rows: readonly ModelRow[], rules: readonly ModelRule[], { agency, purpose }: Asking): ModelInput {
  const found = agencies.find(({ id }) => id === agency) as ModelAgency;
  return {
    vocabulary: vocabulary(),
    rows,
    rules,
    agency: found,
    purpose,
    nowMs,
    mask(name, value) {
      if (typeof value === "string") return maskTable[name]?.[value] ?? "***";
      // The grid of 0.01°: half-even, as everything is printed.
      return Object.fromEntries(Object.entries(value as Readonly<Record<string, unknown>>).map(([part, cell]) => [part, isExact(cell) ? printed(cell, 2) : null]));
    },
  };
}

export const makeAsking = (g: Generate): Asking => {
  const { id, purposes } = pick(g, agencies);
  return { agency: id, purpose: purposes.length === 0 ? null : pick(g, purposes) };
};

export function answerOfModel(input: ModelInput, query: Query): ModelAnswer {
  if (query.kind === "published") return answerPublished(input, query);
  const view = viewOf(input, doorOf(query));
  switch (query.kind) {
    case "connection":
      return answerConnection(view, input, query);
    case "byId":
      return answerById(view, input, query);
    case "aggregate":
      return answerAggregate(view, input, query);
  }
}

export interface HubAnswer {
  readonly text: string;
  /** Canonical key order, ids in the model's words. */
  readonly data: string;
  readonly answer: Awaited<ReturnType<typeof ask>>;
}

export const names = (hub: Hub, asking: Asking): Names => namesOf(permitFor(hub, asking).schema);

/** Asks the hub. A page that begins further on is reached by a cursor that the hub itself gave. */
export async function answerOfHub(hub: Hub, sources: OpenSources, asking: Asking, query: Query, withCursors = false): Promise<HubAnswer> {
  const { schema } = permitFor(hub, asking);
  const cursor = query.kind === "connection" && query.skip > 0 ? await cursorAt(hub, asking, query) : null;
  const id = query.kind === "byId" ? idFor(asking.agency, query.entity, query.source, query.locator, sources) : null;
  const plain: QueryText = queryText(query, schema, { cursor, id });
  const written = withCursors ? { ...plain, text: plain.text.replace("edges { node", "edges { cursor node") } : plain;
  const answer = await ask(hub, asking, written.text, written.variables);
  const data = "refused" in answer ? { refused: answer.refused } : answer.errors === undefined ? answer.data.answer : { errors: answer.errors };
  return { text: `${written.text}\n${JSON.stringify(written.variables)}`, data: canonical(data as Json, (value) => readId(value, asking.agency, sources)), answer };
}

/** The cursor of the last row that is skipped; the skip is cut to what there is. */
async function cursorAt(hub: Hub, asking: Asking, query: Connection): Promise<string | null> {
  const { schema } = permitFor(hub, asking);
  const before = queryText({ ...query, size: query.skip, skip: 0, select: [] }, schema, { cursor: null, id: null });
  const text = before.text.replace("edges { node {  } }", "edges { cursor }");
  const answer = await ask(hub, asking, text, before.variables);
  if ("refused" in answer) throw new Error(`${answer.refused}\n${text}`);
  const edges = (answer.data.answer as { edges: readonly { cursor: string }[] }).edges;
  return (query.backward ? edges[0] : edges.at(-1))?.cursor ?? null;
}

/** With the skip that a cursor can be had for: past the last row there is none. */
export function settle(input: ModelInput, query: Query): Query {
  if (query.kind !== "connection" || query.skip === 0) return query;
  const rows = orderedRows(viewOf(input, "query"), input, query).length;
  return { ...query, skip: Math.min(query.skip, rows) };
}

/** JSON text with sorted keys; `readId` rewrites what stands under `id`. */
export function canonical(value: Json, idText: (id: string) => string = (id) => id): string {
  const sorted = (of: Json): Json => {
    if (Array.isArray(of)) return of.map(sorted);
    if (of === null || typeof of !== "object") return of;
    return Object.fromEntries(
      Object.entries(of)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, part]) => [key, key === "id" && typeof part === "string" ? idText(part) : sorted(part as Json)]),
    );
  };
  return JSON.stringify(sorted(value));
}
