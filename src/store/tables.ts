/** The hub's own tables. After a change run `drizzle-kit generate`: migrations are committed, never edited. */
import { index, integer, primaryKey, sqliteTable, text } from "./drizzle.ts";

/** Agencies that hold a client secret. Who an agency is stands in the network file; here is only what must not stand in a file. */
export const agencies = sqliteTable("agencies", {
  id: text("id").primaryKey(),
  /** SHA-256, hex. Secrets are 256 random bits, so a slow hash would protect nothing and cost the token endpoint its speed. */
  secretHash: text("secret_hash").notNull(),
  secretMadeAt: text("secret_made_at").notNull(),
});

/** Subjects whose tokens no longer count: an agency's id or `steward:NAME`. */
export const suspensions = sqliteTable("suspensions", {
  subject: text("subject").primaryKey(),
  since: text("since").notNull(),
  by: text("by").notNull(),
});

/** Policy versions that were in force; `receipt` names the epoch's record in the journal. */
export const policyEpochs = sqliteTable("policy_epochs", {
  epoch: integer("epoch").primaryKey(),
  activatedAt: text("activated_at").notNull(),
  /** JSON object: file → SHA-256. */
  files: text("files").notNull(),
  receipt: text("receipt").notNull(),
});

/** How far each chain is indexed. The index is derived: dropping all rows and reading the files again gives the same. */
export const journalPositions = sqliteTable("journal_positions", {
  chain: text("chain").primaryKey(),
  segment: integer("segment").notNull(),
  seq: integer("seq").notNull(),
});

export const disclosures = sqliteTable(
  "disclosures",
  {
    chain: text("chain").notNull(),
    seq: integer("seq").notNull(),
    at: text("at").notNull(),
    correlationId: text("correlation_id").notNull(),
    outcome: text("outcome").notNull(),
    code: text("code"),
    agency: text("agency"),
    mintedBy: text("minted_by"),
    purpose: text("purpose"),
    epoch: integer("epoch").notNull(),
    document: text("document"),
    door: text("door").notNull(),
    /** JSON list of rule ids. */
    rules: text("rules").notNull(),
    receipt: text("receipt").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.seq] }),
    index("disclosures_agency").on(table.agency, table.at),
    index("disclosures_correlation").on(table.correlationId),
  ],
);

export const disclosureCoordinates = sqliteTable(
  "disclosure_coordinates",
  {
    chain: text("chain").notNull(),
    seq: integer("seq").notNull(),
    coordinate: text("coordinate").notNull(),
  },
  (table) => [primaryKey({ columns: [table.coordinate, table.chain, table.seq] })],
);

export const disclosureSources = sqliteTable(
  "disclosure_sources",
  {
    chain: text("chain").notNull(),
    seq: integer("seq").notNull(),
    source: text("source").notNull(),
    status: text("status").notNull(),
    rows: integer("rows").notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.chain, table.seq] })],
);
