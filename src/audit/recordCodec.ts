/**
 * The canonical bytes of a record: fields in one fixed order, text as length-prefixed UTF-8, numbers in six bytes. Times are kept as
 * the text that is hashed, so that reading and writing again gives the same bytes.
 */
import type { Disclosure, DisclosureOutcome, RefusalSum } from "./disclosure.ts";

export interface EpochRecord {
  readonly at: string;
  readonly epoch: number;
  /** File → SHA-256, in the order of the names' code units. */
  readonly files: Readonly<Record<string, string>>;
}

/** Bytes that were being written when the hub died or its disk failed; none of them was ever acknowledged. */
export interface GapRecord {
  readonly at: string;
  readonly bytes: number;
  /** SHA-256 of the bytes that were cut, hex; null where they could not be read. */
  readonly cut: string | null;
}

export type JournalRecord =
  | { readonly kind: "disclosure"; readonly disclosure: Disclosure }
  | { readonly kind: "epoch"; readonly epoch: EpochRecord }
  | { readonly kind: "gap"; readonly gap: GapRecord }
  | { readonly kind: "refusals"; readonly refusals: RefusalSum };

const none = 0xffff_ffff;
const kinds = { disclosure: 1, epoch: 2, gap: 3, refusals: 4 } as const;

/** Lists that a plan freezes are the same for each of its answers: their bytes are made once. A list that may change is never kept. */
const frozenLists = new WeakMap<readonly string[], Buffer>();

/** An upper bound of the record's bytes: UTF-8 needs at most three bytes a UTF-16 code unit. */
export const sizeMax = (record: JournalRecord): number => {
  switch (record.kind) {
    case "disclosure": {
      const { disclosure: d } = record;
      let size = 64 + text(d.at) + text(d.correlationId) + text(d.outcome) + text(d.code) + text(d.agency);
      size += text(d.mintedBy) + text(d.purpose) + text(d.document) + text(d.door) + list(d.coordinates) + list(d.rules);
      for (const source of d.sources) size += text(source.source) + text(source.status) + 6;
      return size;
    }
    case "epoch": {
      let size = 64 + text(record.epoch.at);
      for (const [file, sha] of Object.entries(record.epoch.files)) size += text(file) + text(sha);
      return size;
    }
    case "gap":
      return 64 + text(record.gap.at) + text(record.gap.cut);
    case "refusals": {
      let size = 64;
      for (const value of textsOf(record.refusals)) size += text(value);
      return size;
    }
  }
};

const textsOf = (sum: RefusalSum): readonly (string | null)[] => [sum.stage, sum.since, sum.until, sum.code, sum.agency, sum.mintedBy, sum.purpose, sum.door, sum.first, sum.last];

const text = (value: string | null): number => (value === null ? 4 : 4 + 3 * value.length);
const list = (values: readonly string[]): number => {
  const known = frozenLists.get(values);
  if (known !== undefined) return known.length;
  let size = 4;
  for (const value of values) size += text(value);
  return size;
};

/** Writes the record at `at`, where `sizeMax` bytes are free; answers where it ends. RangeError for a number that is no count. */
export const writeRecord = (buffer: Buffer, at: number, record: JournalRecord): number => {
  let end = buffer.writeUInt8(kinds[record.kind], at);
  switch (record.kind) {
    case "disclosure": {
      const { disclosure: d } = record;
      for (const value of [d.at, d.correlationId, d.outcome, d.code, d.agency, d.mintedBy, d.purpose]) end = putText(buffer, end, value);
      end = buffer.writeUIntBE(d.epoch, end, 6);
      end = putText(buffer, end, d.document);
      end = putText(buffer, end, d.door);
      end = putList(buffer, end, d.coordinates);
      end = putList(buffer, end, d.rules);
      end = buffer.writeUInt32BE(d.sources.length, end);
      for (const source of d.sources) {
        end = putText(buffer, end, source.source);
        end = putText(buffer, end, source.status);
        end = buffer.writeUIntBE(source.rows, end, 6);
      }
      return end;
    }
    case "epoch": {
      const { epoch } = record;
      end = putText(buffer, end, epoch.at);
      end = buffer.writeUIntBE(epoch.epoch, end, 6);
      const files = Object.keys(epoch.files).sort();
      end = buffer.writeUInt32BE(files.length, end);
      for (const file of files) {
        end = putText(buffer, end, file);
        end = putText(buffer, end, epoch.files[file] ?? null);
      }
      return end;
    }
    case "gap":
      end = putText(buffer, end, record.gap.at);
      end = buffer.writeUIntBE(record.gap.bytes, end, 6);
      return putText(buffer, end, record.gap.cut);
    case "refusals":
      for (const value of textsOf(record.refusals)) end = putText(buffer, end, value);
      end = buffer.writeUIntBE(record.refusals.epoch, end, 6);
      return buffer.writeUIntBE(record.refusals.count, end, 6);
  }
};

