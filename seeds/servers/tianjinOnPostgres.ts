/** The Tianjin rows in PostgreSQL: a schema of its own, loaded whole in one transaction, once per generation of the demonstration. */
import pg from "pg";
import { GENERATION, type Report } from "../generate/database.ts";
import { copyTables, createTableText, type TableShape } from "./copyTables.ts";

/** Raised when the tables below change; rows have their own number. */
const SHAPE = 1;
/** Two hubs that start at once must not load at once; any number that nobody else takes. */
const LOCK = 7_120_000;
const ROWS_AT_ONCE = 5_000;
const CONNECT_MS = 3_000;

const ROW_NO = "row_no bigint GENERATED ALWAYS AS IDENTITY UNIQUE";

const shapes: readonly TableShape[] = [
  {
    table: "monitor_station",
    columns: { id: "int4", code: "text", name: "text", region_code: "text", geom_lon: "float8", geom_lat: "float8", active_from: "date", active_to: "date", replaces: "int4", contact: "text" },
    more: [ROW_NO, "PRIMARY KEY (id)"],
    select: "SELECT * FROM monitor_station",
  },
  {
    table: "monitor_obs",
    columns: { station_id: "int4", pollutant_code: "text", start_at: "timestamptz(3)", end_at: "timestamptz(3)", avg_period: "text", value: "numeric(14,4)", unit: "text", flag: "text", rev: "int4" },
    // CO is canonical in mg/m³, everything else here in µg/m³.
    more: [ROW_NO, "value_std numeric(14,4) GENERATED ALWAYS AS (CASE WHEN unit = 'mg/m3' AND pollutant_code <> 'a21005' THEN value * 1000 ELSE value END) STORED", "PRIMARY KEY (station_id, pollutant_code, start_at, avg_period, rev)"],
    // The end of a period whose length another column says is no plain SQL.
    select: `SELECT station_id, pollutant_code, start_at, datetime(substr(start_at, 1, 19), CASE avg_period WHEN '1 day' THEN '+1 day' ELSE '+1 hour' END) || '+08', avg_period, value, unit, flag, rev
      FROM monitor_obs`,
  },
  {
    table: "source_enterprise",
    columns: { uscc: "text", name: "text", industry: "text", region_code: "text", address: "text", lon: "float8", lat: "float8", legal_rep: "text", legal_rep_id: "text", phone: "text", permit_class: "text", output_t: "float8", energy_tce: "float8" },
    more: [ROW_NO, "PRIMARY KEY (uscc)"],
    select: "SELECT * FROM source_enterprise",
  },
  {
    table: "source_outlet",
    columns: { mn: "text", outlet_code: "text", uscc: "text", kind: "text", region_code: "text", lon: "float8", lat: "float8", height_m: "float8" },
    more: [ROW_NO, "PRIMARY KEY (mn)"],
    select: "SELECT * FROM source_outlet",
  },
  {
    table: "enforce_inspection",
    columns: { insp_no: "text", uscc: "text", region_code: "text", kind: "text", on_date: "date", officers: "text", findings: "text" },
    more: [ROW_NO, "PRIMARY KEY (insp_no)"],
    select: "SELECT * FROM enforce_inspection",
  },
  {
    table: "enforce_case",
    columns: { case_no: "text", insp_no: "text", uscc: "text", region_code: "text", type: "text", opened: "date", closed: "date", legal_basis: "text", amount: "float8", status: "text" },
    more: [ROW_NO, "PRIMARY KEY (case_no)"],
    select: "SELECT * FROM enforce_case",
  },
  {
    table: "alert_notice",
    columns: { no: "text", level: "int4", region_code: "text", issued_at: "timestamptz(3)", start_at: "timestamptz(3)", lifted_at: "timestamptz(3)", reason: "text" },
    more: [ROW_NO, "PRIMARY KEY (no)"],
    select: `SELECT no, level, region_code, ${["issued_at", "start_at", "lifted_at"].map((name) => `strftime('%Y-%m-%d %H:%M:%SZ', ${name} / 1000, 'unixepoch')`).join(", ")}, reason FROM alert_notice`,
  },
];

const AFTERWARDS = [
  "ALTER TABLE enforce_case ALTER status SET NOT NULL",
  "CREATE INDEX ON monitor_obs (pollutant_code, start_at)",
  "CREATE INDEX ON monitor_obs (start_at)",
  "CREATE INDEX ON source_outlet (uscc)",
  "CREATE INDEX ON enforce_case (uscc)",
  "CREATE INDEX ON enforce_case (insp_no)",
  "CREATE INDEX ON enforce_inspection (uscc)",
];

/** Answers at once where this generation is loaded already. */
export async function loadTianjin(options: { readonly url: string; readonly sqliteFile: string; readonly report: Report; readonly schema: string }): Promise<Readonly<Record<string, string>>> {
  const { url, sqliteFile, report, schema } = options;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, application_name: "one-network-demonstration" });
  // A connection that is lost rejects what runs on it; without a listener it would end the process as well.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const version = `generation ${GENERATION}, shape ${SHAPE}`;
    const { rows } = await client.query<{ version: string | null }>("SELECT obj_description(oid, 'pg_namespace') AS version FROM pg_namespace WHERE nspname = $1", [schema]);
    if (rows[0]?.version !== version) await loadAll(client, sqliteFile, schema, version, report);
    report(1);
    return { TIANJIN_DATABASE: url, TIANJIN_SCHEMA: schema };
  } finally {
    await client.end();
  }
}

async function loadAll(client: pg.Client, sqliteFile: string, schema: string, version: string, report: Report): Promise<void> {
  const quoted = client.escapeIdentifier(schema);
  await client.query(`BEGIN; SET LOCAL client_min_messages = error; DROP SCHEMA IF EXISTS ${quoted} CASCADE; CREATE SCHEMA ${quoted}; SET LOCAL search_path = ${quoted}`);
  await copyTables({
    sqliteFile,
    shapes,
    rowsAtOnce: ROWS_AT_ONCE,
    report,
    create: (shape) => client.query(createTableText(shape)),
    insert: ({ table, columns }, rows) => {
      const names = Object.keys(columns);
      const lists = names.map((_, index) => rows.map((row) => (row[index] === null ? null : String(row[index]))));
      return client.query(`INSERT INTO ${table} (${names.join(", ")}) SELECT * FROM unnest(${Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`).join(", ")})`, lists);
    },
  });
  for (const statement of AFTERWARDS) await client.query(statement);
  // Planned without statistics, the first queries would read whole tables.
  await client.query("ANALYZE");
  await client.query(`COMMENT ON SCHEMA ${quoted} IS '${version}'; COMMIT`);
}
