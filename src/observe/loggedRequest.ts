/** A request as the log's debug lines tell of it: each call that failed, and the end. */
import type { Log } from "./logEvents.ts";
import type { GraphqlDoor, RequestObserver, SourceCall } from "./observer.ts";

export function loggedRequest(log: Log, clock: () => number, door: GraphqlDoor, correlationId: string, traceId: string | null): RequestObserver {
  const fromMs = clock();
  const step = {
    called({ outcome, source, entity, driver, attempts, fromMs: began, untilMs }: SourceCall): void {
      if (outcome !== "OK") log({ event: "source.call_failed", correlationId, source, entity, outcome, driver, attempts, ms: untilMs - began });
    },
    ended: (): void => undefined,
  };
  return {
    step: () => step,
    planned: () => undefined,
    ran: () => undefined,
    recorded: () => undefined,
    ended: ({ agency, purpose, status, code }) => log({ event: "request.ended", correlationId, traceId, door, agency, purpose, status: status === "gone" ? null : status, code, ms: clock() - fromMs }),
  };
}