const putText = (buffer: Buffer, at: number, value: string | null): number => {
  if (value === null) return buffer.writeUInt32BE(none, at);
  const bytes = buffer.write(value, at + 4, "utf8");
  buffer.writeUInt32BE(bytes, at);
  return at + 4 + bytes;
};

const putList = (buffer: Buffer, at: number, values: readonly string[]): number => {
  const known = frozenLists.get(values);
  if (known !== undefined) return at + known.copy(buffer, at);
  let end = buffer.writeUInt32BE(values.length, at);
  for (const value of values) end = putText(buffer, end, value);
  if (Object.isFrozen(values)) frozenLists.set(values, Buffer.from(buffer.subarray(at, end)));
  return end;
};

export const isGap = (payload: Buffer): boolean => payload[0] === kinds.gap;

/** Reads what `writeRecord` wrote. Null for bytes of another version or shape: the hash fits them, but this code cannot read them. */
export const readRecord = (payload: Buffer): JournalRecord | null => {
  let at = 1;
  const number = (): number => {
    at += 6;
    return payload.readUIntBE(at - 6, 6);
  };
  const count = (): number => {
    at += 4;
    return payload.readUInt32BE(at - 4);
  };
  const maybeText = (): string | null => {
    const length = count();
    if (length === none) return null;
    if (at + length > payload.length) throw new RangeError("text runs past the record");
    at += length;
    return payload.toString("utf8", at - length, at);
  };
  const someText = (): string => maybeText() ?? "";
  const times = <T>(one: () => T): T[] => {
    const values: T[] = [];
    for (let left = count(); left > 0; left -= 1) values.push(one());
    return values;
  };
  const body = (): JournalRecord | null => {
    switch (payload[0]) {
      case kinds.disclosure:
        return {
          kind: "disclosure",
          disclosure: {
            at: someText(),
            correlationId: someText(),
            outcome: someText() as DisclosureOutcome,
            code: maybeText(),
            agency: maybeText(),
            mintedBy: maybeText(),
            purpose: maybeText(),
            epoch: number(),
            document: maybeText(),
            door: someText(),
            coordinates: times(someText),
            rules: times(someText),
            sources: times(() => ({ source: someText(), status: someText(), rows: number() })),
          },
        };
      case kinds.epoch:
        return { kind: "epoch", epoch: { at: someText(), epoch: number(), files: Object.fromEntries(times(() => [someText(), someText()] as const)) } };
      case kinds.gap:
        return { kind: "gap", gap: { at: someText(), bytes: number(), cut: maybeText() } };
      case kinds.refusals:
        return {
          kind: "refusals",
          refusals: {
            stage: someText() as RefusalSum["stage"],
            since: someText(),
            until: someText(),
            code: someText(),
            agency: maybeText(),
            mintedBy: maybeText(),
            purpose: maybeText(),
            door: someText(),
            first: someText(),
            last: someText(),
            epoch: number(),
            count: number(),
          },
        };
      default:
        return null;
    }
  };
  try {
    const record = body();
    return at === payload.length ? record : null;
  } catch {
    return null;
  }
};
