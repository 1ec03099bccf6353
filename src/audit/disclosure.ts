/** What was given to whom: one record an answer, durable before the answer's first byte leaves (design.md §8). */

export type DisclosureOutcome = "ANSWERED" | "PARTIAL" | "REFUSED" | "ABORTED";

export interface Disclosure {
  /** ISO instant, as hashed. */
  readonly at: string;
  readonly correlationId: string;
  readonly outcome: DisclosureOutcome;
  /** The error code of a refusal, else null. */
  readonly code: string | null;
  /** Null where the caller could not be identified. */
  readonly agency: string | null;
  readonly mintedBy: string | null;
  readonly purpose: string | null;
  readonly epoch: number;
  /** SHA-256 of the document text, hex; null where there was none. */
  readonly document: string | null;
  readonly door: string;
  readonly coordinates: readonly string[];
  readonly rules: readonly string[];
  /** Distinct nodes (or groups) printed per source. */
  readonly sources: readonly { readonly source: string; readonly status: string; readonly rows: number }[];
}

/**
 * Refusals of one kind beyond those that were recorded one by one, so that a flood fills a few records a minute and not the disk. No
 * field names a document, for they may all differ.
 */
export interface RefusalSum {
  /**
   * AHEAD is written before any refusal that it covers is sent: at most `count` follow, and a hub that is killed meanwhile leaves this.
   * COUNTED says afterwards how many there were since the last such record.
   */
  readonly stage: "AHEAD" | "COUNTED";
  /** ISO instants of the first and the last refusal that is counted; when written, for AHEAD. */
  readonly since: string;
  readonly until: string;
  readonly count: number;
  readonly code: string;
  readonly agency: string | null;
  readonly mintedBy: string | null;
  readonly purpose: string | null;
  readonly door: string;
  /** At the last one. */
  readonly epoch: number;
  /** Correlation ids of the first and the last; for AHEAD, of the first that it covers, twice. */
  readonly first: string;
  readonly last: string;
}

export interface Receipt {
  /** Chain id and sequence number: names the record for good. */
  readonly id: string;
}

/** The serial writer. `isCurrent` runs in the same step as the append: false → rejects with POLICY_CHANGED and writes nothing. */
export interface Journal {
  append(record: Disclosure, isCurrent: () => boolean): Promise<Receipt>;
  /**
   * An epoch record: the loaded policy files' hashes. `apply` brings the policy into force: it runs once the record is durable and
   * before any other record is written, so that no answer is checked against a policy that the journal does not yet name.
   */
  activate(epoch: number, files: Readonly<Record<string, string>>, apply?: () => void): Promise<Receipt>;
  close(): Promise<void>;
}
