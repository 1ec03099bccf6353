/** What the page reads from an answer's `extensions`; shapes as of `docs/` and `src/gateway/answerOperation.ts`. */
import type { SandboxWords } from "../../src/gateway/sandboxContract.ts";

export interface SourceNote {
  readonly source: string;
  readonly status: string;
  readonly rows: number;
  readonly ms: number;
  /** Milliseconds; null where the source was asked live. */
  readonly staleness: number | null;
}

export interface WithheldNote {
  readonly source: string;
  readonly coordinate: string;
  readonly by: string | null;
  readonly because: SandboxWords;
  readonly ask: string | null;
}

export interface AnswerNotes {
  readonly codes: readonly string[];
  /** Null where no row was asked for. */
  readonly complete: boolean | null;
  readonly sources: readonly SourceNote[];
  readonly withheld: readonly WithheldNote[] | null;
  readonly receipt: string | null;
  readonly correlationId: string | null;
}

interface ShownAnswer {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: {
    readonly complete?: boolean;
    readonly sources?: readonly SourceNote[];
    readonly access?: { readonly withheld?: readonly WithheldNote[] };
    readonly receipt?: string;
    readonly correlationId?: string;
  };
}

/** Null while there is no answer, or one that is not the hub's. */
export const readNotes = (response: string | null | undefined): AnswerNotes | null => {
  const answer = parse(response);
  if (answer === null || (answer.errors === undefined && answer.extensions === undefined)) return null;
  const { complete, sources, access, receipt, correlationId } = answer.extensions ?? {};
  const codes = (answer.errors ?? []).flatMap(({ extensions }) => extensions?.code ?? []);
  return { codes: [...new Set(codes)], complete: complete ?? null, sources: sources ?? [], withheld: access?.withheld ?? null, receipt: receipt ?? null, correlationId: correlationId ?? null };
};

export interface WithheldGroup extends Omit<WithheldNote, "coordinate"> {
  readonly coordinates: readonly string[];
}

/** One line for all fields that one rule withholds in one source for one reason, in the hub's order. */
export const groupWithheld = (withheld: readonly WithheldNote[]): readonly WithheldGroup[] => {
  const alike = Map.groupBy(withheld, ({ source, by, because, ask }) => JSON.stringify([source, by, because.zh, because.en, ask]));
  return [...alike.values()].flatMap((notes) => {
    const [first] = notes;
    return first === undefined ? [] : [{ ...first, coordinates: notes.map(({ coordinate }) => coordinate) }];
  });
};

const parse = (response: string | null | undefined): ShownAnswer | null => {
  if (!response) return null;
  try {
    const value: unknown = JSON.parse(response);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
};
