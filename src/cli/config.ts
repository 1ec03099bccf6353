/** Where things are: from the command line and the environment, with defaults that need neither. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { blank, type ObserveConfig, portOf, readObserveConfig } from "./observeConfig.ts";

export interface HubConfig {
  /** Folder with `network.yaml` and `regions/`. */
  readonly networkDir: string;
  /** Databases, mirrors, journal, secrets. */
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly observe: ObserveConfig;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The project's folder, from the sources and from the compiled files alike. */
export const projectDir = ((): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package-lock.json"))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
})();

/** Relative paths are taken from where the caller stands. Throws CONFIG_INVALID. */
export function readConfig(networkOption: string | undefined, env: Environment): HubConfig {
  return {
    networkDir: networkOption === undefined ? join(projectDir, "seeds") : resolve(networkOption),
    dataDir: blank(env["HUB_DATA"]) ? join(projectDir, "data") : resolve(env["HUB_DATA"]),
    host: blank(env["HOST"]) ? "127.0.0.1" : env["HOST"],
    port: blank(env["PORT"]) ? 4000 : portOf("PORT", env["PORT"]),
    observe: readObserveConfig(env),
  };
}
