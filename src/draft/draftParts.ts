/**
 * The tables of a source that nobody described → parts of a mapping. Pure: profiles in, guesses out. Links come last, when it is known
 * which table holds what.
 */
import { assignColumns } from "./assign.ts";
import { buildPart, type DraftInput } from "./buildPart.ts";
import { type Chosen, type Look, noAssignment, pick } from "./chooseEntities.ts";
import type { ColumnContext } from "./guessColumn.ts";
import { guessEntity, isCopy } from "./guessEntity.ts";
import { guessWide } from "./guessWide.ts";
import type { Draft } from "./parts.ts";
import { regionOf, withRegions } from "./places.ts";
import type { TableProfile } from "./profile.ts";
import { mediaOf, mergeTwins, targetOf, wantedKeys, withBorrowed } from "./relatives.ts";

export function draftParts(input: DraftInput): Draft {
  const { tables, vocabulary, lenses } = input;
  const entities = [...vocabulary.entities.values()];
  const left: { table: TableProfile; why: string }[] = [];
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
    if (typeof picked === "string") left.push({ table, why: picked });
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
    parts: withRegions(built),
    left,
  };
}

const partName = (table: TableProfile): string => table.info.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
