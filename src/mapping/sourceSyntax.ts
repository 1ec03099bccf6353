/**
 * `source.yaml` as a tree: what was written, with places, before anything is resolved against vocabulary and tables.
 */
import type { Word } from "./fault.ts";
import type { Place, YamlNode } from "./yamlFile.ts";

export interface SourceSyntax {
  readonly file: string;
  readonly region: Word;
  readonly kind: Word;
  /** The adapter's own; parsed by it, after `${ENV}` was filled in by the caller. */
  readonly connection: YamlNode | null;
  readonly timeZone: Word;
  readonly deadlineMs: number;
  /** How old an answer may be that stands in for the source while it does not answer; null: none may. */
  readonly staleMs: number | null;
  readonly missing: readonly Word[];
  /** rest and drop: how rows come about; parsed by src/sources. */
  readonly tables: YamlNode | null;
  readonly parts: readonly PartSyntax[];
  readonly codes: ReadonlyMap<string, CodesSyntax>;
  readonly check: CheckSyntax;
}

/** `Entity` or `Entity/part`. */
export interface PartSyntax {
  readonly at: Place;
  readonly entity: Word;
  readonly part: string | null;
  readonly from: Word;
  readonly joins: ReadonlyMap<string, JoinSyntax>;
  readonly key: { readonly columns: readonly Word[]; readonly public: boolean; readonly at: Place };
  readonly tie: Word | null;
  readonly keep: YamlNode | null;
  /** Columns, most significant first; empty: rows are unique as they are. */
  readonly latest: readonly Word[];
  readonly unpivot: ReadonlyMap<string, UnpivotSyntax>;
  readonly fields: ReadonlyMap<string, { readonly key: Place; readonly field: FieldSyntax }>;
}

export interface JoinSyntax {
  readonly at: Place;
  readonly from: Word;
  /** Column of the joined table → column of the part's table. */
  readonly on: readonly { readonly joined: Word; readonly own: Word }[];
}

/** One unpivoted column: attributes that are constant there, and stages for the fields that take `$cell`. */
export interface UnpivotSyntax {
  readonly at: Place;
  readonly constants: ReadonlyMap<string, { readonly key: Place; readonly value: Word }>;
  readonly stages: StagesSyntax;
}

export type FieldSyntax = ChainSyntax | ObjectSyntax;

export interface ChainSyntax {
  readonly kind: "chain";
  readonly at: Place;
  readonly take: TakeSyntax;
  readonly stages: StagesSyntax;
}

/** An object attribute: a map of its parts. `crs` bears on its `lon` and `lat` together. */
export interface ObjectSyntax {
  readonly kind: "object";
  readonly at: Place;
  readonly parts: ReadonlyMap<string, { readonly key: Place; readonly field: ChainSyntax }>;
  readonly crs: Word | null;
}

export type TakeSyntax =
  | { readonly kind: "column"; readonly column: Word }
  | { readonly kind: "columns"; readonly columns: readonly Word[]; readonly glue: string | null }
  | { readonly kind: "constant"; readonly value: Word }
  | { readonly kind: "flags"; readonly flags: readonly { readonly column: Word; readonly code: Word }[] };

/** At most one of each; they run in this order whatever order they are written in. */
export interface StagesSyntax {
  readonly missing?: readonly Word[];
  readonly normalise?: readonly Word[];
  readonly match?: Word;
  readonly below?: readonly Word[];
  readonly above?: readonly Word[];
  readonly list?: Word;
  readonly format?: readonly Word[];
  readonly codes?: CodesSyntax;
  readonly unit?: UnitSyntax;
  readonly at?: Word;
  readonly crs?: Word;
  readonly to?: Word;
  readonly else?: Word;
}

export type UnitSyntax =
  | { readonly kind: "name"; readonly name: Word }
  | { readonly kind: "field"; readonly field: ChainSyntax };

export type CodesSyntax =
  | { readonly kind: "name"; readonly name: Word }
  | { readonly kind: "inline"; readonly at: Place; readonly entries: readonly { readonly from: Word; readonly to: Word }[] }
  | { readonly kind: "file"; readonly at: Place; readonly file: Word; readonly from: Word; readonly to: Word };

export interface CheckSyntax {
  /** `Entity.attribute` → pollutant code, or `*` where there is none → least and greatest plausible median. */
  readonly plausible: ReadonlyMap<string, ReadonlyMap<string, readonly [number, number]>>;
  /** Table → column → why it has no attribute. */
  readonly unmapped: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Line of the mapping that a draft could only guess → what a person has to decide. */
  readonly undecided: ReadonlyMap<string, string>;
}
