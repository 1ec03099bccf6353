/**
 * A first look at a source that has no tables until a `source.yaml` says them (folders, web APIs): what that file would have to say, and
 * a sample of the rows that it would give. For `region draft`; a look knows no vocabulary.
 */
import type { ForeignKey } from "./adapter.ts";
import type { ConfigValue, MirrorCell, TableReader } from "./tableReader.ts";

export interface LookInput {
  /** As it was typed: a folder or an address. */
  readonly url: string;
  /** Further listings of a web API, as paths behind the address. */
  readonly paths: readonly string[];
  /** With their secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** For the steward, in both languages; no cell. */
  readonly log: (line: string) => void;
}

export interface LookedTable {
  readonly name: string;
  /** Its entry in `tables`; null: the kind has tables of its own. */
  readonly declared: { readonly [word: string]: ConfigValue } | null;
  /** What speaks for it. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly MirrorCell[])[];
  /** All rows of the source are among them. */
  readonly isWhole: boolean;
  /** As the kind itself knows. */
  readonly unique: readonly (readonly string[])[];
  readonly foreign: readonly ForeignKey[];
  /** What the source calls it beside its name, e.g. a sheet's title. */
  readonly comment: string | null;
}

export interface Look {
  /** The folder, or what `connection.url` has to be. */
  readonly address: string;
  /** Words of `connection` beside its address. */
  readonly connection: { readonly [word: string]: ConfigValue };
  readonly tables: readonly LookedTable[];
  /** In which times without a zone are; null: the data cannot tell. */
  readonly timeZone: string | null;
  /** What a person has to decide before the file can be relied on. */
  readonly undecided: readonly (readonly [what: string, reason: string])[];
}

export interface LookableKind {
  readonly kind: string;
  readonly from: "folder" | "address";
  /** As its tables will be read: a mirror has row numbers, what is fetched for a query has none. */
  readonly rowid: boolean;
  /** Throws a `LookProblem` where there is nothing to draft from, a `SourceFailure` where the source does not answer. */
  look(input: LookInput): Promise<Look>;
}

/** Why there is nothing to draft from, and what to do, in both languages. */
export class LookProblem extends Error {
  constructor(en: string, zh: string) {
    super(`${en} ${zh}`);
    this.name = "LookProblem";
  }
}

/** Letters and digits of any language, with `_` between them; empty where there are none. */
export const wordOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");

/** A name for a table that no other has, whatever the case of its letters: `base`, `base_2`, … Notes it in `taken`. */
export function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${base}_${n}`;
  taken.add(name.toLowerCase());
  return name;
}

interface SampleLimits {
  readonly rowsMax: number;
  /** Of one part (a file, a window), so that the others are seen too. */
  readonly partRowsMax: number;
}

/** The first rows of a declared table as its own reader gives them. Warnings go to `log`. */
export async function readSample(reader: TableReader, table: string, { rowsMax, partRowsMax }: SampleLimits, signal: AbortSignal, log: (line: string) => void): Promise<Pick<LookedTable, "columns" | "rows" | "isWhole">> {
  const columns: string[] = [];
  const rows: MirrorCell[][] = [];
  let [inPart, isWhole] = [0, true];
  for await (const event of reader.read(table, { state: null, nowMs: Date.now() }, signal)) {
    if (event.kind === "part") inPart = 0;
    else if (event.kind === "warning") log(event.text);
    else if (event.kind === "rows") {
      const places = event.columns.map((name) => {
        const known = columns.indexOf(name);
        return known >= 0 ? known : columns.push(name) - 1;
      });
      const room = Math.max(0, Math.min(partRowsMax - inPart, rowsMax - rows.length));
      if (event.rows.length > room) isWhole = false;
      inPart += event.rows.length;
      for (const cells of event.rows.slice(0, room)) {
        const row: MirrorCell[] = [];
        for (const [at, cell] of cells.entries()) row[places[at] ?? 0] = cell;
        rows.push(row);
      }
      if (rows.length >= rowsMax && !isWhole) break;
    }
  }
  return { columns, rows: rows.map((row) => columns.map((_, at) => row[at] ?? null)), isWhole };
}
