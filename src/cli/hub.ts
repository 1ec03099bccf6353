/** `npm run -s hub -- COMMAND …`: finds the command, runs it, and says in one sentence what keeps it from running. */
import { HubError } from "../../schema/errorCodes.ts";
import { type Command, UsageError } from "./command.ts";

/** Loaded when asked for: a token needs a twentieth of the modules that a query's explanation needs. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  agencies: async () => (await import("./agencies.ts")).agencies,
  token: async () => (await import("./token.ts")).token,
  explain: async () => (await import("./explain.ts")).explain,
  sdl: async () => (await import("./sdl.ts")).sdl,
  "policy test": async () => (await import("./policyTest.ts")).policyTest,
  "region draft": async () => (await import("./regionDraft.ts")).regionDraft,
  "source check": async () => (await import("./sourceCheck.ts")).sourceCheck,
  "audit verify": async () => (await import("./auditVerify.ts")).auditVerify,
};

async function help(): Promise<readonly string[]> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  return [
    "npm run -s hub -- COMMAND",
    "",
    ...all.flatMap(({ usage, about }) => [`  ${usage}`, `      ${about}`]),
    "",
    "The network is ./seeds unless --network names another; data lie in ./data unless HUB_DATA names another folder.",
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (args.length === 0 || args[0] === "help" || args.includes("--help")) {
    for (const line of await help()) print(line);
    return 0;
  }
  for (const [name, load] of Object.entries(commands)) {
    const words = name.split(" ");
    if (words.every((word, index) => args[index] === word)) return (await load()).run(args.slice(words.length), print);
  }
  const asked = args.slice(0, 2).filter((word) => !word.startsWith("-"));
  throw new UsageError(`There is no command ${asked.join(" ")}. Commands are ${Object.keys(commands).join(", ")}.`);
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
