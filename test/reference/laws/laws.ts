/**
 * The laws as functions: each takes one case (a network, rules, an agency, a question) and says how the hub broke it, or nothing.
 * `test/law` holds them over some thousand cases, `scripts/fuzz.mjs` over as many as one likes.
 */
import fc from "fast-check";
import type { Json } from "../answers.ts";
import { pick, type Generate } from "../generator/draw.ts";
import { agencies } from "../generator/policies.ts";
import { answerOfHub, answerOfModel, canonical, type HubAnswer, type OpenWorld, written } from "../harness/cases.ts";
import { send, type Sent } from "../harness/door.ts";
import { ask, askByPlan, type Asking, type Hub, permitFor, planFor, readId } from "../harness/hub.ts";
import { nowhere, queryText, type QueryText } from "../harness/queryText.ts";
import { plainKeys, rewrite, together } from "../harness/rewrites.ts";
import type { ModelInput } from "../model.ts";
import type { Connection, Query } from "../query.ts";
import { allVariables, otherValues } from "./otherValues.ts";
import type { Tally } from "./tally.ts";

export interface Subject {
  readonly open: OpenWorld;
  readonly hub: Hub;
  readonly input: ModelInput;
  readonly asking: Asking;
  /** With an equal view; non-interference alone. */
  readonly other: { readonly open: OpenWorld; readonly hub: Hub } | null;
}

/** `salt` decides whatever a law draws for itself, so that a case can be tried again. */
export type Check = (subject: Subject, query: Query, salt: number, tally: Tally) => Promise<string | null>;

export const drawn = (salt: number): Generate => fc.sample(fc.gen(), { seed: salt, numRuns: 1 })[0] as Generate;

/** The hub answers what the model answers. */
export const differential: Check = async ({ open, hub, input, asking }, query, _salt, tally) => {
  const model = answerOfModel(input, query);
  const hubs = await answerOfHub(hub, open.sources, asking, query);
  const wanted = canonical(model.data);
  if ("cellGuards" in hubs.answer && hubs.answer.cellGuards) tally.note("guards by cell");
  if (wanted.length > 60) tally.note("told");
  if (hubs.data !== wanted) return `${hubs.text}\nhub   ${hubs.data}\nmodel ${wanted}${missedBy(hubs.answer)}`;
  if (query.kind !== "connection" && query.kind !== "byId") return null;
  const sources = "refused" in hubs.answer ? [] : (hubs.answer.extensions.sources as readonly { source: string; rows: number }[]);
  const wrong = sources.find(({ source, rows }) => rows !== (model.printed.get(source)?.size ?? 0));
  return wrong === undefined ? null : `${hubs.text}\nhub counts ${wrong.rows} rows of ${wrong.source}, model ${model.printed.get(wrong.source)?.size ?? 0}`;
};

/** Sources that did not answer: the law is about those that do. */
const missedBy = (answer: HubAnswer["answer"]): string => {
  const sources = "refused" in answer ? [] : ((answer.extensions.sources ?? []) as readonly { source: string; status: string }[]);
  return sources.filter(({ status }) => status !== "OK").map(({ source, status }) => `\n${source} is ${status}`).join("");
};

/** Everything that is observable: elapsed time is not. */
const bytes = (answer: HubAnswer["answer"]): string => JSON.stringify(answer, (key, value: unknown) => (key === "ms" ? 0 : value));

/** Data that an agency cannot see change no byte of what it is sent. One case in thirty goes through the door, status and headers included. */
export const nonInterference: Check = async ({ open, hub, asking, other }, query, salt, tally) => {
  if (other === null) throw new Error("non-interference is about two networks");
  const [one, two] = [await answerOfHub(hub, open.sources, asking, query, true), await answerOfHub(other.hub, other.open.sources, asking, query, true)];
  if (one.text !== two.text) return `not even the same question:\n${one.text}\n${two.text}`;
  if (bytes(one.answer) !== bytes(two.answer)) return `${one.text}\none   ${bytes(one.answer)}\nother ${bytes(two.answer)}`;
  if (salt % 30 !== 0) return null;
  tally.note("over the door");
  const { text, variables } = await written(hub, open.sources, asking, query);
  // The second time by the plan that was kept.
  for (const time of ["first", "second"]) {
    const [sent, otherSent] = [await send(hub, asking, text, variables), await send(other.hub, asking, text, variables)].map(untimed);
    if (sent !== otherSent) return `${text}\nsent the ${time} time ${sent}\nother ${otherSent}`;
  }
  return null;
};

/** The body's length follows the digits of elapsed times, and nothing else: by how much the header differs from it is what counts. */
const untimed = ({ status, headers, body }: Sent): string => {
  const length = Buffer.byteLength(body);
  return JSON.stringify([status, headers.map((part) => (part === String(length) ? "as long as the body" : part)), body.replaceAll(/"ms":\d+/g, '"ms":0')]);
};

type Answered = Awaited<ReturnType<typeof ask>>;
const dataOf = (answer: Answered): Json => ("refused" in answer ? { refused: answer.refused } : answer.errors === undefined ? (answer.data as Json) : { errors: answer.errors as unknown as Json });

