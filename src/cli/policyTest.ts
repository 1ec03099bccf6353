/** `policy test`: every `policy.test.yaml` of the network against the policy beside it and the mappings of its sources. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, validate } from "graphql";
import { HubError } from "../../schema/errorCodes.ts";
import { sourceKinds } from "../../adapters/index.ts";
import { parsePolicyTest } from "../access/parsePolicyTest.ts";
import { runPolicyTest } from "../access/policyTest.ts";
import { projectSchema } from "../access/projectSchema.ts";
import { parseFile } from "../steward/openPolicies.ts";
import { readPolicyFiles, regionOfFolder } from "../steward/policyFiles.ts";
import { type Command, readCommandLine } from "./command.ts";
import { lensModule } from "./lensModule.ts";
import { openStoredNetwork } from "./storedNetwork.ts";

const usage = "policy test [--network DIR]";

export const policyTest: Command = {
  usage,
  about: "runs every policy.test.yaml; exit code 1 where an expectation does not hold",
  run: async (args, print) => {
    const { config } = readCommandLine(args, [], 0, usage);
    const { networkDir } = config;
    const stored = await openStoredNetwork(config, () => undefined);
    const { network, registry, state } = stored;
    const input = { networkDir, network, vocabulary: state.vocabulary, registry, mirroredKinds: new Set(Object.keys(sourceKinds(lensModule).mirrored)), log: () => undefined };
    let held = 0;
    let failed = 0;
    const fail = (line: string): void => {
      failed += 1;
      print(line);
    };
    try {
      for (const file of await readPolicyFiles(networkDir)) {
        const name = `regions/${file.folder}/policy.test.yaml`;
        const region = regionOfFolder(registry, file.folder);
        try {
          if (region === null) {
            fail(`${file.file}: its region is not known, because no source file of it can be read`);
            continue;
          }
          const policy = parseFile(file, region, input);
          if (!existsSync(join(networkDir, name))) {
            print(`${file.file}: has no test beside it`);
            continue;
          }
          const test = parsePolicyTest(readFileSync(join(networkDir, name), "utf8"), name, { vocabulary: state.vocabulary, network });
          const rejects = (permit: Parameters<typeof projectSchema>[1], query: string): boolean => validate(projectSchema(state.vocabulary, permit), parse(query)).length > 0;
          for (const { ok, at, what, problem } of runPolicyTest(test, { policy, network, vocabulary: state.vocabulary, nowMs: Date.now(), rejects })) {
            if (ok) held += 1;
            else fail(`${at.file}:${at.line}:${at.column} ${what}: ${problem ?? "does not hold"}`);
          }
        } catch (error) {
          if (!(error instanceof HubError)) throw error;
          fail(error.message);
        }
      }
    } finally {
      await stored.close();
    }
    print(`${held} held, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  },
};
