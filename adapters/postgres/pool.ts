/**
 * A few connections that read, a short queue before them, and one more that cancels.
 *
 * The driver knows no AbortSignal. Who leaves a running statement is told at once; the statement is cancelled by `pg_cancel_backend`
 * from the other connection, and its own connection is lent again only when the cancel has returned and one more command has gone
 * through, so that a late signal cannot hit the next reader's statement.
 */
import { SourceFailure } from "../contract/adapter.ts";
import type { PostgresConnection } from "./connectionConfig.ts";
import { codeOf } from "./failure.ts";
import type { Portal } from "./portal.ts";
import { openSession, type Session } from "./session.ts";

export interface Pool {
  /** Throws ABORTED, BUSY, UNAVAILABLE. */
  lend(signal: AbortSignal): Promise<Session>;
  /** `portal`: what may still run on it. Never rejects. */
  giveBack(session: Session, portal: Portal | null): Promise<void>;
  close(): Promise<void>;
}

/** Readers that may wait; the hub's own bulkhead is narrower, this one only bounds memory. */
const waitingMax = 256;
/** Statements prepared on one connection before it is replaced: each holds some 10 to 100 KiB of the server. */
const preparedMax = 500;

/** Waits for a cancelled statement grow up to this; then its connection is closed under it. */
const giveUpMs = 2_000;

const pause = (ms: number): Promise<false> => new Promise((resolve) => void setTimeout(() => resolve(false), ms).unref());

interface Waiting {
  readonly resolve: (session: Session) => void;
  readonly reject: (failure: SourceFailure) => void;
}

export function openPool(connection: PostgresConnection, open: (connection: PostgresConnection) => Promise<Session> = openSession): Pool {
  const idle: Session[] = [];
  const lent = new Set<Session>();
  const waiting: Waiting[] = [];
  const ending = new Set<Promise<void>>();
  let opening = 0;
  let isClosed = false;
  let canceller: Promise<Session> | null = null;

  const closedFailure = (): SourceFailure => new SourceFailure("UNAVAILABLE", new Error("the adapter is closed"));

  function end(session: Session): void {
    // Whoever waits for the end is kept alive until it comes.
    ref(session);
    const ended: Promise<void> = session.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function hand(session: Session): void {
    if (isClosed || session.isBroken() || session.prepared.decoders.size >= preparedMax) {
      end(session);
      serve();
      return;
    }
    const next = waiting.shift();
    if (next === undefined) {
      unref(session);
      idle.push(session);
      return;
    }
    lent.add(session);
    next.resolve(session);
  }

  /** Opens as many connections as wait and may be. */
  function serve(): void {
    while (waiting.length > opening && idle.length + lent.size + opening < connection.connections && !isClosed) {
      opening += 1;
      open(connection).then(
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

  function lend(signal: AbortSignal): Promise<Session> {
    if (isClosed) return Promise.reject(closedFailure());
    if (signal.aborted) return Promise.reject(new SourceFailure("ABORTED"));
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      if (session.isBroken()) {
        end(session);
        continue;
      }
      lent.add(session);
      ref(session);
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

  async function giveBack(session: Session, portal: Portal | null): Promise<void> {
    const isSound = await settle(session, portal).catch(() => false);
    lent.delete(session);
    if (isSound) hand(session);
    else {
      session.destroy();
      serve();
    }
  }

  /** Whether the connection may be lent again. */
  async function settle(session: Session, portal: Portal | null): Promise<boolean> {
    if (portal === null) return !session.isBroken();
    const wasRunning = portal.isRunning();
    const finished = portal.finish().then(() => true);
    // A server that is just reading its next message takes no notice of a cancel, so it is told until it stops.
    // A server that is silent may be silent to the canceller too: nothing here waits longer than that.
    for (let waitMs = 20; portal.isRunning(); waitMs *= 1.5) {
      if (waitMs > giveUpMs || !(await Promise.race([cancel(session.pid), pause(giveUpMs)]))) return false;
      if (await Promise.race([finished, pause(waitMs)])) break;
    }
    if (!(await Promise.race([finished, pause(giveUpMs)]))) return false;
    const cause = portal.failure();
    if (cause === null && !wasRunning) return true;
    // What failed while it was being prepared has left a name behind that nobody remembers.
    if (cause !== null && codeOf(cause) !== "57014") return false;
    return await Promise.race([session.client.query("ROLLBACK").then(() => true), pause(giveUpMs)]);
  }

  async function cancel(pid: number): Promise<boolean> {
    try {
      canceller ??= open(connection).then((session) => {
        unref(session);
        return session;
      });
      const session = await canceller;
      if (session.isBroken()) throw new Error("the connection that cancels is gone");
      await session.read("SELECT pg_cancel_backend($1)", [String(pid)]);
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
    async close() {
      isClosed = true;
      for (const entry of waiting.splice(0)) entry.reject(closedFailure());
      for (const session of idle.splice(0)) end(session);
      for (const session of lent) session.destroy();
      await Promise.all(ending);
      await canceller?.then(
        (session) => {
          ref(session);
          return session.end();
        },
        () => undefined,
      );
    },
  };
}

/** An idle connection keeps no process alive. */
const unref = ({ client }: Session): void => (client as unknown as { unref(): void }).unref();
const ref = ({ client }: Session): void => (client as unknown as { ref(): void }).ref();
