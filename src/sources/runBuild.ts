/** Runs one build in a worker thread and waits for its end. */
import { Worker } from "node:worker_threads";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import type { BuildOrder, BuildResult } from "./buildMessages.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const workerUrl = new URL(`./mirror.worker.${extension}`, import.meta.url);
/** A hostile workbook exhausts its own thread, not the hub. */
const heapMiB = 1024;
/** A build that has told its result has nothing left to do; pulling its thread down all the same is not without danger (V8). */
const endMs = 2_000;

/** Throws a SourceFailure: ABORTED, or UNAVAILABLE where the build itself broke (a full disk, memory). */
export function runBuild(order: BuildOrder, signal: AbortSignal): Promise<BuildResult> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new SourceFailure("ABORTED", signal.reason));
      return;
    }
    const worker = new Worker(workerUrl, { workerData: order, resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    let isSettled = false;
    const settle = (finish: () => void, endsByItself = false): void => {
      if (isSettled) return;
      isSettled = true;
      signal.removeEventListener("abort", onAbort);
      // The files that the worker holds open are free only when it has ended.
      if (!endsByItself) {
        void worker.terminate().then(finish, finish);
        return;
      }
      const timer = setTimeout(() => void worker.terminate(), endMs);
      worker.once("exit", () => {
        clearTimeout(timer);
        finish();
      });
    };
    const onAbort = (): void => settle(() => reject(new SourceFailure("ABORTED", signal.reason)));
    signal.addEventListener("abort", onAbort);
    worker.once("message", (result: BuildResult) => settle(() => resolve(result), true));
    worker.once("error", (cause) => settle(() => reject(new SourceFailure("UNAVAILABLE", cause))));
    worker.once("exit", (code) => settle(() => reject(new SourceFailure("UNAVAILABLE", `the build ended with ${code}`))));
  });
}
