/**
 * A network may bring a `prepare` of its own: a module that makes what its sources stand on and names the environment that their
 * `${…}` need. The hub knows nothing of what it does.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { HubError } from "../../schema/errorCodes.ts";
import { replaceSecretFile } from "../identity/secretFile.ts";
import { projectDir } from "./config.ts";

/** What `prepare.mjs`, `prepare.js` or `prepare.ts` of a network's folder exports as `prepare`. */
type Prepare = (options: { readonly networkDir: string; readonly dataDir: string; readonly servers: boolean; onProgress(region: string, fraction: number): void }) => Promise<PreparedNetwork>;

export interface PreparedNetwork {
  readonly environment: Readonly<Record<string, string>>;
  /** Where the network is to be read from instead: what the preparation made of its folder. */
  readonly networkDir?: string;
  /** Sentences for whoever starts the hub. */
  readonly notes?: readonly string[];
  close(): Promise<void>;
}

const nothing: PreparedNetwork = { environment: {}, close: () => Promise.resolve() };

/** For commands that run beside the hub; holds what a source's `${…}` hold. */
const environmentFile = (dataDir: string): string => join(dataDir, "secrets", "environment.json");

/** Throws CONFIG_INVALID where the network's own preparation fails; what it made then is its own to mend at the next start. */
export async function prepareNetwork(options: {
  readonly networkDir: string;
  readonly dataDir: string;
  /** The operator asked for regions on database servers. */
  readonly servers: boolean;
  onProgress(region: string, fraction: number): void;
}): Promise<PreparedNetwork> {
  const { networkDir, dataDir, servers } = options;
  const file = prepareFile(networkDir);
  if (file === null) {
    if (servers) throw new HubError("CONFIG_INVALID", { problem: `${networkDir} brings no \`prepare\`, so there is nothing that --servers could move to a server. Leave --servers out: a region's own source.yaml says where it is.` });
    return nothing;
  }
  try {
    const { prepare } = (await import(pathToFileURL(file).href)) as { readonly prepare?: Prepare };
    if (prepare === undefined) throw new Error("it exports no function `prepare`");
    const prepared = await prepare(options);
    replaceSecretFile(environmentFile(dataDir), JSON.stringify(prepared.environment, null, 2));
    return prepared;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError("CONFIG_INVALID", { problem: `${file} could not prepare the network: ${reason}. Mend it, or take the file away and prepare the sources yourself.` }, { cause });
  }
}

/** A network inside the project was compiled with it; elsewhere Node itself reads TypeScript. */
function prepareFile(networkDir: string): string | null {
  const inside = relative(projectDir, networkDir);
  const compiled = inside.startsWith("..") || import.meta.url.endsWith(".ts") ? [] : [join(projectDir, "dist", inside, "prepare.js")];
  const own = ["prepare.mjs", "prepare.js", "prepare.ts"].map((name) => join(networkDir, name));
  const found = own.find((file) => existsSync(file));
  if (found === undefined) return null;
  return compiled.find((file) => existsSync(file)) ?? found;
}

/** What the network's preparation told the hub when it last started here; nothing where there was none. */
export function preparedEnvironment(dataDir: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(environmentFile(dataDir), "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}
