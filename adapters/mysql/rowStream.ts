/**
 * One prepared statement at work: its rows in batches as they are wanted. The driver's socket is paused while enough of them wait, so
 * that a reader who is slow holds no more than a few batches.
 */
import type { Connection, Query } from "mysql2";
import { answerCharactersMax, batchCharactersMax, charactersOf, SourceFailure } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import type { RunningStatement } from "../server/session.ts";
import type { Decode, Wire } from "./decoders.ts";

const batchRows = 1000;
const batchesWaiting = 2;

export interface RowStream extends RunningStatement {
  /** The connection is gone, and the driver tells no statement of it. */
  fail(cause: unknown): void;
}

export interface RowStreamOptions {
  readonly connection: Connection;
  readonly text: string;
  readonly values: readonly (string | null)[];
  readonly decoders: readonly Decode[];
  /** After a statement that the server has answered: the transaction ends, and the next one is there already. */
  renew(): Promise<void>;
}

export function openRowStream({ connection, text, values, decoders, renew }: RowStreamOptions): RowStream {
  let rows: Cell[][] = [];
  let characters = 0;
  let handed = 0;
  let ready: (readonly (readonly Cell[])[])[] = [];
  let state: "reading" | "ended" = "reading";
  let isPaused = false;
  let isLeft = false;
  let hasColumns = false;
  let failure: { readonly cause: unknown } | null = null;
  let wake = (): void => {};

  const hand = (): void => {
    if (rows.length > 0) ready.push(rows);
    rows = [];
    handed = characters;
    wake();
  };
  const resume = (): void => {
    if (!isPaused) return;
    isPaused = false;
    connection.resume();
  };
  const end = (): void => {
    if (state === "ended") return;
    state = "ended";
    hand();
  };
  const fail = (cause: unknown): void => {
    failure ??= { cause };
    end();
  };

  const onRow = (row: readonly (Wire | null)[]): void => {
    if (isLeft || failure !== null) return;
    const cells = new Array<Cell>(row.length);
    for (let i = 0; i < row.length; i++) {
      const value = row[i] as Wire | null;
      cells[i] = value === null ? null : (decoders[i] as Decode)(value);
    }
    characters += charactersOf(cells);
    if (characters > answerCharactersMax) throw new SourceFailure("OVER_CAP");
    rows.push(cells);
    if (rows.length < batchRows && characters - handed < batchCharactersMax) return;
    hand();
    if (ready.length < batchesWaiting) return;
    isPaused = true;
    connection.pause();
  };

  try {
    const command = connection.execute({ sql: text, values: [...values], rowsAsArray: true }) as Query;
    command.on("result", (row: unknown) => {
      try {
        if (Array.isArray(row)) onRow(row as (Wire | null)[]);
      } catch (cause) {
        failure ??= { cause };
        wake();
      }
    });
    command.on("fields", (columns: unknown) => {
      if (Array.isArray(columns)) hasColumns = true;
    });
    command.on("error", (cause: unknown) => {
      failure ??= { cause };
    });
    command.on("end", () => {
      // "Done", or a request for a file of the hub's: no rows, and not because there are none.
      if (!hasColumns) failure ??= { cause: new SourceFailure("BAD_ANSWER", new Error("an answer that is no rows")) };
      end();
    });
  } catch (cause) {
    fail(cause);
  }

  const moved = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });

  return {
    async next() {
      for (;;) {
        const batch = ready.shift();
        if (batch !== undefined) return batch;
        if (failure !== null) throw failure.cause;
        if (state === "ended") return null;
        const arrived = moved();
        resume();
        await arrived;
      }
    },
    async finish() {
      isLeft = true;
      ready = [];
      while (state !== "ended") {
        const arrived = moved();
        resume();
        await arrived;
      }
      if (failure === null) {
        await renew().catch((cause: unknown) => {
          failure = { cause };
        });
      }
    },
    isRunning: () => state === "reading",
    failure: () => failure?.cause ?? null,
    fail,
  };
}
