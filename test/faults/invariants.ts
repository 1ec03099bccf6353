/** What holds after every fault, as a client and an auditor see it. */
import { expect } from "vitest";
import { verify } from "../../src/audit/verify.ts";
import { type Answered, type FaultHub, stationsOfEach } from "./faultHub.ts";

export const stations = "{ stations(first: 100) { nodes { code name } } }";

export interface Seen {
  readonly hebei: number;
  readonly tianjin: number;
  readonly status: string;
  readonly complete: boolean;
}

/** The healthy source's rows, the other's, and what is said of it. */
export function seenIn({ json }: Answered): Seen {
  const codes: readonly string[] = json.data.stations.nodes.map(({ code }: { code: string | null }) => code ?? "");
  const hebei = codes.filter((code) => /^1\d{3}A$/.test(code)).length;
  return {
    hebei,
    tianjin: codes.length - hebei,
    status: json.extensions.sources.find(({ source }: { source: string }) => source === "tianjin").status,
    complete: json.extensions.complete,
  };
}

/** Names of hosts, SQL, columns and values that were not asked for. */
const secrets = /CNRY|SELECT|ECONN|postgres|mariadb|mysql|passwd|127\.0\.0\.1|hub_test_|contact|html|nginx|at .*\.ts:/i;

/** One whole answer, and nothing else in it than there may be: the healthy source wholly, the other wholly or not at all. */
export function assertHonest(answer: Answered, statuses: readonly string[]): void {
  expect(answer.status).toBe(200);
  expect(answer.text).not.toMatch(secrets);
  const seen = seenIn(answer);
  expect(seen.hebei).toBe(stationsOfEach);
  expect(statuses).toContain(seen.status);
  expect(seen.tianjin).toBe(seen.status === "OK" ? stationsOfEach : 0);
  expect(seen.complete).toBe(seen.status === "OK");
}

/** Asks until both sources answer, by themselves; gives the time. One more answer leaves the breaker mostly with good ones. */
export async function assertHeals(hub: FaultHub, withinMs = 20_000): Promise<number> {
  const from = performance.now();
  for (;;) {
    const answer = await hub.query(stations);
    const ms = performance.now() - from;
    if (seenIn(answer).complete) {
      await hub.query(stations);
      await hub.query(stations);
      return ms;
    }
    expect(ms, `the source has not come back: ${seenIn(answer).status}; ${hub.log.slice(-3).join(" | ")}`).toBeLessThan(withinMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Every answer that a client has is on record as it was, and the chain is sound. */
export async function assertRecorded(hub: FaultHub, answers: readonly Answered[]): Promise<void> {
  const records = new Map((await hub.records()).map((record) => [record.correlationId, record]));
  for (const { json } of answers) {
    const { complete, correlationId } = json.extensions;
    expect(records.get(correlationId)?.outcome).toBe(complete ? "ANSWERED" : "PARTIAL");
  }
  expect(await verify(hub.dataDir)).toMatchObject({ isSound: true });
}

/** Fails what went unnoticed: vitest's own report would name no fault. */
export function watchProcess(): { assertQuiet(): void; stop(): void } {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  process.on("uncaughtExceptionMonitor", note);
  return {
    assertQuiet: () => expect(unhandled).toEqual([]),
    stop: () => {
      process.off("unhandledRejection", note);
      process.off("uncaughtExceptionMonitor", note);
    },
  };
}
