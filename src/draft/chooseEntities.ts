/** Which entities a table holds: the one that its name and columns say most clearly, and further ones whose own columns it holds too. */
import type { EntityDef } from "../../schema/vocabulary.ts";
import type { Assignment } from "./assign.ts";
import { likely } from "./evidence.ts";
import type { FieldGuess } from "./guessColumn.ts";
import type { EntityGuess } from "./guessEntity.ts";
import type { guessWide } from "./guessWide.ts";
import { observedTime } from "./observationPart.ts";
import type { TableProfile } from "./profile.ts";

export interface Look {
  readonly table: TableProfile;
  readonly wide: ReturnType<typeof guessWide>;
  readonly assigned: ReadonlyMap<string, Assignment>;
  readonly guesses: readonly EntityGuess[];
}

export interface Chosen {
  readonly look: Look;
  readonly entity: EntityDef;
  readonly guess: EntityGuess;
  /** What the part is drawn from another's table for, e.g. a station known by its observations alone; null for a table of its own. */
  readonly borrowed: { readonly codeColumn: string; readonly timeColumns: readonly string[]; readonly medium: string | null; readonly from: string | null } | null;
}

const entityFrom = 0.6;

/** Between two entities nearer than this a table is nobody's. */
const marginMin = 0.04;

export const isActive = (field: FieldGuess | undefined): field is FieldGuess => field !== undefined && field.confidence >= likely && field.doubt === null;

export const noAssignment: Assignment = { fields: new Map(), alsoFit: new Map() };

/** Whether what tells its rows apart was found. */
function hasKey(look: Look, entity: string): boolean {
  const fields = look.assigned.get(entity)?.fields;
  const has = (name: string): boolean => isActive(fields?.get(name));
  switch (entity) {
    case "Observation":
      return (look.wide.columns.length > 0 || (has("pollutant") && has("value"))) && (has("start") || has("end") || observedTime(look.table, look.assigned.get(entity) ?? noAssignment, undefined, look.table.info.name).columns.length > 0);
    case "WaterQualityAssessment":
      return has("class") && has("start");
    case "Inspection":
      return has("no") || has("inspectedOn");
    default: {
      const name = { Station: "code", Section: "code", Enterprise: "uscc", Outlet: "code", Violation: "no", PenaltyDecision: "docNo", PollutionAlert: "no" }[entity];
      return name !== undefined && has(name);
    }
  }
}

/** A column per pollutant; one alone, beside a column of pollutants and a value, is none. */
export function isWide({ wide, assigned }: Look): boolean {
  const fields = assigned.get("Observation")?.fields;
  return wide.columns.length >= 2 || (wide.columns.length === 1 && !(isActive(fields?.get("pollutant")) && isActive(fields?.get("value"))));
}

/** Attributes that many entities have: they do not make a table another entity's too. */
const shared = new Set(["region", "quality", "receivedAt", "revision", "name", "code", "no", "docNo", "uscc", "position", "start", "end", "kind", "address", "unit", "flag", "reason"]);

export function pick(look: Look, entities: readonly EntityDef[]): readonly Chosen[] | string {
  const sorted = [...look.guesses].sort((a, b) => b.confidence - a.confidence);
  const fit = sorted.filter((guess) => guess.confidence >= entityFrom && guess.byColumns >= 0.2 && hasKey(look, guess.entity));
  const [best, second] = fit;
  if (best === undefined) {
    const [nearest] = sorted;
    if (nearest === undefined || nearest.confidence < 0.45) return "nothing in its name or columns is known";
    return hasKey(look, nearest.entity) ? `perhaps ${nearest.entity}, but too little says so` : `perhaps ${nearest.entity}, but no column is surely its key`;
  }
  const entityOf = (name: string): EntityDef | undefined => entities.find((entity) => entity.name === name);
  const entity = entityOf(best.entity);
  if (entity === undefined) return "nothing in its name or columns is known";
  const chosen: Chosen[] = [{ look, entity, guess: best, borrowed: null }];
  const used = new Set([...columnsOf(look, best.entity)]);
  if (second !== undefined && best.confidence - second.confidence < marginMin && !hasOwn(look, second.entity, used)) return `${best.entity} or ${second.entity}: a person has to say`;
  for (const guess of fit.slice(1)) {
    const also = entityOf(guess.entity);
    if (also === undefined || !hasOwn(look, guess.entity, used)) continue;
    // Places are borrowed from where they are known, below.
    if (guess.entity === "Station" || (guess.entity === "Section" && best.entity !== "WaterQualityAssessment" && best.entity !== "Observation")) continue;
    chosen.push({ look, entity: also, guess, borrowed: null });
    for (const column of columnsOf(look, guess.entity)) used.add(column);
  }
  return chosen;
}

const columnsOf = (look: Look, entity: string): readonly string[] => [
  ...[...(look.assigned.get(entity)?.fields.values() ?? [])].filter(isActive).flatMap((field) => field.columns),
  ...(entity === "Observation" ? look.wide.columns.map(({ column }) => column) : []),
];

/** Two columns, or one that no other entity could want, which the entity has for itself. */
function hasOwn(look: Look, entity: string, used: ReadonlySet<string>): boolean {
  const own = [...(look.assigned.get(entity)?.fields.values() ?? [])].filter((field) => isActive(field) && !shared.has(field.attribute) && field.columns.every((column) => !used.has(column)));
  const wide = entity === "Observation" ? look.wide.columns.filter(({ column }) => !used.has(column)) : [];
  return wide.length >= 2 || own.length >= 2 || own.some((field) => ["class", "type", "amount"].includes(field.attribute));
}
