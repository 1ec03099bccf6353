/** Drafts from a source of any kind: one that is asked as it stands, or a sample of one that has no tables of its own. */
import type { Adapter, Capabilities, TableInfo } from "../../adapters/contract/adapter.ts";
import type { Look } from "../../adapters/contract/look.ts";
import type { SourceKinds } from "../../adapters/contract/sourceKinds.ts";
import type { Vocabulary } from "../../schema/vocabulary.ts";
import { draftParts } from "../draft/draftParts.ts";
import { withUtcTimes } from "../draft/guessTime.ts";
import { packetParts } from "../draft/packetParts.ts";
import type { Draft } from "../draft/parts.ts";
import type { TableProfile } from "../draft/profile.ts";
import { partColumn } from "../sources/mirrorTable.ts";
import { openSampleDatabase } from "./sampleDatabase.ts";
import { sampleSource } from "./sampleSource.ts";

export interface DraftedSource {
  readonly draft: Draft;
  /** As the mapping will be compiled on. */
  readonly tables: readonly TableInfo[];
  readonly capabilities: Capabilities;
}

const introspectMs = 30_000;

/** `deadlineMs`: for the look at each table; left out, the sampler's own. */
export async function draftLive(adapter: Adapter, vocabulary: Vocabulary, log: (line: string) => void, deadlineMs?: number): Promise<DraftedSource> {
  const capabilities = adapter.capabilities();
  const { tables, profiles } = await sampleSource(adapter, log, deadlineMs);
  return { draft: draftParts({ tables: profiles, vocabulary, lenses: capabilities.lensFunctions, rowid: capabilities.rowid }), tables, capabilities };
}

/** What a reader says of a row's place: no data, but the mapping may name it. */
const provenance: ReadonlySet<string> = new Set(["$file", "$precedence", "$received", "$row"]);

export async function draftLooked(look: Look, kind: { readonly kind: string; readonly rowid: boolean }, openLocal: SourceKinds["openLocal"], vocabulary: Vocabulary, log: (line: string) => void): Promise<DraftedSource> {
  const capabilities: Capabilities = { lensFunctions: true, rowid: kind.rowid };
  const sample = await openSampleDatabase(look.tables, kind.rowid, openLocal);
  try {
    const { profiles } = await sampleSource(sample.adapter, log);
    const on = (tables: readonly TableInfo[]): readonly TableProfile[] =>
      profiles.flatMap((profile) => {
        const info = tables.find(({ name }) => name === profile.info.name);
        return info === undefined ? [] : [{ ...profile, info, isProvenByRows: kind.rowid, columns: profile.columns.filter(({ name }) => name.raw !== partColumn && !provenance.has(name.raw)) }];
      });
    const guess = (tables: readonly TableInfo[]): Draft => {
      const draft = draftParts({ tables: on(tables), vocabulary, lenses: true, rowid: kind.rowid });
      return look.timeZone === "UTC" ? withUtcTimes(draft) : draft;
    };
    let tables = await sample.introspect(AbortSignal.timeout(introspectMs));
    if (kind.kind === "hj212") {
      const [packets] = on(tables);
      if (packets === undefined) throw new Error("a log of packets without its table");
      return { draft: packetParts(packets), tables, capabilities };
    }
    if (kind.rowid) {
      // Which columns should tell rows apart is a guess; whether they do, the rows say.
      await sample.tryKeys(guess(tables).parts.map(({ table, key }) => ({ table: table.info.name, columns: key })));
      tables = await sample.introspect(AbortSignal.timeout(introspectMs));
    }
    return { draft: guess(tables), tables, capabilities };
  } finally {
    await sample.close();
  }
}
