/** Identifiers that betray themselves by their own check characters or shape. */

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Unified social credit code with its check character (GB 32100-2015), as typed: blanks, hyphens and case do not matter. */
export function isUscc(text: string): boolean {
  const code = text.toUpperCase().replace(/[\s-]/g, "");
  if (code.length !== 18) return false;
  const values = [...code].map((character) => usccAlphabet.indexOf(character));
  if (values.includes(-1)) return false;
  const sum = usccWeights.reduce((total, weight, index) => total + weight * (values[index] ?? 0), 0);
  return (31 - (sum % 31)) % 31 === values[17];
}

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Resident identity number: its check digit (GB 11643-1999), or a birthday where it has one. */
export function isIdNumber(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text)) return false;
  const sum = idWeights.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return "10X98765432"[sum % 11] === text[17]?.toUpperCase() || /^\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(text);
}

/** Eighteen or fifteen characters as identity numbers have, right or wrong. */
export const isIdLike = (text: string): boolean => /^(?:\d{15}|\d{17}[\dXx])$/.test(text);
/** Digits enough to call somebody; the shape of Chinese numbers is `isPhone`. */
export const isPhoneLike = (text: string): boolean => text.replace(/\D/g, "").length >= 7 && /^[\d\s()（）+*/,、-]+$/u.test(text);
export const isPhone = (text: string): boolean => /(?:^|\D)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})(?:\D|$)/.test(text);
/** `京环罚〔2024〕12号` in all its brackets. */
export const isPenaltyNumber = (text: string): boolean => /罚(?:字|决字|告字)?\s*[〔[（(【]\s*[\d０-９]{4}\s*[〕\]）)】]\s*第?\s*[\d０-９]+\s*号?/u.test(text);
export const isAlertNumber = (text: string): boolean => /(?:重污|预警|应急)\S*\s*[〔[（(【]\s*\d{4}\s*[〕\]）)】]/u.test(text);
/** HJ 608-2017: DA001, DW001. */
export const isOutletCode = (text: string): boolean => /^D[AWNS]\d{3}$/i.test(text);
/** National air stations: four digits and a letter. */
export const isNationalStation = (text: string): boolean => /^\d{4}[AB]$/.test(text);
/** GB/T 4754-2017: four digits, or the letter of the section before them. */
export const isIndustry = (text: string): boolean => /^[A-T]?\d{2,4}$/.test(text);
/** Two to four characters, as names of persons are; says little by itself. */
export const isPersonName = (text: string): boolean => /^[\u4e00-\u9fff·]{2,4}$/u.test(text);
export const isCompanyName = (text: string): boolean => /(?:公司|厂|集团|企业|中心|合作社|医院|学校|Ltd|Inc|LLC|Corp|Company)/u.test(text);
