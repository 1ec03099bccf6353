/** A connection to a database server as the pool and the adapter see it; each kind brings its own. */
import type { Cell } from "../contract/sourceQuery.ts";
import type { BoundStatement } from "../sql/statements.ts";

/** Rows as arrays of text cells, for statements of the adapter's own. */
export type ReadAll = (text: string, values: readonly string[]) => Promise<readonly (readonly (string | null)[])[]>;

/** One statement at work. */
export interface RunningStatement {
  /** The next rows, at most 1000, null after the last; rejects with what the server said. */
  next(): Promise<readonly (readonly Cell[])[] | null>;
  /** Asks for no more rows. Resolves when the statement and its transaction have ended, whatever their end; call it once, at the end. */
  finish(): Promise<void>;
  /** The server works on it: only a cancel ends it. */
  isRunning(): boolean;
  /** What the server said, or null. */
  failure(): unknown;
}

export interface ServerSession {
  /** Starts the statement in a transaction that can only read. One at a time. */
  run(bound: BoundStatement): RunningStatement;
  readonly read: ReadAll;
  /** Tells the server, over this connection, to stop what `other` is doing. Resolves when the server has passed it on. */
  cancel(other: ServerSession): Promise<void>;
  /** What the server says of a statement that was cancelled, after which its connection is sound. */
  isCancelled(cause: unknown): boolean;
  /** One more command that a late cancel may hit instead of the next reader's, and which leaves no transaction behind. */
  recover(): Promise<void>;
  /** The connection is gone. */
  isBroken(): boolean;
  /** It holds as many prepared statements as it may. */
  isWorn(): boolean;
  /** Whether it keeps the process alive. */
  hold(alive: boolean): void;
  end(): Promise<void>;
  /** At once, whatever the server is doing. */
  destroy(): void;
}
