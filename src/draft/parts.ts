/** A draft as data: parts of a mapping with what speaks for each of their lines, before it is written. */
import type { TableProfile } from "./profile.ts";
import type { WideColumn } from "./guessWide.ts";
import type { FieldYaml } from "./yamlText.ts";

export interface FieldDraft {
  readonly attribute: string;
  readonly value: FieldYaml;
  readonly columns: readonly string[];
  readonly confidence: number;
  readonly evidence: readonly string[];
  /** Why it is not active; null: it is. */
  readonly doubt: string | null;
  /** Of a link: the table that holds the rows it names. */
  readonly target?: TableProfile;
}

export interface JoinDraft {
  readonly alias: string;
  readonly from: string;
  readonly there: string;
  readonly here: string;
}

export interface PartDraft {
  readonly entity: string;
  /** Behind the `/` of a further part; null for the first. */
  readonly part: string | null;
  readonly table: TableProfile;
  readonly confidence: number;
  readonly evidence: readonly string[];
  readonly joins: readonly JoinDraft[];
  readonly key: readonly string[];
  readonly keyEvidence: string;
  readonly latest: readonly string[];
  readonly tie: string | null;
  readonly keep: readonly { readonly column: string; readonly keep: FieldYaml | null; readonly evidence: string }[];
  readonly unpivot: readonly WideColumn[];
  readonly fields: readonly FieldDraft[];
  /** Attribute, or a word of the part → what a person has to decide. Guesses without which no row would load. */
  readonly undecided: ReadonlyMap<string, string>;
  /** Column → why it has no line. */
  readonly aside: ReadonlyMap<string, string>;
}

export interface Draft {
  readonly region: { readonly code: string; readonly evidence: string } | null;
  readonly missing: readonly string[];
  readonly parts: readonly PartDraft[];
  /** Tables without an entity, and why. */
  readonly left: readonly { readonly table: TableProfile; readonly why: string }[];
}
