/**
 * Fills a template's slots and mints the query that adapters accept. The only caller of `mint`: whoever holds a minted query has a
 * plan, and a plan holds a permit.
 */
import { type AuthorisedQuery, mint } from "../../adapters/contract/authorisedQuery.ts";
import type { SourceId } from "../../schema/ids.ts";
import type { Bindings } from "./bindings.ts";
import type { Lowered } from "./scan.ts";

export function bind<Layout>(scan: { readonly source: { readonly id: SourceId } }, lowered: Lowered<Layout>, bindings: Bindings, rowsMax: number): AuthorisedQuery {
  const { binders } = lowered;
  const values = new Array(binders.length);
  for (let slot = 0; slot < binders.length; slot += 1) values[slot] = (binders[slot] as (typeof binders)[number])(bindings);
  return mint({ source: scan.source.id, template: lowered.template, values, rowsMax });
}