/** The same question in other words has the same answer; several in one operation have theirs, in any order. */
export const rewrites: Check = async ({ open, hub, asking }, query, salt, tally) => {
  const { schema } = permitFor(hub, asking);
  const g = drawn(salt);
  const plain = await written(hub, open.sources, asking, query);
  const text = (value: Json): string => canonical(plainKeys(value), (id) => readId(id, asking.agency, open.sources));
  const wanted = text(dataOf(await ask(hub, asking, plain.text, plain.variables)));
  const words = rewrite(g, plain, schema, query.kind !== "connection" || query.skip === 0);
  for (const word of words.words) tally.note(word);
  const got = text(dataOf(await ask(hub, asking, words.text, words.variables, words.operationName)));
  if (got !== wanted) return `${plain.text}\n${JSON.stringify(plain.variables)}\nin other words\n${words.text}\n${JSON.stringify(words.variables)}\n${wanted}\n${got}`;
  if (salt % 4 !== 0) return null;
  tally.note("together");
  const sibling: QueryText = { text: "{ answer: __typename }", variables: {} };
  for (const order of [[plain, sibling, plain], [sibling, plain]]) {
    const all = together(order);
    const answers = dataOf(await ask(hub, asking, all.text, all.variables));
    for (const [index, one] of order.entries()) {
      if (one !== plain || (typeof answers === "object" && answers !== null && "errors" in answers)) continue;
      const own = text({ answer: (answers as Readonly<Record<string, Json>>)[`answer${index}`] ?? null });
      if (own !== wanted && !wanted.includes("errors")) return `${all.text}\n${JSON.stringify(all.variables)}\nalone    ${wanted}\ntogether ${own}`;
    }
  }
  return null;
};

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: unknown }[];
  readonly pageInfo: { readonly hasNextPage?: boolean; readonly hasPreviousPage?: boolean };
  readonly totalCount: number;
}
const longest = 100;

/** Page by page, forward and backward, at any page size, is the whole list. */
export const paging: Check = async ({ hub, asking }, query, salt, tally) => {
  if (query.kind !== "connection") return null;
  const { schema } = permitFor(hub, asking);
  let asked = "";
  const read = async (of: Connection, cursor: string | null): Promise<Page> => {
    const { text, variables } = queryText(of, schema, { cursor, ids: [] });
    asked = `${text}\n${JSON.stringify(variables)}`;
    const answer = await ask(hub, asking, text.replace("edges { node", "edges { cursor node"), variables);
    if ("refused" in answer || answer.errors !== undefined) throw new Error(`${JSON.stringify(answer)}\n${text}`);
    return answer.data.answer as Page;
  };
  const whole = await read({ ...query, size: longest, backward: false, skip: 0 }, null);
  const size = [1, 2, 3, 7][salt % 4] ?? 1;
  for (const backward of [false, true]) {
    const edges: Page["edges"][number][] = [];
    let cursor: string | null = null;
    for (let pages = 0; ; pages += 1) {
      const page: Page = await read({ ...query, size, backward, skip: 0 }, cursor);
      if (page.totalCount !== whole.totalCount) return `${asked}\ncounts ${page.totalCount}, the whole list ${whole.totalCount}`;
      if (backward) edges.unshift(...page.edges);
      else edges.push(...page.edges);
      const more = backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
      if (more !== edges.length < whole.edges.length) return `${asked}\nsays that there is ${more === true ? "" : "no "}more after ${edges.length} of ${whole.edges.length} rows`;
      if (more !== true) break;
      tally.note("pages turned");
      if (pages > longest) return `${asked}\npages never end`;
      cursor = (backward ? page.edges[0] : page.edges.at(-1))?.cursor ?? null;
    }
    if (JSON.stringify(edges) !== JSON.stringify(whole.edges)) return `${asked}\npages ${JSON.stringify(edges)}\nwhole ${JSON.stringify(whole.edges)}`;
  }
  return null;
};

const withoutTimes = (answer: object): string => JSON.stringify(answer, (key, value: unknown) => (key === "ms" || key === "cellGuards" ? undefined : value));

/** A plan kept is a plan made anew: for other values of its variables, and for every agency with an equal permit. */
export const planReuse: Check = async ({ hub, asking }, query, salt, tally) => {
  if (query.kind !== "connection" && query.kind !== "aggregate") return null;
  if (query.where === null) return null;
  const { schema, permit } = permitFor(hub, asking);
  const g = drawn(salt);
  const first = { ...query, ...(query.kind === "connection" ? { skip: 0 } : {}), where: allVariables(query.where) };
  const second = { ...first, where: otherValues(g, first.where, first.entity) };
  const [one, two] = [queryText(first, schema, nowhere), queryText(second, schema, nowhere)];
  if (one.text !== two.text) throw new Error("other values made another text");
  const kept = planFor(hub, asking, one.text, one.variables).plan;
  // Used once with its own values, so that what it remembers of them is there.
  await askByPlan(hub, asking, kept, planFor(hub, asking, one.text, one.variables).variables);
  const { variables } = planFor(hub, asking, two.text, two.variables);
  const [wanted, got] = [withoutTimes(await ask(hub, asking, two.text, two.variables)), withoutTimes(await askByPlan(hub, asking, kept, variables))];
  const words = `${one.text}\n${JSON.stringify(one.variables)}\n${JSON.stringify(two.variables)}`;
  if (got !== wanted) return `${words}\nkept ${got}\nanew ${wanted}`;
  const twin = pick(g, agencies);
  const like: Asking = { agency: twin.id, purpose: twin.purposes[0] ?? null };
  const twins = permitFor(hub, like).permit;
  if (twin.id === asking.agency || twins.permitHash !== permit.permitHash || twins.schemaHash !== permit.schemaHash || like.purpose !== asking.purpose) return null;
  tally.note("plans shared");
  const [own, shared] = [withoutTimes(await ask(hub, like, two.text, two.variables)), withoutTimes(await askByPlan(hub, like, kept, variables))];
  return own === shared ? null : `${words}\nfor ${twin.id} by the plan of ${asking.agency} ${shared}\nby its own ${own}`;
};

export const checks = { differential, nonInterference, rewrites, paging, planReuse } as const satisfies Record<string, Check>;
export type LawName = keyof typeof checks;
