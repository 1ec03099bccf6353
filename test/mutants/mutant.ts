/** A fault that somebody could make, as a patch, and the cases that are to notice it. Read by scripts/mutants.mjs: types alone, no imports. */
export interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly put: string;
}

export interface Mutant {
  readonly id: string;
  /** What the hub then does wrong. */
  readonly fault: string;
  readonly edits: readonly Edit[];
  /** A test file and the part of a test's full name that chooses its cases. */
  readonly caughtBy: { readonly file: string; readonly test: string };
}

export const edit = (file: string, find: string, put: string): readonly Edit[] => [{ file, find, put }];
export const row = (test: string): Mutant["caughtBy"] => ({ file: "test/attacks/catalogue.test.ts", test });
