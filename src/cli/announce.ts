/** What a start prints when the hub is ready: the doors, who may ask, how to get a token, one query. */
import { relative } from "node:path";
import type { Agency, Network } from "../identity/network.ts";
import type { SourceState } from "../sources/sourceState.ts";
import { type HubConfig, projectDir } from "./config.ts";

export interface Announcement {
  readonly url: string;
  readonly epoch: number;
  readonly network: Network;
  readonly sources: readonly SourceState[];
  /** Null: no listener for figures. */
  readonly metricsUrl: string | null;
  readonly hasSandbox: boolean;
  /** A query that answers something, or null. */
  readonly example: string | null;
  readonly config: HubConfig;
}

/** The last line is `ready http://…`. */
export function announcement(input: Announcement): readonly string[] {
  const { url, epoch, network, sources, metricsUrl, hasSandbox, example } = input;
  const agencies = [...network.agencies.values()];
  const asking = agencies.find((agency) => agency.id !== network.anonymous && agency.purposes.length > 0) ?? agencies.find((agency) => agency.id !== network.anonymous);
  const width = Math.max(...agencies.map(({ id }) => id.length));
  const unready = sources.filter(({ status }) => status !== "ready");
  return [
    `One Network 一张网: ${sources.length - unready.length} of ${sources.length} sources, policy epoch ${epoch}`,
    ...unready.map((state) => `  ${state.id} is ${state.status}: answers say so and leave its rows out`),
    "",
    "doors",
    `  data       ${url}/graphql`,
    ...(hasSandbox ? [`  sandbox    ${url}/sandbox/`] : []),
    `  tokens     ${url}/oauth/token`,
    `  stewards   ${url}/steward/graphql`,
    `  health     ${url}/healthz, ${url}/readyz`,
    ...(metricsUrl === null ? [] : [`  metrics    ${metricsUrl}`]),
    "",
    network.demonstration ? "agencies of the demonstration (all invented)" : "agencies",
    ...agencies.map((agency) => `  ${agency.id.padEnd(width)}  ${aboutLine(agency)}`),
    ...(asking === undefined ? [] : ["", "a token", `  ${tokenCommand(asking, input.config)}`]),
    ...(asking === undefined || example === null ? [] : ["", "a query", ...queryLines(url, asking, example, input.config)]),
    "",
    `ready ${url}`,
  ];
}

const aboutLine = ({ about, name }: Agency): string => (about ?? name).en;

/** As it must be typed: with what differs from the defaults. */
function tokenCommand(agency: Agency, config: HubConfig): string {
  const data = process.env["HUB_DATA"] ? `HUB_DATA=${quoted(config.dataDir)} ` : "";
  const network = relative(projectDir, config.networkDir) === "seeds" ? "" : ` --network ${quoted(config.networkDir)}`;
  return `${data}npm run -s hub -- token --agency ${agency.id}${network}`;
}

function queryLines(url: string, agency: Agency, example: string, config: HubConfig): readonly string[] {
  const body = JSON.stringify({ query: compact(example) });
  const purpose = agency.purposes.length > 1 ? ` -H "Purpose: ${agency.purposes[0]}"` : "";
  return [`  curl -s ${url}/graphql -H "Authorization: Bearer $(${tokenCommand(agency, config)})"${purpose} -H "Content-Type: application/json" -d ${quoted(body)}`];
}

/** Without comments and line breaks, to fit on a command line. */
const compact = (query: string): string =>
  query
    .split("\n")
    .map((line) => line.replace(/^\s*#.*$/, "").trim())
    .filter((line) => line !== "")
    .join(" ");

const quoted = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
