/** The hub's own path from sources to an answer: mapping, policies, permit, schema, plan, run, over the real adapters. */
import { type GraphQLSchema, parse, validate } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import Database from "better-sqlite3";
import type { Adapter, TableInfo } from "../../../adapters/contract/adapter.ts";
import { checked } from "../../../adapters/contract/checked.ts";
import { readCatalogue } from "../../../adapters/sqlite/catalogue.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { HubError } from "../../../schema/errorCodes.ts";
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { asAgencyId, asEntityName, asPurpose, asRegionCode, asSourceId, type SourceId } from "../../../schema/ids.ts";
import { policySourceOf } from "../../../src/access/mappedSource.ts";
import { parsePolicy } from "../../../src/access/parsePolicy.ts";
import type { Permit } from "../../../src/access/permit.ts";
import type { Journal } from "../../../src/audit/disclosure.ts";
import { type Answer, answerer, type Answerer, type AnswerParts } from "../../../src/gateway/answerOperation.ts";
import { hubState, type HubState } from "../../../src/gateway/hubState.ts";
import { decodeTail, encodeId, idPrefix, makeIdKeys, parseId } from "../../../src/identity/ids.ts";
import type { HubKeys } from "../../../src/identity/keys.ts";
import type { Network } from "../../../src/identity/network.ts";
import { compileMapping } from "../../../src/mapping/compileMapping.ts";
import type { Mapping } from "../../../src/mapping/mapping.ts";
import { compile } from "../../../src/plan/compile.ts";
import type { OperationPlan } from "../../../src/plan/operationPlan.ts";
import { exactnessOf } from "../../../src/steward/exactness.ts";
import { partColumn } from "../../../src/sources/mirrorTable.ts";
import type { SourceRegistry } from "../../../src/sources/registry.ts";
import { openInline } from "./inlineSqlite.ts";

export type HubSource = {
  readonly id: string;
  readonly region: string;
  readonly yaml: string;
} & (
  | {
      /** SQLite: the source's own, or its mirror's. */
      readonly file: string;
      readonly isMirror?: boolean;
    }
  | {
      /** On a database server, opened; closed with the sources. */
      readonly server: Adapter;
    }
);

export interface OpenSources {
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly mirrored: ReadonlySet<string>;
  readonly registry: SourceRegistry;
  close(): Promise<void>;
}

/** How rows of files are read: on this thread where the adapter would, the rest as a worker would; nothing but by a worker's way; or by real workers. */
export type Reading = "inline" | "asWorker" | "workers";

export interface HubOptions {
  readonly reading?: Reading;
  /** To look at what a source is asked. */
  readonly watch?: (adapter: Adapter, id: string) => Adapter;
}

