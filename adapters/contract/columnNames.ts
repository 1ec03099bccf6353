/** Names of mirrored columns: what a header or a JSON key says, made safe for a SQLite table in which names fold their case. */

const limitedTo = 200;

/**
 * Header texts → column names, one for each, all different ignoring case.
 *
 * `$…` belongs to provenance and `rowid` to the tie, which must tell nothing of the data: a header that claims one of them gets a
 * number behind it, as does a repeated one; an empty one is called `column N`.
 */
export function columnNames(headers: readonly string[]): readonly string[] {
  const taken = new Set<string>(["rowid"]);
  return headers.map((header, index) => {
    const trimmed = header.replace(/[\s\u0000]+/gu, " ").trim().slice(0, limitedTo);
    const base = trimmed === "" ? `column ${index + 1}` : trimmed.startsWith("$") ? `_${trimmed}` : trimmed;
    let name = base;
    for (let n = 2; taken.has(foldCase(name)); n += 1) name = `${base} (${n})`;
    taken.add(foldCase(name));
    return name;
  });
}

/** As SQLite compares identifiers: ASCII letters only. */
export const foldCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
