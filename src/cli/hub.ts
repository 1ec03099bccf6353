/** `npm run -s hub -- COMMAND …`: finds the command, runs it, and says in one sentence what keeps it from running. */
import { HubError } from "../../schema/errorCodes.ts";
import { agencies } from "./agencies.ts";
import { auditVerify } from "./auditVerify.ts";
import { type Command, UsageError } from "./command.ts";
import { explain } from "./explain.ts";
import { policyTest } from "./policyTest.ts";
import { sdl } from "./sdl.ts";
import { sourceCheck } from "./sourceCheck.ts";
import { token } from "./token.ts";

const commands: readonly Command[] = [agencies, token, explain, sdl, policyTest, sourceCheck, auditVerify];

const help = (): readonly string[] => [
  "npm run -s hub -- COMMAND",
  "",
  ...commands.flatMap(({ usage, about }) => [`  ${usage}`, `      ${about}`]),
  "",
  "The network is ./seeds unless --network names another; data lie in ./data unless HUB_DATA names another folder.",
];

async function main(args: readonly string[]): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (args.length === 0 || args[0] === "help" || args.includes("--help")) {
    for (const line of help()) print(line);
    return 0;
  }
  for (const command of commands) {
    const words = command.name.split(" ");
    if (words.every((word, index) => args[index] === word)) return command.run(args.slice(words.length), print);
  }
  throw new UsageError(`There is no command ${args.slice(0, 2).join(" ")}. Commands are ${commands.map(({ name }) => name).join(", ")}.`);
}

// Whoever reads may stop reading, as `head` does; the command still tidies up after itself.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

/** Exit codes: 0 done, 1 done and something is wrong, 2 not done. */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isForeseen = error instanceof UsageError || error instanceof HubError;
  process.stderr.write(`${isForeseen ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
