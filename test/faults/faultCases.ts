/** The faults of a source's connection as data: what is done to it, with how many seeds, and what the client may then read. */
import type { Fault } from "./faultProxy.ts";

export interface FaultCase {
  readonly id: string;
  readonly what: string;
  fault(random: () => number): Fault;
  /** 1 where nothing about the fault is random. */
  readonly seeds: number;
  /** What `extensions.sources` may say of the source. */
  readonly status: readonly string[];
  /** New connections only: what the fault does to a handshake. */
  readonly anew?: boolean;
}

export const faultCases: readonly FaultCase[] = [
  { id: "F01", what: "nobody listens", fault: () => ({ kind: "refuse" }), seeds: 2, status: ["UNAVAILABLE"] },
  { id: "F02", what: "a connection ends after N bytes of the answer", fault: (random) => ({ kind: "resetAfter", bytes: Math.floor(random() * 1500) }), seeds: 20, status: ["OK", "UNAVAILABLE"] },
  { id: "F02", what: "a connection ends after N bytes of its beginning", fault: (random) => ({ kind: "resetAfter", bytes: Math.floor(random() * 600) }), seeds: 20, status: ["UNAVAILABLE"], anew: true },
  { id: "F03", what: "open connections fall silent", fault: () => ({ kind: "blackHole" }), seeds: 3, status: ["TIMEOUT"] },
  { id: "F03", what: "new connections are taken, and nothing is said", fault: () => ({ kind: "blackHole" }), seeds: 3, status: ["TIMEOUT"], anew: true },
  { id: "F04", what: "slow within the deadline", fault: (random) => ({ kind: "delay", ms: 20 + random() * 60, jitterMs: 40 }), seeds: 20, status: ["OK"] },
  { id: "F04", what: "slower than the deadline", fault: () => ({ kind: "delay", ms: 5_000, jitterMs: 0 }), seeds: 2, status: ["TIMEOUT"] },
  { id: "F05", what: "chunks end their connection now and then", fault: (random) => ({ kind: "drop", probability: 0.1 + random() * 0.4 }), seeds: 20, status: ["OK", "UNAVAILABLE"] },
  { id: "F06", what: "a byte now and then, so that the connection is never idle", fault: (random) => ({ kind: "drip", bytesPerSecond: 1 + random() * 50 }), seeds: 3, status: ["TIMEOUT"] },
  { id: "F07", what: "a web page instead of rows", fault: () => ({ kind: "say", text: "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>SELECT contact FROM station</html>" }), seeds: 2, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "a web page instead of a handshake", fault: () => ({ kind: "say", text: "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>nginx</html>" }), seeds: 2, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"], anew: true },
  { id: "F07", what: "a row of more columns than were asked for", fault: () => ({ kind: "say", text: "D\u0000\u0000\u0000\u0012\u0000\u0002\u0000\u0000\u0000\u0003abc\u0000\u0000\u0000\u0001x" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  { id: "F07", what: "a length of two gigabytes", fault: () => ({ kind: "say", text: "D\u007f\u007f\u007f\u007fabc" }), seeds: 1, status: ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"] },
  // A changed byte in a cell is a cell; only TLS notices. What must hold is that nothing else happens.
  { id: "F07", what: "bytes changed on the way", fault: (random) => ({ kind: "corrupt", probability: 0.002 + random() * 0.05 }), seeds: 20, status: ["OK", "UNAVAILABLE", "BAD_ANSWER", "TIMEOUT", "BUSY", "TOO_LARGE"] },
];
