/** One part of the mapping: its fields, links, joins, and which rows of its table count. */
import { asEntityName } from "../../schema/ids.ts";
import type { AttributeDef, Vocabulary } from "../../schema/vocabulary.ts";
import { type Chosen, isActive, isWide, noAssignment } from "./chooseEntities.ts";
import { likely, together } from "./evidence.ts";
import type { FieldGuess } from "./guessColumn.ts";
import { guessLink, type LinkGuess, type LinkTarget, namingAttribute } from "./guessLink.ts";
import { guessKeep, guessKey, guessTie, versionsOf } from "./guessRows.ts";
import type { WideColumn } from "./guessWide.ts";
import { longValue, observedTime } from "./observationPart.ts";
import type { FieldDraft, JoinDraft, PartDraft } from "./parts.ts";
import { behind } from "./places.ts";
import type { TableProfile } from "./profile.ts";
import { codeColumnOf } from "./relatives.ts";

export interface DraftInput {
  readonly tables: readonly TableProfile[];
  readonly vocabulary: Vocabulary;
  /** As the kind's capabilities say. */
  readonly lenses: boolean;
  readonly rowid: boolean;
}

interface Around {
  readonly input: DraftInput;
  readonly targets: readonly LinkTarget[];
  readonly wanted: ReadonlyMap<LinkTarget, string>;
  readonly medium: string | null;
  readonly part: string | null;
  /** Further tables of the same rows. */
  readonly twins: readonly Chosen[];
}

