/** Other values for the variables of a filter, of the same shape: enums, booleans and emptiness are in the plan. */
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import type { Generate } from "../generator/draw.ts";
import { valueFor } from "../generator/policies.ts";
import { entityOf } from "../model.ts";
import type { Filter } from "../query.ts";

const inPlan = new Set(["enum", "boolean", "list"]);

export function otherValues(g: Generate, filter: Filter, entity: string): Filter {
  if ("and" in filter) return { and: filter.and.map((of) => otherValues(g, of, entity)) };
  if ("or" in filter) return { or: filter.or.map((of) => otherValues(g, of, entity)) };
  if ("all" in filter) return { all: filter.all.map((of) => otherValues(g, of, entity)) };
  if ("not" in filter) return { not: otherValues(g, filter.not, entity) };
  const of = entityOf(vocabulary(), entity);
  if ("across" in filter) return { ...filter, of: otherValues(g, filter.of, of.acrossLinks.find(({ name }) => name === filter.across)?.target ?? "") };
  if ("at" in filter) {
    const type = of.attributes.get(filter.at)?.type;
    return type?.kind === "link" ? { at: filter.at, holds: otherValues(g, filter.holds, type.entity) } : filter;
  }
  const attribute = of.attributes.get(filter.path[0] ?? "");
  if ("isNull" in filter || filter.asVariable !== true || filter.path.length > 1 || attribute === undefined || inPlan.has(attribute.type.kind)) return filter;
  const value = valueFor(g, attribute, filter.op);
  const isEmpty = Array.isArray(value) && value.length === 0;
  const wasEmpty = Array.isArray(filter.value) && filter.value.length === 0;
  return isEmpty === wasEmpty ? { ...filter, value } : filter;
}

export function allVariables(filter: Filter): Filter {
  if ("and" in filter) return { and: filter.and.map(allVariables) };
  if ("or" in filter) return { or: filter.or.map(allVariables) };
  if ("all" in filter) return { all: filter.all.map(allVariables) };
  if ("not" in filter) return { not: allVariables(filter.not) };
  if ("at" in filter) return { at: filter.at, holds: allVariables(filter.holds) };
  if ("across" in filter) return { ...filter, of: allVariables(filter.of) };
  return "isNull" in filter ? filter : { ...filter, asVariable: true };
}
