/**
 * One statement in one read-only transaction, its rows taken in batches as they are wanted: `BEGIN READ ONLY`, the statement and its
 * first batch go to the server in one write, `COMMIT` after the last row.
 *
 * The driver's own cursor package is not needed for that: its `Client` gives the connection to whatever has a `submit`.
 */
import type { Connection } from "pg";
import { type Decode, decoderOf } from "./decoders.ts";
import { answerCharactersMax, batchCharactersMax, charactersOf, SourceFailure } from "../contract/adapter.ts";
import type { Cell } from "../contract/sourceQuery.ts";
import type { RunningStatement } from "../server/session.ts";
import type { BoundStatement } from "../sql/statements.ts";

/** What a connection remembers of the statements prepared on it. */
export interface Prepared {
  readonly decoders: Map<string, readonly Decode[]>;
}

export interface Portal extends RunningStatement {
  /** For `Client.query`. */
  submit(connection: Connection): void;
}

interface Message {
  readonly fields: readonly unknown[];
}

interface DataRow {
  /** Bytes of the message, its own four among them. */
  readonly length: number;
  readonly fields: readonly (string | null)[];
}

/**
 * The cells fill their message exactly. The driver does not look: a cell whose length was changed on the way would hold the cells and
 * rows after it.
 */
function isWhole({ length, fields }: DataRow): boolean {
  let left = length - 6 - 4 * fields.length;
  for (const cell of fields) if (cell !== null) left -= cell.length;
  if (left <= 0) return left === 0;
  // Some of them are not ASCII.
  let bytes = length - 6 - 4 * fields.length;
  for (const cell of fields) if (cell !== null) bytes -= Buffer.byteLength(cell);
  return bytes === 0;
}

const begin = "BEGIN TRANSACTION READ ONLY";

export function openPortal({ statement, values }: BoundStatement, prepared: Prepared, batchRows: number): Portal {
  const { name, text } = statement;
  let connection: Connection | null = null;
  let decoders = prepared.decoders.get(name) ?? null;
  let rows: Cell[][] = [];
  let ready: (readonly (readonly Cell[])[] | null)[] = [];
  let state: "begun" | "reading" | "suspended" | "ending" | "ended" = "begun";
  let failure: { readonly cause: unknown } | null = null;
  let characters = 0;
  let handed = 0;
  let wake = (): void => {};

  const end = (): void => {
    state = "ended";
    wake();
  };

  /** Nothing more is read of the connection: what comes on it is too much, or no protocol. */
  const giveUp = (cause: SourceFailure): void => {
    failure ??= { cause };
    (connection as unknown as { readonly stream: { destroy(): void } } | null)?.stream.destroy();
    end();
  };

  const execute = (on: Connection): void => {
    on.execute({ portal: "", rows: String(batchRows) }, true);
    on.flush();
  };

  const commit = (on: Connection): void => {
    state = "ending";
    on.parse({ name: "", text: "COMMIT", types: [] }, true);
    on.bind({ portal: "", statement: "", values: [] }, true);
    on.execute({ portal: "", rows: "0" }, true);
    on.sync();
  };

  const handlers = {
    handleRowDescription({ fields }: Message): void {
      decoders = fields.map((field) => decoderOf((field as { readonly dataTypeID: number }).dataTypeID));
      prepared.decoders.set(name, decoders);
    },
    handleDataRow(message: DataRow): void {
      const { fields } = message;
      if (failure !== null) return;
      if (!isWhole(message)) return giveUp(new SourceFailure("BAD_ANSWER", new Error("a row whose cells do not fill their message")));
      const decode = decoders ?? [];
      const row = new Array<Cell>(fields.length);
      for (let i = 0; i < fields.length; i++) {
        const cell = fields[i] ?? null;
        row[i] = cell === null ? null : (decode[i] as Decode)(cell);
      }
      characters += charactersOf(row);
      if (characters > answerCharactersMax) return giveUp(new SourceFailure("OVER_CAP"));
      rows.push(row);
      // Long rows are shown to the reader before all of the thousand have come, who may have no room for them.
      if (characters - handed < batchCharactersMax) return;
      handed = characters;
      ready.push(rows);
      rows = [];
      wake();
    },
    handlePortalSuspended(): void {
      state = "suspended";
      handed = characters;
      if (rows.length > 0) ready.push(rows);
      rows = [];
      wake();
    },
    handleCommandComplete(_message: unknown, on: Connection): void {
      if (state === "begun") {
        state = "reading";
        return;
      }
      if (state !== "reading") return;
      if (rows.length > 0) ready.push(rows);
      ready.push(null);
      rows = [];
      commit(on);
      wake();
    },
    handleEmptyQuery(): void {},
    handleCopyInResponse(): void {},
    handleCopyData(): void {},
    handleError(cause: unknown, on: Connection | undefined): void {
      failure ??= { cause };
      // Everything after the error is passed over until this; without a connection there is nothing left to wait for.
      if (on !== undefined && connection !== null && state !== "ending") on.sync();
      end();
    },
    handleReadyForQuery: end,
  };

  return {
    ...handlers,
    submit(on: Connection): void {
      connection = on;
      const { stream } = on as unknown as { readonly stream: { cork(): void; uncork(): void } };
      stream.cork();
      try {
        if (decoders === null) on.parse({ name, text, types: [] }, true);
        on.parse({ name: "", text: begin, types: [] }, true);
        on.bind({ portal: "", statement: "", values: [] }, true);
        on.execute({ portal: "", rows: "0" }, true);
        on.bind({ portal: "", statement: name, values: [...values] }, true);
        if (decoders === null) on.describe({ type: "P", name: "" }, true);
        execute(on);
      } finally {
        stream.uncork();
      }
    },
    async next() {
      for (;;) {
        const batch = ready.shift();
        if (batch !== undefined) return batch;
        if (failure !== null) throw failure.cause;
        if (state === "ended") return null;
        const arrived = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (state === "suspended" && connection !== null) {
          state = "reading";
          execute(connection);
        }
        await arrived;
      }
    },
    async finish() {
      ready = [];
      for (;;) {
        if (state === "ended") return;
        const moved = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (state === "suspended" && connection !== null) commit(connection);
        else await moved;
        if (state === "ending") await moved;
      }
    },
    isRunning: () => state === "begun" || state === "reading",
    failure: () => failure?.cause ?? null,
  };
}
