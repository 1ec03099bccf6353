/**
 * Runs a plan for a caller and records the disclosure: the one way by which rows leave the hub over the data door.
 *
 * The record is durable before `text()` or `body` can be had, and epoch and touched slices are checked in the same step (semantics.md
 * §8): if they are no longer current nothing is answered and the caller plans again once, else POLICY_CHANGED.
 */
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import { type errorCodes, HubError } from "../../schema/errorCodes.ts";
import { coordinate } from "../../schema/ids.ts";
import { type Permit, scopeKey, sliceKey } from "../access/permit.ts";
import { type Touched, type Withheld, withheldOf } from "../access/withheld.ts";
import type { Disclosure, Journal } from "../audit/disclosure.ts";
import { callPolicy, type CallPolicy } from "../execute/callSource.ts";
import { boundless } from "../execute/holding.ts";
import type { Json } from "../execute/printNode.ts";
import { run, type RunResult } from "../execute/run.ts";
import type { CursorCodec, IdCodec, RunSource } from "../execute/runContext.ts";
import type { SourceGuard } from "../execute/sourceGuard.ts";
import type { PublicationMemory } from "../execute/runPublished.ts";
import { lastAnswers } from "../execute/lastAnswers.ts";
import { versionWithout } from "../mapping/lost.ts";
import type { HubKeys } from "../identity/keys.ts";
import { decodeTail, encodeId, idPrefix, makeIdKeys, parseId } from "../identity/ids.ts";
import type { AgencyPrincipal } from "../identity/principal.ts";
import { cursorKey, openCursor, sealCursor } from "../identity/sealCursor.ts";
import type { Observer, RequestObserver } from "../observe/observer.ts";
import { costOf } from "../plan/cost.ts";
import type { OperationPlan } from "../plan/operationPlan.ts";
import { operandsOf } from "../plan/operands.ts";
import type { SourceRegistry } from "../sources/registry.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import type { Passage } from "./capacity.ts";
import type { HubState } from "./hubState.ts";
import { type Body, printedBytes, printInPieces } from "./printAnswer.ts";

export interface AnswerParts {
  readonly state: HubState;
  readonly registry: SourceRegistry;
  readonly journal: Journal;
  readonly keys: HubKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Absent: nobody is told of anything. */
  readonly observer?: Observer;
}

export interface AnswerRequest {
  readonly principal: AgencyPrincipal;
  readonly permit: Permit;
  readonly plan: OperationPlan;
  /** Coerced by the schema. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Number of the generation that permit and plan come from: a change since then is found even where it came while sources were read. */
  readonly generation: number;
  /** What the schema says of itself, where the operation asks. */
  readonly introspection: Introspected | null;
  readonly correlationId: string;
  /** SHA-256 of the document text, hex. */
  readonly documentHash: string;
  readonly nowMs: number;
  /** Aborted where the caller went away. */
  readonly signal: AbortSignal;
  /** On the monotonic clock: what has come by then is answered. Absent: the hub's own limit from now on. */
  readonly deadlineAtMs?: number;
  /** Keeps room for what the operation holds; absent: nobody does. */
  readonly passage?: Passage;
  /** Is told of this request; absent or null: nobody is. */
  readonly observed?: RequestObserver | null;
}

