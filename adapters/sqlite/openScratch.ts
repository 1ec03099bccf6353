/**
 * Scratch databases for the kinds that fetch: the same SQL, the same lens functions and the same order of texts as for SQLite files,
 * in a thread of its own, so that no page of rows and no statement holds the event loop.
 */
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { SourceFailure } from "../contract/adapter.ts";
import type { AuthorisedQuery } from "../contract/authorisedQuery.ts";
import type { Keep, OpenScratch, Scratch, ScratchRun, ScratchTable } from "../contract/scratch.ts";
import type { Cell, SelectPart, SourceCond, SourceTemplate } from "../contract/sourceQuery.ts";
import { describeParameters } from "../sql/dialect.ts";
import { readCatalogue } from "./catalogue.ts";
import { asFailure } from "./failure.ts";
import { sizedRenderer } from "./shortLists.ts";
import { type FromScratch, type ScratchSetup, STOPPED, type Statement, type ToScratch } from "./scratchMessages.ts";
import { sqliteDialect } from "./sqliteDialect.ts";
import { bindParameters } from "./values.ts";

const workerFile = new URL(import.meta.url.endsWith(".ts") ? "./scratch.worker.ts" : "./scratch.worker.js", import.meta.url);
/** From the end of a run whose statement goes on to giving its thread up. */
const graceMs = 250;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function createTable({ name, columns, key }: ScratchTable): string {
  const lines = columns.map((column) => `${quote(column)} TEXT${key.includes(column) ? " NOT NULL" : ""}`);
  return `CREATE TABLE ${quote(name)} (${[...lines, `UNIQUE (${key.map(quote).join(", ")})`].join(", ")}) STRICT`;
}

