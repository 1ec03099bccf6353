/** Draws networks with their rules, askers and questions, and holds a law over them; many questions for one network, which costs most. */
import fc from "fast-check";
import { answerer } from "../../../src/gateway/answerOperation.ts";
import { chance, type Generate, pick, upTo } from "../generator/draw.ts";
import { encode } from "../generator/encode.ts";
import { unseenChanges } from "../generator/mutations.ts";
import { makeRules } from "../generator/policies.ts";
import { makeAggregate, makeConnection, makeQuery, type Names } from "../generator/queries.ts";
import type { ServerKind } from "../generator/typedStyles.ts";
import { makeWorld, type World } from "../generator/world.ts";
import { governed, makeAsking, modelInput, names, openWorld, settle } from "../harness/cases.ts";
import type { Asking, Reading } from "../harness/hub.ts";
import type { ModelRow, ModelRule } from "../model.ts";
import type { Query } from "../query.ts";
import { checks, type LawName } from "./laws.ts";
import type { Tally } from "./tally.ts";

/** A case as data, before it is encoded: what the minimiser works on. */
export interface Case {
  readonly law: LawName;
  readonly world: World;
  readonly other: World | null;
  readonly rules: readonly ModelRule[];
  readonly asking: Asking;
  readonly query: Query;
  readonly salt: number;
}

export class Difference extends Error {
  readonly found: Case;
  /** What a smaller case must have in common with it: that answers differ, or what was thrown. */
  readonly kind: string;
  constructor(found: Case, said: string, kind: string) {
    super(said);
    this.name = "Difference";
    this.found = found;
    this.kind = kind;
  }
}

const policiesPerWorld = 4;
const askersPerPolicy = 2;
const questionsPerAsker = 10;
/** Policies that are asked for published figures most of all: groups of just the smallest size are rare. */
const publishedPercent = 20;

/** Threads that come and go have ended whole processes (V8): few networks have any. */
const readingOf = (g: Generate): Reading => pick(g, [...Array<Reading>(15).fill("inline"), ...Array<Reading>(4).fill("asWorker"), "workers"]);

export const generatorOf = (seed: number): Generate => fc.sample(fc.gen(), { seed, numRuns: 1 })[0] as Generate;

/** One network by its seed, with a source on one of `servers` at least. Throws a Difference. */
export async function holdOver(law: LawName, seed: number, tally: Tally, servers: readonly ServerKind[] = []): Promise<void> {
  const g = generatorOf(seed);
  const world = makeWorld(g, servers);
  if (law === "nonInterference") return pairs(g, world, tally);
  const reading = readingOf(g);
  tally.note(`reading ${reading}`);
  const open = await openWorld(encode(world), { reading });
  try {
    for (let policy = 0; policy < policiesPerWorld; policy += 1) {
      const statistics = chance(g, publishedPercent);
      const rules = makeRules(g, world, { many: !statistics && chance(g, 25), publishes: statistics });
      const governing = governed(open, rules);
      if (governing === null) {
        tally.note("policies refused");
        continue;
      }
      for (let asker = 0; asker < askersPerPolicy; asker += 1) {
        const asking = makeAsking(g);
        // Figures that were computed for one purpose withhold those of another for a day (semantics.md §5); the model has no yesterday.
        const hub = { ...governing, answerer: answerer(governing.parts) };
        const input = modelInput(open.rows, rules, asking);
        const known = names(hub, asking);
        for (let question = 0; question < questionsPerAsker; question += 1) {
          const made = questionFor(law, g, known, open.rows, statistics);
          if (made === null) break;
          const one: Case = { law, world, other: null, rules, asking, query: settle(input, made), salt: upTo(g, 2 ** 30) };
          tally.note("cases");
          await hold(one, { open, hub, input, asking, other: null }, tally);
        }
      }
    }
  } finally {
    await open.close();
  }
}

function questionFor(law: LawName, g: Generate, known: Names, rows: readonly ModelRow[], statistics: boolean): Query | null {
  switch (law) {
    case "paging":
      return makeConnection(g, known);
    case "planReuse":
      return chance(g, 60) ? makeConnection(g, known) : (makeAggregate(g, known, "aggregate") ?? makeConnection(g, known));
    default:
      return (statistics && chance(g, 70) ? makeAggregate(g, known, "published") : null) ?? makeQuery(g, known, rows);
  }
}

/** Changed behind one agency's back, for all that it may ask. */
async function pairs(g: Generate, world: World, tally: Tally): Promise<void> {
  const reading = readingOf(g);
  const open = await openWorld(encode(world), { reading });
  try {
    for (let policy = 0; policy < policiesPerWorld; policy += 1) {
      const statistics = chance(g, publishedPercent);
      const rules = makeRules(g, world, { many: !statistics && chance(g, 35), publishes: statistics });
      const asking = makeAsking(g);
      const pair = unseenChanges(g, world, rules, asking.agency, 25);
      if (pair.changes === 0) continue;
      const otherOpen = await openWorld(encode(pair.world), { reading });
      try {
        const [hub, otherHub] = [governed(open, rules), governed(otherOpen, rules)];
        if (hub === null || otherHub === null) {
          tally.note("policies refused");
          continue;
        }
        tally.note(`reading ${reading}`);
        tally.note("changes", pair.changes);
        const input = modelInput(open.rows, rules, asking);
        const known = names(hub, asking);
        for (let question = 0; question < 3 * questionsPerAsker; question += 1) {
          // Rows of either world: an id of a hidden row must look like one that never was.
          const made = questionFor("nonInterference", g, known, [...open.rows, ...otherOpen.rows], statistics);
          if (made === null) break;
          const one: Case = { law: "nonInterference", world, other: pair.world, rules, asking, query: settle(input, made), salt: upTo(g, 2 ** 30) };
          tally.note("cases");
          await hold(one, { open, hub, input, asking, other: { open: otherOpen, hub: otherHub } }, tally);
        }
      } finally {
        await otherOpen.close();
      }
    }
  } finally {
    await open.close();
  }
}

async function hold(one: Case, subject: Parameters<(typeof checks)[LawName]>[0], tally: Tally): Promise<void> {
  let said: string | null;
  try {
    said = await checks[one.law](subject, one.query, one.salt, tally);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Difference(one, text, text.slice(0, 40));
  }
  if (said !== null) throw new Difference(one, said, /"(?:errors|refused)":/.test(said) ? "differs by an error" : "differs");
}

/** The same over networks of its own, for a case that is tried again smaller. Null: the law holds, or there is no such case. */
export async function tryAgain(one: Case, tally: Tally): Promise<Difference | null> {
  const open = await openWorld(encode(one.world), { reading: "inline" });
  const otherOpen = one.other === null ? null : await openWorld(encode(one.other), { reading: "inline" });
  try {
    const hub = governed(open, one.rules);
    const otherHub = otherOpen === null ? null : governed(otherOpen, one.rules);
    if (hub === null || (otherOpen !== null && otherHub === null)) return null;
    const input = modelInput(open.rows, one.rules, one.asking);
    const other = otherOpen === null || otherHub === null ? null : { open: otherOpen, hub: otherHub };
    await hold({ ...one, query: settle(input, one.query) }, { open, hub, input, asking: one.asking, other }, tally);
    return null;
  } catch (error) {
    if (error instanceof Difference) return error;
    throw error;
  } finally {
    await open.close();
    await otherOpen?.close();
  }
}