/** Root fields that graphql-js answers (`__schema`, `__type`), to stand among the others in the order of the document. */
export interface Introspected {
  readonly keys: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AnswerError {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly extensions: { readonly code: string };
}

export interface Answer {
  readonly errors: readonly AnswerError[] | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** One for a request, also where it is planned twice: on the monotonic clock. */
export const operationDeadline = ({ clock, state }: AnswerParts): number => clock() + state.network.deadlineMs;

export interface Answerer {
  answer(request: AnswerRequest): Promise<Answer>;
  /** The same as JSON text, printed while the record is being synced; a long one is bytes already. Bytes equal `JSON.stringify` of `answer`. */
  answerText(request: AnswerRequest): Promise<Body>;
  /** Records that the plan is told: which rules the agency learns of, and no row. Durable when it resolves; rejects with POLICY_CHANGED. */
  recordExplanation(request: AnswerRequest): Promise<void>;
  /** Of each source that was asked. */
  guards(): ReadonlyMap<string, SourceGuard>;
}

/** Agencies see how long a source took in steps, so that time tells less of hidden rows. */
const msStep = 100;

export function answerer(parts: AnswerParts): Answerer {
  const calls = new Map<string, CallPolicy>();
  const publications: PublicationMemory = new Map();
  const remembered = lastAnswers(parts.clock);
  const idKeys = makeIdKeys(parts.keys.idMaster);
  const cursors = cursorCodec(parts.keys);
  const source = (id: string): RunSource | null => {
    const ready = parts.registry.get(asSourceId(id));
    if (ready === null) return null;
    let call = calls.get(id);
    if (call === undefined || call.deadlineMs !== ready.mapping.deadlineMs) {
      call = callPolicy(ready.mapping.deadlineMs, ready.adapter.concurrency);
      calls.set(id, call);
      call.guard.onBreaker((state) => parts.observer?.breakerChanged(id, state));
    }
    const { staleMs } = ready.mapping;
    const stale = staleMs === null ? null : { answers: remembered, maxAgeMs: staleMs, mappingVersion: versionWithout(ready.mapping, ready.lost) };
    return { adapter: ready.adapter, call, last: stale, suspect: () => parts.registry.suspect(ready.id) };
  };

  const perform = async (request: AnswerRequest): Promise<Performed> => {
    const { plan, permit, principal, passage } = request;
    remembered.keepEpoch(parts.state.current().policySet.epoch);
    const ran = await run(plan, {
      permit,
      agencyId: principal.agency.id,
      agency: principal.agency.attributes,
      operands: operandsOf(plan.slots, request.variables),
      nowMs: request.nowMs,
      timeZone: parts.state.network.timeZone,
      signal: request.signal,
      holding: request.passage ?? boundless,
      ids: idCodec(parts, idKeys, principal.agency.id),
      cursors,
      clock: parts.clock,
      deadlineAtMs: request.deadlineAtMs ?? operationDeadline(parts),
      source,
      publications,
      observer: request.observed ?? null,
    });
    // Nobody is there to be told, so nothing is said to have been.
    if (request.signal.aborted) throw new SourceFailure("ABORTED");
    // Before its record is begun: what is recorded as answered is answered.
    const isLong = passage?.mayBeLong() === true;
    const result = isLong && !passage.printing(printedBytes(ran.data)) ? tooLarge(plan, ran, passage.bytesMax) : ran;
    const availability = availabilityOf(plan, result);
    const { observed } = request;
    observed?.ran({ isComplete: availability.complete, rows: result.sources.reduce((total, { rows }) => total + rows, 0), codes: result.errors.map(({ code }) => code) });
    return { result, isLong, availability, receipt: append(request, disclosureOf(request, availability)) };
  };
  /** A function of its own, for what awaits the receipt keeps everything that it ever held: rows are let go here. */
  const print = async (request: AnswerRequest): Promise<{ head: Body; receipt: Promise<string> }> => {
    const { result, isLong, availability, receipt } = await perform(request);
    receipt.catch(() => undefined);
    const errors = errorsOf(result);
    const before = `{${errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`}"data":`;
    const after = `,"extensions":${extensionsText(request, availability)},"receipt":`;
    const data = dataOf(request, result);
    const head = isLong ? printInPieces(before, data, after) : `${before}${JSON.stringify(data)}${after}`;
    request.passage?.answered(sizeOf(head));
    return { head, receipt };
  };
  /** The receipt of a record that is durable. */
  const append = (request: AnswerRequest, disclosure: Disclosure): Promise<string> => {
    const { observed } = request;
    const fromMs = observed == null ? 0 : parts.clock();
    const written = parts.journal.append(disclosure, () => isCurrent(request)).then(({ id }) => id);
    if (observed == null) return written;
    written.then(
      () => observed.recorded(fromMs, true),
      () => observed.recorded(fromMs, false),
    );
    return written;
  };
  const isCurrent = (request: AnswerRequest): boolean => {
    const nowMs = parts.now();
    if (nowMs >= request.permit.expiresAtMs) return false;
    return parts.state.current().number === request.generation || slicesHold(parts, request, nowMs);
  };

  return {
    guards: () => new Map([...calls].map(([id, { guard }]) => [id, guard])),
    async answer(request) {
      const { result, availability, receipt } = await perform(request);
      const extensions = { ...extensionsOf(request, availability), receipt: await receipt, correlationId: request.correlationId };
      return { errors: errorsOf(result), data: dataOf(request, result), extensions };
    },
    async answerText(request) {
      const { head, receipt } = await print(request);
      const end = `${JSON.stringify(await receipt)},"correlationId":${JSON.stringify(request.correlationId)}}}`;
      return typeof head === "string" ? `${head}${end}` : [...head, Buffer.from(end)];
    },
    async recordExplanation(request) {
      await append(request, { ...disclosureOf(request, { complete: true, sources: [] }), door: "explain" });
    },
  };
}

/** More text than the hub carries for anybody: each root is null and says so, and no row counts as given. */
function tooLarge({ roots }: OperationPlan, { data, sources, ...rest }: RunResult, limit: number): RunResult {
  const large = roots.filter(({ kind }) => kind !== "typename" && kind !== "regions");
  return {
    ...rest,
    data: { ...data, ...Object.fromEntries(large.map(({ key }) => [key, null])) },
    errors: large.map(({ key }) => ({ code: "RESULT_TOO_LARGE", parameters: { limit }, path: [key] })),
    sources: sources.map((source) => ({ ...source, rows: 0, unread: new Map() })),
  };
}

/** Bytes that a printed head holds: a text is counted as its characters, each in the text and in the bytes that are sent. */
const sizeOf = (head: Body): number => (typeof head === "string" ? 3 * head.length : head.reduce((sum, { length }) => sum + length, 0));

function dataOf({ introspection }: AnswerRequest, result: RunResult): RunResult["data"] {
  if (introspection === null) return result.data;
  return Object.fromEntries(introspection.keys.map((key) => [key, Object.hasOwn(introspection.data, key) ? (introspection.data[key] as Json) : (result.data[key] ?? null)]));
}

/** The slices that the answer touched are what they were when it was planned. */
function slicesHold(parts: AnswerParts, request: AnswerRequest, nowMs: number): boolean {
  const now = parts.state.permitOf(request.principal.agency, request.permit.purpose, nowMs);
  for (const { source, entity } of touchedOf(request.plan)) {
    const key = sliceKey(source, entity);
    if (now.slices.get(key) !== request.permit.slices.get(key)) return false;
  }
  return true;
}

function cursorCodec(keys: HubKeys): CursorCodec {
  const key = cursorKey(keys.cursor);
  return { seal: (text) => sealCursor(key, text), open: (sealed) => openCursor(key, sealed) };
}

function idCodec(parts: AnswerParts, keys: ReturnType<typeof makeIdKeys>, agency: AgencyPrincipal["agency"]["id"]): IdCodec {
  return {
    encode(entity, source, locator, isPublic) {
      const names = [asEntityName(entity), asSourceId(source)] as const;
      return encodeId(idPrefix(...names), locator, isPublic ? "public" : keys(agency, ...names));
    },
    decode(id) {
      const found = parseId(id);
      if (found === null || !parts.registry.list().some((state) => state.id === found.source)) return null;
      const mapped = parts.registry.get(found.source)?.mapping.entities.get(found.entity);
      const cells = Math.max(0, ...(mapped?.parts ?? []).map((part) => part.locator.length));
      const locator = decodeTail(found.tail, mapped?.keyPublic === true ? "public" : keys(agency, found.entity, found.source), cells);
      return { entity: found.entity, source: found.source, locator };
    },
  };
}

function errorsOf(result: RunResult): readonly AnswerError[] | undefined {
  if (result.errors.length === 0) return undefined;
  return result.errors.map(({ code, parameters, path }) => ({ message: new HubError(code, parameters).message, path, extensions: { code } }));
}

interface Performed {
  readonly result: RunResult;
  /** Too long to be printed as one text. */
  readonly isLong: boolean;
  readonly availability: Availability;
  readonly receipt: Promise<string>;
}

interface Availability {
  readonly complete: boolean;
  readonly missedEarlier?: readonly string[];
  readonly sources: readonly { readonly source: string; readonly status: string; readonly rows: number; readonly ms: number; readonly staleness: number | null; readonly unread?: Readonly<Record<string, number>> }[];
}

function extensionsOf(request: AnswerRequest, availability: Availability): Readonly<Record<string, unknown>> {
  const { plan, permit } = request;
  return { ...availability, access: { purpose: permit.purpose, epoch: permit.epoch, withheld: withheldIn(plan) }, cost: costOf(plan, request.variables) };
}

const withheldTexts = new WeakMap<readonly Withheld[], string>();

/** `JSON.stringify` of the same, without its closing brace; what the plan fixes is printed once. */
function extensionsText(request: AnswerRequest, availability: Availability): string {
  const { plan, permit } = request;
  const withheld = withheldIn(plan);
  let text = withheldTexts.get(withheld);
  if (text === undefined) {
    text = JSON.stringify(withheld);
    withheldTexts.set(withheld, text);
  }
  return `${JSON.stringify(availability).slice(0, -1)},"access":{"purpose":${JSON.stringify(permit.purpose)},"epoch":${permit.epoch},"withheld":${text}},"cost":${costOf(plan, request.variables)}`;
}

function availabilityOf(plan: OperationPlan, result: RunResult): Availability {
  const absent = plan.doors.length === 0 ? [] : plan.context.absent.filter((each) => !result.sources.some(({ source }) => source === each.source));
  const sources = [
    ...result.sources.map(({ source, status, rows, ms, stalenessMs, unread }) => ({ source, status, rows, ms: Math.ceil(ms / msStep) * msStep, staleness: stalenessMs, ...(unread.size === 0 ? {} : { unread: Object.fromEntries([...unread].sort(([a], [b]) => (a < b ? -1 : 1))) }) })),
    ...absent.map(({ source }) => ({ source, status: "UNAVAILABLE", rows: 0, ms: 0, staleness: null })),
  ].sort((a, b) => (a.source < b.source ? -1 : 1));
  return {
    complete: result.complete && absent.length === 0,
    ...(result.missedEarlier.length === 0 ? {} : { missedEarlier: result.missedEarlier }),
    sources,
  };
}

const touchedByPlan = new WeakMap<OperationPlan, readonly Touched[]>();

/** Every source that maps a used entity, with the attributes that the document uses there. */
export function touchedOf(plan: OperationPlan): readonly Touched[] {
  let known = touchedByPlan.get(plan);
  if (known === undefined) {
    const byScope = new Map<string, { source: Touched["source"]; entity: Touched["entity"]; door: Touched["door"]; attributes: string[] }>();
    for (const { entity, attribute, door } of plan.used) {
      for (const source of plan.context.sources) {
        if (!source.mapping.entities.has(entity.name)) continue;
        const key = scopeKey(source.id, entity.name, door);
        const touched = byScope.get(key);
        if (touched === undefined) byScope.set(key, { source: source.id, entity: entity.name, door, attributes: [attribute] });
        else touched.attributes.push(attribute);
      }
    }
    known = [...byScope.values()];
    touchedByPlan.set(plan, known);
  }
  return known;
}

const withheldByPlan = new WeakMap<OperationPlan, readonly Withheld[]>();

/** A function of permit and document alone, so it is kept with the plan. */
export function withheldIn(plan: OperationPlan): readonly Withheld[] {
  let known = withheldByPlan.get(plan);
  if (known === undefined) {
    known = withheldOf(plan.context.permit, touchedOf(plan), plan.context.vocabulary);
    withheldByPlan.set(plan, known);
  }
  return known;
}

interface Static {
  readonly coordinates: readonly string[];
  readonly rules: readonly string[];
  readonly door: string;
}
const staticByPlan = new WeakMap<OperationPlan, Static>();

function staticOf(plan: OperationPlan): Static {
  let known = staticByPlan.get(plan);
  if (known === undefined) {
    const rules = new Set<string>();
    for (const { source, entity, door } of touchedOf(plan)) {
      const scope = plan.context.permit.scopes.get(scopeKey(source, entity, door));
      for (const clause of [...(scope?.grants ?? []), ...(scope?.restrictions ?? []), ...(scope?.hides ?? [])]) rules.add(clause.rule);
    }
    for (const root of plan.roots) if (root.kind === "published") for (const { publication } of root.publications) rules.add(publication.rule);
    known = {
      coordinates: [...new Set(plan.used.map(({ entity, attribute }) => coordinate(entity.name, attribute)))].sort(),
      rules: [...rules].sort(),
      door: plan.doors.join("+") || "schema",
    };
    staticByPlan.set(plan, known);
  }
  return known;
}

function disclosureOf(request: AnswerRequest, availability: Pick<Availability, "complete" | "sources">): Disclosure {
  const { plan, permit, principal } = request;
  const { coordinates, rules, door } = staticOf(plan);
  return {
    at: new Date(request.nowMs).toISOString(),
    correlationId: request.correlationId,
    outcome: availability.complete ? "ANSWERED" : "PARTIAL",
    code: null,
    agency: principal.agency.id,
    mintedBy: principal.mintedBy,
    purpose: permit.purpose,
    epoch: permit.epoch,
    document: request.documentHash,
    door,
    coordinates,
    rules,
    sources: availability.sources.map(({ source, status, rows }) => ({ source, status, rows })),
  };
}

/** The record of an operation whose caller went away: what it was about to see, and that nothing was sent. */
export function abandonment(request: AnswerRequest): Disclosure {
  return { ...disclosureOf(request, { complete: false, sources: [] }), outcome: "ABORTED" };
}

/** The record of an operation that was refused before any row was read. */
export function refusal(code: keyof typeof errorCodes, request: Omit<Disclosure, "outcome" | "code" | "coordinates" | "rules" | "sources">): Disclosure {
  return { ...request, outcome: "REFUSED", code, coordinates: [], rules: [], sources: [] };
}

