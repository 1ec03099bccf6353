import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Disclosure } from "../../src/audit/disclosure.ts";
import { type JournalFiles, realJournalFiles } from "../../src/audit/journalFiles.ts";

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), "journal-"));

export const disclosure = (correlationId: string, rest: Partial<Disclosure> = {}): Disclosure => ({
  at: "2026-06-30T08:00:00.000Z",
  correlationId,
  outcome: "ANSWERED",
  code: null,
  agency: "beijing-bureau",
  mintedBy: "cli",
  purpose: "joint-enforcement",
  epoch: 1,
  document: "ab".repeat(32),
  door: "query",
  coordinates: ["Station.name", "Station.code"],
  rules: ["bj-open"],
  sources: [{ source: "beijing", status: "OK", rows: 20 }],
  ...rest,
});

export const always = (): boolean => true;

export const segmentPath = (dataDir: string, segment = 1): string => {
  const root = join(dataDir, "journal");
  const chain = readdirSync(root).find((name) => /^[0-9a-f]{8}$/.test(name));
  return join(root, chain ?? "none", `${String(segment).padStart(6, "0")}.seg`);
};

/** Where each record of a segment begins, from its length fields alone. */
export const recordOffsets = (file: string): number[] => {
  const bytes = readFileSync(file);
  const offsets: number[] = [];
  for (let at = 64; at < bytes.length; at += 20 + bytes.readUInt32BE(at + 4) + 32) offsets.push(at);
  return offsets;
};

export interface WatchedFiles {
  readonly files: JournalFiles;
  readonly calls: string[];
  /** The next calls of this operation fail with the code until it is null again. */
  failing: { readonly operation: "write" | "sync"; readonly code: string } | null;
  /** While set, syncs wait for it. */
  hold: Promise<void> | null;
}

/** Real files whose writes and syncs are counted, held back or made to fail. */
export const watchFiles = (): WatchedFiles => {
  const refuse = (operation: "write" | "sync"): void => {
    if (watched.failing?.operation === operation) throw Object.assign(new Error(watched.failing.code), { code: watched.failing.code });
  };
  const watched: WatchedFiles = {
    calls: [],
    failing: null,
    hold: null,
    files: {
      ...realJournalFiles,
      write: async (fd, bytes, position) => {
        watched.calls.push("write");
        if (watched.failing?.operation === "write") await realJournalFiles.write(fd, bytes.subarray(0, bytes.length >> 1), position);
        refuse("write");
        await realJournalFiles.write(fd, bytes, position);
      },
      sync: async (fd) => {
        if (watched.hold !== null) await watched.hold;
        refuse("sync");
        await realJournalFiles.sync(fd);
        watched.calls.push("sync");
      },
    },
  };
  return watched;
};
