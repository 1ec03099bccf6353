/** Merged ranges of a workbook's sheets, from its own XML: the workbook library gives a merged value to the first cell alone. */

export interface MergedRange {
  /** From 0, both ends included. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

const attribute = (tag: string, name: string): string | null =>
  new RegExp(`\\s(?:\\w+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)?.slice(1).find((value) => value !== undefined) ?? null;

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : null;
    if (code !== null) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[name ?? ""] ?? whole;
  });

const columnIndex = (letters: string): number => [...letters].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1;

function parseRange(ref: string): MergedRange | null {
  const found = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(ref);
  if (!found) return null;
  const [, left = "", top = "", right = "", bottom = ""] = found;
  return { left: columnIndex(left), top: Number(top) - 1, right: columnIndex(right), bottom: Number(bottom) - 1 };
}

/** Sheet's name → its merged ranges; a workbook that is put together in another way has none. */
export function mergedRanges(entries: ReadonlyMap<string, Buffer>): ReadonlyMap<string, readonly MergedRange[]> {
  const text = (path: string): string => entries.get(path)?.toString("utf8") ?? "";
  const paths = new Map<string, string>();
  for (const [tag] of text("xl/_rels/workbook.xml.rels").matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    const [id, target] = [attribute(tag, "Id"), attribute(tag, "Target")];
    if (id && target) paths.set(id, target.startsWith("/") ? target.slice(1) : `xl/${target}`);
  }
  const ranges = new Map<string, readonly MergedRange[]>();
  for (const [tag] of text("xl/workbook.xml").matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)) {
    const [name, id] = [attribute(tag, "name"), attribute(tag, "id")];
    if (name === null || id === null) continue;
    const sheet = text(paths.get(id) ?? "");
    // Merged cells stand behind the rows; looking there alone spares a pass over all cells.
    const behind = sheet.slice(Math.max(sheet.lastIndexOf("</sheetData>"), 0));
    ranges.set(
      unescapeXml(name),
      [...behind.matchAll(/<(?:\w+:)?mergeCell\s[^>]*>/g)].flatMap(([cell]) => parseRange(attribute(cell, "ref") ?? "") ?? []),
    );
  }
  return ranges;
}

/** Ranges of a real sheet do not overlap; ones that are made to could cost rows × ranges. */
const filledMax = 4_000_000;

/** Fills each range with its first cell, in place; cells beyond the rows stay out. */
export function fillMerged<Cell>(rows: (Cell | null)[][], ranges: readonly MergedRange[]): void {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  let filled = 0;
  for (const { top, left, bottom, right } of ranges) {
    const value = rows[top]?.[left] ?? null;
    if (value === null) continue;
    for (let row = top; row <= Math.min(bottom, rows.length - 1); row += 1) {
      const cells = rows[row];
      if (!cells) continue;
      for (let column = left; column <= Math.min(right, width - 1); column += 1) {
        while (cells.length < column) cells.push(null);
        cells[column] = value;
        filled += 1;
        if (filled > filledMax) return;
      }
    }
  }
}