/** OR IGNORE passes over what breaks NOT NULL or UNIQUE. */
const insertInto = ({ name, columns }: ScratchTable): string => `INSERT OR IGNORE INTO ${quote(name)} (${columns.map(quote).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;

interface Ask {
  readonly batches: (readonly (readonly Cell[])[])[];
  /** For its reader. */
  end: "done" | SourceFailure | null;
  /** The thread is through with it. */
  isAnswered: boolean;
  wake: () => void;
}

interface Thread {
  readonly worker: Worker;
  readonly runs: Map<number, Map<number, Ask>>;
}

export function scratchOpener(lensModule: URL): OpenScratch {
  return async ({ tables, lenses }) => {
    const setup: ScratchSetup = {
      lensModule: lensModule.href,
      lenses,
      schema: tables.map(createTable),
      inserts: Object.fromEntries(tables.map((table) => [table.name, insertInto(table)])),
    };
    const empty = new Database(":memory:");
    for (const statement of setup.schema) empty.exec(statement);
    const catalogue = readCatalogue(empty);
    empty.close();
    const threads = openThreads(setup);
    const render = sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: null, lists }));
    const renderStoppable = sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: 4096, lists }));

    const statementOf = (template: SourceTemplate, values: AuthorisedQuery["values"], how: typeof render): Statement => {
      try {
        const { text, parameters } = how(template, values);
        return { text, bound: bindParameters(parameters, values) };
      } catch (cause) {
        throw asFailure(cause);
      }
    };

    const start = (signal: AbortSignal): ScratchRun => {
      const run = threads.start(signal);
      /** Highest row number of each table: what comes later is looked at by `keep`, and nothing twice. */
      const seen = new Map<string, number>();
      const keeping = ({ parts, values }: Keep, after: number): Statement => {
        const isNew = ({ alias }: SelectPart): SourceCond => ({ kind: "compare", op: ">", left: { kind: "rowid", alias }, right: { kind: "slot", slot: values.length } });
        const template: SourceTemplate = {
          kind: "rows",
          parts: parts.map((part) => ({ ...part, where: { kind: "and", of: [isNew(part), part.where] } })),
          order: [],
          backward: false,
          limitSlot: null,
          slotCount: values.length + 1,
        };
        return statementOf(template, [...values, after], render);
      };
      return {
        insert: async (table, rows, keep) => {
          const after = seen.get(table) ?? 0;
          const [found] = await run.ask({ kind: "insert", table, rows, after, keep: keep && keeping(keep, after) });
          seen.set(table, Number(found?.[1] ?? 0));
          return Number(found?.[0] ?? 0);
        },
        distinct: async (table, column, max) => {
          const name = quote(column);
          const text = `SELECT DISTINCT ${name} FROM ${quote(table)} WHERE ${name} IS NOT NULL ORDER BY 1 LIMIT ${max + 1}`;
          return (await run.ask({ kind: "distinct", statement: { text, bound: [] } })).map(([value]) => String(value));
        },
        rows: (query) => run.batches({ kind: "rows", statement: statementOf(query.template, query.values, renderStoppable), rowsMax: query.rowsMax }),
        end: run.end,
      };
    };

    return {
      // The row number is the order of arrival, which the next query need not see again: it orders nothing.
      tables: [...catalogue.tables.values()].map(({ info }) => ({ ...info, rowid: false })),
      start,
      describe: ({ template, values }) => {
        const { text, parameters } = render(template, values);
        return { text, parameters: describeParameters(parameters, values) };
      },
      close: threads.close,
    } satisfies Scratch;
  };
}

type Question = ToScratch extends infer Message ? (Message extends { readonly ask: number } ? Omit<Message, "run" | "ask"> : never) : never;

interface ThreadRun {
  ask(question: Question): Promise<readonly (readonly Cell[])[]>;
  batches(question: Question): AsyncGenerator<readonly (readonly Cell[])[]>;
  end(): void;
}

/** One thread for all runs, and another one as soon as a run had to be left behind in it. */
function openThreads(setup: ScratchSetup) {
  let current: Thread | null = null;
  let lastRun = 0;
  let isClosed = false;
  const leaving = new Set<Promise<unknown>>();

  function spawn(): Thread {
    const worker = new Worker(workerFile, { workerData: setup, execArgv: [] });
    const thread: Thread = { worker, runs: new Map() };
    worker.on("message", (message: FromScratch) => {
      const ask = thread.runs.get(message.run)?.get(message.ask);
      if (ask === undefined) return;
      ask.isAnswered = message.kind !== "batch";
      if (ask.end !== null) return;
      if (message.kind === "failed") ask.end = new SourceFailure(message.status, new Error(message.detail));
      else {
        if (message.rows.length > 0) ask.batches.push(message.rows);
        if (message.kind === "done") ask.end = "done";
      }
      ask.wake();
    });
    let reason: unknown = new Error("the scratch thread ended");
    worker.on("error", (cause) => {
      reason = cause;
    });
    worker.on("exit", () => {
      if (current === thread) current = null;
      for (const asks of thread.runs.values()) {
        for (const ask of asks.values()) {
          ask.end ??= new SourceFailure("UNAVAILABLE", reason);
          ask.wake();
        }
      }
    });
    worker.unref();
    return thread;
  }

  /** No new runs; ends with its last run, or when its time is up. */
  function leave(thread: Thread, afterMs: number): void {
    if (current === thread) current = null;
    const gone = new Promise<void>((resolve) => {
      thread.worker.once("exit", () => resolve());
      const timer = setTimeout(() => void thread.worker.terminate(), afterMs);
      thread.worker.once("exit", () => clearTimeout(timer));
      if (thread.runs.size === 0) thread.worker.postMessage(null);
    });
    leaving.add(gone);
    void gone.finally(() => leaving.delete(gone));
  }

  function start(signal: AbortSignal): ThreadRun {
    if (isClosed) throw new SourceFailure("UNAVAILABLE", new Error("the adapter is closed"));
    current ??= spawn();
    const thread = current;
    const run = ++lastRun;
    const shared = new SharedArrayBuffer(4);
    const asks = new Map<number, Ask>();
    let lastAsk = 0;
    thread.runs.set(run, asks);
    const send = (message: ToScratch): void => thread.worker.postMessage(message);
    send({ run, kind: "start", shared });

    const begin = (question: Question): Ask => {
      if (signal.aborted) throw new SourceFailure("ABORTED", signal.reason);
      const ask: Ask = { batches: [], end: null, isAnswered: false, wake: () => {} };
      lastAsk += 1;
      asks.set(lastAsk, ask);
      thread.worker.ref();
      send({ ...question, run, ask: lastAsk } as ToScratch);
      return ask;
    };
    const onAbort = (): void => {
      Atomics.store(new Int32Array(shared), STOPPED, 1);
      for (const ask of asks.values()) {
        ask.end ??= new SourceFailure("ABORTED", signal.reason);
        ask.wake();
      }
    };
    signal.addEventListener("abort", onAbort, { once: true });

    async function* batches(question: Question): AsyncGenerator<readonly (readonly Cell[])[]> {
      const ask = begin(question);
      for (;;) {
        if (ask.end instanceof SourceFailure) throw ask.end;
        const batch = ask.batches.shift();
        if (batch !== undefined) yield batch;
        else if (ask.end === "done") return;
        else {
          await new Promise<void>((resolve) => {
            ask.wake = resolve;
          });
        }
      }
    }

    return {
      batches,
      ask: async (question) => {
        const rows: (readonly Cell[])[] = [];
        for await (const batch of batches(question)) rows.push(...batch);
        return rows;
      },
      end: () => {
        signal.removeEventListener("abort", onAbort);
        const isAtWork = [...asks.values()].some(({ isAnswered }) => !isAnswered);
        Atomics.store(new Int32Array(shared), STOPPED, 1);
        thread.runs.delete(run);
        send({ run, kind: "end" });
        if ([...thread.runs.values()].every((others) => others.size === 0)) thread.worker.unref();
        // A statement that was left behind may go on for long, and better-sqlite3 cannot be interrupted.
        if (isAtWork && !isClosed && current === thread) leave(thread, graceMs);
        else if (current !== thread && thread.runs.size === 0) thread.worker.postMessage(null);
      },
    };
  }

  return {
    start,
    close: async () => {
      isClosed = true;
      if (current) leave(current, graceMs);
      await Promise.all(leaving);
    },
  };
}
