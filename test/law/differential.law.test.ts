/**
 * Equality with the reference model: for random networks, policies and questions the hub answers what V alone would answer. Over SQLite
 * files, and over networks of which one source is in PostgreSQL.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { viewText } from "../reference/answers.ts";
import { answerOfHub, answerOfModel, canonical, governed, makeAsking, modelInput, names, openPlainWorld, openWorld, type OpenWorld, settle } from "../reference/cases.ts";
import { viewOf } from "../reference/model.ts";
import { makeRules, policyYaml } from "../reference/policies.ts";
import { doorOf } from "../reference/query.ts";
import { makeQuery } from "../reference/queries.ts";
import { sourceYaml } from "../reference/tables.ts";
import { chance } from "../reference/generate.ts";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { makeWorld, type World } from "../reference/world.ts";
import { casesOr, parameters, roundsMax, seed } from "./report.ts";

const policiesPerWorld = 3;
const askersPerPolicy = 2;
const questionsPerAsker = 4;

test(`the hub answers what the reference model answers (seed ${seed})`, { timeout: 600_000 }, () => law(casesOr(300), (world, workersOnly) => openWorld(world, { workersOnly })));

test.skipIf(!(await hasPostgres()))(`and over PostgreSQL beside SQLite (seed ${seed})`, { timeout: 600_000 }, () => law(casesOr(150), openPlainWorld));

async function law(casesMin: number, openOne: (world: World, workersOnly: boolean) => Promise<OpenWorld>): Promise<void> {
  let cases = 0;
  let refused = 0;
  let told = 0;
  let guarded = 0;
  let round = 0;
  while ((cases < casesMin || guarded <= cases / 40 || told <= cases / 4) && round < roundsMax) {
    round += 1;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const open = await openOne(makeWorld(g), chance(g, 15));
        const { world } = open;
        try {
          for (let policy = 0; policy < policiesPerWorld; policy += 1) {
            const rules = makeRules(g, world, { many: chance(g, 25) });
            const hub = governed(open, rules);
            if (hub === null) {
              refused += 1;
              continue;
            }
            for (let asker = 0; asker < askersPerPolicy; asker += 1) {
              const asking = makeAsking(g);
              const input = modelInput(open.rows, rules, asking);
              const known = names(hub, asking);
              for (let question = 0; question < questionsPerAsker; question += 1) {
                const made = makeQuery(g, known, open.rows);
                if (made === null) continue;
                const query = settle(input, made);
                const model = answerOfModel(input, query);
                const answered = await answerOfHub(hub, open.sources, asking, query);
                cases += 1;
                if ("cellGuards" in answered.answer && answered.answer.cellGuards) guarded += 1;
                const wanted = canonical(model.data);
                if (wanted.length > 60) told += 1;
                if (answered.data !== wanted) {
                  throw new Error(
                    [
                      `${asking.agency} for ${asking.purpose} asked`,
                      answered.text,
                      `hub   ${answered.data}`,
                      `model ${wanted}`,
                      ...rules.map((rule) => policyYaml([rule]) + ` of ${rule.owner}`),
                      ...world.sources.map((source) => `${source.id} ${sourceYaml(source)}`),
                      viewText(viewOf(input, doorOf(query)), input),
                    ].join("\n"),
                  );
                }
                if (query.kind === "connection" || query.kind === "byId") {
                  const sources = "refused" in answered.answer ? [] : (answered.answer.extensions.sources as readonly { source: string; rows: number }[]);
                  for (const { source, rows } of sources) expect(rows, `${answered.text} rows of ${source}`).toBe(model.printed.get(source)?.size ?? 0);
                }
              }
            }
          }
        } finally {
          await open.close();
        }
      }),
      parameters(Math.max(1, Math.ceil((casesMin - cases) / 20)), seed + round - 1),
    );
  }
  // The generator has something to say: most policies are accepted, and many answers hold something.
  expect(refused).toBeLessThan(cases / 8);
  expect(guarded).toBeGreaterThan(cases / 40);
  expect(told).toBeGreaterThan(cases / 4);
}
