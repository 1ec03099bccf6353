/** Packets with a right length and checksum, as a device would send them. */
import { crc16 } from "../../../adapters/hj212/packet.ts";

export const packet = (segment: string | Buffer): Buffer => {
  const bytes = Buffer.from(segment);
  return Buffer.concat([Buffer.from(`##${String(bytes.length).padStart(4, "0")}`), bytes, Buffer.from(`${crc16(bytes).toString(16).toUpperCase().padStart(4, "0")}\r\n`)]);
};

/** A password that no other text holds. */
export const password = "Pw7canary";
export const segment = (content: string, more: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ QN: "20240115101000123", ST: "31", CN: "2061", PW: password, MN: "A110000_0001", Flag: "5", ...more })
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value};`)
    .join("")
    .concat(`CP=&&${content}&&`);
