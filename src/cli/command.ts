/** What every command of `npm run hub` has in common: its options, its agency and purpose, and how it refuses. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { asAgencyId, type Purpose } from "../../schema/ids.ts";
import type { Agency, Network } from "../identity/network.ts";
import { type HubConfig, readConfig } from "./config.ts";

export interface Command {
  /** As typed, with its operands and options. */
  readonly usage: string;
  readonly about: string;
  /** Answers the exit code. `print` writes a line to standard output. */
  run(args: readonly string[], print: (line: string) => void): Promise<number>;
}

/** The caller asked for something that does not exist: one sentence, exit code 2. */
export class UsageError extends Error {}

export interface CommandLine {
  readonly config: HubConfig;
  readonly operands: readonly string[];
  option(name: string): string | null;
}

/** `--network DIR` goes with every command; `HUB_DATA` comes from the environment. */
export function readCommandLine(args: readonly string[], options: readonly string[], operandCount: number, usage: string): CommandLine {
  const declared: ParseArgsConfig["options"] = Object.fromEntries([...options, "network"].map((name) => [name, { type: "string" as const }]));
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: declared, allowPositionals: true }) as typeof parsed;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split(". ")[0] : String(error)}. Use: ${usage}`);
  }
  if (parsed.positionals.length !== operandCount) throw new UsageError(`Use: ${usage}`);
  const text = (name: string): string | null => {
    const value = parsed.values[name];
    return typeof value === "string" ? value : null;
  };
  return { config: readConfig(text("network") ?? undefined, process.env), operands: parsed.positionals, option: text };
}

/** The agency that an option names. */
export function agencyOf(network: Network, id: string | null, option: string, usage: string): Agency {
  if (id === null) throw new UsageError(`Say which agency: ${option} ID. Use: ${usage}`);
  const agency = network.agencies.get(asAgencyId(id));
  if (agency === undefined) throw new UsageError(`There is no agency ${id}. Agencies are ${[...network.agencies.keys()].join(", ")}.`);
  return agency;
}

/** The purpose that an option names, among those of the agency; null where it names none. */
export function namedPurpose(agency: Agency, name: string | null): Purpose | null {
  if (name === null) return null;
  const purpose = agency.purposes.find((held) => held === name);
  if (purpose === undefined) {
    const held = agency.purposes.length === 0 ? `${agency.id} has no purposes; leave --purpose out` : `Those of ${agency.id} are ${agency.purposes.join(", ")}`;
    throw new UsageError(`${agency.id} has no purpose ${name}. ${held}.`);
  }
  return purpose;
}

/** As at the gateway: without a name, the only purpose that the agency has. */
export function askedPurpose(agency: Agency, name: string | null): Purpose | null {
  const named = namedPurpose(agency, name);
  if (named !== null || agency.purposes.length === 0) return named;
  const [only, ...others] = agency.purposes;
  if (only === undefined || others.length > 0) throw new UsageError(`${agency.id} has several purposes; say which: --purpose ${agency.purposes.join(" | ")}.`);
  return only;
}
