/** Which cells are codes of which table: regions, pollutants, values of an enum, yes and no. */
import { codeTables } from "../../schema/codes/codeTables.ts";
import { regions } from "../../schema/codes/regions.ts";
import type { EnumValue } from "../../schema/vocabulary.ts";
import type { ColumnProfile } from "./profile.ts";
import type { FieldYaml } from "./yamlText.ts";

/** How the cells of a column become values of a type; `fit` is the share of the distinct cells that the lens reads. */
export interface CodeFit {
  readonly field: FieldYaml;
  readonly fit: number;
  readonly evidence: string;
  /** Cells that no table lists: they would be NULL. */
  readonly unlisted: readonly string[];
}

/** More different values than this are no list of codes. */
const codesMax = 60;

const shareOf = (texts: readonly string[], holds: (text: string) => boolean): number => (texts.length === 0 ? 0 : texts.filter(holds).length / texts.length);
const distinctOf = (column: ColumnProfile): readonly string[] => [...column.distinct.keys()];

/** Six digits of GB/T 2260, nine or twelve of the statistical codes, or names. */
export function regionFit(column: ColumnProfile): CodeFit | null {
  const texts = distinctOf(column);
  if (texts.length === 0) return null;
  const isCode = (text: string): boolean => /^[1-8]\d{5}$/.test(text) && regions.has(`${text.slice(0, 2)}0000`);
  const six = shareOf(texts, isCode);
  if (six >= 0.9) return { field: column.name.raw, fit: six, evidence: "six digits of GB/T 2260", unlisted: [] };
  const long = shareOf(texts, (text) => /^\d{9}(?:\d{3})?$/.test(text) && isCode(text.slice(0, 6)));
  if (long >= 0.9) return { field: { column: column.name.raw, match: "^(\\d{6})" }, fit: long, evidence: "statistical codes of 9 or 12 digits, of which the first six are GB/T 2260", unlisted: [] };
  const names = [...codeTables].filter(([name]) => name.startsWith("gb2260-names"));
  let best: CodeFit | null = null;
  for (const [name, table] of names) {
    const unlisted = texts.filter((text) => table[text] === undefined);
    const fit = 1 - unlisted.length / texts.length;
    if (fit >= 0.6 && (best === null || fit > best.fit)) best = { field: { column: column.name.raw, codes: name }, fit, evidence: `names of regions (table ${name})`, unlisted };
  }
  return best;
}

