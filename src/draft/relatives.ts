/** What tables are to each other: the same rows twice, rows that name rows elsewhere, places that only their observations know. */
import { asEntityName } from "../../schema/ids.ts";
import type { AttributeDef, Vocabulary } from "../../schema/vocabulary.ts";
import { type Chosen, isActive, type Look, noAssignment } from "./chooseEntities.ts";
import { likely } from "./evidence.ts";
import { pollutantOf } from "./guessCodes.ts";
import { guessLink, type LinkTarget, namingAttribute } from "./guessLink.ts";
import { observedTime } from "./observationPart.ts";
import { type ColumnProfile, columnNamed, isUniqueColumn, type TableProfile } from "./profile.ts";

/** Two tables whose keys are the same rows' are one entity: the one with more columns holds it, and the others' columns are joined. */
export function mergeTwins(chosen: readonly Chosen[]): { readonly kept: readonly Chosen[]; readonly twins: ReadonlyMap<Chosen, readonly Chosen[]> } {
  const twins = new Map<Chosen, readonly Chosen[]>();
  const gone = new Set<Chosen>();
  const richness = ({ look, entity }: Chosen): number => [...(look.assigned.get(entity.name)?.fields.values() ?? [])].filter(isActive).length;
  // Where a code stands in several rows they are rows of something else.
  const isPerRow = (each: Chosen): number => Number(isUniqueColumn(each.look.table.info, codeColumnOf(each)?.name.raw ?? ""));
  for (const each of [...chosen].sort((a, b) => isPerRow(b) - isPerRow(a) || richness(b) - richness(a))) {
    if (gone.has(each)) continue;
    const own = codeColumnOf(each);
    if (own === undefined) continue;
    for (const other of chosen) {
      const code = codeColumnOf(other);
      if (other === each || gone.has(other) || twins.has(other) || other.entity !== each.entity || code === undefined || !isUniqueColumn(other.look.table.info, code.name.raw)) continue;
      const known = new Set(own.texts);
      const cells = other.look.table.rows === 0 ? [] : code.texts.filter((text) => text !== null);
      if (cells.length === 0 || cells.filter((text) => known.has(text)).length < cells.length * 0.8) continue;
      twins.set(each, [...(twins.get(each) ?? []), other]);
      gone.add(other);
    }
  }
  return { kept: chosen.filter((each) => !gone.has(each)), twins };
}

export const codeColumnOf = ({ look, entity }: Chosen): ColumnProfile | undefined => {
  const attribute = namingAttribute[entity.name];
  const name = attribute === undefined ? undefined : look.assigned.get(entity.name)?.fields.get(attribute)?.columns[0];
  return name === undefined ? undefined : columnNamed(look.table, name);
};

/** A link's target from its own table. */
export function targetOf({ entity, look, borrowed }: Chosen): readonly LinkTarget[] {
  const attribute = namingAttribute[entity.name];
  if (attribute === undefined) return [];
  const codeColumn = borrowed?.codeColumn ?? look.assigned.get(entity.name)?.fields.get(attribute)?.columns[0] ?? null;
  return [{ entity: entity.name, table: look.table, attribute, codeColumn }];
}

export const attributeOf = (vocabulary: Vocabulary, entity: string, name: string): AttributeDef | undefined => vocabulary.entities.get(asEntityName(entity))?.attributes.get(name);

/**
 * An observation is a station's and an assessment a section's: where no table holds those, the table itself does, and a section is a
 * station of surface water.
 */
