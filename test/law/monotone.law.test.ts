/** Monotony: taking a grant away, or adding a restriction, never shows a row more nor a cell clearer. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { answerOfHub, governed, makeAsking, names, openWorld } from "../reference/cases.ts";
import { printValue, type Json } from "../reference/answers.ts";
import { entityOf, type ModelRow } from "../reference/model.ts";
import { attributesOf, entities, makeRestriction, makeRules, policyYaml } from "../reference/policies.ts";
import { pick } from "../reference/generate.ts";
import { makeWorld } from "../reference/world.ts";
import type { Connection, Selection } from "../reference/query.ts";
import type { Hub, Asking } from "../reference/hub.ts";
import type { OpenWorld } from "../reference/cases.ts";
import { casesOr, parameters, roundsMax, seed } from "./report.ts";

const casesMin = casesOr(30);
/** Cases in which the stricter rules really showed less; about one in six does. */
const fellMin = Math.max(1, Math.floor(casesMin / 8));

type Seen = ReadonlyMap<string, Readonly<Record<string, Json>>>;

/** Every row and cell that the hub prints to the agency, by id. */
async function everything(hub: Hub, open: OpenWorld, asking: Asking): Promise<Seen> {
  const known = names(hub, asking);
  const seen = new Map<string, Readonly<Record<string, Json>>>();
  for (const entity of entities) {
    if (!known.fields("Query").has(entityOf(vocabulary(), entity).plural)) continue;
    const fields = known.fields(entity);
    const select: Selection[] = [{ kind: "id" }];
    for (const { name, type } of attributesOf(entity)) {
      if (!fields.has(name)) continue;
      select.push(type.kind === "link" ? { kind: "link", name, select: [{ kind: "id" }] } : { kind: "attribute", name });
    }
    const query: Connection = { kind: "connection", entity, where: null, orderBy: [], size: 1000, backward: false, skip: 0, select };
    const answered = await answerOfHub(hub, open.sources, asking, query);
    for (const { node } of (JSON.parse(answered.data) as { edges: readonly { node: { id: string } & Record<string, Json> }[] }).edges) seen.set(node.id, node);
  }
  return seen;
}

test(`less granted or more restricted is never more seen (seed ${seed})`, { timeout: 600_000 }, async () => {
  let cases = 0;
  let fell = 0;
  let round = 0;
  // A law over cases in which nothing is ever taken away says nothing: more are drawn until some were.
  while ((cases < casesMin || fell < fellMin) && round < roundsMax) {
    round += 1;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const world = makeWorld(g);
        const open = await openWorld(world);
        try {
          for (let turn = 0; turn < 3; turn += 1) {
            const rules = makeRules(g, world, { many: pick(g, [true, false]) });
            const grants = rules.filter(({ effect }) => effect === "grant");
            const taken = grants.length > 0 ? pick(g, grants) : null;
            const fewer = taken !== null && pick(g, [true, false]) ? rules.filter((rule) => rule !== taken) : [...rules, makeRestriction(g, world, "added")];
            const [hub, stricter] = [governed(open, rules), governed(open, fewer)];
            if (hub === null || stricter === null) continue;
            const asking = makeAsking(g);
            const [more, less] = [await everything(hub, open, asking), await everything(stricter, open, asking)];
            cases += 1;
            if (JSON.stringify([...less]) !== JSON.stringify([...more])) fell += 1;
            for (const [id, node] of less) {
              const before = more.get(id);
              const words = [id, ...rules.map((rule) => policyYaml([rule])), "became", ...fewer.map((rule) => policyYaml([rule]))].join("\n");
              expect(before, `a row appeared: ${words}`).toBeDefined();
              const row = open.rows.find((candidate) => `${candidate.entity} ${candidate.source} ${JSON.stringify(candidate.locator)}` === id) as ModelRow;
              for (const [name, cell] of Object.entries(node)) {
                if (cell === null || JSON.stringify(cell) === JSON.stringify(before?.[name])) continue;
                // What changed and is still there can only be a mask of what was clear.
                const attribute = entityOf(vocabulary(), row.entity).attributes.get(name);
                const clear = attribute === undefined ? null : clearCell(attribute.type.kind, attribute.type as never, row.cells[name] ?? null);
                expect(JSON.stringify(before?.[name]), `${name} rose: ${words}`).toBe(JSON.stringify(clear));
                expect(JSON.stringify(cell), `${name} rose: ${words}`).not.toBe(JSON.stringify(clear));
              }
            }
          }
        } finally {
          await open.close();
        }
      }),
      parameters(Math.max(1, Math.ceil((casesMin - cases) / 3)), seed + round - 1),
    );
  }
  expect(cases).toBeGreaterThanOrEqual(casesMin);
  expect(fell).toBeGreaterThanOrEqual(fellMin);
});

function clearCell(kind: string, type: Parameters<typeof printValue>[0], value: ModelRow["cells"][string]): Json {
  if (kind !== "object" || value === null) return printValue(type, value ?? null);
  const parts = type.kind === "object" ? type.parts : {};
  return Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, printValue(part.type as never, (value as Readonly<Record<string, never>>)[name] ?? null)]));
}
