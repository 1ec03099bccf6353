/**
 * One look at a document's characters before the parser, which walks messages line by line and calls itself for every bracket: counts
 * lines and open brackets, strings and comments left out.
 */
import { within } from "./documentLimits.ts";

/** Throws DOCUMENT_TOO_LARGE. A text that is no document is the parser's to refuse. */
export const scanText = (text: string): void => {
  let lines = 1;
  let nesting = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case lineFeed:
      case carriageReturn:
        lines += 1;
        within("lines", lines);
        break;
      case openBrace:
      case openBracket:
      case openParenthesis:
        nesting += 1;
        within("nesting", nesting);
        break;
      case closeBrace:
      case closeBracket:
      case closeParenthesis:
        nesting -= 1;
        break;
      case hash:
        at = endOfLine(text, at) - 1;
        break;
      case quote:
        if (!text.startsWith('"""', at)) at = endOfString(text, at);
        else {
          const end = endOfBlock(text, at);
          // CR LF counts twice.
          for (at += 3; at < end; at += 1) if (isBreak(text.charCodeAt(at))) lines += 1;
          within("lines", lines);
        }
        break;
    }
  }
};

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const hash = 0x23;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const isBreak = (code: number): boolean => code === lineFeed || code === carriageReturn;

/** Where the line's break is, or the end of the text. */
const endOfLine = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && !isBreak(text.charCodeAt(at))) at += 1;
  return at;
};

/** The closing quote; the character before the break where the line ends first, which the parser refuses. */
const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (isBreak(code)) return at - 1;
    if (code === backslash) at += 1;
  }
  return text.length;
};

/** The last of the three closing quotes. */
const endOfBlock = (text: string, from: number): number => {
  for (let at = text.indexOf('"""', from + 3); at >= 0; at = text.indexOf('"""', at + 3)) if (text.charCodeAt(at - 1) !== backslash) return at + 2;
  return text.length;
};
