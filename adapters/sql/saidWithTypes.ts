/** Of a dialect whose `expression` and `condition` say with types what others say by a call: those calls never come. */
import type { SqlDialect } from "./dialect.ts";
import { sql } from "./drizzle.ts";
import { readByWords } from "./readByWords.ts";

const unneeded = (): never => {
  throw new Error("this is said with types");
};

export const saidWithTypes = {
  boolean: (value) => (value ? sql`TRUE` : sql`FALSE`),
  reading: readByWords,
  inList: unneeded,
  hasType: unneeded,
  startsWith: unneeded,
  contains: unneeded,
  consistsOf: unneeded,
  digits: unneeded,
  inRanges: unneeded,
  lens: unneeded,
  bucket: unneeded,
  exactArgument: (of) => of,
  guard: () => null,
} satisfies Partial<SqlDialect>;