/** The province in which most region codes lie, with their share; null where there are none. */
export function provinceOf(codes: ReadonlyMap<string, number>): { readonly code: string; readonly share: number } | null {
  const counts = new Map<string, number>();
  let all = 0;
  for (const [text, count] of codes) {
    if (!/^[1-8]\d{5}/.test(text)) continue;
    const province = `${text.slice(0, 2)}0000`;
    if (!regions.has(province)) continue;
    counts.set(province, (counts.get(province) ?? 0) + count);
    all += count;
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? null : { code: most[0], share: most[1] / all };
}

export function pollutantFit(column: ColumnProfile): CodeFit | null {
  const texts = distinctOf(column);
  if (texts.length === 0 || texts.length > codesMax * 3) return null;
  for (const [name, about] of [["hj212", "codes of HJ 212"], ["pollutant-names", "names of pollutants"]] as const) {
    const table = codeTables.get(name) ?? {};
    const unlisted = texts.filter((text) => table[text] === undefined);
    const fit = 1 - unlisted.length / texts.length;
    // Two digits alone are codes of anything; the 2005 edition counts where a letter or several of its codes are there.
    const isTold = texts.some((text) => /[A-Za-z\u4e00-\u9fff]/u.test(text)) || texts.filter((text) => table[text] !== undefined).length >= 4;
    if (fit >= 0.7 && isTold) return { field: { column: column.name.raw, codes: name }, fit, evidence: about, unlisted };
  }
  return null;
}

/** Code of the pollutant that a cell of a pollutant column means, by either table. */
export const pollutantOf = (text: string): string | null => codeTables.get("hj212")?.[text] ?? codeTables.get("pollutant-names")?.[text] ?? null;

const yes = new Set(["1", "y", "yes", "t", "true", "是", "有", "启用", "在用", "正常", "运行", "有效", "达标"]);
const no = new Set(["0", "n", "no", "f", "false", "否", "无", "停用", "停运", "停止", "无效", "不达标", "未达标", "撤销"]);
const isYes = (text: string): boolean => yes.has(text.toLowerCase());
const isNo = (text: string): boolean => no.has(text.toLowerCase());

export interface YesNo {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** Cells that say yes and no; null where others occur, or too many. */
export function yesNoOf(column: ColumnProfile): YesNo | null {
  const texts = distinctOf(column);
  if (texts.length === 0 || texts.length > 4 || !texts.every((text) => isYes(text) || isNo(text))) return null;
  return { yes: texts.filter(isYes), no: texts.filter(isNo) };
}

export function booleanFit(column: ColumnProfile): CodeFit | null {
  const said = yesNoOf(column);
  if (said === null) return null;
  const isNative = [...said.yes, ...said.no].every((text) => text === "true" || text === "false");
  const codes = Object.fromEntries([...said.yes.map((text) => [text, "true"]), ...said.no.map((text) => [text, "false"])]);
  return { field: isNative ? column.name.raw : { column: column.name.raw, codes }, fit: 1, evidence: "yes and no", unlisted: [] };
}

const averagings: Readonly<Record<string, string>> = {
  ...Object.fromEntries("h H hour hourly HOUR 1h 01:00:00 小时 时 时均 小时值 小时均值 小时数据 2061 60 XS PT1H".split(" ").map((text) => [text, "PT1H"])),
  ...Object.fromEntries("d D day daily DAY 1d P1D 日 日均 日均值 日值 天 日数据 2031 24:00:00 RJ".split(" ").concat("1 day").map((text) => [text, "P1D"])),
  ...Object.fromEntries("m month monthly MONTH P1M 月 月均 月均值 月值".split(" ").concat("1 mon").map((text) => [text, "P1M"])),
  ...Object.fromEntries("y year yearly YEAR P1Y 年 年均 年均值".split(" ").concat("1 year").map((text) => [text, "P1Y"])),
  ...Object.fromEntries("minute 10min 00:10:00 分钟 10分钟 2051".split(" ").map((text) => [text, "PT10M"])),
};

/** Periods as sources say them: 小时, `1 day`, command numbers of HJ 212. */
export function averagingFit(column: ColumnProfile): CodeFit | null {
  const texts = distinctOf(column);
  if (texts.length === 0 || texts.length > 12) return null;
  const unlisted = texts.filter((text) => averagings[text] === undefined);
  if (unlisted.length > 0) return null;
  return { field: { column: column.name.raw, codes: Object.fromEntries(texts.map((text) => [text, averagings[text] ?? ""])) }, fit: 1, evidence: "words for periods", unlisted };
}

/** Labels lose what stands around their core: `红色预警` and `红色` and `红` are one. */
const core = (text: string): string => text.replace(/\s*[（(][^）)]*[）)]$/u, "").replace(/(?:预警|抽查|检查|类别|管理|排放口|级|色|类)+$/u, "").trim().toLowerCase();

/** Tables that a hub's enum has already, by the enum's name. */
const enumTables: Readonly<Record<string, string>> = { ObservationFlag: "hj212-flags", WaterClass: "water-class", PenaltyKind: "penalty-kinds-zh" };

/** Values of an enum by their labels in both languages. Numbers are never guessed: nobody can see what `2` means. */
export function enumFit(column: ColumnProfile, type: { readonly name: string; readonly values: readonly EnumValue[] }): CodeFit | null {
  const texts = distinctOf(column);
  if (texts.length === 0 || texts.length > codesMax) return null;
  const known = codeTables.get(enumTables[type.name] ?? "");
  if (known !== undefined) {
    // Single digits are listed for classes of water, but alone they could be codes of anything.
    const isTold = texts.some((text) => !/^\d+$/.test(text) && known[text] !== undefined);
    const unlisted = texts.filter((text) => known[text] === undefined);
    const fit = 1 - unlisted.length / texts.length;
    if (isTold && fit >= 0.6) return { field: { column: column.name.raw, codes: enumTables[type.name] ?? "" }, fit, evidence: `all but ${unlisted.length} of ${texts.length} values stand in the table ${enumTables[type.name]}`, unlisted };
  }
  const byLabel = new Map<string, string>();
  const add = (label: string, value: string): void => {
    if (label === "") return;
    byLabel.set(label, byLabel.has(label) && byLabel.get(label) !== value ? "" : value);
  };
  for (const { name, zh, en } of type.values) for (const label of new Set([name.toLowerCase(), core(zh), zh.toLowerCase(), en.toLowerCase(), core(en)])) add(label, name);
  const codes: Record<string, string> = {};
  const unlisted: string[] = [];
  for (const text of texts) {
    const value = /^\d+$/.test(text) ? undefined : byLabel.get(text.toLowerCase()) || byLabel.get(core(text));
    if (value === undefined || value === "") unlisted.push(text);
    else codes[text] = value;
  }
  if (Object.keys(codes).length === 0) return null;
  return { field: { column: column.name.raw, codes }, fit: 1 - unlisted.length / texts.length, evidence: `${texts.length - unlisted.length} of ${texts.length} values are labels of the vocabulary`, unlisted };
}
