/**
 * The tests that judge a mutant of `src/access` and `src/plan`: those that a second suffices for. Laws over random networks, and pages
 * read one by one, are left to `npm test`; what they would find here is said by hand-made sources and golden plans.
 */
import { statSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import base from "../../vitest.config.ts";

/** Quick files first: most mutants die there, and the first failure ends a run. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const cost = ({ moduleId }: TestSpecification): number => (/\.law\./.test(moduleId) ? 2 : /(?:guards|explain|examples)\.test/.test(moduleId) ? 1 : 0);
    return [...files].sort((a, b) => cost(a) - cost(b) || statSync(a.moduleId).size - statSync(b.moduleId).size);
  }
}

export default {
  ...base,
  test: {
    ...base.test,
    include: ["test/access/**/*.test.ts", "test/plan/**/*.test.ts"],
    exclude: ["test/plan/{explain,guards,pages}.test.ts"],
    setupFiles: ["test/mutation/setup.ts"],
    sequence: { sequencer: QuickFirst },
    pool: "threads" as const,
    execArgv: [],
    testTimeout: 10_000,
  },
};
