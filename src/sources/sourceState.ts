/** What the hub knows of a source at a moment. */
import type { Adapter, SourceFailureStatus, SourceHealth } from "../../adapters/contract/adapter.ts";
import type { RegionCode, SourceId } from "../../schema/ids.ts";
import type { Lost } from "../mapping/lost.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Drift } from "./drift.ts";

/** A source that can be asked. */
export interface ReadySource {
  readonly id: SourceId;
  readonly region: RegionCode;
  /** As its file says it: what policies are held against. */
  readonly mapping: Mapping;
  /** Without what drift has taken away: what is read. The same as `mapping` where nothing has. */
  readonly present: Mapping;
  readonly lost: Lost;
  readonly adapter: Adapter;
  health(): SourceHealth;
}

export type SourceState =
  | { readonly status: "ready"; readonly id: SourceId; readonly file: string; readonly source: ReadySource; readonly drift: readonly Drift[] }
  /** Its files are at fault: `message` says where and how to mend it. It is not tried again before the next start. */
  | { readonly status: "refused"; readonly id: SourceId; readonly file: string; readonly region: RegionCode | null; readonly message: string }
  /** It cannot be reached or has not been read yet, and is tried again in the background. `detail` is for the operator. */
  | {
      readonly status: "unavailable";
      readonly id: SourceId;
      readonly file: string;
      readonly region: RegionCode;
      readonly reason: SourceFailureStatus;
      readonly detail: string;
    };
