/** Which attributes share a column: the original cell of one is printed only where all of them are CLEAR (semantics.md §3). */
import type { MappedEntity } from "../mapping/mapping.ts";

const known = new WeakMap<MappedEntity, Map<string, readonly string[]>>();

/** The attribute itself and every attribute that any part feeds from one of its columns. */
export function coFedAttributes(mapped: MappedEntity, attribute: string): readonly string[] {
  let byAttribute = known.get(mapped);
  if (byAttribute === undefined) {
    byAttribute = new Map();
    known.set(mapped, byAttribute);
  }
  let together = byAttribute.get(attribute);
  if (together === undefined) {
    const found = new Set([attribute]);
    // By the file: what is not read now is withheld or not all the same.
    for (const part of (mapped.intact ?? mapped).parts) {
      const columns = part.fields.get(attribute)?.fedBy ?? [];
      for (const [name, field] of part.fields) if (field.fedBy.some((column) => columns.includes(column))) found.add(name);
    }
    together = [...found];
    byAttribute.set(attribute, together);
  }
  return together;
}
