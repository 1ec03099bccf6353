/**
 * Takes out of a draft what its source cannot serve: the mapping's own compiler says which line and why, until the rest loads. So a
 * draft over a source without lens functions names what needs a view, and everything else works.
 */
import type { Capabilities, TableInfo } from "../../adapters/contract/adapter.ts";
import { HubError } from "../../schema/errorCodes.ts";
import { asSourceId } from "../../schema/ids.ts";
import { compileMapping } from "../mapping/compileMapping.ts";
import { nameOfPart, writeDraft, type WriteInput } from "./writeDraft.ts";

export interface SettledDraft {
  readonly text: string;
  /** Item → why it is not active. */
  readonly refused: ReadonlyMap<string, string>;
  /** Nothing is left that could load. */
  readonly isEmpty: boolean;
}

/** Messages name the file as the draft's reader will know it. */
const file = "source.yaml";

export function settleDraft(input: Omit<WriteInput, "refused">, tables: readonly TableInfo[], capabilities: Capabilities): SettledDraft {
  const refused = new Map<string, string>();
  const itemsMax = input.draft.parts.reduce((sum, part) => sum + 4 + part.fields.length + part.unpivot.length, 8);
  for (let turn = 0; turn <= itemsMax; turn += 1) {
    const lines = writeDraft({ ...input, refused });
    const text = `${lines.map((line) => line.text).join("\n")}\n`;
    const isEmpty = lines.some((line) => line.text === "entities: {}");
    if (isEmpty) return { text, refused, isEmpty };
    try {
      compileMapping({ text, file, source: asSourceId("draft"), vocabulary: input.vocabulary, tables, codeFiles: {}, capabilities });
      return { text, refused, isEmpty };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const at = /:(\d+):\d+$/.exec(String(error.parameters["place"]));
      const item = lines[Number(at?.[1] ?? 0) - 1]?.item;
      const problem = String(error.parameters["problem"]);
      if (item === null || item === undefined) throw new Error(`the draft has a fault outside of its guesses: ${error.message}`);
      refused.set(item, problem);
      if (item.endsWith(" tie") || item.endsWith(" keep")) refused.set(item.replace(/ (?:tie|keep)$/, ""), problem);
    }
  }
  throw new Error(`the draft of ${input.draft.parts.map(nameOfPart).join(", ")} does not settle`);
}
