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
