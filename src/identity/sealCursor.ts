/**
 * Cursors as opaque text: encrypted and authenticated, because they carry cells of rows (semantics.md §4). Deterministic, so that
 * the same page of the same view is the same bytes; what may be in them is bounded by the agency and query that the payload names.
 */
import { type SivKey, sivKey, sivOpen, sivSeal } from "./siv.ts";

/** Longer texts were not made here; decoding them would only cost time. */
const cursorLengthMax = 8192;

/** From `HubKeys.cursor`. */
export const cursorKey = (bytes: Buffer): SivKey => sivKey(bytes);

export const sealCursor = (key: SivKey, payload: string): string => sivSeal(key, Buffer.from(payload, "utf8")).toString("base64url");

/** Null for text that `sealCursor` did not make with this key (CURSOR_INVALID). */
export const openCursor = (key: SivKey, cursor: string): string | null => {
  if (cursor.length > cursorLengthMax) return null;
  const sealed = Buffer.from(cursor, "base64url");
  if (sealed.toString("base64url") !== cursor) return null;
  return sivOpen(key, sealed)?.toString("utf8") ?? null;
};
