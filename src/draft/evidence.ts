/** A guess with what speaks for it. Nothing is active in a draft below `likely`: a wrong guess that looks right is worse than none. */

export interface Guess<T> {
  readonly value: T;
  /** 0 to 1; not a frequency, but ordered. */
  readonly confidence: number;
  /** What a steward reads, e.g. `initials of 站点名称`. Never a cell's content of a column that may name a person. */
  readonly evidence: readonly string[];
}

export const sure = 0.9;
export const likely = 0.7;

export const wordFor = (confidence: number): string => (confidence >= sure ? "sure" : confidence >= likely ? "likely" : "not sure");

/** Independent signs: each takes away its part of the doubt. */
export const together = (...signs: readonly number[]): number => 1 - signs.reduce((doubt, sign) => doubt * (1 - sign), 1);