/** Runs from the sources in tests and compiled under `npm run fuzz`. */
const lensModule = new URL(`../../../src/mapping/lenses/sqlFunctions.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

/** Throws what `compileMapping` throws. */
export async function openHubSources(sources: readonly HubSource[], options: HubOptions = {}): Promise<OpenSources> {
  const { reading = "workers" } = options;
  const mappings = new Map<string, Mapping>();
  const adapters = new Map<string, Adapter>();
  for (const source of sources) {
    const { id, yaml } = source;
    const tables = "server" in source ? await source.server.introspect(new AbortController().signal) : tablesOf(source.file, source.isMirror === true);
    const capabilities = "server" in source ? source.server.capabilities() : { lensFunctions: true, rowid: true };
    const mapping = compileMapping({ text: yaml, file: `${id}.yaml`, source: asSourceId(id), vocabulary: vocabulary(), tables, codeFiles: {}, capabilities });
    const adapter = "server" in source ? source.server : await openFile(source.file, Object.fromEntries(mapping.lenses), reading);
    mappings.set(id, mapping);
    adapters.set(id, options.watch?.(adapter, id) ?? adapter);
  }
  const ready = (id: string) => {
    const mapping = mappings.get(id);
    const adapter = adapters.get(id);
    return mapping === undefined || adapter === undefined ? null : { id: asSourceId(id), region: mapping.region, mapping, present: mapping, lost: new Map(), adapter, health: () => adapter.health() };
  };
  const ids = sources.map(({ id }) => id).sort();
  const registry: SourceRegistry = {
    list: () => ids.flatMap((id) => {
      const source = ready(id);
      return source === null ? [] : [{ status: "ready" as const, id: source.id, file: `${id}.yaml`, source, drift: [] }];
    }),
    get: (id: SourceId) => ready(id),
    onChange: () => () => undefined,
    checkDrift: async () => undefined,
    suspect: () => undefined,
    refresh: async () => [],
    close: async () => undefined,
  };
  const mirrored = new Set(sources.flatMap((source) => ("file" in source && source.isMirror === true ? [source.id] : [])));
  return { mappings, mirrored, registry, close: async () => void (await Promise.all([...adapters.values()].map((adapter) => adapter.close()))) };
}

async function openFile(file: string, lenses: Readonly<Record<string, unknown>>, reading: Reading): Promise<Adapter> {
  const real = checked(reading === "workers" ? await openSqlite({ file, lensModule, lenses, workers: 1 }) : await openInline({ file, lensModule, lenses }));
  const { rowsNow: _, ...slow } = real;
  return reading === "asWorker" ? slow : real;
}

/** As the adapter shows them; a mirror keeps its own column to itself. */
function tablesOf(file: string, isMirror: boolean): readonly TableInfo[] {
  const database = new Database(file, { readonly: true });
  try {
    const tables = [...readCatalogue(database).tables.values()].map(({ info }) => info);
    return isMirror ? tables.map((table) => ({ ...table, columns: table.columns.filter(({ name }) => name !== partColumn) })) : tables;
  } finally {
    database.close();
  }
}

/** Ids and cursors must be the same in two hubs that are compared. */
const keys = { kid: "test", idMaster: Buffer.alloc(32, 7), cursor: Buffer.alloc(64, 9) } as unknown as HubKeys;

/** Says "durable" at once. */
const noJournal: Journal = { append: async () => ({ id: "receipt" }), activate: async () => ({ id: "receipt" }), close: async () => undefined };

export interface Hub {
  readonly parts: AnswerParts;
  readonly state: HubState;
  readonly answerer: Answerer;
  readonly nowMs: number;
}

/** Throws what `parsePolicy` throws. `policies`: YAML by region. */
export function hubOf(sources: OpenSources, network: Network, policies: Readonly<Record<string, string>>, nowMs: number): Hub {
  const parsed = Object.entries(policies).map(([region, text]) =>
    parsePolicy(text, `${region}.yaml`, {
      region: asRegionCode(region),
      timeZone: network.timeZone,
      vocabulary: vocabulary(),
      network,
      sources: [...sources.mappings.values()].filter((mapping) => mapping.region === region).map((mapping) => policySourceOf(mapping, exactnessOf(mapping, sources.mirrored.has(mapping.source)))),
    }),
  );
  const state = hubState(vocabulary(), network, sources.registry, { epoch: 1, policies: parsed });
  const parts: AnswerParts = { state, registry: sources.registry, journal: noJournal, keys, now: () => nowMs, clock: () => performance.now() };
  return { parts, state, nowMs, answerer: answerer(parts) };
}

export interface Asking {
  readonly agency: string;
  readonly purpose: string | null;
}

export function permitFor(hub: Hub, { agency, purpose }: Asking): { readonly permit: Permit; readonly schema: GraphQLSchema } {
  const found = hub.state.network.agencies.get(asAgencyId(agency));
  if (found === undefined) throw new Error(`no agency ${agency}`);
  const permit = hub.state.permitOf(found, purpose === null ? null : asPurpose(purpose), hub.nowMs);
  return { permit, schema: hub.state.schemaOf(permit) };
}

export function planFor(hub: Hub, asking: Asking, text: string, variables: Readonly<Record<string, unknown>> = {}, operationName: string | null = null): { readonly plan: OperationPlan; readonly variables: Readonly<Record<string, unknown>> } {
  const { permit, schema } = permitFor(hub, asking);
  const document = parse(text);
  const faults = validate(schema, document);
  if (faults.length > 0) throw new Error(`the query does not fit the schema: ${faults.map(({ message }) => message).join("; ")}\n${text}`);
  const operation = document.definitions.find((definition) => definition.kind === "OperationDefinition");
  const { coerced, errors } = getVariableValues(schema, operation?.kind === "OperationDefinition" ? (operation.variableDefinitions ?? []) : [], variables);
  if (errors !== undefined) throw new Error(`the variables do not fit: ${errors.map(({ message }) => message).join("; ")}\n${text}`);
  return { plan: compile({ schema, document, operationName, variables: coerced, context: hub.state.planContext(permit) }), variables: coerced };
}

/** Some scan of the plan stays whole and carries a guard per cell: it has more strata than are read apart. */
const hasCellGuards = (plan: OperationPlan): boolean =>
  plan.roots.some((root) => {
    const scans = root.kind === "connection" ? root.scans : root.kind === "aggregate" ? root.scans : root.kind === "byId" ? [...root.targets.values()].flatMap((target) => target.scans) : [];
    return scans.some(({ strata }) => strata.some(({ levels }) => levels === null));
  });

type Refused = { readonly refused: string };

/** Refusals of the whole operation are answers here, as they are over HTTP. */
export async function ask(hub: Hub, asking: Asking, text: string, variables: Readonly<Record<string, unknown>> = {}, operationName: string | null = null): Promise<(Answer & { readonly cellGuards: boolean }) | Refused> {
  return refusalOr(async () => {
    const planned = planFor(hub, asking, text, variables, operationName);
    return { ...(await answerByPlan(hub, asking, planned.plan, planned.variables)), cellGuards: hasCellGuards(planned.plan) };
  });
}

/** By a plan that was made for other values, or for another agency with an equal permit. */
export const askByPlan = (hub: Hub, asking: Asking, plan: OperationPlan, variables: Readonly<Record<string, unknown>>): Promise<Answer | Refused> =>
  refusalOr(() => answerByPlan(hub, asking, plan, variables));

async function refusalOr<T>(answer: () => Promise<T>): Promise<T | Refused> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof HubError) return { refused: error.message };
    throw error;
  }
}

function answerByPlan(hub: Hub, asking: Asking, plan: OperationPlan, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
  const { permit } = permitFor(hub, asking);
  const agency = hub.state.network.agencies.get(asAgencyId(asking.agency));
  if (agency === undefined) throw new Error(`no agency ${asking.agency}`);
  return hub.answerer.answer({
    principal: { kind: "agency", agency, anonymous: hub.state.network.anonymous === agency.id, purposes: agency.purposes, mintedBy: "cli", expiresAtMs: Number.POSITIVE_INFINITY },
    permit,
    plan,
    variables,
    generation: hub.state.current().number,
    introspection: null,
    correlationId: "test",
    documentHash: "0".repeat(64),
    nowMs: hub.nowMs,
    signal: new AbortController().signal,
  });
}

const idKeys = makeIdKeys(keys.idMaster);

/** An id in the words of the model: entity, source, locator. */
export function readId(id: string, agency: string, sources: OpenSources): string {
  const parsed = parseId(id);
  if (parsed === null) throw new Error(`the hub printed ${id} as an id`);
  const mapped = sources.mappings.get(parsed.source)?.entities.get(parsed.entity);
  const cells = Math.max(0, ...(mapped?.parts ?? []).map((part) => part.locator.length));
  const locator = decodeTail(parsed.tail, mapped?.keyPublic === true ? "public" : idKeys(asAgencyId(agency), parsed.entity, parsed.source), cells);
  return `${parsed.entity} ${parsed.source} ${JSON.stringify(locator)}`;
}

/** The id that the hub would print of a row. */
export function idFor(agency: string, entity: string, source: string, locator: readonly (string | number)[], sources: OpenSources): string {
  const names = [asEntityName(entity), asSourceId(source)] as const;
  const isPublic = sources.mappings.get(source)?.entities.get(names[0])?.keyPublic === true;
  return encodeId(idPrefix(...names), locator, isPublic ? "public" : idKeys(asAgencyId(agency), ...names));
}
