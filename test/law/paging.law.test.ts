/** Paging: page by page, forward and backward, at any page size, is the whole list. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ask, permitFor } from "../reference/hub.ts";
import { governed, makeAsking, names, openWorld } from "../reference/cases.ts";
import { makeRules } from "../reference/policies.ts";
import type { Connection } from "../reference/query.ts";
import { makeConnection } from "../reference/queries.ts";
import { queryText } from "../reference/queryText.ts";
import { pick } from "../reference/generate.ts";
import { makeWorld } from "../reference/world.ts";
import { casesOr, parameters, roundsMax, seed } from "./report.ts";

const casesMin = casesOr(40);
const longest = 100;

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: unknown }[];
  readonly pageInfo: { readonly hasNextPage?: boolean; readonly hasPreviousPage?: boolean };
  readonly totalCount: number;
}

test(`page by page is all at once (seed ${seed})`, { timeout: 600_000 }, async () => {
  let cases = 0;
  let turned = 0;
  let round = 0;
  while ((cases < casesMin || turned <= cases / 2) && round < roundsMax) {
    round += 1;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const world = makeWorld(g);
        const open = await openWorld(world);
        try {
          const rules = makeRules(g, world, { many: pick(g, [true, false]) });
          const hub = governed(open, rules);
          if (hub === null) return;
          const asking = makeAsking(g);
          const { schema } = permitFor(hub, asking);
          const read = async (query: Connection, cursor: string | null): Promise<Page> => {
            const { text, variables } = queryText(query, schema, { cursor, id: null });
            const answer = await ask(hub, asking, text.replace("edges { node", "edges { cursor node"), variables);
            if ("refused" in answer || answer.errors !== undefined) throw new Error(`${JSON.stringify(answer)}\n${text}`);
            return answer.data.answer as Page;
          };
          for (let question = 0; question < 8; question += 1) {
            const made = makeConnection(g, names(hub, asking));
            if (made === null) return;
            cases += 1;
            const whole = await read({ ...made, size: longest, backward: false, skip: 0 }, null);
            const size = pick(g, [1, 2, 3, 7]);
            for (const backward of [false, true]) {
              const edges: Page["edges"][number][] = [];
              let cursor: string | null = null;
              for (let pages = 0; ; pages += 1) {
                const page: Page = await read({ ...made, size, backward }, cursor);
                expect(page.totalCount).toBe(whole.totalCount);
                if (backward) edges.unshift(...page.edges);
                else edges.push(...page.edges);
                const more = backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
                expect(more).toBe(edges.length < whole.edges.length);
                if (more !== true) break;
                turned += 1;
                expect(pages, "pages that never end").toBeLessThan(longest);
                cursor = (backward ? page.edges[0] : page.edges.at(-1))?.cursor ?? null;
              }
              expect(edges).toEqual(whole.edges);
            }
          }
        } finally {
          await open.close();
        }
      }),
      parameters(Math.max(1, Math.ceil((casesMin - cases) / 7)), seed + round - 1),
    );
  }
  expect(turned).toBeGreaterThan(cases / 2);
});
