/**
 * A compiled mapping: what a region's `source.yaml` says, resolved against the vocabulary and the source's own tables, so that bad
 * references cannot exist in it. `src/mapping/compile*.ts` makes it; plan, execute and the mirror read it.
 *
 * All expressions stand on the alias `t` of the part's own table and on the names of its joins; `src/plan` renames aliases when it
 * puts a part into a query.
 */
import type { BoundValue, Cell, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName, RegionCode, SourceId } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import type { Rational } from "../harmonise/decimal.ts";
import type { Unified } from "../harmonise/unified.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";

/** How a lens goes back into the source (languages.md §2): rewritten constant, the same for eq/in/ne only, evaluated, mirror. */
export type Grade = "R" | "V" | "E" | "M";

export interface Mapping {
  readonly source: SourceId;
  readonly region: RegionCode;
  readonly kind: string;
  readonly timeZone: string;
  readonly deadlineMs: number;
  /** How old an answer may be that stands in for the source while it does not answer; null: none may. */
  readonly staleMs: number | null;
  /** Hash of the file's bytes and of the code tables it names: part of the touched slice. */
  readonly version: string;
  readonly entities: ReadonlyMap<EntityName, MappedEntity>;
  /** Lens chains by id, to be installed in the source's worker; `SourceExpr.lens` names them. */
  readonly lenses: ReadonlyMap<string, LensSpec>;
  readonly warnings: readonly string[];
}

export interface MappedEntity {
  readonly entity: EntityDef;
  readonly parts: readonly MappedPart[];
  /** The key may stand in the open in ids. */
  readonly keyPublic: boolean;
  /** As the file says it, where the source's tables changed since and parts or fields are gone (lost.ts). */
  readonly intact?: MappedEntity;
}

/** One SELECT's worth of an entity: a part of the mapping, times one unpivoted column where there is an `unpivot`. */
export interface MappedPart {
  /** Unique within the entity; second component of the tie, so that (tie, branch) is total. */
  readonly branch: number;
  readonly table: string;
  readonly joins: readonly { readonly alias: string; readonly table: string; readonly on: SourceCond }[];
  /** Columns of the key; an unpivoted part adds the column's name as a constant. Raw cells, unique in B. */
  readonly locator: readonly SourceExpr[];
  readonly tie: SourceExpr;
  /** The base relation: keep, latest, presence of the unpivoted cell, non-NULL vocabulary keys. Two-valued. */
  readonly base: SourceCond;
  readonly fields: ReadonlyMap<string, MappedField>;
}

export type FilterOperator =
  | "eq"
  | "ne"
  | "lt"
  | "lte"
  | "gt"
  | "gte"
  | "in"
  /** Regions at or below one of the list; the operand is a list of codes. */
  | "within"
  | "startsWith"
  | "contains"
  | "isNull"
  | "isNotNull";

/**
 * One atom in the source's own terms. `cond` is never TRUE where the unified atom is not TRUE; where the value is NULL it is not
 * TRUE (except `isNull`). Its slots are numbered from 0 and filled by `bind` from the operand (a Unified, or a list for `in`).
 */
export interface LoweredAtom {
  readonly grade: Grade;
  readonly cond: SourceCond;
  readonly bind: readonly ((operand: Unified | readonly Unified[]) => BoundValue)[];
  /** For explain, e.g. `unit 万元 → CNY rewritten by bisection`. */
  readonly note: string;
}

export interface MappedField {
  readonly attribute: AttributeDef;
  /** Raw cells that `read` needs. Empty for a constant. */
  readonly inputs: readonly SourceExpr[];
  /** `table.column` of every column that feeds the attribute, lens parameters included. */
  readonly fedBy: readonly string[];
  /** The first input's raw text, for `original(of:)`: value as the source spells it, with its unit and code. */
  readonly original: {
    readonly unit: string | null;
    /** Position in `inputs` of the cell that says the unit, where the mapping takes it from a column. */
    readonly unitInput: number | null;
    readonly code: string | null;
  };
  /** The constant that the attribute always has here, or undefined. */
  readonly constant: Unified | undefined;
  /** Raw cells → unified value. Total: garbage is NULL. Exact for decimals. */
  read(cells: readonly Cell[]): Unified;
  /** `read` of the only input; null where there are more, or none. */
  readonly readCell: ((cell: Cell) => Unified) | null;
  /** Null where the operator does not exist for the type (the schema then has no such filter). */
  filter(operator: FilterOperator): LoweredAtom | null;
  /** Null for objects, lists and links. */
  readonly order: OrderLens | null;
  readonly group: GroupLens | null;
  /** Decimals and integers only. */
  readonly sum: SumLens | null;
  readonly link: LinkLens | null;
  /** `else` fills what is NULL by then: no rule may read the attribute, it would switch off a restriction that fails closed. */
  readonly filledByElse?: boolean;
}

/** Order by the exact value: `expr`'s native order is it, and it is NULL exactly where the unified value is NULL. */
export interface OrderLens {
  readonly grade: Grade;
  readonly expr: SourceExpr;
  /**
   * Where the column itself orders the rows whose cell has a value, but not the others (a number beyond what the hub reads): a page
   * asks for those with a value by `expr`, and for those without in a query of its own, so that an index serves.
   * `hasNone` holds exactly where `hasValue` is not TRUE.
   */
  readonly split: { readonly hasValue: SourceCond; readonly hasNone: SourceCond; readonly expr: SourceExpr } | null;
  /** A cell of `expr` → unified value; also decodes min and max. */
  decode(cell: Cell): Unified;
  /**
   * The same order in a form that compares over all parts and sources (lens form `exact`; text, epoch ms, 0/1 else): used where
   * parts with unlike columns stand in one UNION ALL.
   */
  readonly canonical: {
    readonly expr: SourceExpr;
    decode(cell: Cell): Unified;
    /** Where the source runs no lens functions: parts of an entity compare only if they say the same here. */
    readonly scale?: string;
  };
  /** Comparison by the exact value (for cursors); operand NULL is never passed. */
  compare(operator: "eq" | "lt" | "lte" | "gt" | "gte"): LoweredAtom;
}

/** Groups and countDistinct by the printed value. */
export interface GroupLens {
  readonly grade: Grade;
  readonly expr: SourceExpr;
  decode(cell: Cell): Unified;
  /** Of a column of times; absent: `expr` is epoch ms. */
  readonly times?: {
    /** The source may cut `expr` to buckets; else it groups by `expr`, and the hub gathers. */
    readonly inSource: boolean;
    /** Zone on whose clock the column is; null: it knows its instants. */
    readonly clock: string | null;
    /** A cell of the cut `expr` → an instant within the bucket. */
    decode(cell: Cell): Unified;
  };
}

/** Exact sums in source numbers: unified = factor · x + offset, per combination of `split` cells (a unit column). */
export interface SumLens {
  readonly expr: SourceExpr;
  readonly split: readonly SourceExpr[];
  /** Null: an unknown unit, the values are NULL. */
  linear(split: readonly Cell[]): { readonly factor: Rational; readonly offset: Rational } | null;
}

/** A local link: by the target's key columns, or by an attribute of the target (`to:`), compared in printed form. */
export type LinkLens =
  | { readonly by: "key"; readonly target: EntityName; readonly columns: readonly SourceExpr[] }
  | { readonly by: "attribute"; readonly target: EntityName; readonly attribute: string; readonly value: GroupLens; readonly inputs: readonly SourceExpr[] };
