/**
 * Masks (domain.md §3.3): a weaker value to print in place of the true one.
 *
 * Each is total and deterministic, and what it does not recognise it hides whole (`***`), so odd or short input reveals nothing, its
 * length included. Each is a fixed point of itself, so that along an attribute's chain the stricter mask of a looser mask's output
 * is the stricter mask of the value.
 */
import type { MaskName } from "../../schema/vocabulary.ts";
import { printDecimal, type Decimal } from "./decimal.ts";
import { maskAddress } from "./maskAddress.ts";
import type { Unified, UnifiedObject } from "./unified.ts";

export const hidden = "***";

/** The mask of NULL is NULL; of a list, the masks of its elements; of a type that the mask is not for, NULL. */
export function applyMask(name: MaskName, value: Unified): Unified {
  if (value === null) return null;
  if (typeof value === "string") return textMasks[name](value);
  if (isTextList(value)) return value.map(textMasks[name]);
  return name === "grid-0.01" && isObject(value) ? toGrid(value) : null;
}

const isTextList = (value: Unified): value is readonly string[] => Array.isArray(value);
const isObject = (value: Unified): value is UnifiedObject => typeof value === "object" && value !== null && !("n" in value && "d" in value);

const textMasks: Readonly<Record<MaskName, (text: string) => string>> = {
  "person-name": maskName,
  phone: maskPhone,
  "id-number": (text) => (/^\d{17}[\dXx]$|^\d{15}$|^\d\*{16}[\dX]$/.test(text) ? `${text[0]}****************${text.slice(-1).toUpperCase()}` : hidden),
  address: maskAddress,
  "bank-account": maskAccount,
  uscc: (text) => (/^[0-9A-Z]{18}$|^[0-9A-Z]{2}\*{10}$/.test(text) ? `${text.slice(0, 2)}**********` : hidden),
  plate: (text) => {
    const part = /^(\p{Script=Han}[A-Z])[·• ]?(?:[0-9A-Z]{3,4}|\*{3})([0-9A-Z\p{Script=Han}]{2})$/u.exec(text);
    return part ? `${part[1]}·***${part[2]}` : hidden;
  },
  "grid-0.01": () => hidden,
  year: (text) => (/^\d{4}(?:-\d\d-\d\d)?$/.test(text) ? text.slice(0, 4) : hidden),
  "free-text": maskFreeText,
};

const compoundSurnames = new Set(
  "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 夏侯 端木 轩辕 独孤 南宫 西门 闻人 呼延 百里 东郭 申屠 澹台 公冶 宗政 濮阳 淳于 单于 太叔 仲孙 钟离 赫连 鲜于 闾丘 亓官 颛孙 拓跋 第五".split(" "),
);

/** First character and a star for each other; two characters stay of 欧阳 and the like. One character alone would be the whole name. */
function maskName(text: string): string {
  if (isShortHan(text)) {
    const kept = text.length > 2 && compoundSurnames.has(text.slice(0, 2)) ? 2 : 1;
    return text.slice(0, kept) + "****".slice(0, text.length - kept);
  }
  const characters = Array.from(text);
  const [first = "", second = ""] = characters;
  if (characters.length < 2 || characters.length > 40 || !/^\p{L}$/u.test(first)) return hidden;
  const kept = characters.length > 2 && compoundSurnames.has(first + second) ? 2 : 1;
  return characters.slice(0, kept).join("") + "*".repeat(characters.length - kept);
}

/** Two to four characters of the basic Han block: nearly every name, and no surrogates to mind. */
function isShortHan(text: string): boolean {
  if (text.length < 2 || text.length > 4) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x4e00 || code > 0x9fff) return false;
  }
  return true;
}

function maskPhone(text: string): string {
  if (/^1\d{10}$/.test(text)) return `${text.slice(0, 3)}****${text.slice(7)}`;
  const mobile = /^(?:\+?86[- ]?)?(1\d\d)[- ]?(?:\d{4}|\*{4})[- ]?(\d{4})$/.exec(text);
  if (mobile) return `${mobile[1]}****${mobile[2]}`;
  const landline = /^\(?(0\d{2,3})\)?[- ]?(?:\d{3,4}|\*{4})[- ]?(\d{4})$/.exec(text);
  return landline ? `${landline[1]}-****${landline[2]}` : hidden;
}

function maskAccount(text: string): string {
  const digits = text.replaceAll(" ", "");
  return /^\d{12,30}$|^\*{12}\d{4}$/.test(digits) ? `**** **** **** ${digits.slice(-4)}` : hidden;
}

const namedPerson = /((?:法定代表人|负责人|当事人|联系人|投诉人|举报人|经办人|执法人员|受送达人|姓名)(?:[:：为是]\s?|\s))[\p{Script=Han}·]{2,10}/gu;
/** The surnames of nine people in ten; with one or two characters more, standing alone, it is taken for a name. */
const surnames =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const bareName = new RegExp(`(?<!\\p{Script=Han})(?:[${surnames}]\\p{Script=Han}{1,2}|(?:${[...compoundSurnames].join("|")})\\p{Script=Han}{1,2})(?!\\p{Script=Han})`, "gu");
const titledPerson = /\p{Script=Han}{1,4}(先生|女士|同志|经理|厂长|局长|队长)/gu;
const email = /[\w.+-]{1,64}@[\w.-]{1,255}/g;
/** Telephone, identity, account and registration numbers, with the separators that people put in. */
const longNumber = /[0-9０-９](?:[- ]?[0-9０-９A-Za-z]){5,}/g;

/** What patterns find is replaced. No pattern finds every name: a text with a natural person as its subject needs review (§3.3). */
function maskFreeText(text: string): string {
  return text
    .replace(email, hidden)
    .replace(longNumber, hidden)
    .replace(namedPerson, `$1${hidden}`)
    .replace(titledPerson, `${hidden}$1`)
    .replace(bareName, hidden);
}

/** Rounds lon and lat to the grid of 0.01° (about 1 km); every other part is NULL. */
function toGrid(position: UnifiedObject): UnifiedObject {
  const grid: Record<string, string | number | Decimal | readonly string[] | null> = {};
  for (const [part, value] of Object.entries(position)) {
    const isCoordinate = (part === "lon" || part === "lat") && isDecimal(value);
    grid[part] = isCoordinate ? Number(printDecimal(value, 2)) : null;
  }
  return grid;
}

const isDecimal = (value: UnifiedObject[string]): value is Decimal =>
  typeof value === "number" || (typeof value === "object" && value !== null && "n" in value && "d" in value);
