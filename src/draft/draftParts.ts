/**
 * The tables of a source that nobody described → parts of a mapping. Pure: profiles in, guesses out. Links come last, when it is known
 * which table holds what.
 */
import type { EntityDef } from "../../schema/vocabulary.ts";
import { assignColumns } from "./assign.ts";
import { buildPart, type DraftInput } from "./buildPart.ts";
import { type Chosen, type Look, noAssignment, pick } from "./chooseEntities.ts";
import { together } from "./evidence.ts";
import type { ColumnContext } from "./guessColumn.ts";
import { guessEntity, isCopy } from "./guessEntity.ts";
import { guessWide } from "./guessWide.ts";
import type { Draft, PartDraft } from "./parts.ts";
import { regionOf, withRegions } from "./places.ts";
import type { TableProfile } from "./profile.ts";
import { mediaOf, mergeTwins, targetOf, wantedKeys, withBorrowed } from "./relatives.ts";

export function draftParts(input: DraftInput): Draft {
  const { tables, vocabulary, lenses } = input;
  const entities = [...vocabulary.entities.values()];
  const left: { table: TableProfile; why: string }[] = [];
  const unplaced: { readonly look: Look }[] = [];
  const chosen: Chosen[] = [];
  for (const table of tables) {
    const context: ColumnContext = { table, vocabulary, lenses };
    const wide = guessWide(table);
    const assigned = new Map(entities.map((entity) => [entity.name as string, assignColumns(table, entity, context)]));
    const guesses = entities.map((entity) => guessEntity(table, entity, assigned.get(entity.name) ?? noAssignment, wide.columns));
    const look: Look = { table, wide, assigned, guesses };
    if (table.isUnseen) {
      left.push({ table, why: "it could not be looked at in time; draft again when the source is less busy" });
      continue;
    }
    if (isCopy(table)) {
      left.push({ table, why: "it looks like a copy or an archive of another table" });
      continue;
    }
    const picked = pick(look, entities);
    if (typeof picked === "string") unplaced.push({ look });
    else chosen.push(...picked);
  }
  // A table that rows of a known entity name by a foreign key is what they are of, whatever it is called.
  for (const { look } of unplaced) {
    const entitled = new Set(chosen.flatMap(({ look: other, entity }) => (other.table.info.foreign?.some(({ columns, table }) => columns.length === 1 && table === look.table.info.name) === true ? linkedFrom(entity) : [])));
    const picked = pick({ ...look, guesses: look.guesses.map((guess) => (entitled.has(guess.entity) ? { ...guess, confidence: together(guess.confidence, namedByKey), evidence: [...guess.evidence, "another table names its rows by a foreign key"] } : guess)) }, entities);
    if (typeof picked === "string") left.push({ table: look.table, why: picked });
    else chosen.push(...picked);
  }
  const joined = mergeTwins(chosen);
  const all = [...withBorrowed(joined.kept, vocabulary)].sort((a, b) => entities.indexOf(a.entity) - entities.indexOf(b.entity));
  const targets = all.flatMap(targetOf);
  const media = mediaOf(all, vocabulary);
  const wanted = wantedKeys(all, targets, vocabulary);
  const first = new Set<string>();
  const built = all.map((each) => {
    const isFirst = !first.has(each.entity.name);
    first.add(each.entity.name);
    return buildPart(each, { input, targets, wanted, medium: media.get(each.look.table) ?? null, part: isFirst ? null : partName(each.look.table), twins: joined.twins.get(each) ?? [] });
  });
  return {
    region: regionOf(built),
    missing: [...new Set(tables.filter((table) => all.some(({ look }) => look.table === table)).flatMap(({ columns }) => columns.flatMap(({ markers }) => markers)))].sort(),
    parts: withRegions(withLikeTies(built)),
    left,
  };
}

/** The parts of an entity have ties of one type, or none. */
const withLikeTies = (parts: readonly PartDraft[]): readonly PartDraft[] =>
  parts.map((part) => (parts.some(({ entity, tie }) => entity === part.entity && tie === null) ? { ...part, tie: null } : part));

/** How much it says that rows elsewhere name a table's rows by a key. */
const namedByKey = 0.5;

/** Entities that a row of this one is of. */
const linkedFrom = (entity: EntityDef): readonly string[] => [...entity.attributes.values()].flatMap(({ type, name }) => (type.kind === "link" && ["station", "section", "enterprise"].includes(name) ? [type.entity as string] : []));

const partName = (table: TableProfile): string => table.info.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
