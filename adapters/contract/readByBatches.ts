/** `rows` and `aggregate` of an adapter that reads both in one way. */
import type { Adapter, RowBatch } from "./adapter.ts";
import { assertMinted, type AuthorisedQuery } from "./authorisedQuery.ts";
import type { Cell } from "./sourceQuery.ts";

/** `read`: the query's rows in batches of at most 1000. Both check that the query was minted, before anything is begun. */
export function readByBatches(read: (query: AuthorisedQuery, signal: AbortSignal) => AsyncIterable<readonly (readonly Cell[])[]>): Pick<Adapter, "rows" | "aggregate"> {
  async function* batches(query: AuthorisedQuery, signal: AbortSignal): AsyncGenerator<RowBatch> {
    for await (const rows of read(query, signal)) yield { rows };
  }
  return {
    rows(query, signal) {
      assertMinted(query);
      return batches(query, signal);
    },
    async aggregate(query, signal) {
      assertMinted(query);
      const groups: (readonly Cell[])[] = [];
      for await (const rows of read(query, signal)) groups.push(...rows);
      return { rows: groups };
    },
  };
}
