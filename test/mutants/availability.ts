/** Faults where a source does not answer, or its tables are others: what stands in for it, and what is read no more. */
import { edit, type Mutant } from "./mutant.ts";

export const availability: readonly Mutant[] = [
  {
    id: "last-answer-of-another-agency",
    fault: "the last answer to one agency stands in for another's",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[\"\" && agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another agency" },
  },
  {
    id: "last-answer-for-another-purpose",
    fault: "the last answer for one purpose stands in for another",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[agencyId, \"\" && purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another purpose" },
  },
  {
    id: "last-answer-of-another-epoch",
    fault: "an answer from before a change of rules stands in",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[agencyId, purpose, 0 && epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another epoch" },
  },
  {
    id: "last-answer-of-another-permit",
    fault: "an answer under other rules stands in",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[agencyId, purpose, epoch, \"\" && permitHash, mappingVersion, source, templateHash(template), values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another permit" },
  },
  {
    id: "last-answer-of-another-mapping",
    fault: "an answer of another mapping stands in",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[agencyId, purpose, epoch, permitHash, \"\" && mappingVersion, source, templateHash(template), values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another mapping" },
  },
  {
    id: "last-answer-of-another-value",
    fault: "an answer to another filter stands in",
    edits: edit("src/execute/lastAnswers.ts", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), values, rowsMax]", "[agencyId, purpose, epoch, permitHash, mappingVersion, source, templateHash(template), 0 && values, rowsMax]"),
    caughtBy: { file: "test/execute/lastAnswers.test.ts", test: "another value" },
  },
  {
    id: "unread-attribute-taken-for-null",
    fault: "a rule that asks whether an attribute is there takes one whose column changed for absent",
    edits: edit("src/access/fold.ts", "      return unread.has(predicate.path[0]) ? UNKNOWN : predicate;", "      return predicate.kind === \"compare\" && unread.has(predicate.path[0]) ? UNKNOWN : predicate;"),
    caughtBy: { file: "test/access/lostScope.test.ts", test: "isNull" },
  },
  {
    id: "moved-column-read-on",
    fault: "a column that took another's name is read in its place",
    edits: edit("src/sources/drift.ts", '  COLUMN_MOVED: "column",', '  COLUMN_MOVED: "nothing",'),
    caughtBy: { file: "test/faults/drift.test.ts", test: "another column under the old name" },
  },
];
