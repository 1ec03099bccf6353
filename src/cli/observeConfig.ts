/** What the hub tells of itself, and to whom: from the environment, closed where it says nothing. */
import { HubError } from "../../schema/errorCodes.ts";
import type { LogLevel } from "../observe/logEvents.ts";
import type { CallerTraces } from "../observe/traceparent.ts";

export interface ObserveConfig {
  readonly logLevel: LogLevel;
  /** Null: in words on a terminal, as JSON elsewhere. */
  readonly logFormat: "json" | "text" | null;
  /** Null: no listener, and nothing is counted. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Null: no span is made, and the SDK is not loaded. */
  readonly traces: { readonly share: number; readonly callers: CallerTraces; readonly service: string } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws CONFIG_INVALID. */
export function readObserveConfig(env: Environment): ObserveConfig {
  return {
    logLevel: oneOf(env, "LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    logFormat: oneOf(env, "LOG_FORMAT", ["json", "text"], null),
    metrics: blank(env["METRICS_PORT"]) ? null : { host: blank(env["METRICS_HOST"]) ? "127.0.0.1" : env["METRICS_HOST"], port: portOf("METRICS_PORT", env["METRICS_PORT"]) },
    traces: tracesOf(env),
  };
}

function tracesOf(env: Environment): ObserveConfig["traces"] {
  const endpoints = (["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] as const).filter((name) => !blank(env[name]));
  if (endpoints.length === 0 || env["OTEL_SDK_DISABLED"] === "true") return null;
  for (const name of endpoints) {
    if (!/^https?:$/.test(protocolOf(env[name]))) throw new HubError("CONFIG_INVALID", { problem: `${name} is no http or https address. Set it to that of an OTLP collector, e.g. http://127.0.0.1:4318.` });
  }
  const protocol = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? env["OTEL_EXPORTER_OTLP_PROTOCOL"];
  if (!blank(protocol) && protocol !== "http/json") throw new HubError("CONFIG_INVALID", { problem: `The hub sends spans as http/json, not ${protocol}. Leave OTEL_EXPORTER_OTLP_PROTOCOL out, and give the collector's HTTP port.` });
  return {
    share: shareOf(env["OTEL_TRACES_SAMPLER_ARG"]),
    callers: oneOf(env, "TRACE_CALLERS", ["ignore", "link", "parent"], "ignore"),
    service: blank(env["OTEL_SERVICE_NAME"]) ? "one-network" : env["OTEL_SERVICE_NAME"],
  };
}

export const blank = (text: string | undefined): text is undefined | "" => text === undefined || text === "";

/** Throws CONFIG_INVALID. */
export function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new HubError("CONFIG_INVALID", { problem: `${name} is ${text}; set it to a number from 0 to 65535.` });
  return port;
}

function oneOf<const Word extends string, Otherwise extends Word | null>(env: Environment, name: string, words: readonly Word[], otherwise: Otherwise): Word | Otherwise {
  const text = env[name];
  if (blank(text)) return otherwise;
  const word = words.find((known) => known === text);
  if (word === undefined) throw new HubError("CONFIG_INVALID", { problem: `${name} is ${text}; set it to one of ${words.join(", ")}.` });
  return word;
}

function shareOf(text: string | undefined): number {
  if (blank(text)) return 1;
  const share = Number(text);
  if (!(share >= 0 && share <= 1)) throw new HubError("CONFIG_INVALID", { problem: `OTEL_TRACES_SAMPLER_ARG is ${text}; set it to the share of requests that are traced, from 0 to 1.` });
  return share;
}

function protocolOf(url: string | undefined): string {
  return URL.parse(url ?? "")?.protocol ?? "";
}
