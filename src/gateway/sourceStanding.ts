/** How a source stands, in words that anybody may hear: nothing of its tables, its address or its files. */
import type { SourceState } from "../sources/sourceState.ts";

export interface SourceStanding {
  readonly source: string;
  /** READY; DRIFT: its tables changed, and something is withheld for it; REFUSED: its files are at fault; UNAVAILABLE: cannot be reached. */
  readonly status: "READY" | "DRIFT" | "REFUSED" | "UNAVAILABLE";
  /** Differences between its tables and those that the mapping was compiled on, also those for which nothing is withheld. */
  readonly drift: number;
}

/** Pure. */
export function sourceStanding(state: SourceState): SourceStanding {
  const { id } = state;
  switch (state.status) {
    case "ready":
      return { source: id, status: state.source.lost.size === 0 ? "READY" : "DRIFT", drift: state.drift.length };
    case "refused":
      return { source: id, status: "REFUSED", drift: 0 };
    case "unavailable":
      return { source: id, status: "UNAVAILABLE", drift: 0 };
  }
}
