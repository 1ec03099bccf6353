/** What the kinds over HTTP share: how a server's bytes lie there, and what a server saw of attempts to change it. */
import type { FaultCase } from "../../faults/faultCases.ts";
import type { ApiServer } from "../rest/apiServer.ts";

const status = ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"];
const json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** In the place of each chunk of the server. */
export const httpLies: readonly FaultCase[] = [
  { id: "F07", what: "200 with a web page", fault: () => ({ kind: "say", text: "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<html>SELECT 1" }), seeds: 1, status },
  { id: "F07", what: "a body of fewer bytes than it says", fault: () => ({ kind: "say", text: `${json}content-length: 900\r\n\r\n{"total":1,"list":[` }), seeds: 1, status },
  { id: "F07", what: "a body that announces nine gigabytes", fault: () => ({ kind: "say", text: `${json}content-length: 9000000000\r\n\r\n{` }), seeds: 1, status: [...status, "TOO_LARGE"] },
  { id: "F07", what: "a compressed body that nobody asked for", fault: () => ({ kind: "say", text: `${json}content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}` }), seeds: 1, status },
  { id: "F07", what: "JSON that is no page", fault: () => ({ kind: "say", text: `${json}content-length: 2\r\n\r\n[]` }), seeds: 1, status },
  { id: "F07", what: "another host to go to", fault: () => ({ kind: "say", text: "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n" }), seeds: 1, status },
  { id: "F07", what: "headers without end", fault: () => ({ kind: "say", text: `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}` }), seeds: 1, status },
];

/** Requests so far that are none to read: another method, or a body. */
export function countOtherThanGet(api: ApiServer): () => number {
  const { handle } = api;
  let others = 0;
  api.handle = (url, request, response) => {
    if (request.method !== "GET" || request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined) others += 1;
    handle(url, request, response);
  };
  return () => others;
}
