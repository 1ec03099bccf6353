/** How likely a column is an attribute, by its name and by its cells; neither alone is enough where the cells could speak and do not. */
import type { AttributeDef, AttributeType, Vocabulary } from "../../schema/vocabulary.ts";
import { entityWords, wordsOf } from "./dictionary.ts";
import { type Guess, likely, together } from "./evidence.ts";
import { averagingFit, booleanFit, type CodeFit, enumFit, pollutantFit, regionFit } from "./guessCodes.ts";
import { timeFit } from "./guessTime.ts";
import { guessUnit, unitSaid } from "./guessUnit.ts";
import { isAlertNumber, isCompanyName, isIdLike, isIdNumber, isIndustry, isNationalStation, isOutletCode, isPenaltyNumber, isPersonName, isPhone, isPhoneLike, isUscc } from "./identifiers.ts";
import { matchName, spellingsOf } from "./names.ts";
import { type ColumnProfile, isUniqueColumn, looksUnique, share, type TableProfile } from "./profile.ts";
import type { FieldMap, FieldYaml } from "./yamlText.ts";

export interface FieldGuess extends Guess<FieldYaml> {
  readonly attribute: string;
  /** Columns that it takes. */
  readonly columns: readonly string[];
  /** Why it must not be active although name and cells fit; null where nothing speaks against it. */
  readonly doubt: string | null;
  /** Of a place: how many different cells it reads; the finest column is the place. */
  readonly reads?: number;
}

export interface ColumnContext {
  readonly table: TableProfile;
  readonly vocabulary: Vocabulary;
  /** The source runs lens functions: what cleans text may be written. */
  readonly lenses: boolean;
}

/** Cells of special shape: how much they say for the attribute, and how many of them (or of a looser shape) it must have where a name claims it. */
const shapes: Readonly<Record<string, { readonly holds: (text: string) => boolean; readonly says: number; readonly must: number; readonly least?: (text: string) => boolean }>> = {
  "Enterprise.uscc": { holds: isUscc, says: 0.9, must: 0.3 },
  "Enterprise.contactPhone": { holds: isPhone, says: 0.7, must: 0.3, least: isPhoneLike },
  "Enterprise.legalRepId": { holds: isIdNumber, says: 0.85, must: 0.5, least: isIdLike },
  "Enterprise.legalRep": { holds: isPersonName, says: 0.2, must: 0.3 },
  "Enterprise.name": { holds: isCompanyName, says: 0.6, must: 0 },
  "Enterprise.industry": { holds: isIndustry, says: 0.2, must: 0 },
  "PenaltyDecision.docNo": { holds: isPenaltyNumber, says: 0.85, must: 0 },
  "PollutionAlert.no": { holds: isAlertNumber, says: 0.7, must: 0 },
  "Outlet.code": { holds: isOutletCode, says: 0.85, must: 0 },
  "Station.code": { holds: isNationalStation, says: 0.8, must: 0 },
};

const nothing = { says: 0, field: null, evidence: null, doubt: null } as const;

interface CellSign {
  /** What the cells say for the attribute, 0 to 1; null: they say that it is not. */
  readonly says: number | null;
  readonly field: FieldYaml | null;
  readonly evidence: string | null;
  readonly doubt: string | null;
  readonly reads?: number;
}

/** Null where neither name nor cells say anything. */
export function guessColumn(column: ColumnProfile, attribute: AttributeDef, context: ColumnContext): FieldGuess | null {
  const { entity, name, type } = attribute;
  const spellings = spellingsOf(wordsOf(context.vocabulary, entity, name), entityWords[entity] ?? { zh: [], en: [] }, `${entity}.${name}`);
  const named = matchName(column.name, spellings);
  const sign = signOf(column, attribute, context);
  if (sign.says === null) return null;
  if (named === null && !speaksAlone(type, sign.says)) return null;
  const confidence = named === null ? Math.min(sign.says, 0.85) : together(named.score, column.filled === 0 ? 0 : sign.says);
  return {
    attribute: name,
    columns: [column.name.raw],
    value: sign.field ?? column.name.raw,
    confidence: column.filled === 0 ? confidence * 0.9 : confidence,
    evidence: [...(named === null ? [] : [named.how]), ...(sign.evidence === null ? [] : [sign.evidence]), ...(column.filled === 0 ? ["no cell to see"] : [])],
    doubt: sign.doubt,
    ...(sign.reads === undefined ? {} : { reads: sign.reads }),
  };
}

