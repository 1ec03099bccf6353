/** Which rows count: deletion flags, versions, and the columns that tell rows apart. */
import type { TableInfo } from "../../adapters/contract/adapter.ts";
import { technical, wordsOf } from "./dictionary.ts";
import type { Vocabulary } from "../../schema/vocabulary.ts";
import { yesNoOf } from "./guessCodes.ts";
import { matchName, spellingsOf } from "./names.ts";
import { type ColumnProfile, isUniqueColumn, type TableProfile } from "./profile.ts";
import type { FieldYaml } from "./yamlText.ts";

const nobody = { zh: [], en: [] };

const bestNamed = (table: TableProfile, what: keyof typeof technical): ColumnProfile | null => {
  const spellings = spellingsOf(technical[what], nobody, `technical.${what}`);
  const scored = table.columns.map((column) => ({ column, score: matchName(column.name, spellings)?.score ?? 0 })).filter(({ score }) => score >= 0.7);
  return scored.sort((a, b) => b.score - a.score)[0]?.column ?? null;
};

export interface KeepGuess {
  readonly column: string;
  /** The filter as `keep` has it; null: the cells do not show which value means a row that counts. */
  readonly keep: FieldYaml | null;
  readonly evidence: string;
}

/** Rows that were deleted or are not valid are no rows. What is unknown counts as deleted. */
export function guessKeep(table: TableProfile, taken: ReadonlySet<string>): readonly KeepGuess[] {
  const found: KeepGuess[] = [];
  for (const [what, isGone] of [["deleted", true], ["valid", false]] as const) {
    const column = bestNamed(table, what);
    if (column === null || taken.has(column.name.raw) || found.some((each) => each.column === column.name.raw)) continue;
    const said = yesNoOf(column);
    const stay = isGone ? said?.no : said?.yes;
    const [one] = stay ?? [];
    const about = isGone ? "its name marks deleted rows" : "its name marks valid rows";
    const isNative = one === "true" || one === "false";
    if (one !== undefined && stay?.length === 1) found.push({ column: column.name.raw, keep: { [column.name.raw]: { eq: one } }, evidence: `${about}, and ${one} means ${isGone ? "not deleted" : "valid"}${isNative ? "" : "; NULL counts as gone"}` });
    else found.push({ column: column.name.raw, keep: null, evidence: `${about}, but its cells do not show which value stays` });
  }
  return found;
}

export interface Versions {
  /** A growing number or time per row, most telling first. */
  readonly columns: readonly string[];
}

/** Columns by which the newest of several rows is known. */
export function versionsOf(table: TableProfile, vocabulary: Vocabulary): Versions {
  const revision = spellingsOf(wordsOf(vocabulary, "Station", "revision"), nobody, "technical.revision");
  const named = table.columns.filter((column) => (matchName(column.name, revision)?.score ?? 0) >= 0.7 && (column.filled === 0 || column.numeric >= 0.95)).map(({ name }) => name.raw);
  const updated = bestNamed(table, "updated");
  return { columns: [...named, ...(updated === null ? [] : [updated.name.raw])] };
}

export interface KeyGuess {
  readonly key: readonly string[];
  readonly latest: readonly string[];
  readonly evidence: string;
  readonly undecided: string | null;
}

const isWithin = (set: readonly string[], columns: readonly string[]): boolean => set.length > 0 && set.every((column) => columns.includes(column));

