/** Columns that each hold one pollutant: names of pollutants in any spelling, with plausible numbers. */
import { pollutantNames, pollutants } from "../../schema/codes/pollutants.ts";
import { likely } from "./evidence.ts";
import { guessUnit, unitSaid } from "./guessUnit.ts";
import type { Name } from "./names.ts";
import { pinyinOf } from "./pinyin.ts";
import { type ColumnProfile, share, type TableProfile } from "./profile.ts";
import type { FieldMap, FieldYaml } from "./yamlText.ts";
import { codeTables } from "../../schema/codes/codeTables.ts";

export interface WideColumn {
  readonly column: string;
  readonly pollutant: string;
  /** The column's constants and stages, as an `unpivot` has them. */
  readonly entry: { readonly [word: string]: FieldYaml };
  readonly evidence: string;
  /** Why it must not be active; null where nothing speaks against it. */
  readonly doubt: string | null;
}

interface Found {
  readonly code: string;
  readonly how: string;
  /** Only where other columns of the table name pollutants too: two letters stand for anything. */
  readonly needsCompany: boolean;
  /** Short initials alone. */
  readonly isWeak: boolean;
}

const squash = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** Spelling without separators → pollutant; spellings that two pollutants share are left out. */
const spellings: ReadonlyMap<string, Found> = (() => {
  const table = new Map<string, Found>();
  const shared = new Set<string>();
  const add = (text: string, found: Found): void => {
    const known = table.get(text);
    if (known !== undefined && known.code !== found.code) {
      // A name beats initials; two names, or two initials, tell nothing.
      if (known.needsCompany === found.needsCompany) shared.add(text);
      else if (!found.needsCompany) table.set(text, found);
      return;
    }
    if (known === undefined) table.set(text, found);
  };
  for (const [name, code] of Object.entries(pollutantNames)) {
    // Without its point PM1.0 would be PM10.
    if (name.includes("1.0")) continue;
    const text = squash(name);
    add(text, { code, how: `names ${pollutants.get(code)?.zh ?? code}`, needsCompany: /^[a-z]{1,2}$/.test(text) || /^(?:do|no|ec|wd|wt|tp|tn|ph|temp|pres|pressure|temperature)$/.test(text), isWeak: false });
  }
  for (const { code, zh } of pollutants.values()) {
    const syllables = pinyinOf(zh.replace(/[^\p{L}\p{N}]/gu, ""));
    if (syllables === null || code.startsWith("L")) continue;
    const initials = syllables.map((syllable) => syllable[0] ?? "").join("");
    add(syllables.join(""), { code, how: `pinyin of ${zh}`, needsCompany: false, isWeak: false });
    if (initials.length >= 2) add(initials, { code, how: `initials of ${zh}`, needsCompany: initials.length < 5, isWeak: initials.length < 3 });
  }
  for (const text of shared) table.delete(text);
  return table;
})();

/** Words behind a pollutant that say nothing more. */
const plainEnding = /(?:nd|nongdu|浓度|浓度值|conc|concentration|value|val|avg|mean|hour|1h|h1|ugm3|mgm3|mgl|ugl|ppb|ppm|aq|z|值|小时均值|小时浓度|监测值|实测值)$/;
const plainBeginning = /^(?:avg|mean|val|value|conc|hour|h|kq|s|n|f|c|obs|d)(?=.{2})/;
/** Other statistics and indices of a pollutant, which are another averaging period or no concentration at all. */
const otherStatistics = /(?:24h|8h|24小时|8小时|日均|月均|年均|滑动|max|min|iaqi|aqi|flag|mark|状态|标识|标志|bz|zt|level|等级|指数级别|sl|rate|比例)/gi;

/** What a comment calls an index or a mark is no concentration. */
const noConcentration = /iaqi|aqi|flag|mark|状态|标识|标志|等级|指数级别|分指数|比例/i;
/** Whether the comment says another statistic than the row's own. */
const isOtherStatistic = ({ name }: ColumnProfile): boolean => name.comment !== null && new RegExp(otherStatistics.source, "i").test(name.comment.raw);

/** A comment counts before the name, which may be two letters. */
function pollutantIn({ name }: ColumnProfile): Found | null {
  if (name.comment !== null && noConcentration.test(name.comment.raw)) return null;
  const said = name.comment === null ? null : pollutantNamed({ ...name.comment, forms: name.comment.forms.flatMap((form) => [form, form.replaceAll(otherStatistics, "")]) });
  if (said !== null) return { ...said, how: `its comment ${said.how}`, needsCompany: false, isWeak: false };
  const own = pollutantNamed(name);
  // A comment that says something else, in words, is no pollutant's.
  return own !== null && name.comment !== null && own.needsCompany && /[\u4e00-\u9fff]/u.test(name.comment.raw) ? null : own;
}

