/**
 * Sends one GET and gives the response once its head is there: no redirect is followed, nothing is decompressed.
 *
 * Node's own client and no library over it: undici and `fetch` read heads in WebAssembly, whose wrappers sources' threads would
 * share with the hub's, and V8 has ended whole processes over that (decision 0015).
 */
import * as http from "node:http";
import * as https from "node:https";
import { urlToHttpOptions } from "node:url";

/** @throws what the connection met; the signal's end destroys it, before the head and after. */
export function sendGet(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === "https:" ? https : http;
    // Credentials in an address, a next link's say, are never sent.
    const sent = request({ ...urlToHttpOptions(url), auth: undefined, method: "GET", headers, signal });
    sent.on("error", reject);
    // A head that asks for another protocol ends the connection without a word.
    sent.on("close", () => reject(new Error("the connection ended before the head of an answer")));
    sent.on("response", resolve);
    sent.end();
  });
}