/** `natural`: the columns that feed the vocabulary's key. `wanted`: a unique column by which other tables link, or null. */
export function guessKey(table: TableProfile, natural: readonly string[], wanted: string | null, versions: Versions): KeyGuess {
  const { unique } = table.info;
  const sole = natural.length === 1 ? natural[0] : undefined;
  if (wanted !== null && isUniqueColumn(table.info, wanted)) return { key: [wanted], latest: [], evidence: "unique, and other tables name rows by it", undecided: null };
  if (table.isProvenByRows === true && natural.length > 0) return provenKey(table, natural, versions);
  const own = unique.find((set) => isWithin(set, natural));
  if (own !== undefined) return { key: own, latest: [], evidence: "the columns of a unique index", undecided: null };
  for (const version of versions.columns) {
    const set = unique.find((each) => each.includes(version) && isWithin(each.filter((column) => column !== version), natural));
    if (set !== undefined) return { key: set.filter((column) => column !== version), latest: [version], evidence: `a unique index with ${version}, of which the highest counts`, undecided: null };
  }
  const repeats = natural.length > 0 && hasRepeats(table, natural);
  const [version] = versions.columns;
  const [surrogate] = unique.filter((set) => set.length === 1).sort((a, b) => Number(isSurrogate(table, b[0] ?? "")) - Number(isSurrogate(table, a[0] ?? "")));
  if (surrogate !== undefined && !repeats) return { key: surrogate, latest: [], evidence: "a unique column", undecided: null };
  if (repeats && version !== undefined) return { key: natural, latest: [version], evidence: `several rows have one key; the highest ${version} counts`, undecided: null };
  if (surrogate !== undefined) {
    return { key: surrogate, latest: [], evidence: "a unique column", undecided: `several rows of ${table.info.name} have one (${natural.join(", ")}) and all count here; if they are versions of one, say \`key\` and \`latest\`` };
  }
  const last = version ?? natural.at(-1) ?? sole;
  return {
    key: natural,
    latest: last === undefined ? [] : [last],
    evidence: "no unique index",
    undecided: `${table.info.name} has no unique index over (${natural.join(", ")}); of rows with one key the last counts here`,
  };
}

/** Where the rows of now are all that is known: a part of the key that is unique by chance is none. */
function provenKey({ info }: TableProfile, natural: readonly string[], versions: Versions): KeyGuess {
  if (info.unique.some((set) => set.length === natural.length && isWithin(set, natural))) return { key: natural, latest: [], evidence: "no two rows are alike in it", undecided: null };
  const [version] = versions.columns;
  if (version !== undefined) return { key: natural, latest: [version], evidence: `several rows have one key; the highest ${version} counts`, undecided: null };
  const read = ["$precedence", "$received", "$row"].filter((name) => info.columns.some((column) => column.name === name));
  return {
    key: natural,
    latest: read.includes("$row") ? read : natural.slice(-1),
    evidence: "several rows have one key",
    undecided: `several rows of ${info.name} have one (${natural.join(", ")}); the one that came last counts here`,
  };
}

function hasRepeats(table: TableProfile, natural: readonly string[]): boolean {
  const columns = natural.map((name) => table.columns.find((column) => column.name.raw === name));
  const seen = new Set<string>();
  for (let row = 0; row < table.rows; row += 1) {
    const cells = columns.map((column) => column?.texts[row] ?? null);
    if (cells.includes(null)) continue;
    const key = JSON.stringify(cells);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

const isSurrogate = (table: TableProfile, name: string): boolean => {
  const column = table.columns.find((each) => each.name.raw === name);
  const isInteger = column?.kind === "integer" || (column !== undefined && column.filled > 0 && column.numeric === 1 && column.numbers.every(Number.isInteger));
  return isInteger && /(?:^|[_.])id$|^id|xh$|序号|no$|seq/i.test(name);
};

/**
 * A unique column that tells nothing, to order rows that are otherwise equal where a source has no row numbers: its index spares the hash
 * of a key that does it otherwise. Null: there is none.
 */
export function guessTie(info: TableInfo, table: TableProfile): string | null {
  const singles = info.unique.flatMap((set) => (set.length === 1 && set[0] !== undefined ? [set[0]] : []));
  return singles.find((name) => isSurrogate(table, name)) ?? singles.find((name) => table.columns.find((column) => column.name.raw === name)?.kind === "integer") ?? null;
}