export function buildPart(chosen: Chosen, around: Around): PartDraft {
  const { look, entity, guess, borrowed } = chosen;
  const { table } = look;
  const { vocabulary, lenses, rowid } = around.input;
  // A section that stands for a station is called as sections are.
  const assigned = look.assigned.get(borrowed?.from ?? entity.name) ?? noAssignment;
  const undecided = new Map<string, string>();
  const aside = new Map<string, string>(look.wide.aside);
  const fields = new Map<string, FieldDraft>();
  const put = (field: FieldDraft): void => void (field.doubt === null || !fields.has(field.attribute) ? fields.set(field.attribute, field) : undefined);
  const isObservation = entity.name === "Observation";
  const unpivot: readonly WideColumn[] = isObservation && isWide(look) ? look.wide.columns : [];
  const wideColumns = new Set(unpivot.map(({ column }) => column));

  const links = new Map<string, LinkGuess>();
  for (const attribute of entity.attributes.values()) {
    if (attribute.type.kind !== "link") continue;
    const link = linkOf(table, attribute, around);
    if (link !== null) links.set(attribute.name, link);
  }
  const station = table.columns.find((column) => column.name.raw === links.get("station")?.columns[0]);
  const natural: string[] = [];

  for (const field of assigned.fields.values()) {
    if (isObservation && ["start", "end", "averaging", "value", "unit"].includes(field.attribute)) continue;
    if (isObservation && unpivot.length > 0 && ["pollutant", "flag"].includes(field.attribute)) continue;
    if (field.columns.some((column) => wideColumns.has(column))) continue;
    if (borrowed !== null && !["code", "name", "region", "position"].includes(field.attribute)) continue;
    put(draftOf(field));
  }
  if (borrowed !== null) {
    const name = namingAttribute[entity.name] ?? "code";
    const known = assigned.fields.get(name);
    put(known?.columns[0] === borrowed.codeColumn ? { ...draftOf(known), doubt: null } : { attribute: name, value: borrowed.codeColumn, columns: [borrowed.codeColumn], confidence: likely, evidence: ["names the place of every row"], doubt: null });
  }
  for (const [name, link] of links) if (entity.attributes.get(name)?.key === true || link.confidence >= 0.5) put({ ...draftOf(link), ...(link.target === null ? {} : { target: link.target.table }) });
  if (isObservation) {
    const time = observedTime(table, assigned, station, table.info.name);
    for (const field of time.fields) put(field);
    for (const [name, reason] of time.undecided) undecided.set(name, reason);
    const value = unpivot.length > 0 ? null : longValue(table, assigned, lenses);
    if (unpivot.length > 0) put({ attribute: "value", value: "$cell", columns: [], confidence: 1, evidence: ["a column per pollutant"], doubt: null });
    else if (value !== null) put(value);
    natural.push(...(links.get("station")?.columns ?? []), ...(unpivot.length > 0 ? [] : (assigned.fields.get("pollutant")?.columns ?? [])), ...time.columns, ...(isActive(assigned.fields.get("averaging")) ? (assigned.fields.get("averaging")?.columns ?? []) : []));
    const unit = assigned.fields.get("unit")?.columns[0];
    if (unit !== undefined) aside.set(unit, "the unit of each row's value");
  } else if (entity.name === "WaterQualityAssessment") {
    const start = assigned.fields.get("start");
    natural.push(...(links.get("section")?.columns ?? []), ...(start?.columns ?? []));
    const isMonth = JSON.stringify(start?.value ?? "").match(/yyyy[-/.年]?MM?"|yyyy年M月/) !== null;
    if (isMonth) put({ attribute: "averaging", value: { constant: "P1M" }, columns: [], confidence: 0.9, evidence: ["its period is written as a month"], doubt: null });
    else if (!isActive(assigned.fields.get("averaging"))) {
      undecided.set("averaging", "nothing says how long the assessed periods are; P1M is only a guess");
      put({ attribute: "averaging", value: { constant: "P1M" }, columns: [], confidence: likely, evidence: ["most assessments are monthly"], doubt: null });
    }
  } else {
    const key = [...entity.attributes.values()].find((attribute) => attribute.key)?.name ?? "no";
    natural.push(...(borrowed === null ? (fields.get(key)?.columns ?? []) : [borrowed.codeColumn]));
    // An outlet's code tells it among those of its enterprise.
    if (entity.name === "Outlet") natural.push(...(links.get("enterprise")?.columns ?? []));
  }
  if (entity.name === "Station" && around.medium !== null && !(fields.get("medium")?.doubt === null)) {
    put({ attribute: "medium", value: { constant: around.medium }, columns: [], confidence: 0.85, evidence: ["what its observations measure"], doubt: null });
  }

  const joins: JoinDraft[] = [];
  around.twins.forEach((twin, index) => {
    const there = codeColumnOf(twin)?.name.raw;
    const here = codeColumnOf(chosen)?.name.raw;
    if (there === undefined || here === undefined) return;
    const alias = index === 0 ? "more" : `more${index + 1}`;
    joins.push({ alias, from: twin.look.table.info.name, there, here });
    for (const guessed of twin.look.assigned.get(entity.name)?.fields.values() ?? []) {
      if (fields.get(guessed.attribute)?.doubt === null || guessed.columns.includes(there)) continue;
      put({ ...draftOf(guessed), value: behind(alias, guessed.value), columns: [], evidence: [...guessed.evidence, `joined from ${twin.look.table.info.name}, which has the same rows`] });
    }
    for (const column of twin.look.table.columns) {
      const isKnown = [...(twin.look.assigned.get(entity.name)?.fields.values() ?? [])].some((guessed) => guessed.columns.includes(column.name.raw));
      if (!isKnown) aside.set(`${alias}.${column.name.raw}`, "nothing known fits");
    }
  });

  const versions = versionsOf(table, vocabulary);
  const wanted = [...around.wanted].find(([target]) => target.table === table && target.entity === entity.name)?.[1] ?? null;
  const key = borrowed !== null && borrowed.timeColumns.length > 0 ? { key: [borrowed.codeColumn], latest: borrowed.timeColumns, evidence: "the newest row of each speaks for it", undecided: null } : guessKey(table, [...new Set(natural)], wanted, versions);
  if (key.undecided !== null) undecided.set("key", key.undecided);
  const tie = rowid ? null : guessTie(table.info, table);
  const active = [...fields.values()].filter((field) => field.doubt === null && field.confidence >= likely);
  const used = new Set([...active.flatMap(({ columns }) => columns), ...wideColumns, ...key.key, ...key.latest]);
  const keep = guessKeep(table, new Set([...active.flatMap(({ columns }) => columns)]));
  for (const { column } of keep) used.add(column);
  for (const column of table.columns) {
    const raw = column.name.raw;
    if (used.has(raw) || raw === tie || aside.has(raw)) continue;
    const weak = [...fields.values()].some((field) => field.columns.includes(raw));
    if (weak) continue;
    const also = assigned.alsoFit.get(raw);
    aside.set(raw, also === undefined ? (versions.columns.includes(raw) ? "tells when or how often a row was changed" : "nothing known fits") : `would fit ${also}, which another column fits better`);
  }
  for (const raw of [...aside.keys()]) if (used.has(raw) || !(/^more\d?\./.test(raw) || table.columns.some(({ name }) => name.raw === raw))) aside.delete(raw);
  const order = [...entity.attributes.keys()];
  return {
    entity: entity.name,
    part: around.part,
    table,
    confidence: wanted === null ? guess.confidence : together(guess.confidence, 0.4),
    evidence: wanted === null ? guess.evidence : [...guess.evidence, `other tables name its rows by ${wanted}`],
    joins,
    key: key.key,
    keyEvidence: key.evidence,
    latest: key.latest,
    tie,
    keep,
    unpivot,
    fields: [...fields.values()].sort((a, b) => order.indexOf(a.attribute) - order.indexOf(b.attribute)),
    undecided,
    aside,
  };
}

function linkOf(table: TableProfile, attribute: AttributeDef, { targets, wanted, input }: Around): LinkGuess | null {
  let link = guessLink(table, attribute, targets, input.vocabulary);
  if (attribute.entity === "Observation" && attribute.name === "station" && (link === null || link.target === null)) {
    const sections = guessLink(table, { ...attribute, type: { kind: "link", entity: asEntityName("Section") } }, targets, input.vocabulary);
    const target = targets.find((each) => each.entity === "Station" && each.table === sections?.target?.table);
    if (sections !== null && target !== undefined) link = { ...sections, target };
  }
  if (link === null || link.target === null || link.by === null) return link;
  // The target's key is the column that most name it by; the others say its attribute.
  const key = wanted.get(link.target);
  if (key !== undefined && key !== link.by) {
    return link.by === link.target.codeColumn ? { ...link, value: { column: link.columns[0] ?? "", to: link.target.attribute } } : { ...link, doubt: `it names ${link.by} there, but most tables name rows by ${key}` };
  }
  return link;
}

const draftOf = (guess: FieldGuess): FieldDraft => ({ attribute: guess.attribute, value: guess.value, columns: guess.columns, confidence: guess.confidence, evidence: guess.evidence, doubt: guess.doubt });
