/**
 * Text to UTF-8 for a response, counted and encoded in one pass.
 *
 * `response.end(text)` with a length of `Buffer.byteLength(text)` walks the text three times: to count, to join it with the headers,
 * and to encode it. Measured over HTTP with answers of 30 kB: a tenth of the time of the whole exchange.
 */
const scratch = Buffer.allocUnsafeSlow(1 << 20);
/** UTF-8 takes at most three bytes for each UTF-16 code unit. */
const bytesPerUnit = 3;

export function utf8Bytes(text: string): Buffer {
  if (text.length * bytesPerUnit > scratch.length) return Buffer.from(text);
  // A copy: the next answer is encoded while this one may still wait for its socket.
  return Buffer.from(scratch.subarray(0, scratch.write(text)));
}