/** Cells without a name: only identifiers with a shape of their own, and codes of regions and pollutants. */
function speaksAlone(type: AttributeType, says: number): boolean {
  return (type.kind === "text" || type.kind === "region" || type.kind === "pollutant") && says >= 0.55;
}

function signOf(column: ColumnProfile, attribute: AttributeDef, context: ColumnContext): CellSign {
  const { type } = attribute;
  switch (type.kind) {
    case "text":
      return textSign(column, attribute, context);
    case "enum":
      return codeSign(column, type.name === "Averaging" ? averagingFit(column) : enumFit(column, type), "the meaning of its values");
    case "boolean":
      return column.kind === "text" || column.kind === "integer" || column.kind === "any" || column.kind === "loose" || column.kind === "number" || column.kind === "decimal"
        ? codeSign(column, booleanFit(column), "which of its values mean yes")
        : { ...nothing, says: null };
    case "region": {
      const fit = regionFit(column);
      if (fit === null) return column.filled === 0 ? { ...nothing, says: 0 } : { ...nothing, says: null };
      return { says: 0.6 * fit.fit + 0.15, field: fit.field, evidence: fit.evidence, doubt: unlistedDoubt(fit, 0.6), reads: Math.round(fit.fit * column.distinct.size) };
    }
    case "pollutant": {
      const fit = pollutantFit(column);
      if (fit === null) return column.filled === 0 ? { ...nothing, says: 0 } : { ...nothing, says: null };
      return { says: 0.8 * fit.fit, field: fit.field, evidence: fit.evidence, doubt: unlistedDoubt(fit, 0.7) };
    }
    case "instant":
    case "date": {
      const fit = timeFit(column, type.kind);
      if (fit === null) return column.filled === 0 && column.kind === "text" ? { ...nothing, says: 0 } : { ...nothing, says: null };
      return { says: 0.35, field: fit.field, evidence: fit.evidence, doubt: fit.rival === null ? null : `${fit.rival} would read it too, and otherwise` };
    }
    case "integer":
      if (column.filled > 0 && (column.numeric < 0.95 || !column.numbers.every(Number.isInteger))) return { ...nothing, says: null };
      return { ...nothing, says: 0.2 };
    case "decimal":
      return decimalSign(column, attribute, type.unit);
    case "list":
      return listSign(column, type);
    case "link":
    case "object":
      return { ...nothing, says: null };
  }
}

const isMostlyChinese = (column: ColumnProfile): boolean => share(column, (text) => /[\u4e00-\u9fff]/u.test(text)) >= 0.7;

function textSign(column: ColumnProfile, attribute: AttributeDef, context: ColumnContext): CellSign {
  const coordinate = `${attribute.entity}.${attribute.name}`;
  if (column.kind === "date" || column.kind === "instant" || column.kind === "local") return { ...nothing, says: null };
  const shape = shapes[coordinate];
  const held = shape === undefined ? 0 : share(column, shape.holds);
  if (shape !== undefined && column.filled > 0 && Math.max(held, share(column, shape.least ?? shape.holds)) < shape.must) return { ...nothing, says: null };
  const signs: number[] = shape === undefined ? [] : [shape.says * held];
  const evidence: string[] = [];
  if (shape !== undefined && held >= 0.5 && shape.says >= 0.5) evidence.push(`${Math.round(held * 100)} % of the cells have its shape`);
  if (attribute.name === "name") {
    if (column.filled > 0 && column.numeric > 0.5) return { ...nothing, says: null };
    // Names differ from row to row; a few words that repeat are a kind.
    if (isMostlyChinese(column) && new Set(column.texts).size >= column.filled * 0.5) signs.push(0.25);
  }
  if (attribute.key && (looksUnique(column) || isUniqueColumn(context.table.info, column.name.raw))) {
    signs.push(0.4);
    evidence.push(isUniqueColumn(context.table.info, column.name.raw) ? "unique" : "no two sampled rows alike");
  }
  if (column.numeric > 0.9 && /^(?:address|contact|operator|findings|reason|criteria|river|subject|legalRep)$/.test(attribute.name)) return { ...nothing, says: null };
  return { says: together(0.15, ...signs), field: normalised(column, coordinate, context.lenses), evidence: evidence.length === 0 ? null : evidence.join(", "), doubt: null };
}