export function withBorrowed(chosen: readonly Chosen[], vocabulary: Vocabulary): readonly Chosen[] {
  const all = [...chosen];
  for (const [child, link, parent] of [["Observation", "station", "Station"], ["WaterQualityAssessment", "section", "Section"]] as const) {
    const attribute = attributeOf(vocabulary, child, link);
    const entity = vocabulary.entities.get(asEntityName(parent));
    if (attribute === undefined || entity === undefined) continue;
    for (const each of chosen.filter((one) => one.entity.name === child)) {
      const isWater = waterShare(each.look) > 0.5;
      const guess = guessLink(each.look.table, attribute, all.flatMap(targetOf), vocabulary);
      if (guess !== null && guess.target !== null && guess.confidence >= likely) continue;
      const sections = child === "Observation" ? all.filter((one) => one.entity.name === "Section" && one.borrowed === null) : [];
      const asSection = guessLink(each.look.table, { ...attribute, type: { kind: "link", entity: asEntityName("Section") } }, sections.flatMap(targetOf), vocabulary);
      const section = sections.find((one) => one.look.table === asSection?.target?.table);
      const medium = isWater ? "SURFACE_WATER" : null;
      if (section !== undefined && asSection !== null && asSection.confidence >= likely) {
        const codeColumn = section.look.assigned.get("Section")?.fields.get("code")?.columns[0];
        if (codeColumn !== undefined && !all.some((one) => one.entity.name === parent && one.look.table === section.look.table)) all.push({ look: section.look, entity, guess: { ...section.guess, entity: parent }, borrowed: { codeColumn, timeColumns: [], medium: "SURFACE_WATER", from: "Section" } });
        continue;
      }
      const named = guess !== null && guess.confidence >= 0.45 ? guess.columns[0] : undefined;
      const code = named ?? each.look.assigned.get(parent)?.fields.get("code")?.columns[0];
      if (code === undefined) continue;
      const times = observedTime(each.look.table, each.look.assigned.get(child) ?? noAssignment, undefined, each.look.table.info.name).columns;
      if (!all.some((one) => one.entity.name === parent && one.look.table === each.look.table)) {
        all.push({ look: each.look, entity, guess: { entity: parent, confidence: likely, evidence: [`no other table holds them: known by the rows of ${each.look.table.info.name}`], byColumns: 0 }, borrowed: { codeColumn: code, timeColumns: times, medium, from: null } });
      }
    }
  }
  return all;
}

const waterShare = (look: Look): number => {
  const codes = look.wide.columns.length > 0 ? look.wide.columns.map(({ pollutant }) => pollutant) : [...(pollutantColumn(look)?.distinct.keys() ?? [])].flatMap((text) => pollutantOf(text) ?? []);
  return codes.length === 0 ? 0 : codes.filter((code) => code.startsWith("w")).length / codes.length;
};

const pollutantColumn = (look: Look): ColumnProfile | undefined => {
  const name = look.assigned.get("Observation")?.fields.get("pollutant")?.columns[0];
  return look.table.columns.find((column) => column.name.raw === name);
};

/** What the stations of a table measure, as the observations say that name them. */
export function mediaOf(all: readonly Chosen[], vocabulary: Vocabulary): ReadonlyMap<TableProfile, string> {
  const media = new Map<TableProfile, string>();
  const link = attributeOf(vocabulary, "Observation", "station");
  const targets = all.flatMap(targetOf);
  const shares = new Map<TableProfile, number[]>();
  for (const { entity, look } of all) {
    if (entity.name !== "Observation" || link === undefined) continue;
    const table = guessLink(look.table, link, targets, vocabulary)?.target?.table;
    if (table !== undefined) shares.set(table, [...(shares.get(table) ?? []), waterShare(look)]);
  }
  for (const { entity, look, borrowed } of all) {
    if (entity.name !== "Station") continue;
    const water = shares.get(look.table) ?? [];
    if (borrowed?.medium) media.set(look.table, borrowed.medium);
    else if (water.length > 0 && water.every((share) => share <= 0.2)) media.set(look.table, "AIR");
    else if (water.length > 0 && water.every((share) => share >= 0.8)) media.set(look.table, "SURFACE_WATER");
    else if (water.length === 0 && /空气|大气|air|(?:^|_)kq(?:_|$)/i.test(look.table.info.name)) media.set(look.table, "AIR");
  }
  return media;
}

/** Table → the unique column by which most other tables name its rows. */
export function wantedKeys(all: readonly Chosen[], targets: readonly LinkTarget[], vocabulary: Vocabulary): ReadonlyMap<LinkTarget, string> {
  const votes = new Map<LinkTarget, Map<string, number>>();
  for (const { entity, look } of all) {
    for (const attribute of entity.attributes.values()) {
      const guess = attribute.type.kind === "link" ? guessLink(look.table, attribute, targets, vocabulary) : null;
      if (guess === null || guess.target === null || guess.by === null || guess.confidence < likely) continue;
      const of = votes.get(guess.target) ?? new Map<string, number>();
      of.set(guess.by, (of.get(guess.by) ?? 0) + 1);
      votes.set(guess.target, of);
    }
  }
  return new Map([...votes].map(([target, of]) => [target, [...of].sort(([, a], [, b]) => b - a)[0]?.[0] ?? ""]));
}
