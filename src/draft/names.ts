/**
 * How well a column's or table's name says a concept: as the word itself, its pinyin in full or by initials, English, or a mixture
 * such as `zd_name`. Names lose their prefixes (`T_`, `f_`, what all columns of a table share) and the unit in brackets.
 */
import { unitByText } from "../../schema/codes/units.ts";
import { pinyinOf } from "./pinyin.ts";

export interface Name {
  readonly raw: string;
  /** Spellings of the name to compare: lower case, without separators; the whole first, then without prefixes. */
  readonly forms: readonly string[];
  readonly tokens: readonly string[];
  /** What stands in brackets or behind the name as a unit, e.g. `mg/L`; null without. */
  readonly unit: string | null;
  /** What the source's catalogue says beside the name; null where it says nothing. */
  readonly comment: Name | null;
}

export interface NameMatch {
  /** 0 to 1. */
  readonly score: number;
  readonly how: string;
}

const typePrefix = /^(?:[cfnsdb]|vc|fld|col|str|num|int|dt|is)(?=_)/;
const tablePrefix = /^(?:t|tb|tbl|tab|v|vw|view|dim|fact|ods|dwd|dws|ads|sys|biz|app|base|env|hb|sthj)(?=[_\d])/;

/** A unit behind a name: `height_m`, `fine_wan_yuan`. */
const unitSuffix = /_(?:m|mm|cm|km|t|tce|kg|tons?|yuan|wan|wan_?yuan|wy|cny|ug_?m3|mg_?m3|mg_?l|ug_?l|ppb|ppm|deg|hpa|kpa)$/;

const squash = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

const splitCamel = (text: string): string => text.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2");

/** The first thing that a comment says, and a unit anywhere in it: `二氧化硫浓度，单位：mg/m3`. */
function commentOf(text: string): Name | null {
  const [head = ""] = text.trim().split(/[，,;；。\r\n]|[:：](?=\s*\d)|\d\s*[-:：=]/u);
  const name = nameOf(head);
  if (name.forms.length === 0) return null;
  const unit = /单位\s*[:：]?\s*([^\s，,;；。)）]+)/u.exec(text)?.[1] ?? /\bunits?\s*[:=]?\s*([^\s,;)]+)/i.exec(text)?.[1] ?? text.split(/[\s，,;；。()（）[\]]+/u).find((piece) => piece !== head && unitByText(piece) !== undefined);
  return { ...name, unit: name.unit ?? unit ?? null };
}

/** `shared`: a prefix that the table's columns have in common, taken away where something is left. `comment`: as the catalogue has it. */
export function nameOf(raw: string, shared = "", comment: string | undefined = undefined): Name {
  const bracket = /^(.*?)\s*[(（\[]([^()（）\]]+)[)）\]]\s*$/u.exec(raw);
  const bare = bracket?.[1] !== undefined && bracket[1] !== "" ? bracket[1] : raw;
  const lower = splitCamel(bare).toLowerCase();
  const stripped = new Set<string>([lower]);
  const add = (text: string): void => {
    if (squash(text).length >= 2) stripped.add(text);
  };
  if (shared !== "" && lower.startsWith(shared.toLowerCase())) add(lower.slice(shared.length));
  for (const text of [...stripped]) add(text.replace(typePrefix, ""));
  for (const text of [...stripped]) add(text.replace(tablePrefix, ""));
  for (const text of [...stripped]) add(text.replace(unitSuffix, ""));
  // Of a path into nested data the last step is the name: `properties.stationCode`.
  const lastStep = bare.includes(".") && !/^\d|\.\d/.test(bare) ? splitCamel(bare.slice(bare.lastIndexOf(".") + 1)).toLowerCase() : "";
  if (lastStep !== "") add(lastStep);
  return {
    raw,
    forms: [...new Set([...stripped].map(squash))].filter((form) => form !== ""),
    tokens: lower.replace(unitSuffix, "").split(/[^\p{L}\p{N}]+/u).filter((token) => token !== ""),
    unit: bracket?.[2] ?? null,
    comment: comment === undefined ? null : commentOf(comment),
  };
}

/** The prefix with its `_` that most columns of a table share, or nothing. */
export function sharedPrefix(columns: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const column of columns) {
    const prefix = /^([A-Za-z]{1,6}_)./.exec(column)?.[1]?.toLowerCase();
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  for (const [prefix, count] of counts) if (count >= 3 && count >= columns.length * 0.7) return prefix;
  return "";
}

interface Spelling {
  readonly text: string;
  readonly score: number;
  readonly how: string;
}

/** Two initials stand for many words, one for any. */
const initialsScore = (length: number): number => (length >= 5 ? 0.86 : length === 4 ? 0.8 : length === 3 ? 0.72 : length === 2 ? 0.55 : 0);

