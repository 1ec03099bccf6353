/**
 * A folder of packet logs as one table, `packets`. What a packet's length, checksum or form does not vouch for is counted, told to the
 * operator by line and reason, and left out; nothing of its bytes is ever told.
 */
import type { MirrorCell, ReaderConfig, ReaderEvent, TableReader } from "../contract/tableReader.ts";
import type { FolderTable, FoundFile } from "../folder/folderFiles.ts";
import { openFolder, receivedAt } from "../folder/folderReader.ts";
import type { Hj212Config } from "./hj212Config.ts";
import { type Fault, packetRows, rowColumns } from "./packetRows.ts";

const batchRows = 1000;

const reasons: Readonly<Record<Fault, string>> = {
  length: "whose length is not as it says",
  checksum: "whose checksum is another",
  form: "without ST, CN, MN or CP",
  parts: "of which other parts are not in the file",
  content: "without DataTime or figures that can be read",
};

async function* readFile(bytes: Buffer, file: FoundFile, _table: FolderTable, columns: Set<string>): AsyncGenerator<ReaderEvent> {
  const names = ["$file", "$precedence", "$received", ...Object.keys(file.captured).map((name) => `$${name}`), ...rowColumns];
  for (const name of names) columns.add(name);
  const before: readonly MirrorCell[] = [file.name, file.precedence, receivedAt(file), ...Object.values(file.captured)];
  const { rows, faults } = packetRows(bytes);
  let batch: (readonly MirrorCell[])[] = [];
  for (const row of rows) {
    batch.push([...before, ...row]);
    if (batch.length < batchRows) continue;
    yield { kind: "rows", columns: names, rows: batch };
    batch = [];
  }
  yield { kind: "rows", columns: names, rows: batch };
  for (const [fault, { count, first }] of faults) {
    yield { kind: "warning", text: `${file.name}: ${count} ${count === 1 ? "packet was" : "packets were"} left out ${reasons[fault]} (first: line ${first}).` };
  }
}

export const openReader = (config: ReaderConfig): TableReader => openFolder(config as Hj212Config, readFile);
