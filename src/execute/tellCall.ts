/** What an observer is told of a call to a source: counts, codes and names of the vocabulary. */
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import type { AuthorisedQuery } from "../../adapters/contract/authorisedQuery.ts";
import { driverCodeOf } from "../observe/faultShape.ts";
import type { CallOutcome, PushdownGrade, StepObserver } from "../observe/observer.ts";
import type { AtomNote } from "../plan/lowerPredicate.ts";
import type { SourceGuard } from "./sourceGuard.ts";

/** What a query is about: the scan and the lowered query that it was bound from. */
export interface Asked {
  readonly scan: { readonly entity: { readonly name: string }; readonly strata?: readonly unknown[] };
  readonly lowered: { readonly notes: readonly AtomNote[] };
}

export interface CallEnd {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly attempts: number;
  /** Null: `error` says why. */
  readonly rows: number | null;
  readonly error: unknown;
}

export function tellCall(step: StepObserver, query: AuthorisedQuery, { scan, lowered }: Asked, guard: SourceGuard, { fromMs, untilMs, attempts, rows, error }: CallEnd): void {
  step.called({
    source: query.source,
    entity: scan.entity.name,
    kind: query.template.kind,
    strata: scan.strata?.length ?? 1,
    grade: gradeOf(lowered.notes),
    outcome: rows === null ? outcomeOf(error) : "OK",
    driver: rows === null ? driverCodeOf(error) : null,
    rows: rows ?? 0,
    attempts,
    breaker: guard.state().breaker,
    fromMs,
    untilMs,
  });
}

const outcomeOf = (error: unknown): CallOutcome => (error instanceof SourceFailure ? error.status : "UNAVAILABLE");

/** From the strongest to the weakest. */
const grades: readonly PushdownGrade[] = ["none", "R", "V", "M", "E"];
const known = new WeakMap<readonly AtomNote[], PushdownGrade>();

function gradeOf(notes: readonly AtomNote[]): PushdownGrade {
  let grade = known.get(notes);
  if (grade === undefined) {
    grade = grades[Math.max(0, ...notes.map((note) => grades.indexOf(note.grade as PushdownGrade)))] ?? "none";
    known.set(notes, grade);
  }
  return grade;
}
