/** Row 6: named cleanings of text. ASCII letters only are raised to upper case, so that every dialect can do the same. */
import type { Normalisation } from "./lensSpec.ts";
import { isBlank, memo, textOf, trimBlanks, type Step } from "./value.ts";

const cleaners: Readonly<Record<Normalisation, (text: string) => string>> = {
  trim: trimBlanks,
  width: toHalfWidth,
  upper: toUpper,
  "html-text": htmlText,
  "penalty-number": penaltyNumber,
  uscc: (text) => toUpper(toHalfWidth(text)).replace(/[\s\u00a0\ufeff\u2010-\u2015-]/g, ""),
};

/** In the order given; what is blank afterwards is NULL. */
export function normalise(how: readonly Normalisation[]): Step {
  const clean = memo((text: string) => how.reduce((cleaned, name) => cleaners[name](cleaned), text));
  return (value) => {
    const text = clean(textOf(value));
    return isBlank(text) ? null : text;
  };
}

function toUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Full-width forms of ASCII (U+FF01 to U+FF5E) and the ideographic space. */
function toHalfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replaceAll("\u3000", " ");
}

/** Decision numbers as 京环罚〔2024〕12号: half-width, no spaces, the year in 〔〕 whatever brackets were typed (domain.md §2.9). */
function penaltyNumber(text: string): string {
  return toHalfWidth(text)
    .replace(/[\s\u00a0\ufeff]/g, "")
    .replace(/[[({〔【﹝〖<《](\d{4})[\])}〕】﹞〗>》]/g, "〔$1〕");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The text of a fragment of HTML: no tags, the common entities decoded once, runs of blanks as one space. */
function htmlText(text: string): string {
  return trimBlanks(
    text
      .replace(/<[^<>]*>/g, " ")
      .replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] as string) : whole;
        const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
        return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
      })
      .replace(/[\s\u00a0\ufeff]+/g, " "),
  );
}
