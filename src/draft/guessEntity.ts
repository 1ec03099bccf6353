/** Which entity a table holds: by its name and by which attributes its columns are. */
import type { EntityDef } from "../../schema/vocabulary.ts";
import type { Assignment } from "./assign.ts";
import { copyWords, entityWords, tableFillers } from "./dictionary.ts";
import { likely, together } from "./evidence.ts";
import type { WideColumn } from "./guessWide.ts";
import { pinyinOf } from "./pinyin.ts";
import { matchName, type NameMatch, spellingsOf } from "./names.ts";
import type { TableProfile } from "./profile.ts";

export interface EntityGuess {
  readonly entity: string;
  readonly confidence: number;
  readonly evidence: readonly string[];
  /** What its columns alone say. */
  readonly byColumns: number;
}

/** How much an attribute tells of its entity; a name or a code tells little. */
const tells: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Station: { position: 0.4, code: 0.15, name: 0.1, elevation: 0.35, operator: 0.3, active: 0.25, activeFrom: 0.3, activeTo: 0.3, role: 0.3, medium: 0.3, contact: 0.15 },
  Section: { river: 0.5, basin: 0.5, targetClass: 0.5, level: 0.3, waterBodyType: 0.4, code: 0.2, name: 0.1, position: 0.1 },
  WaterQualityAssessment: { class: 0.5, determining: 0.4, targetMet: 0.3, eutrophication: 0.5, start: 0.15 },
  Enterprise: { uscc: 0.35, legalRep: 0.45, industry: 0.35, permitClass: 0.45, contactPhone: 0.2, address: 0.2, name: 0.15, output: 0.3, energy: 0.3, performanceGrade: 0.3, legalRepId: 0.3, position: 0.1 },
  Outlet: { code: 0.35, height: 0.35, diameter: 0.4, receiving: 0.4, kind: 0.15, position: 0.1 },
  Inspection: { inspectedOn: 0.3, officers: 0.45, findings: 0.3, kind: 0.3, no: 0.15, plan: 0.2 },
  Violation: { type: 0.5, no: 0.25 },
  PenaltyDecision: { docNo: 0.4, amount: 0.5, decidedOn: 0.3, kind: 0.35, revoked: 0.1, subject: 0.2, publishedUntil: 0.3, review: 0.2 },
  PollutionAlert: { level: 0.5, issuedAt: 0.3, startAt: 0.2, liftedAt: 0.35, reason: 0.2, no: 0.15, measures: 0.25 },
  Observation: { pollutant: 0.5, value: 0.3, start: 0.15, flag: 0.3, unit: 0.15, validHours: 0.2 },
};

const fillers: ReadonlySet<string> = new Set([
  ...tableFillers.en,
  ...tableFillers.zh.flatMap((word) => {
    const syllables = pinyinOf(word);
    return syllables === null || syllables.length < 2 ? [word] : [word, syllables.join(""), syllables.map((syllable) => syllable[0]).join("")];
  }),
]);
const fillerEndings = [...fillers].filter((word) => word.length >= 2).sort((a, b) => b.length - a.length);
const copies: ReadonlySet<string> = new Set([...copyWords.en, ...copyWords.zh]);

/** A table that looks like a copy or a leftover of another. */
export const isCopy = (table: TableProfile): boolean =>
  table.name.tokens.slice(1).some((token) => copies.has(token) || /^(?:bak|copy|old|tmp)\d*$/.test(token)) || copyWords.zh.some((word) => table.name.raw.endsWith(word));

/** How the table's name names the entity, its fillers taken away. */
export function tableNameMatch(table: TableProfile, entity: string): NameMatch | null {
  const nouns = entityWords[entity] ?? { zh: [], en: [] };
  const spellings = spellingsOf(nouns, nouns, `table.${entity}`);
  const tokens = table.name.tokens.filter((token, index) => !fillers.has(token) && !(index === 0 && /^[a-z]{1,2}$/.test(token)));
  const bare = tokens.map((token) => {
    const ending = fillerEndings.find((word) => token.length > word.length && token.endsWith(word));
    return ending === undefined ? token : token.slice(0, -ending.length);
  });
  const forms = new Set([...table.name.forms, tokens.join(""), bare.join(""), ...tokens, ...bare, ...bare.map((token) => token.replace(/s$/, "")), bare.join("").replace(/s$/, ""), bare.join("").replace(/ies$/, "y")]);
  let best: NameMatch | null = null;
  for (const form of forms) {
    if (form.length < 2) continue;
    const match = matchName({ ...table.name, comment: null, forms: [form] }, spellings);
    if (match !== null && (best === null || match.score > best.score)) best = match;
  }
  if (table.name.comment !== null) {
    const bare = table.name.comment.forms.flatMap((form) => [form, form.replace(new RegExp(`(?:${tableFillers.zh.join("|")})+$`, "u"), "")]).filter((form) => form.length >= 2);
    const exact = matchName({ ...table.name.comment, forms: bare }, spellings);
    // What a Chinese name is stands at its end: 环境空气站点 are 站点.
    const noun = nouns.zh.find((word) => word.length >= 2 && bare.some((form) => form.endsWith(word)));
    const said: NameMatch | null = noun !== undefined && (exact === null || exact.score < 0.8) ? { score: 0.8, how: `the word ${noun} at its end` } : exact;
    if (said !== null && (best === null || said.score >= best.score)) best = { score: said.score, how: `its comment: ${said.how}` };
  }
  return best;
}

/** Of an observation the wide columns count as the pollutant and the value do. */
export function guessEntity(table: TableProfile, entity: EntityDef, assigned: Assignment, wide: readonly WideColumn[]): EntityGuess {
  const named = tableNameMatch(table, entity.name);
  const told = tells[entity.name] ?? {};
  const known = [...assigned.fields.values()].filter((field) => field.confidence >= likely);
  const signs = known.map((field) => (told[field.attribute] ?? 0) * field.confidence);
  const evidence: string[] = [];
  if (named !== null) evidence.push(`its name says ${named.how}`);
  if (entity.name === "Observation" && wide.length >= 2) {
    signs.push(1 - 0.55 ** wide.length);
    evidence.push(`${wide.length} columns name pollutants`);
  }
  const names = known.filter((field) => (told[field.attribute] ?? 0) >= 0.2).map((field) => field.attribute);
  if (names.length > 0) evidence.push(`columns for ${names.slice(0, 6).join(", ")}`);
  const byColumns = together(...signs);
  return { entity: entity.name, confidence: together((named?.score ?? 0) * 0.6, byColumns), evidence, byColumns };
}
