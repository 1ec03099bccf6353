/**
 * Packets of HJ 212 in the bytes of a log: `##`, the length of the data segment in four digits, the segment, its checksum in four
 * hexadecimal digits. Whatever else a line holds (a receiver's time stamp, a direction) stands between packets and is passed over.
 *
 * A packet is read only where length and checksum say that it is whole. Of its segment only the fields below are ever taken out of
 * the bytes: `PW`, a password, is not among them, nor is anything that the standard's annexes do not name.
 */

/** Why a packet was left out; nothing of it is guessed. */
export type PacketFault =
  /** The length is no number, or where it ends no checksum stands. */
  | "length"
  | "checksum"
  /** The segment lacks one of `ST`, `CN`, `MN`, `CP=&&…&&`. */
  | "form";

export interface Packet {
  /** Line in which it starts, from 1. */
  readonly line: number;
  /** Time of the request, to the millisecond; identifies the parts of a split packet. */
  readonly qn: string | null;
  readonly st: string;
  readonly cn: string;
  readonly mn: string;
  /** Bits 2 to 7: the edition; absent in much of what the first edition sends. */
  readonly flag: number | null;
  readonly parts: { readonly count: number; readonly number: number } | null;
  /** Between `&&` and `&&`. */
  readonly content: string;
}

export type Found = { readonly kind: "packet"; readonly packet: Packet } | { readonly kind: "bad"; readonly line: number; readonly fault: PacketFault };

/**
 * The standard's checksum (HJ 212-2017 annex A): the register is shifted by eight before each byte is taken in, which makes it another
 * one than Modbus has.
 */
export function crc16(bytes: Uint8Array): number {
  let register = 0xffff;
  for (const byte of bytes) {
    register = (register >> 8) ^ byte;
    for (let bit = 0; bit < 8; bit += 1) register = register & 1 ? (register >> 1) ^ 0xa001 : register >> 1;
  }
  return register;
}

const hash = 0x23;
const newline = 0x0a;

/** Packets in their order, bad ones in their places. */
export function* packetsIn(bytes: Buffer): Generator<Found> {
  let [at, line, counted] = [0, 1, 0];
  for (;;) {
    at = bytes.indexOf("##", at, "latin1");
    if (at < 0) return;
    // Three of them are one too many, and the packet's own are the last two.
    while (bytes[at + 2] === hash) at += 1;
    for (; counted < at; counted += 1) if (bytes[counted] === newline) line += 1;
    const found = packetAt(bytes, at, line);
    yield found.result;
    at = found.next;
  }
}

function packetAt(bytes: Buffer, at: number, line: number): { readonly result: Found; readonly next: number } {
  const bad = (fault: PacketFault, next: number): { result: Found; next: number } => ({ result: { kind: "bad", line, fault }, next });
  const digits = bytes.toString("latin1", at + 2, at + 6);
  if (!/^\d{4}$/.test(digits)) return bad("length", at + 2);
  const start = at + 6;
  const end = start + Number(digits);
  const checksum = bytes.toString("latin1", end, end + 4);
  // What follows a whole packet is a line break, the next packet or the end of the file.
  if (!/^[0-9A-Fa-f]{4}$/.test(checksum) || !/^(?:\s|##|$)/.test(bytes.toString("latin1", end + 4, end + 6))) return bad("length", start);
  const segment = bytes.subarray(start, end);
  if (crc16(segment) !== Number.parseInt(checksum, 16)) return bad("checksum", start);
  const packet = readSegment(segment, line);
  return packet ? { result: { kind: "packet", packet }, next: end + 4 } : bad("form", end + 4);
}

/** Only what matches these is ever taken over. */
const fields = { QN: /^\d{17}$/, ST: /^\d{2}$/, CN: /^\d{4}$/, MN: /^[\x21-\x7e]{1,32}$/, Flag: /^\d{1,3}$/, PNUM: /^\d{1,5}$/, PNO: /^\d{1,5}$/ } as const;
type Field = keyof typeof fields;

function readSegment(segment: Buffer, line: number): Packet | null {
  // Names and figures are ASCII; Chinese may stand in the content, in the encoding of the devices.
  const text = new TextDecoder("gb18030").decode(segment);
  const opened = text.indexOf("CP=&&");
  const closed = text.lastIndexOf("&&");
  if (opened < 0 || closed < opened + 5) return null;
  const read: Partial<Record<Field, string>> = {};
  for (const item of text.slice(0, opened).split(";")) {
    const [name = "", value = ""] = item.split("=", 2);
    if (Object.hasOwn(fields, name) && fields[name as Field].test(value)) read[name as Field] = value;
  }
  const { QN, ST, CN, MN, Flag, PNUM, PNO } = read;
  if (ST === undefined || CN === undefined || MN === undefined) return null;
  return {
    line,
    qn: QN ?? null,
    st: ST,
    cn: CN,
    mn: MN,
    flag: Flag === undefined ? null : Number(Flag),
    parts: PNUM === undefined || PNO === undefined || Number(PNUM) <= 1 ? null : { count: Number(PNUM), number: Number(PNO) },
    content: text.slice(opened + 5, closed),
  };
}