/** All spellings of a Chinese word. */
function chineseSpellings(word: string): readonly Spelling[] {
  const syllables = pinyinOf(word.replace(/[^\p{L}\p{N}]/gu, ""));
  const found: Spelling[] = [{ text: squash(word), score: 0.92, how: `the word ${word}` }];
  if (syllables === null) return found;
  const full = syllables.join("");
  const initials = syllables.map((syllable) => syllable[0] ?? "").join("");
  if (full !== squash(word)) found.push({ text: full, score: 0.9, how: `pinyin of ${word}` }, { text: initials, score: initialsScore(initials.length), how: `initials of ${word}` });
  return found;
}

const englishSpellings = (word: string): readonly Spelling[] => {
  const text = squash(word);
  return [{ text, score: text.length >= 4 ? 0.9 : text.length === 3 ? 0.8 : text.length === 2 ? 0.6 : 0.3, how: `the word ${word}` }];
};

export interface Words {
  readonly zh: readonly string[];
  readonly en: readonly string[];
}

/** Ends of names in any language, for mixtures: `qy_name`, `station_bm`, `zdcode`. */
const endings: Readonly<Record<string, readonly string[]>> = {
  编码: ["code", "cd", "id", "no", "bm", "bh", "dm", "bianma", "bianhao", "daima", "num"],
  编号: ["code", "id", "no", "bh", "bm", "bianhao"],
  代码: ["code", "cd", "dm", "daima"],
  名称: ["name", "nm", "mc", "mingcheng"],
  类型: ["type", "lx", "leixing", "kind"],
};

const cache = new Map<string, readonly Spelling[]>();

/** Every spelling by which a concept may be called; `nouns` fill the `~`. */
export function spellingsOf(words: Words, nouns: Words, key: string): readonly Spelling[] {
  const known = cache.get(key);
  if (known) return known;
  const found = new Map<string, Spelling>();
  const add = (spelling: Spelling): void => {
    const before = found.get(spelling.text);
    if (spelling.text !== "" && (before === undefined || before.score < spelling.score)) found.set(spelling.text, spelling);
  };
  for (const word of words.zh) {
    if (!word.includes("~")) chineseSpellings(word).forEach(add);
    else {
      for (const noun of nouns.zh) {
        chineseSpellings(word.replace("~", noun)).forEach(add);
        const ending = endings[word.replace("~", "")] ?? [];
        for (const { text, how } of [...chineseSpellings(noun), ...nouns.en.flatMap(englishSpellings)]) {
          if (text.length < 2) continue;
          for (const end of ending) add({ text: `${text}${end}`, score: text.length + end.length >= 5 ? 0.8 : 0.7, how: `${how} with ${end}` });
        }
      }
    }
  }
  for (const word of words.en) {
    if (!word.includes("~")) englishSpellings(word).forEach(add);
    else for (const noun of nouns.en) englishSpellings(word.replace("~", noun)).forEach(add);
  }
  const all = [...found.values()];
  cache.set(key, all);
  return all;
}

/** Words that end too many names to say what a column is. */
const commonEndings = new Set(["name", "code", "date", "type", "kind", "level", "number", "status", "value", "start", "time", "class", "grade", "result", "output", "target", "station", "company", "reading", "reason", "source"]);

/** Initials of a word are doubtful where the comment says something else. */
const beside = 0.5;

/**
 * The best match of a name and of what the catalogue says beside it. Somebody wrote a comment for people to read: it counts before initials,
 * which stand for many words.
 */
export function matchName(name: Name, spellings: readonly Spelling[]): NameMatch | null {
  const own = matchOne(name, spellings);
  if (name.comment === null) return own;
  const said = matchOne(name.comment, spellings);
  if (said !== null && (own === null || said.score >= own.score)) return { score: said.score, how: `its comment: ${said.how}` };
  return own !== null && said === null && own.how.startsWith("initials") ? { score: own.score * beside, how: `${own.how}, but its comment says something else` } : own;
}

/** Forms without prefixes count a little less. Null where nothing fits. */
function matchOne(name: Name, spellings: readonly Spelling[]): NameMatch | null {
  let best: NameMatch | null = null;
  const offer = (score: number, how: string): void => {
    if (score > 0 && (best === null || best.score < score)) best = { score, how };
  };
  name.forms.forEach((form, index) => {
    const loss = index === 0 ? 0 : 0.03;
    for (const { text, score, how } of spellings) {
      if (form === text) offer(score - loss, how);
      // `监测点位名称` ends with 名称, `penaltyamountyuan` begins with amount: a hint only.
      else if (form.length > text.length && (/[\u4e00-\u9fff]/.test(text) ? text.length >= 2 : text.length >= 5) && (form.endsWith(text) || form.startsWith(text))) {
        offer(score * 0.62, `${how} in the name`);
      }
    }
  });
  // `street_address` is an address: the last words of a name are its head.
  for (let from = 1; from < name.tokens.length; from += 1) {
    const tail = name.tokens.slice(from).join("");
    const spelling = spellings.find(({ text }) => text === tail && text.length >= 5 && !commonEndings.has(text));
    if (spelling !== undefined) offer(spelling.score * 0.85, `${spelling.how} at the end`);
  }
  return best;
}
