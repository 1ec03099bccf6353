/** A version that readers hold: it is closed, and its file removed, when the last of them has finished after it was superseded. */
import type { Adapter } from "../../adapters/contract/adapter.ts";

export interface HeldVersion {
  readonly adapter: Adapter;
  take(): void;
  release(): void;
  /** No new readers; `after` runs once it is closed. */
  retire(after: () => Promise<void>): Promise<void>;
  /** Closes under readers that are still there: a reader that never ends cannot hold the hub. */
  force(): void;
}

export function holdVersion(adapter: Adapter): HeldVersion {
  let users = 0;
  let isForced = false;
  let onIdle: (() => void) | null = null;
  return {
    adapter,
    take: () => {
      users += 1;
    },
    release: () => {
      users -= 1;
      if (users === 0) onIdle?.();
    },
    retire: async (after) => {
      if (users > 0 && !isForced) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      await adapter.close();
      await after();
    },
    force: () => {
      isForced = true;
      onIdle?.();
    },
  };
}
