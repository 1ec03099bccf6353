/** Code tables: written in the field, named in the file, read from a file beside it, or the hub's own. */
import { parse } from "csv-parse/sync";
import { codeTables } from "../../schema/codes/codeTables.ts";
import { didYouMean, fault } from "./fault.ts";
import type { CodesSyntax } from "./sourceSyntax.ts";

export type CodeTable = Readonly<Record<string, string>>;
export type CodeFiles = Readonly<Record<string, string>>;

/** A table without prototype: a cell that says `constructor` is unlisted like any other. */
const tableOf = (entries: Iterable<readonly [string, string]>): CodeTable => {
  const table = Object.create(null) as Record<string, string>;
  for (const [from, to] of entries) table[from] = to;
  return table;
};

function readCodeFile(syntax: Extract<CodesSyntax, { kind: "file" }>, files: CodeFiles): CodeTable {
  const text = Object.hasOwn(files, syntax.file.text) ? files[syntax.file.text] : undefined;
  if (text === undefined) fault(syntax.file.at, `the code file \`${syntax.file.text}\` is not there; put it beside this file.`);
  let rows: readonly Record<string, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch {
    fault(syntax.file.at, `\`${syntax.file.text}\` is not CSV with a header line.`);
  }
  const entries: (readonly [string, string])[] = [];
  for (const [index, row] of rows.entries()) {
    const [from, to] = [row[syntax.from.text], row[syntax.to.text]];
    for (const [word, cell] of [[syntax.from, from], [syntax.to, to]] as const) {
      if (cell === undefined) fault(word.at, `\`${syntax.file.text}\` has no column \`${word.text}\`; ${didYouMean(word.text, Object.keys(row))}`);
    }
    if (from === undefined || to === undefined) continue;
    const twice = entries.find(([known]) => known === from);
    if (twice && twice[1] !== to) fault(syntax.file.at, `\`${syntax.file.text}\` gives \`${from}\` two codes (line ${index + 2}).`);
    entries.push([from, to]);
  }
  return tableOf(entries);
}

/** `own`: the tables of the file's `codes`. The hub's tables cannot be redefined: a name must mean the same everywhere. */
export function resolveCodes(syntax: CodesSyntax, own: ReadonlyMap<string, CodesSyntax>, files: CodeFiles): CodeTable {
  switch (syntax.kind) {
    case "inline":
      return tableOf(syntax.entries.map(({ from, to }) => [from.text, to.text]));
    case "file":
      return readCodeFile(syntax, files);
    case "name": {
      const { text, at } = syntax.name;
      const named = own.get(text);
      if (named) return resolveCodes(named, new Map(), files);
      const hub = codeTables.get(text);
      if (hub) return hub;
      fault(at, `there is no code table \`${text}\`; ${didYouMean(text, [...own.keys(), ...codeTables.keys()])}`);
    }
  }
}