/** Cleanings that the cells ask for. */
function normalised(column: ColumnProfile, coordinate: string, lenses: boolean): FieldYaml | null {
  if (!lenses || column.kind === "integer" || column.kind === "number" || column.kind === "decimal") return null;
  const raw = column.name.raw;
  if (coordinate === "Enterprise.uscc" && share(column, (text) => /^[0-9A-Z]{18}$/.test(text)) < 1 && column.filled > 0) return { column: raw, normalise: "uscc" };
  if (["PenaltyDecision.docNo", "Violation.no", "PollutionAlert.no"].includes(coordinate) && share(column, (text) => /[[(（【\s０-９]/u.test(text)) > 0) return { column: raw, normalise: "penalty-number" };
  if (share(column, (text) => /<[a-z/][^>]*>/i.test(text)) > 0.3) return { column: raw, normalise: "html-text" };
  return null;
}

const unlistedDoubt = (fit: CodeFit, least: number): string | null => (fit.fit < least ? `${fit.unlisted.length} of its values stand in no table` : null);

function codeSign(column: ColumnProfile, fit: CodeFit | null, what: string): CellSign {
  if (column.filled === 0) return { ...nothing, says: 0, doubt: `no cell shows ${what}` };
  if (fit === null) return column.distinct.size > 30 ? { ...nothing, says: null } : { ...nothing, says: 0, doubt: `the cells do not show ${what}` };
  const others = fit.unlisted.length === 0 ? "" : `; NULL for ${fit.unlisted.slice(0, 6).map((text) => text.slice(0, 20)).join(", ")}${fit.unlisted.length > 6 ? ", …" : ""}`;
  return { says: 0.5 * fit.fit, field: fit.field, evidence: `${fit.evidence}${others}`, doubt: fit.fit < 0.5 ? `the cells do not show ${what} for most of them` : null };
}

function decimalSign(column: ColumnProfile, attribute: AttributeDef, unit: string | undefined): CellSign {
  if (column.filled > 0 && column.numeric < 0.7) return { ...nothing, says: null };
  if (column.kind === "date" || column.kind === "instant" || column.kind === "local") return { ...nothing, says: null };
  const raw = column.name.raw;
  const below: FieldMap = column.limits.length > 0 ? { below: column.limits } : {};
  if (unit === undefined || unit === "byPollutant") return { says: column.filled === 0 ? 0 : 0.3, field: column.limits.length > 0 ? { column: raw, ...below } : raw, evidence: "numbers", doubt: null };
  const guess = guessUnit({ numbers: column.numbers, named: unitSaid(column.name), pollutant: null, coordinate: `${attribute.entity}.${attribute.name}`, canonical: unit });
  const isActive = guess.unit !== null && guess.confidence >= likely;
  return {
    says: column.filled === 0 ? 0 : 0.3,
    field: { column: raw, ...below, unit: guess.unit ?? unit },
    evidence: isActive ? guess.evidence : null,
    doubt: isActive ? null : `the unit is not to be told (${guess.evidence})`,
  };
}

const separators = ["、", "；", ";", "|", "，", ","];

function listSign(column: ColumnProfile, type: Extract<AttributeType, { kind: "list" }>): CellSign {
  if (column.kind !== "text" && column.kind !== "any" && column.kind !== "loose") return { ...nothing, says: null };
  const raw = column.name.raw;
  const isJson = share(column, (text) => /^\[.*\]$/s.test(text)) >= 0.8;
  const separator = isJson ? "json" : (separators.find((mark) => share(column, (text) => text.includes(mark)) > 0) ?? "、");
  if (type.of.kind === "text") return { says: 0.15, field: { column: raw, list: separator }, evidence: isJson ? "lists as JSON" : null, doubt: null };
  const items = new Map<string, number>();
  for (const [text, count] of column.distinct) for (const item of isJson ? [] : text.split(separator)) if (item.trim() !== "") items.set(item.trim(), (items.get(item.trim()) ?? 0) + count);
  const fit = enumFit({ ...column, distinct: items }, type.of);
  if (fit === null || typeof fit.field === "string") return codeSign(column, null, "the meaning of its values");
  return codeSign(column, { ...fit, field: { column: raw, list: separator, ...(fit.field as { readonly codes: FieldYaml }).codes === undefined ? {} : { codes: (fit.field as { readonly codes: FieldYaml }).codes } } }, "the meaning of its values");
}
