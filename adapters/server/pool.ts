/**
 * A few connections that read, a short queue before them, and one more that cancels.
 *
 * The drivers know no AbortSignal. Who leaves a running statement is told at once; the statement is cancelled by the server's own word
 * from the other connection, and its own connection is lent again only when the cancel has returned and one more command has gone
 * through, so that a late signal cannot hit the next reader's statement.
 */
import { SourceFailure } from "../contract/adapter.ts";
import type { RunningStatement, ServerSession } from "./session.ts";

export interface Pool {
  /** Throws ABORTED, BUSY, UNAVAILABLE. */
  lend(signal: AbortSignal): Promise<ServerSession>;
  /** `running`: what may still run on it. Never rejects. */
  giveBack(session: ServerSession, running: RunningStatement | null): Promise<void>;
  /** No connection that is open now is lent again: what was prepared on it is of tables that are no more. */
  renew(): void;
  close(): Promise<void>;
}

/** Readers that may wait; the hub's own bulkhead is narrower, this one only bounds memory. */
const waitingMax = 256;
/** Waits for a cancelled statement grow up to this; then its connection is closed under it. */
const giveUpMs = 2_000;

const pause = (ms: number): Promise<false> => new Promise((resolve) => void setTimeout(() => resolve(false), ms).unref());

interface Waiting {
  readonly resolve: (session: ServerSession) => void;
  readonly reject: (failure: SourceFailure) => void;
}

export function openPool(connections: number, open: () => Promise<ServerSession>): Pool {
  const idle: ServerSession[] = [];
  const lent = new Set<ServerSession>();
  const outdated = new WeakSet<ServerSession>();
  const waiting: Waiting[] = [];
  const ending = new Set<Promise<void>>();
  let opening = 0;
  let isClosed = false;
  let canceller: Promise<ServerSession> | null = null;

  const closedFailure = (): SourceFailure => new SourceFailure("UNAVAILABLE", new Error("the adapter is closed"));

  function end(session: ServerSession): void {
    // Whoever waits for the end is kept alive until it comes.
    session.hold(true);
    const ended: Promise<void> = session.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function hand(session: ServerSession): void {
    if (isClosed || session.isBroken() || session.isWorn() || outdated.has(session)) {
      end(session);
      serve();
      return;
    }
    const next = waiting.shift();
    if (next === undefined) {
      session.hold(false);
      idle.push(session);
      return;
    }
    lent.add(session);
    next.resolve(session);
  }

  /** Opens as many connections as wait and may be. */
  function serve(): void {
    while (waiting.length > opening && idle.length + lent.size + opening < connections && !isClosed) {
      opening += 1;
      open().then(
        (session) => {
          opening -= 1;
          hand(session);
        },
        (cause: unknown) => {
          opening -= 1;
          waiting.shift()?.reject(cause instanceof SourceFailure ? cause : new SourceFailure("UNAVAILABLE", cause));
          serve();
        },
      );
    }
  }

  function lend(signal: AbortSignal): Promise<ServerSession> {
    if (isClosed) return Promise.reject(closedFailure());
    if (signal.aborted) return Promise.reject(new SourceFailure("ABORTED"));
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      if (session.isBroken()) {
        end(session);
        continue;
      }
      lent.add(session);
      session.hold(true);
      return Promise.resolve(session);
    }
    if (waiting.length >= waitingMax) return Promise.reject(new SourceFailure("BUSY"));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const place = waiting.indexOf(entry);
        if (place >= 0) waiting.splice(place, 1);
        reject(new SourceFailure("ABORTED"));
      };
      const done = (): void => signal.removeEventListener("abort", leave);
      const entry: Waiting = {
        resolve: (session) => {
          done();
          resolve(session);
        },
        reject: (failure) => {
          done();
          reject(failure);
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(entry);
      serve();
    });
  }

  async function giveBack(session: ServerSession, running: RunningStatement | null): Promise<void> {
    const isSound = await settle(session, running).catch(() => false);
    lent.delete(session);
    if (isSound) hand(session);
    else {
      session.destroy();
      serve();
    }
  }

  /** Whether the connection may be lent again. */
  async function settle(session: ServerSession, running: RunningStatement | null): Promise<boolean> {
    if (running === null) return !session.isBroken();
    const wasRunning = running.isRunning();
    const finished = running.finish().then(() => true);
    // A server that is just reading its next message takes no notice of a cancel, so it is told until it stops.
    // A server that is silent may be silent to the canceller too: nothing here waits longer than that.
    let untold = 0;
    for (let waitMs = 20; running.isRunning(); waitMs *= 1.5) {
      if (!(await Promise.race([cancel(session), pause(giveUpMs)]))) untold += 1;
      // Once may be the canceller's own connection, lost to a fault that is over.
      if (waitMs > giveUpMs || untold > 1) return false;
      if (await Promise.race([finished, pause(waitMs)])) break;
    }
    if (!(await Promise.race([finished, pause(giveUpMs)]))) return false;
    const cause = running.failure();
    if (cause === null && !wasRunning) return true;
    // What failed while it was being prepared has left a name behind that nobody remembers.
    if (cause !== null && !session.isCancelled(cause)) return false;
    return await Promise.race([session.recover().then(() => true), pause(giveUpMs)]);
  }

  async function cancel(running: ServerSession): Promise<boolean> {
    try {
      canceller ??= open().then((session) => {
        session.hold(false);
        return session;
      });
      const session = await Promise.race([canceller, pause(giveUpMs)]);
      if (session === false || session.isBroken()) throw new Error("the connection that cancels is gone");
      const told = session.cancel(running).then(() => true as const);
      // One that fell silent would leave every later statement running, for what it is told waits behind what it never answered.
      told.catch(() => undefined);
      if (!(await Promise.race([told, pause(giveUpMs)]))) {
        session.destroy();
        throw new Error("the connection that cancels says nothing");
      }
      return true;
    } catch {
      // The reader's own connection is closed then, which the server sees when it next writes to it.
      void canceller?.then((session) => session.end(), () => undefined);
      canceller = null;
      return false;
    }
  }

  return {
    lend,
    giveBack,
    renew() {
      for (const session of idle.splice(0)) end(session);
      for (const session of lent) outdated.add(session);
    },
    async close() {
      isClosed = true;
      for (const entry of waiting.splice(0)) entry.reject(closedFailure());
      for (const session of idle.splice(0)) end(session);
      for (const session of lent) session.destroy();
      await Promise.all(ending);
      await canceller?.then(
        (session) => {
          session.hold(true);
          return session.end();
        },
        () => undefined,
      );
    },
  };
}
