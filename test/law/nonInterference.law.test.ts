/** Non-interference: data sets that give an agency the same view give it byte-identical answers over every door. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { governed, makeAsking, modelInput, names, openWorld, settle, answerOfHub } from "../reference/cases.ts";
import type { Answer } from "../../src/gateway/answerOperation.ts";
import { unseenChanges } from "../reference/mutations.ts";
import { makeRules, policyYaml } from "../reference/policies.ts";
import { makeQuery } from "../reference/queries.ts";
import { pick } from "../reference/generate.ts";
import { makeWorld } from "../reference/world.ts";
import { casesOr, parameters, roundsMax, seed } from "./report.ts";

const casesMin = casesOr(100);

/** Everything that is observable: elapsed time is not. */
const bytes = (answer: Answer | { readonly refused: string }): string => JSON.stringify(answer, (key, value: unknown) => (key === "ms" ? 0 : value));

test(`data that an agency cannot see changes no byte of its answers (seed ${seed})`, { timeout: 600_000 }, async () => {
  let cases = 0;
  let changes = 0;
  let round = 0;
  while ((cases < casesMin || changes <= cases / 10) && round < roundsMax) {
    round += 1;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const world = makeWorld(g);
        const rules = makeRules(g, world, { many: pick(g, [true, false, false]) });
        const asking = makeAsking(g);
        const pair = unseenChanges(g, world, rules, asking.agency, 25);
        if (pair.changes === 0) return;
        const [one, other] = [await openWorld(world), await openWorld(pair.world)];
        try {
          const [hub, otherHub] = [governed(one, rules), governed(other, rules)];
          if (hub === null || otherHub === null) return;
          const input = modelInput(one.rows, rules, asking);
          const known = names(hub, asking);
          changes += pair.changes;
          for (let question = 0; question < 20; question += 1) {
            // Rows of either world: an id of a hidden row must look like one that never was.
            const made = makeQuery(g, known, [...one.rows, ...other.rows]);
            if (made === null) break;
            const query = settle(input, made);
            const [answer, otherAnswer] = [await answerOfHub(hub, one.sources, asking, query, true), await answerOfHub(otherHub, other.sources, asking, query, true)];
            cases += 1;
            expect(bytes(otherAnswer.answer), [answer.text, ...rules.map((rule) => policyYaml([rule]))].join("\n")).toBe(bytes(answer.answer));
          }
        } finally {
          await one.close();
          await other.close();
        }
      }),
      parameters(Math.max(1, Math.ceil((casesMin - cases) / 15)), seed + round - 1),
    );
  }
  // Much of each network was changed behind the agency's back.
  expect(changes).toBeGreaterThan(cases / 10);
});
