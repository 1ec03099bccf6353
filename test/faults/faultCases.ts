/** The faults of a source's connection as data: what is done to it, what a seed changes about it, and what the client may then read. */
import type { Fault } from "./faultProxy.ts";
import { between, oneOf, type Seeded, seedsEach } from "./seeds.ts";

export interface FaultCase extends Seeded {
  fault(random: () => number): Fault;
  /** What `extensions.sources` may say of the source. */
  readonly status: readonly string[];
  /** New connections only: what the fault does to a handshake. */
  readonly anew?: boolean;
  /** The question comes up to so long after the fault. */
  readonly beforeMsMax?: number;
  /** The fault comes up to so long after the question. */
  readonly afterMsMax?: number;
}

type Row = Omit<FaultCase, "seeds">;
const seeded = (rows: readonly Row[]): readonly FaultCase[] => rows.map((row) => ({ ...row, seeds: seedsEach }));

const lies = ["UNAVAILABLE", "BAD_ANSWER", "TIMEOUT"];

/** A page of a proxy in between, from a whole one to its first bytes. */
const webPage = (random: () => number): string => {
  const status = oneOf(["200 OK", "301 Moved Permanently", "400 Bad Request", "502 Bad Gateway", "503 Service Unavailable"], random);
  const page = `HTTP/1.1 ${status}\r\nserver: nginx\r\n\r\n<html>SELECT contact FROM station ${"x".repeat(between(0, 5_000, random))}</html>`;
  return random() < 0.5 ? page : page.slice(0, between(1, page.length, random));
};

const bytes = (length: number, random: () => number): Buffer => Buffer.from(Array.from({ length }, () => between(0, 255, random)));

export const faultCases: readonly FaultCase[] = seeded([
  { id: "F01", what: "nobody listens", fault: () => ({ kind: "refuse" }), status: ["UNAVAILABLE"], beforeMsMax: 60 },
  { id: "F01", what: "nobody listens any more, from a moment within the question on", fault: () => ({ kind: "refuse" }), status: ["OK", "UNAVAILABLE"], afterMsMax: 12 },
  { id: "F02", what: "a connection ends after N bytes of the answer", fault: (random) => ({ kind: "resetAfter", bytes: Math.floor(random() * 1500) }), status: ["OK", "UNAVAILABLE"] },
  { id: "F02", what: "a connection ends after N bytes of its beginning", fault: (random) => ({ kind: "resetAfter", bytes: Math.floor(random() * 600) }), status: ["UNAVAILABLE"], anew: true },
  { id: "F03", what: "open connections fall silent after N bytes", fault: (random) => ({ kind: "silentAfter", bytes: between(0, 700, random) }), status: ["TIMEOUT"] },
  { id: "F03", what: "new connections are taken, and nothing is said after N bytes", fault: (random) => ({ kind: "silentAfter", bytes: random() < 0.3 ? 0 : between(0, 300, random) }), status: ["TIMEOUT"], anew: true },
  { id: "F04", what: "slow within the deadline", fault: (random) => ({ kind: "delay", ms: 20 + random() * 60, jitterMs: 40 }), status: ["OK"] },
  { id: "F04", what: "slower than the deadline", fault: (random) => ({ kind: "delay", ms: between(2_000, 5_000, random), jitterMs: 1000 }), status: ["TIMEOUT"] },
  { id: "F05", what: "chunks end their connection now and then, from one in ten to one in two", fault: (random) => ({ kind: "drop", probability: 0.1 + random() * 0.4 }), status: ["OK", "UNAVAILABLE"] },
  { id: "F06", what: "a byte now and then, so that the connection is never idle", fault: (random) => ({ kind: "drip", bytesPerSecond: 1 + random() * 50 }), status: ["TIMEOUT"] },
  { id: "F07", what: "a web page instead of rows", fault: (random) => ({ kind: "say", text: webPage(random) }), status: lies },
  { id: "F07", what: "a web page instead of a handshake", fault: (random) => ({ kind: "say", text: webPage(random) }), status: lies, anew: true },
  { id: "F07", what: "any bytes instead of rows", fault: (random) => ({ kind: "say", text: bytes(between(1, 400, random), random) }), status: lies },
  // A changed byte in a cell is a cell; only TLS notices. What must hold is that nothing else happens.
  { id: "F07", what: "bytes changed on the way", fault: (random) => ({ kind: "corrupt", probability: 0.002 + random() * 0.05 }), status: ["OK", "UNAVAILABLE", "BAD_ANSWER", "TIMEOUT", "BUSY", "TOO_LARGE"] },
]);

/** Messages of PostgreSQL's protocol that are none. */
export const postgresLies: readonly FaultCase[] = seeded([
  {
    id: "F07",
    what: "rows of more columns than were asked for",
    fault: (random) => {
      const columns = between(3, 40, random);
      const cells = Array.from({ length: columns }, () => Buffer.from([0, 0, 0, 1, 0x78]));
      const body = Buffer.concat([Buffer.from([columns >> 8, columns & 255]), ...cells]);
      return { kind: "say", text: Buffer.concat([Buffer.from("D"), length32(body.length + 4), body]) };
    },
    status: lies,
  },
  { id: "F07", what: "a message of up to two gigabytes, of which a few bytes come", fault: (random) => ({ kind: "say", text: Buffer.concat([Buffer.from(oneOf([..."DTCEZSRN"], random)), length32(between(20_000_000, 0x7fff_ffff, random)), bytes(between(0, 300, random), random)]) }), status: lies },
]);

/** Packets of MariaDB's protocol that are none, or that ask for what a client must not give. */
export const mariadbLies: readonly FaultCase[] = seeded([
  { id: "F07", what: "a packet of up to sixteen megabytes, of which a few bytes come", fault: (random) => ({ kind: "say", text: Buffer.concat([bytes(2, random), Buffer.from([between(1, 255, random), 1]), bytes(between(0, 300, random), random)]) }), status: lies },
  {
    id: "F07",
    what: "an answer of columns that never come",
    fault: (random) => {
      const columns = between(251, 65_535, random);
      return { kind: "say", text: packet(Buffer.from([0xfc, columns & 255, columns >> 8])) };
    },
    status: lies,
  },
  { id: "F07", what: "a server that asks for a file of the hub's", fault: (random) => ({ kind: "say", text: packet(Buffer.concat([Buffer.from([0xfb]), Buffer.from(oneOf(["/etc/passwd", "/proc/self/environ", "data/secrets/hub.key", "", "\u0000"], random))])) }), status: lies },
]);

const length32 = (length: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(length);
  return buffer;
};

/** The first answer to a command. */
const packet = (body: Buffer): Buffer => Buffer.concat([Buffer.from([body.length & 255, (body.length >> 8) & 255, body.length >> 16, 1]), body]);
