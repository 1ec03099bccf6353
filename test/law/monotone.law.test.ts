/**
 * Monotony, on V: taking a grant away, or adding a restriction, never shows a row more nor a cell clearer, at any door for any purpose;
 * and V, like the permit, is the same whatever order rules, grantees and groups stand in.
 */
import { expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { levelChain } from "../../schema/vocabulary.ts";
import { encode } from "../reference/generator/encode.ts";
import { pick } from "../reference/generator/draw.ts";
import { agencies, makeRestriction, makeRules, networkYaml, policyYaml } from "../reference/generator/policies.ts";
import { makeWorld } from "../reference/generator/world.ts";
import { answerOfHub, governed, makeAsking, modelInput, names, openWorld, type OpenWorld } from "../reference/harness/cases.ts";
import { type Asking, type Hub, permitFor } from "../reference/harness/hub.ts";
import { generatorOf } from "../reference/laws/networks.ts";
import { type ModelInput, type ModelRule, viewOf } from "../reference/model.ts";
import type { Connection, Door, Selection } from "../reference/query.ts";
import { viewText } from "../reference/harness/viewText.ts";
import { casesOr, seed } from "./hold.ts";

const doors: readonly Door[] = ["query", "aggregate", "subscribe", "export"];

/** Every cell of V by its place, as a rank in its attribute's chain; and every row. */
function cellsOf(input: ModelInput): ReadonlyMap<string, number> {
  const cells = new Map<string, number>();
  const purposes = input.agency.purposes.length > 0 ? input.agency.purposes : [null];
  for (const purpose of purposes) {
    for (const door of doors) {
      const view = viewOf(input, door, purpose);
      for (const entity of input.vocabulary.entities.values()) {
        for (const { row, level } of view(entity.name)) {
          const place = `${purpose} ${door} ${row.source} ${entity.name} ${JSON.stringify(row.locator)}`;
          cells.set(place, 1);
          for (const attribute of entity.attributes.values()) cells.set(`${place} ${attribute.name}`, levelChain(attribute).indexOf(level(attribute.name)));
        }
      }
    }
  }
  return cells;
}

/** Every row that the hub lists, by id. */
async function everything(hub: Hub, open: OpenWorld, asking: Asking): Promise<ReadonlyMap<string, string>> {
  const known = names(hub, asking);
  const seen = new Map<string, string>();
  for (const entity of vocabulary().entities.values()) {
    if (!known.fields("Query").has(entity.plural)) continue;
    const select: readonly Selection[] = [{ kind: "id" }];
    const query: Connection = { kind: "connection", entity: entity.name, where: null, orderBy: [], size: 1000, backward: false, skip: 0, select };
    const { data } = await answerOfHub(hub, open.sources, asking, query);
    for (const { node } of (JSON.parse(data) as { edges: readonly { node: { id: string } }[] }).edges) seen.set(node.id, JSON.stringify(node));
  }
  return seen;
}

test(`less granted or more restricted is never more seen (seed ${seed})`, { timeout: 600_000 }, async () => {
  const casesMin = casesOr(150);
  let cases = 0;
  let fell = 0;
  for (let network = 0; network < 2000 && (cases < casesMin || fell < casesMin / 8); network += 1) {
    const g = generatorOf(seed + network);
    const world = makeWorld(g);
    const open = await openWorld(encode(world), { reading: "inline" });
    try {
      for (let turn = 0; turn < 6; turn += 1) {
        const rules = makeRules(g, world, { many: pick(g, [true, false]) });
        const grants = rules.filter(({ effect }) => effect === "grant");
        const taken = grants.length > 0 ? pick(g, grants) : null;
        const fewer = taken !== null && pick(g, [true, false]) ? rules.filter((rule) => rule !== taken) : [...rules, makeRestriction(g, world, "added")];
        const asking = makeAsking(g);
        const [more, less] = [cellsOf(modelInput(open.rows, rules, asking)), cellsOf(modelInput(open.rows, fewer, asking))];
        const words = `SEED=${seed + network}\n${policyYaml(rules)}\nbecame\n${policyYaml(fewer)}`;
        for (const [place, rank] of less) expect(rank, `${place} rose: ${words}`).toBeLessThanOrEqual(more.get(place) ?? 0);
        cases += 1;
        if ([...more].some(([place, rank]) => less.get(place) !== rank)) fell += 1;
        const [hub, stricter] = [governed(open, rules), governed(open, fewer)];
        if (turn > 1 || hub === null || stricter === null) continue;
        const [all, some] = [await everything(hub, open, asking), await everything(stricter, open, asking)];
        for (const id of some.keys()) expect(all.has(id), `${id} appeared: ${words}`).toBe(true);
      }
    } finally {
      await open.close();
    }
  }
  expect(cases).toBeGreaterThanOrEqual(casesMin);
  // A law over cases in which nothing is ever taken away says nothing.
  expect(fell).toBeGreaterThanOrEqual(casesMin / 8);
});

const shuffled = <T>(list: readonly T[], by: number): T[] => list.map((item, at) => ({ item, key: (at * 7919 + by * 104_729) % 1009 })).sort((a, b) => a.key - b.key).map(({ item }) => item);

test(`the order of rules, grantees and groups changes neither permit nor view (seed ${seed})`, { timeout: 600_000 }, async () => {
  const casesMin = casesOr(60);
  let cases = 0;
  const groups = (JSON.parse(networkYaml) as { groups: Record<string, string[]> }).groups;
  for (let network = 0; network < 500 && cases < casesMin; network += 1) {
    const g = generatorOf(seed + network);
    const world = makeWorld(g);
    const open = await openWorld(encode(world), { reading: "inline" });
    try {
      for (let turn = 0; turn < 4; turn += 1) {
        const rules = makeRules(g, world, { many: pick(g, [true, false]) });
        const salt = network * 4 + turn + 1;
        const other: readonly ModelRule[] = shuffled(rules, salt).map((rule) => ({ ...rule, to: [...rule.to].reverse(), except: [...rule.except].reverse() }));
        const turned = JSON.stringify({ ...(JSON.parse(networkYaml) as object), groups: Object.fromEntries(shuffled(Object.entries(groups), salt).map(([name, members]) => [name, [...members].reverse()])) });
        const [hub, otherHub] = [governed(open, rules), governed(open, other, turned)];
        expect(otherHub === null).toBe(hub === null);
        if (hub === null || otherHub === null) continue;
        for (const { id, purposes } of agencies) {
          for (const purpose of purposes.length > 0 ? purposes : [null]) {
            const asking = { agency: id, purpose };
            const [permit, otherPermit] = [permitFor(hub, asking).permit, permitFor(otherHub, asking).permit];
            expect({ ...otherPermit, expiresAtMs: 0 }).toEqual({ ...permit, expiresAtMs: 0 });
            expect([otherPermit.permitHash, otherPermit.schemaHash, otherPermit.expiresAtMs]).toEqual([permit.permitHash, permit.schemaHash, permit.expiresAtMs]);
            const [input, otherInput] = [modelInput(open.rows, rules, asking), modelInput(open.rows, other, asking)];
            expect(viewText(viewOf(otherInput, "query"), otherInput)).toBe(viewText(viewOf(input, "query"), input));
            cases += 1;
          }
        }
      }
    } finally {
      await open.close();
    }
  }
  expect(cases).toBeGreaterThanOrEqual(casesMin);
});
