/** Whether the hub can keep its data where it was told to, and listen where it was told to: asked before anything is written. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";

/** Makes the folder where it is missing. Throws CONFIG_INVALID. */
export function openDataFolder(dataDir: string): void {
  try {
    let parent = dataDir;
    while (!existsSync(parent) && parent !== dirname(parent)) parent = dirname(parent);
    accessSync(parent, constants.W_OK);
    mkdirSync(dataDir, { recursive: true });
    // Permissions alone do not tell of a read-only or full file system.
    const probe = join(dataDir, `.write-${process.pid}`);
    writeFileSync(probe, "hub");
    rmSync(probe);
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    throw new HubError("CONFIG_INVALID", { problem: `The data folder ${dataDir} cannot be written (${code}). Set HUB_DATA to a folder that this account may write to.` }, { cause });
  }
}

/** Throws CONFIG_INVALID where the port is taken: a first start would else prepare everything before it finds out. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", ({ code }: NodeJS.ErrnoException) => {
      // What else can be wrong with an address the gateway says when it listens.
      if (code === "EADDRINUSE") reject(new HubError("CONFIG_INVALID", { problem: `Port ${port} is taken. Stop what listens there, or set PORT to another one.` }));
      else resolve();
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
