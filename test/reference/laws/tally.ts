/** What was met in a run: cases, and how often each thing that a law or the generator should meet came by. */
export interface Tally {
  note(what: string, times?: number): void;
  of(what: string): number;
  entries(): Readonly<Record<string, number>>;
}

export function newTally(): Tally {
  const counts = new Map<string, number>();
  return {
    note: (what, times = 1) => void counts.set(what, (counts.get(what) ?? 0) + times),
    of: (what) => counts.get(what) ?? 0,
    entries: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
