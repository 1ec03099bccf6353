/**
 * JSON text of an answer. A long one is printed piece by piece into bytes, so that its rows, its whole text and its bytes are never all
 * there at once: beside the rows there is one piece of text.
 */
import type { Json } from "../execute/printNode.ts";

/** What `sendGraphql` takes: a text, or its bytes in pieces. */
export type Body = string | readonly Buffer[];

/** Characters of one piece, about; what is shorter goes through `JSON.stringify` as a whole. */
const pieceCharacters = 256 * 1024;
const wholeCharacters = 16 * 1024;

/** Bytes of the text that `JSON.stringify` makes, about: escapes are not counted, brackets are. */
export function printedBytes(value: unknown): number {
  if (typeof value === "string") return 2 + Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += 1 + printedBytes(item);
  else for (const key in value) bytes += key.length + 4 + printedBytes((value as Record<string, unknown>)[key]);
  return bytes;
}

/** The bytes of `head`, of `JSON.stringify(value)` and of `tail`, one after the other. */
export function printInPieces(head: string, value: Json, tail: string): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let text = head;
  const put = (more: string): void => {
    text += more;
    if (text.length < pieceCharacters) return;
    pieces.push(Buffer.from(text));
    text = "";
  };
  const print = (part: Json): void => {
    if (typeof part !== "object" || part === null || left(part, wholeCharacters) >= 0) {
      put(JSON.stringify(part));
      return;
    }
    let before = "";
    if (Array.isArray(part)) {
      put("[");
      for (const item of part as readonly Json[]) {
        put(before);
        print(item);
        before = ",";
      }
      put("]");
      return;
    }
    put("{");
    for (const [key, member] of Object.entries(part)) {
      // As `JSON.stringify` does: graphql-js leaves such members in what the schema says of itself.
      if (member === undefined) continue;
      put(`${before}${JSON.stringify(key)}:`);
      print(member);
      before = ",";
    }
    put("}");
  };
  print(value);
  put(tail);
  if (text !== "") pieces.push(Buffer.from(text));
  return pieces;
}

/** What is left of so many characters when the value is printed; negative: it has more. Stops looking there. */
function left(value: unknown, characters: number): number {
  if (typeof value === "string") return characters - value.length;
  if (typeof value !== "object" || value === null) return characters - 8;
  let rest = characters;
  for (const key in value) {
    rest = left((value as Record<string, unknown>)[key], rest - 8);
    if (rest < 0) return rest;
  }
  return rest;
}
