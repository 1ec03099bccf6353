/** How the running hub writes its log: to standard error, in words where a person looks on. */
import type { LogOptions } from "../observe/log.ts";
import type { ObserveConfig } from "./observeConfig.ts";

export const logOptions = ({ logLevel, logFormat }: ObserveConfig): LogOptions => ({
  level: logLevel,
  format: logFormat ?? (process.stderr.isTTY ? "text" : "json"),
  write: (line) => void process.stderr.write(line),
  now: Date.now,
});
