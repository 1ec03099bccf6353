/** Reads a request's body up to a limit, and says so as soon as it is passed. */
import type { IncomingMessage } from "node:http";
import { HubError } from "../../schema/errorCodes.ts";

export const bodyBytesMax = 100_000;
/** What is read and thrown away after a refusal, so that a caller who is still sending gets to read it. */
const drainBytesMax = 4_000_000;

/** Thrown where the caller went away: there is nobody to answer. */
export const callerGone: unique symbol = Symbol("caller gone");

/** Rejects with BODY_TOO_LARGE, or with `callerGone`. */
export const readBody = (request: IncomingMessage, limit: number = bodyBytesMax): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      discard(request);
      reject(new HubError("BODY_TOO_LARGE", { limit }));
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limit) return;
      request.off("data", onData);
      discard(request);
      reject(new HubError("BODY_TOO_LARGE", { limit }));
    };
    request.on("data", onData);
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)));
    request.on("error", () => reject(callerGone));
    request.on("close", () => reject(callerGone));
  });

/** Reads on without keeping; a body without end loses its connection. */
export const discard = (request: IncomingMessage): void => {
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > drainBytesMax) request.destroy();
  });
  request.on("error", () => undefined);
  request.resume();
};
