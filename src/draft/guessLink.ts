/** Which column names a row of another table: by its name, and by whether its cells are keys there. */
import type { AttributeDef, Vocabulary } from "../../schema/vocabulary.ts";
import { entityWords, wordsOf } from "./dictionary.ts";
import { together } from "./evidence.ts";
import type { FieldGuess } from "./guessColumn.ts";
import { isUscc } from "./identifiers.ts";
import { matchName, spellingsOf } from "./names.ts";
import { type ColumnProfile, columnNamed, isUniqueColumn, share, type TableProfile } from "./profile.ts";

/** A table that holds the linked entity. */
export interface LinkTarget {
  readonly entity: string;
  readonly table: TableProfile;
  /** Column of the attribute that names a row: a station's code, an enterprise's credit code. */
  readonly attribute: string;
  readonly codeColumn: string | null;
}

export interface LinkGuess extends FieldGuess {
  readonly target: LinkTarget | null;
  /** Unique column of the target that the cells are found in; null: they are values of its `attribute`. */
  readonly by: string | null;
}

/** What names a row of an entity in the vocabulary. */
export const namingAttribute: Readonly<Record<string, string>> = { Station: "code", Section: "code", Enterprise: "uscc", Inspection: "no", PenaltyDecision: "docNo" };

const found = (column: ColumnProfile, there: ColumnProfile): number => {
  const known = new Set([...there.texts.filter((text) => text !== null), ...there.distinct.keys()]);
  const own = [...column.distinct.keys()];
  return own.length === 0 ? 0 : own.filter((text) => known.has(text)).length / own.length;
};

/** Small whole numbers lie in every other column of ids: their name has to speak. */
const isCounter = (column: ColumnProfile): boolean => column.numbers.length > 0 && column.numeric === 1 && column.numbers.every((value) => Number.isInteger(value) && value < 1_000_000);

/** Foreign keys of one column to tables that hold an entity. */
function declaredLinks(table: TableProfile, targets: readonly LinkTarget[]): readonly { readonly column: ColumnProfile; readonly target: LinkTarget; readonly there: string }[] {
  return (table.info.foreign ?? []).flatMap(({ columns, table: name, to }) => {
    const column = columns.length === 1 ? columnNamed(table, columns[0] ?? "") : undefined;
    const [there] = to;
    if (column === undefined || there === undefined) return [];
    return targets.filter((target) => target.table.info.name === name && isUniqueColumn(target.table.info, there)).map((target) => ({ column, target, there }));
  });
}

export function guessLink(table: TableProfile, attribute: AttributeDef, targets: readonly LinkTarget[], vocabulary: Vocabulary): LinkGuess | null {
  if (attribute.type.kind !== "link") return null;
  const to = attribute.type.entity;
  const spellings = spellingsOf(wordsOf(vocabulary, attribute.entity, attribute.name), entityWords[to] ?? { zh: [], en: [] }, `${attribute.entity}.${attribute.name}`);
  let best: LinkGuess | null = null;
  const offer = (guess: LinkGuess): void => {
    if (best === null || guess.confidence > best.confidence) best = guess;
  };
  for (const { column, target, there } of declaredLinks(table, targets)) {
    if (target.entity !== to) continue;
    const named = matchName(column.name, spellings);
    // A row's parent among its own kind may be anything.
    if (target.table === table && (named?.score ?? 0) < 0.6) continue;
    // Where two lead to the same table, their names tell which is which.
    offer({
      attribute: attribute.name,
      columns: [column.name.raw],
      value: column.name.raw,
      confidence: together(0.95, named?.score ?? 0),
      evidence: [`a foreign key to ${target.table.info.name}.${there}`, ...(named === null ? [] : [named.how])],
      doubt: null,
      target,
      by: there,
    });
  }
  if (best !== null) return best;
  for (const column of table.columns) {
    // What names rows of another table for sure names none of this one.
    if (table.info.foreign?.some(({ columns }) => columns.length === 1 && columns[0] === column.name.raw) === true && declaredLinks(table, targets).some((each) => each.column === column)) continue;
    if (column.kind === "date" || column.kind === "local" || column.kind === "instant") continue;
    const named = matchName(column.name, spellings);
    const raw = column.name.raw;
    const base = named?.score ?? 0;
    for (const target of targets.filter((each) => each.entity === to)) {
      for (const there of target.table.columns) {
        const isCode = there.name.raw === target.codeColumn;
        if (!isCode && !isUniqueColumn(target.table.info, there.name.raw)) continue;
        if (target.table === table && attribute.entity === to && (there === column || base < 0.6)) continue;
        const held = found(column, there);
        const isSameName = there.name.raw.toLowerCase() === raw.toLowerCase() && !/^(?:id|xh|no|code|name|序号)$/i.test(raw);
        // A running number of its own is in every other running number.
        if (isCounter(column) && isUniqueColumn(table.info, raw)) continue;
        if (held < 0.8 || (isCounter(column) && base < 0.6 && !isSameName) || (base === 0 && column.distinct.size < 3)) continue;
        const sameName = isSameName ? 0.6 : 0;
        const isKey = isUniqueColumn(target.table.info, there.name.raw);
        offer({
          attribute: attribute.name,
          columns: [raw],
          value: isKey ? raw : { column: raw, to: target.attribute },
          confidence: together(base, sameName, isCounter(column) ? 0.3 : 0.7) * (isCode ? 1 : 0.999),
          evidence: [...(named === null ? [] : [named.how]), `${Math.round(held * 100)} % of its values stand in ${target.table.info.name}.${there.name.raw}`],
          doubt: null,
          target,
          by: isKey ? there.name.raw : null,
        });
      }
    }
    if (to === "Enterprise" && share(column, isUscc) >= 0.8) {
      const [target] = targets.filter((each) => each.entity === to && each.codeColumn !== null);
      offer({
        attribute: attribute.name,
        columns: [raw],
        value: { column: raw, to: "uscc" },
        confidence: together(base, 0.75),
        evidence: [...(named === null ? [] : [named.how]), "credit codes"],
        doubt: target === undefined ? "this source has no table of enterprises to link to" : null,
        target: target ?? null,
        by: null,
      });
    }
    if (base >= 0.6 && best === null) {
      offer({
        attribute: attribute.name,
        columns: [raw],
        value: raw,
        confidence: base * 0.7,
        evidence: [named?.how ?? ""],
        doubt: targets.some((each) => each.entity === to) ? `its values do not stand in ${targets.filter((each) => each.entity === to).map((each) => each.table.info.name).join(", ")}` : `no table of ${to} was found`,
        target: null,
        by: null,
      });
    }
  }
  return best;
}
