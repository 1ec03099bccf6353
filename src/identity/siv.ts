/**
 * Deterministic authenticated encryption: the synthetic IV is an HMAC-SHA-256 of the text (cut to 128 bits), and AES-256-CTR runs
 * from it. Equal texts give equal bytes, so that equal answers are equal to the byte; nothing else can be told without the key.
 * Construction: Rogaway and Shrimpton, Deterministic Authenticated-Encryption (2006), §4, with a PRF and CTR mode of other sizes.
 *
 * Ids are sealed per row, so both parts avoid making an OpenSSL object per call: HMAC (RFC 2104) is written out over one-shot
 * hashes, and CTR over one cipher in ECB mode that lives as long as the key. Vectors of node:crypto's own hold both: siv.test.ts.
 */
import { type Cipheriv, createCipheriv, hash, timingSafeEqual } from "node:crypto";

const ivBytes = 16;
const padBytes = 64;
/** Room for texts that need no buffer of their own. */
const shortBytes = 512;

export interface SivKey {
  /** HMAC's two pads, each with room behind it for what is hashed with it. */
  readonly inner: Buffer;
  readonly outer: Buffer;
  readonly block: Cipheriv;
}

/** From 64 bytes: 32 for the IV, 32 for the cipher. */
export const sivKey = (bytes: Uint8Array): SivKey => {
  if (bytes.length !== 64) throw new RangeError("a SIV key has 64 bytes");
  const inner = Buffer.alloc(padBytes + shortBytes, 0x36);
  const outer = Buffer.alloc(padBytes + 32, 0x5c);
  for (let at = 0; at < 32; at += 1) {
    inner[at] = (bytes[at] ?? 0) ^ 0x36;
    outer[at] = (bytes[at] ?? 0) ^ 0x5c;
  }
  return { inner, outer, block: createCipheriv("aes-256-ecb", bytes.subarray(32), null).setAutoPadding(false) };
};

/** IV, then ciphertext: 16 bytes longer than the text. */
export const sivSeal = (key: SivKey, text: Uint8Array): Buffer => {
  const sealed = Buffer.allocUnsafe(ivBytes + text.length);
  mac(key, text).copy(sealed, 0, 0, ivBytes);
  applyStream(key, sealed, text, sealed, ivBytes);
  return sealed;
};

/** Null for bytes that this key did not seal. */
export const sivOpen = (key: SivKey, sealed: Uint8Array): Buffer | null => {
  if (sealed.length < ivBytes) return null;
  const text = Buffer.allocUnsafe(sealed.length - ivBytes);
  applyStream(key, sealed, sealed.subarray(ivBytes), text, 0);
  return timingSafeEqual(mac(key, text).subarray(0, ivBytes), sealed.subarray(0, ivBytes)) ? text : null;
};

const mac = (key: SivKey, text: Uint8Array): Buffer => {
  const isShort = text.length <= shortBytes;
  if (isShort) key.inner.set(text, padBytes);
  const message = isShort ? key.inner.subarray(0, padBytes + text.length) : Buffer.concat([key.inner.subarray(0, padBytes), text]);
  hash("sha256", message, "buffer").copy(key.outer, padBytes);
  return hash("sha256", key.outer, "buffer");
};

/** XORs `from` with the key stream that begins at the counter in `iv`, into `to` from `at` on. */
const applyStream = (key: SivKey, iv: Uint8Array, from: Uint8Array, to: Buffer, at: number): void => {
  const counters = Buffer.allocUnsafe(Math.ceil(from.length / ivBytes) * ivBytes);
  const counter = Buffer.from(iv.subarray(0, ivBytes));
  for (let block = 0; block < counters.length; block += ivBytes) {
    counter.copy(counters, block);
    // The counter is the whole block, big-endian, and wraps.
    for (let digit = ivBytes - 1; digit >= 0; digit -= 1) {
      const next = ((counter[digit] ?? 0) + 1) & 0xff;
      counter[digit] = next;
      if (next !== 0) break;
    }
  }
  const stream = key.block.update(counters);
  for (let index = 0; index < from.length; index += 1) to[at + index] = (from[index] ?? 0) ^ (stream[index] ?? 0);
};
