/** Row 9: text with several values in one cell. Blank elements are none; an element with the list mark in it is garbage. */
import { rawOf, textOf, trimBlanks, type Raw } from "./value.ts";

/** Between the elements of a printed list, and around it: `contains` of mark + element + mark is membership; `mark` alone is empty. */
export const listMark = "\u001f";

export const printList = (elements: readonly string[]): string =>
  elements.length === 0 ? listMark : listMark + elements.join(listMark) + listMark;

const jsonLengthMax = 100_000;

/** Split at a separator, or (null) read as a JSON array of texts, numbers and booleans. NULL for other JSON. */
export function splitList(separator: string | null): (value: Raw) => readonly Raw[] | null {
  if (separator === null) return (value) => jsonElements(textOf(value));
  return (value) => textOf(value).split(separator).map(trimBlanks).filter((element) => element !== "");
}

function jsonElements(text: string): readonly Raw[] | null {
  if (text.length > jsonLengthMax) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  const elements: Raw[] = [];
  for (const element of parsed as unknown[]) {
    if (typeof element !== "string" && typeof element !== "number" && typeof element !== "boolean") {
      if (element === null) continue;
      return null;
    }
    const raw = rawOf(element);
    if (raw !== null) elements.push(raw);
  }
  return elements;
}
