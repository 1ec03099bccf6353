/** A draft as a `source.yaml` that a steward reads line by line: each guess with what speaks for it, each doubt as a comment. */
import type { EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import { likely, wordFor } from "./evidence.ts";
import { commonMedians } from "./guessUnit.ts";
import type { Draft, FieldDraft, PartDraft } from "./parts.ts";
import { commentText, type FieldYaml, flow, scalar } from "./yamlText.ts";

/** A line, and what it belongs to: what turns out not to load is taken out by this name. */
export interface Line {
  readonly text: string;
  readonly item: string | null;
}

export interface WriteInput {
  readonly draft: Draft;
  readonly vocabulary: Vocabulary;
  readonly region: string;
  readonly kind: string;
  /** As the file has it: without secrets. */
  readonly connection: { readonly [word: string]: FieldYaml };
  readonly connectionNote: string;
  readonly timeZone: string;
  /** Why it is that one. */
  readonly timeZoneNote?: string;
  /** How long a page of answers waits for the source; left out: the hub's own. */
  readonly deadline?: string;
  /** Entries of `tables`, in their order; none: the source has tables of its own. */
  readonly declared?: readonly { readonly name: string; readonly entry: FieldYaml; readonly note: string }[];
  /** What else a person has to decide. */
  readonly undecided?: readonly (readonly [what: string, reason: string])[];
  /** Items that do not load here, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

const itemOfPart = (part: PartDraft): string => nameOfPart(part);
export const nameOfPart = ({ entity, part }: PartDraft): string => (part === null ? entity : `${entity}/${part}`);

/** Words of a region's personal attributes: named in the file, never with a cell. */
const isPersonal = (vocabulary: Vocabulary, part: PartDraft, attribute: string): boolean => entityOf(vocabulary, part)?.attributes.get(attribute)?.sensitivity === "P";
const entityOf = (vocabulary: Vocabulary, part: PartDraft): EntityDef | undefined => [...vocabulary.entities.values()].find(({ name }) => name === part.entity);

export function writeDraft(input: WriteInput): readonly Line[] {
  const { draft } = input;
  const lines: Line[] = [];
  const line = (text: string, item: string | null = null): void => void lines.push({ text, item });
  const remark = (text: string, indent = ""): void => line(`${indent}# ${commentText(text)}`);
  const bodies = draft.parts.map((part) => ({ part, ...partLines(part, input) }));
  const active = bodies.filter(({ isActive }) => isActive);
  const read = new Set(active.flatMap(({ part, joined }) => [part.table.info.name, ...joined]));
  const undecided = [
    ...(input.undecided ?? []).filter(([what]) => read.size === 0 || !what.startsWith("tables.") || read.has(what.split(".")[1] ?? "")),
    ...active.flatMap(({ part, undecidedHere }) => undecidedHere.map(([word, reason]) => [`${nameOfPart(part)}.${word}`, reason] as const)),
  ];

  remark("A draft by `region draft`: guesses from names and cells, for a steward to correct. Behind each line stands how sure it is and why;");
  remark("what is not sure enough is a comment: correct it and take its # away, or delete it. No rule is drafted: nothing is shared yet.");
  remark("草稿：按名称和数据猜测，请逐行核对；拿不准的只作注释。未拟定任何共享规则。");
  if (undecided.length > 0) remark(`${undecided.length} guesses have to be decided before anything is shared; they stand at the end, and \`source check\` names them.`);
  line(`region: ${scalar(input.region)}${draft.region?.code === input.region ? `   # ${commentText(draft.region.evidence)}` : ""}`);
  line(`kind: ${scalar(input.kind)}`);
  line(`connection: ${flow(input.connection)}   # ${commentText(input.connectionNote)}`);
  line(`timeZone: ${input.timeZone}   # ${input.timeZoneNote ?? "for times that carry no zone; the data cannot tell"}`);
  if (input.deadline !== undefined) line(`deadline: ${input.deadline}   # every query fetches its pages from the service`);
  if (draft.missing.length > 0) line(`missing: ${flow(draft.missing)}   # stand where a value is missing`);
  const declared = input.declared ?? [];
  if (declared.length > 0) line("tables:");
  for (const { name, entry, note } of declared) {
    // What no entity reads need not be fetched.
    const isRead = read.size === 0 || read.has(name);
    line(`  ${isRead ? "" : "# "}${scalar(name)}: ${flow(entry)}   # ${commentText(isRead ? note : `nothing reads it yet; ${note}`)}`);
  }
  line(active.length === 0 ? "entities: {}" : "entities:");
  for (const { body } of bodies) lines.push(...body);
  if (draft.left.length > 0) {
    line("");
    remark("Tables without an entity:");
    for (const { table, why } of draft.left) remark(`  ${table.info.name} (${table.info.columns.length} columns): ${why}`);
  }
  const ranges = active.flatMap(({ plausible }) => plausible);
  if (undecided.length > 0 || ranges.length > 0) line("check:");
  if (ranges.length > 0) line(`  plausible: { ${[...new Set(ranges)].map((coordinate) => `${coordinate}: [${commonMedians[coordinate]?.join(", ") ?? ""}]`).join(", ")} }   # medians beyond it fail \`source check\`: a wrong unit`);
  if (undecided.length > 0) {
    line("  undecided:   # decide, mend the line, and take its entry away");
    for (const [coordinate, reason] of undecided) line(`    ${scalar(coordinate)}: ${JSON.stringify(commentText(reason))}`);
  }
  return lines;
}

interface PartLines {
  readonly body: readonly Line[];
  readonly isActive: boolean;
  /** Tables that it joins. */
  readonly joined: readonly string[];
  readonly undecidedHere: readonly (readonly [string, string])[];
  /** Coordinates of active fields whose medians have a common range. */
  readonly plausible: readonly string[];
}

/** Behind a line: how sure, and what says so. */
const because = (confidence: number, evidence: readonly string[]): string => `   # ${wordFor(confidence)}${evidence.length === 0 ? "" : `: ${commentText(evidence.filter((each) => each !== "").join("; "))}`}`;

function partLines(part: PartDraft, { vocabulary, refused }: WriteInput): PartLines {
  const name = itemOfPart(part);
  const item = (what: string): string => `${name} ${what}`;
  const isRefused = (what: string): string | undefined => refused.get(item(what));
  const body: Line[] = [];
  const add = (indent: number, text: string, what: string | null): void => void body.push({ text: `${" ".repeat(indent)}${text}`, item: what === null ? name : item(what) });
  const cells = part.unpivot.map((wide) => ({ ...wide, off: wide.doubt ?? isRefused(`unpivot ${wide.column}`) ?? null }));
  const fields = part.fields.map((field) => ({ ...field, off: isRefused(`field ${field.attribute}`) ?? part.joins.map(({ alias }) => (JSON.stringify(field.value).includes(`"${alias}.`) ? isRefused(`join ${alias}`) : undefined)).find((each) => each !== undefined) ?? field.doubt ?? (field.confidence < likely ? "too little says so" : null) }));
  const joins = part.joins.filter(({ alias }) => fields.some(({ off, value }) => off === null && JSON.stringify(value).includes(`"${alias}.`)));
  const noCells = part.unpivot.length > 0 && cells.every(({ off }) => off !== null);
  const reason = refused.get(name) ?? (noCells ? "no column's unit is sure: decide one, and take the part's # away" : null);
  const isActive = reason === null;

  add(2, `${scalar(name)}:${because(part.confidence, part.evidence)}`, null);
  add(4, `from: ${scalar(part.table.info.name)}`, null);
  if (joins.length > 0) add(4, "join:", null);
  for (const { alias, from, there, here } of joins) add(6, `${alias}: { from: ${scalar(from)}, on: { ${scalar(there)}: ${scalar(here)} } }`, `join ${alias}`);
  add(4, `key: ${part.key.length === 1 ? flow(part.key[0] ?? "") : flow(part.key)}   # ${commentText(part.keyEvidence)}`, null);
  if (part.tie !== null) add(4, `tie: ${scalar(part.tie)}   # orders rows that are otherwise equal`, "tie");
  if (part.latest.length > 0) add(4, `latest: ${part.latest.length === 1 ? scalar(part.latest[0] ?? "") : flow(part.latest)}`, null);
  const keeps = part.keep.filter(({ keep }) => keep !== null);
  if (keeps.length > 0) add(4, `keep: ${flow(Object.assign({}, ...keeps.map(({ keep }) => keep)) as { readonly [word: string]: FieldYaml })}   # ${commentText(keeps.map(({ evidence }) => evidence).join("; "))}`, "keep");
  for (const { column, keep, evidence } of part.keep) if (keep === null) add(4, `# keep: { ${scalar(column)}: { eq: … } }   # ${commentText(evidence)}`, null);
  if (cells.length > 0) {
    add(4, "unpivot:", null);
    for (const { column, entry, evidence, off } of cells) add(6, `${off === null ? "" : "# "}${scalar(column)}: ${flow(entry)}   # ${commentText(off === null ? evidence : `${off}; ${evidence}`)}`, `unpivot ${column}`);
  }
  add(4, "fields:", null);
  for (const field of fields) add(6, fieldLine(field, field.off, isPersonal(vocabulary, part, field.attribute)), `field ${field.attribute}`);
  for (const [column, why] of part.aside) add(4, `# not placed: ${commentText(`${column} (${part.table.info.columns.find((each) => each.name === column)?.type ?? ""}): ${why}`)}`, null);

  const undecidedHere = [...part.undecided].filter(([word]) => word === "key" || fields.some(({ attribute, off }) => off === null && (attribute === word || (word === "start" && attribute === "end"))));
  return {
    body: isActive ? body : [{ text: `  # ${scalar(name)} is not active: ${commentText(reason)}`, item: null }, ...body.map(({ text }) => ({ text: `  # ${text.slice(2)}`, item: null }))],
    isActive,
    joined: joins.map(({ from }) => from),
    undecidedHere: isActive ? undecidedHere : [],
    plausible: isActive ? fields.filter(({ off }) => off === null).map(({ attribute }) => `${part.entity}.${attribute}`).filter((coordinate) => commonMedians[coordinate] !== undefined) : [],
  };
}

function fieldLine(field: FieldDraft, off: string | null, personal: boolean): string {
  const about = personal ? "; personal: shared by no rule until somebody writes one" : "";
  const text = `${field.attribute}: ${flow(field.value)}`;
  if (off === null) return `${text}${because(field.confidence, field.evidence)}${about}`;
  return `# ${text}   # ${commentText(`not active: ${off}${field.evidence.length === 0 ? "" : `; ${field.evidence.filter((each) => each !== "").join("; ")}`}`)}${about}`;
}
