/** Addresses down to the county, as far as they begin with names of GB/T 2260: an unknown word is never taken for a place. */
import { countyLines } from "../../schema/codes/gb2260Counties.ts";
import { prefectureLines, provinceLines } from "../../schema/codes/gb2260Prefectures.ts";

const namesOf = (lines: string): readonly string[] =>
  lines.trim().split("\n").flatMap((line) => line.split(" ")[1] ?? []);

const provinces = new Set(namesOf(provinceLines));
const prefectures = new Set(namesOf(prefectureLines));
const counties = new Set(namesOf(countyLines));
const nameLengthMax = Math.max(...[...provinces, ...prefectures, ...counties].map((name) => name.length));

/** `北京市朝阳区***`; `***` alone where the text does not begin with a place. */
export function maskAddress(text: string): string {
  let at = 0;
  for (const level of [provinces, prefectures, counties]) at += knownName(text, at, level);
  return `${text.slice(0, at)}***`;
}

function knownName(text: string, at: number, level: ReadonlySet<string>): number {
  for (let length = Math.min(nameLengthMax, text.length - at); length >= 2; length--) {
    if (level.has(text.slice(at, at + length))) return length;
  }
  return 0;
}
