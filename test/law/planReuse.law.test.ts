/** A plan kept is a plan made anew: for other values of its variables, and for every agency with an equal permit. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { governed, makeAsking, names, openWorld } from "../reference/cases.ts";
import { ask, askByPlan, permitFor, planFor } from "../reference/hub.ts";
import { entityOf } from "../reference/model.ts";
import { agencies, makeRules, policyYaml, valueFor } from "../reference/policies.ts";
import type { Filter, Query } from "../reference/query.ts";
import { makeAggregate, makeConnection } from "../reference/queries.ts";
import { queryText } from "../reference/queryText.ts";
import { chance, type Generate, pick } from "../reference/generate.ts";
import { makeWorld } from "../reference/world.ts";
import { casesOr, parameters, roundsMax, seed } from "./report.ts";

const casesMin = casesOr(120);

/** Other values for what is a variable, of the same shape: enums, booleans and emptiness are in the plan. */
function otherValues(g: Generate, filter: Filter, entity: string): Filter {
  if ("and" in filter) return { and: filter.and.map((of) => otherValues(g, of, entity)) };
  if ("or" in filter) return { or: filter.or.map((of) => otherValues(g, of, entity)) };
  if ("all" in filter) return { all: filter.all.map((of) => otherValues(g, of, entity)) };
  if ("not" in filter) return { not: otherValues(g, filter.not, entity) };
  const of = entityOf(vocabulary(), entity);
  if ("at" in filter) {
    const type = of.attributes.get(filter.at)?.type;
    return type?.kind === "link" ? { at: filter.at, holds: otherValues(g, filter.holds, type.entity) } : filter;
  }
  const attribute = of.attributes.get(filter.path[0] ?? "");
  if ("isNull" in filter || filter.asVariable !== true || filter.path.length > 1 || attribute === undefined || attribute.type.kind === "enum" || attribute.type.kind === "boolean" || attribute.type.kind === "list") return filter;
  const value = valueFor(g, attribute, filter.op);
  const isEmpty = Array.isArray(value) && value.length === 0;
  const wasEmpty = Array.isArray(filter.value) && filter.value.length === 0;
  return isEmpty === wasEmpty ? { ...filter, value } : filter;
}

const allVariables = (filter: Filter): Filter => {
  if ("and" in filter) return { and: filter.and.map(allVariables) };
  if ("or" in filter) return { or: filter.or.map(allVariables) };
  if ("all" in filter) return { all: filter.all.map(allVariables) };
  if ("not" in filter) return { not: allVariables(filter.not) };
  if ("at" in filter) return { at: filter.at, holds: allVariables(filter.holds) };
  return "isNull" in filter ? filter : { ...filter, asVariable: true };
};

const data = (answer: object): string => JSON.stringify(answer, (key, value: unknown) => (key === "ms" || key === "cellGuards" ? undefined : value));

test(`a plan kept answers as one made anew (seed ${seed})`, { timeout: 600_000 }, async () => {
  let cases = 0;
  let shared = 0;
  let round = 0;
  while ((cases < casesMin || shared === 0) && round < roundsMax) {
    round += 1;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const world = makeWorld(g);
        const open = await openWorld(world);
        try {
          for (let turn = 0; turn < 3; turn += 1) {
            const rules = makeRules(g, world, { many: chance(g, 20) });
            const hub = governed(open, rules);
            if (hub === null) continue;
            const asking = makeAsking(g);
            const { schema, permit } = permitFor(hub, asking);
            for (let question = 0; question < 5; question += 1) {
              const made = chance(g, 60) ? makeConnection(g, names(hub, asking)) : makeAggregate(g, names(hub, asking), "aggregate");
              if (made === null || made.where === null) continue;
              const first = { ...made, where: allVariables(made.where) };
              const second = { ...first, where: otherValues(g, first.where, first.entity) };
              const write = (query: Query) => queryText(query, schema, { cursor: null, id: null });
              const [one, other] = [write(first), write(second)];
              expect(other.text).toBe(one.text);
              const kept = planFor(hub, asking, one.text, one.variables).plan;
              // Used once with its own values, so that what it remembers of them is there.
              await askByPlan(hub, asking, kept, planFor(hub, asking, one.text, one.variables).variables);
              const wanted = data(await ask(hub, asking, other.text, other.variables));
              const got = data(await askByPlan(hub, asking, kept, planFor(hub, asking, other.text, other.variables).variables));
              const words = [one.text, JSON.stringify(one.variables), JSON.stringify(other.variables), ...rules.map((rule) => policyYaml([rule]))].join("\n");
              expect(got, words).toBe(wanted);
              cases += 1;
              const twin = pick(g, agencies);
              const purpose = twin.purposes[0] ?? null;
              const like = permitFor(hub, { agency: twin.id, purpose });
              if (twin.id === asking.agency || like.permit.permitHash !== permit.permitHash || like.permit.schemaHash !== permit.schemaHash || purpose !== asking.purpose) continue;
              shared += 1;
              const own = data(await ask(hub, { agency: twin.id, purpose }, other.text, other.variables));
              expect(data(await askByPlan(hub, { agency: twin.id, purpose }, kept, planFor(hub, asking, other.text, other.variables).variables)), words).toBe(own);
            }
          }
        } finally {
          await open.close();
        }
      }),
      parameters(Math.max(1, Math.ceil((casesMin - cases) / 8)), seed + round - 1),
    );
  }
  expect(shared).toBeGreaterThan(0);
});
