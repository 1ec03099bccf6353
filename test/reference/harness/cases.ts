/** One network, opened; policies put into force over it; questions asked of the hub and of the model. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HubError } from "../../../schema/errorCodes.ts";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { parseNetwork } from "../../../src/identity/parseNetwork.ts";
import { answerById, answerConnection, type Json, type ModelAnswer, orderedRows } from "../answers.ts";
import { isExact, printed } from "../exact.ts";
import { answerAggregate, answerPublished } from "../figures.ts";
import { type Generate, pick } from "../generator/draw.ts";
import type { Encoded, EncodedSource } from "../generator/encode.ts";
import { agencies, networkYaml, nowMs, policyYaml } from "../generator/policies.ts";
import { namesOf, type Names } from "../generator/queries.ts";
import { isMirrored, isServer, maskTable } from "../generator/world.ts";
import { type ModelAgency, type ModelInput, type ModelRow, type ModelRule, type View, viewOf } from "../model.ts";
import type { Connection, Door, Query } from "../query.ts";
import { ask, type Asking, type Hub, hubOf, type HubOptions, type HubSource, idFor, openHubSources, type OpenSources, permitFor, readId } from "./hub.ts";
import { nowhere, queryText, type QueryText } from "./queryText.ts";
import { openServerSource } from "./servers.ts";
import { writeSource, yamlOf } from "./sources.ts";

const network = parseNetwork(networkYaml, "network.yaml");

export interface OpenWorld {
  readonly rows: readonly ModelRow[];
  readonly sources: OpenSources;
  close(): Promise<void>;
}

export async function openWorld({ sources, rows }: Encoded, options: HubOptions = {}): Promise<OpenWorld> {
  const dir = mkdtempSync(join(tmpdir(), "reference-"));
  const written = await Promise.allSettled(sources.map((source) => hubSource(source, dir)));
  const ready = written.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const removed = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    const failed = written.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const open = await openHubSources(ready, options);
    return {
      rows,
      sources: open,
      async close() {
        await open.close();
        removed();
      },
    };
  } catch (error) {
    // What was opened is somebody else's place to be.
    await Promise.all(ready.map((source) => ("server" in source ? source.server.close() : undefined)));
    removed();
    throw error;
  }
}

async function hubSource(source: EncodedSource, dir: string): Promise<HubSource> {
  const { id, region, kind } = source;
  const common = { id, region, yaml: yamlOf(source) };
  return isServer(kind) ? { ...common, server: await openServerSource(source, kind) } : { ...common, file: await writeSource(source, dir), isMirror: isMirrored(kind) };
}

/** Null where the hub refuses one of the policies: its own tests say why. `file`: another `network.yaml`. */
export function governed(open: Pick<OpenWorld, "sources">, rules: readonly ModelRule[], file: string | null = null): Hub | null {
  const owners = [...new Set(rules.map(({ owner }) => owner))];
  try {
    return hubOf(open.sources, file === null ? network : parseNetwork(file, "network.yaml"), Object.fromEntries(owners.map((owner) => [owner, policyYaml(rules.filter((rule) => rule.owner === owner))])), nowMs);
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

const views = new WeakMap<ModelInput, Map<Door, View>>();

/** Asked for with every question, so kept. */
export function viewAt(input: ModelInput, door: Door): View {
  const known = views.get(input) ?? new Map<Door, View>();
  const view = known.get(door) ?? viewOf(input, door);
  views.set(input, known.set(door, view));
  return view;
}

export function answerOfModel(input: ModelInput, query: Query): ModelAnswer {
  switch (query.kind) {
    case "connection":
      return answerConnection(viewAt(input, "query"), input, query);
    case "byId":
      return answerById(viewAt(input, "query"), input, query);
    case "aggregate":
      return answerAggregate(viewAt(input, "aggregate"), input, query);
    case "published":
      return answerPublished(input, query);
  }
}

export interface HubAnswer {
  readonly text: string;
  /** Canonical key order, ids in the model's words. */
  readonly data: string;
  readonly answer: Awaited<ReturnType<typeof ask>>;
}

export const names = (hub: Hub, asking: Asking): Names => namesOf(permitFor(hub, asking).schema);

/** The question in GraphQL. A page that begins further on is reached by a cursor that the hub itself gave. */
export async function written(hub: Hub, sources: OpenSources, asking: Asking, query: Query): Promise<QueryText> {
  const { schema } = permitFor(hub, asking);
  const cursor = query.kind === "connection" && query.skip > 0 ? await cursorAt(hub, asking, query) : null;
  const ids = query.kind === "byId" ? query.places.map(({ source, locator }) => idFor(asking.agency, query.entity, source, locator, sources)) : [];
  return queryText(query, schema, { cursor, ids });
}

export async function answerOfHub(hub: Hub, sources: OpenSources, asking: Asking, query: Query, withCursors = false): Promise<HubAnswer> {
  const plain = await written(hub, sources, asking, query);
  const text = withCursors ? plain.text.replace("edges { node", "edges { cursor node") : plain.text;
  const answer = await ask(hub, asking, text, plain.variables);
  const data = "refused" in answer ? { refused: answer.refused } : answer.errors === undefined ? answer.data.answer : { errors: answer.errors };
  return { text: `${text}\n${JSON.stringify(plain.variables)}`, data: canonical(data as Json, (value) => readId(value, asking.agency, sources)), answer };
}

/** The cursor of the last row that is skipped; the skip is cut to what there is. */
async function cursorAt(hub: Hub, asking: Asking, query: Connection): Promise<string | null> {
  const { schema } = permitFor(hub, asking);
  const before = queryText({ ...query, size: query.skip, skip: 0, select: [] }, schema, nowhere);
  const text = before.text.replace("edges { node {  } }", "edges { cursor }");
  const answer = await ask(hub, asking, text, before.variables);
  if ("refused" in answer) throw new Error(`${answer.refused}\n${text}`);
  const edges = (answer.data.answer as { edges: readonly { cursor: string }[] }).edges;
  return (query.backward ? edges[0] : edges.at(-1))?.cursor ?? null;
}

/** With the skip that a cursor can be had for: past the last row there is none. */
export function settle(input: ModelInput, query: Query): Query {
  if (query.kind !== "connection" || query.skip === 0) return query;
  const rows = orderedRows(viewAt(input, "query"), input, query).length;
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
