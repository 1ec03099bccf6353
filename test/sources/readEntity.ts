/** Rows of an entity in unified terms, straight from its mapping and its source: no permit, no plan. */
import { mint } from "../../adapters/contract/authorisedQuery.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { asEntityName } from "../../schema/ids.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import type { ReadySource } from "../../src/sources/sourceState.ts";

export async function readEntity(source: ReadySource, entity: string, limit = 500): Promise<ReadonlyMap<string, Unified>[]> {
  const read: ReadonlyMap<string, Unified>[] = [];
  for (const { table, joins, base, tie, fields } of source.mapping.entities.get(asEntityName(entity))?.parts ?? []) {
    const columns = [...fields.values()].flatMap(({ inputs }) => inputs);
    const template = {
      kind: "rows" as const,
      parts: [{ table, alias: "t", joins, where: base, columns: [...columns, tie] }],
      order: [{ column: columns.length, descending: false }],
      backward: false,
      limitSlot: 0,
      slotCount: 1,
    };
    for await (const { rows } of source.adapter.rows(mint({ source: source.id, template, values: [limit], rowsMax: limit }), AbortSignal.timeout(20_000))) {
      for (const row of rows) {
        let at = 0;
        const next = (length: number): readonly Cell[] => row.slice(at, (at += length));
        read.push(new Map([...fields].map(([name, field]) => [name, field.constant ?? field.read(next(field.inputs.length))])));
      }
    }
  }
  return read;
}