function pollutantNamed(name: Name): Found | null {
  for (const form of name.forms) {
    let text = form;
    for (let turn = 0; turn < 3; turn += 1) {
      const found = spellings.get(text);
      if (found !== undefined) return found;
      const shorter = text.replace(plainEnding, "");
      if (shorter === text || shorter === "") break;
      text = shorter;
    }
    const found = spellings.get(text.replace(plainBeginning, ""));
    if (found !== undefined) return found;
  }
  return null;
}

const isWind = (column: ColumnProfile): boolean => share(column, (text) => codeTables.get("compass-16")?.[text] !== undefined) >= 0.8;

export function guessWide(table: TableProfile): { readonly columns: readonly WideColumn[]; readonly aside: ReadonlyMap<string, string> } {
  const aside = new Map<string, string>();
  const all = table.columns.flatMap((column) => {
    const pollutant = pollutantIn(column);
    if (pollutant === null) {
      return [];
    }
    if (column.filled > 0 && column.numeric < 0.6 && !isWind(column)) return [];
    if (column.kind === "date" || column.kind === "instant" || column.kind === "local") return [];
    return [{ column, pollutant }];
  });
  const found = all.filter(({ column, pollutant }) => !isOtherStatistic(column) || !all.some((other) => other.pollutant.code === pollutant.code && !isOtherStatistic(other.column)));
  const certainOnes = found.filter(({ pollutant }) => !pollutant.needsCompany);
  const certain = certainOnes.length;
  const certainMedia = new Set(certainOnes.map(({ pollutant }) => pollutant.code[0]));
  // Many doubtful names that all sound like one medium's pollutants vouch for each other.
  const media = new Set(found.map(({ pollutant }) => pollutant.code[0]));
  const isChorus = found.length >= 5 && media.size === 1 && found.filter(({ pollutant }) => !pollutant.isWeak).length >= 2;
  // Among pollutants of the air, two letters are none of the water.
  const isAtHome = ({ pollutant }: (typeof found)[number]): boolean => certain === 0 || certainMedia.has(pollutant.code[0]);
  const kept = found.filter((each) => !each.pollutant.needsCompany || ((certain >= 2 || (certain >= 1 && found.length >= 3) || isChorus) && isAtHome(each)));
  const codes = new Set(kept.map(({ pollutant }) => pollutant.code));
  for (const column of table.columns) {
    const bare = [...column.name.forms, ...(column.name.comment?.forms ?? [])].map((form) => form.replaceAll(otherStatistics, "")).find((form) => codes.has(spellings.get(form)?.code ?? ""));
    if (bare !== undefined && !kept.some((each) => each.column === column)) aside.set(column.name.raw, `another statistic or index of ${spellings.get(bare)?.code}: a part of its own, with its own averaging`);
  }
  const twice = new Set(kept.map(({ pollutant }) => pollutant.code).filter((code, index, all) => all.indexOf(code) !== index));
  return {
    columns: kept.map(({ column, pollutant }) => {
      const { entry, evidence, doubt } = entryOf(column, pollutant.code);
      return {
        column: column.name.raw,
        pollutant: pollutant.code,
        entry,
        evidence: `${pollutant.how}; ${evidence}`,
        doubt: doubt ?? (pollutant.isWeak ? "two letters stand for many words (ZD: 总氮, 浊度; SW: 水温, 水位)" : null) ?? (twice.has(pollutant.code) ? "another column of the table names the same pollutant" : null),
      };
    }),
    aside,
  };
}

function entryOf(column: ColumnProfile, code: string): Pick<WideColumn, "entry" | "evidence" | "doubt"> {
  if (code === "a01008" && isWind(column)) return { entry: { pollutant: code, codes: "compass-16", unit: "deg" }, evidence: "points of the compass", doubt: null };
  const canonical = pollutants.get(code)?.canonical ?? "";
  const guess = guessUnit({ numbers: column.numbers, named: unitSaid(column.name), pollutant: code, coordinate: "Observation.value", canonical });
  const below: FieldMap = column.limits.length > 0 ? { below: column.limits } : {};
  const isTold = guess.unit !== null && guess.confidence >= likely;
  return {
    entry: { pollutant: code, unit: guess.unit ?? canonical, ...below },
    evidence: guess.evidence,
    doubt: isTold ? null : `the unit is not to be told${guess.rivals.length > 0 ? `, or it is ${guess.rivals.join(" or ")}` : ""}`,
  };
}
