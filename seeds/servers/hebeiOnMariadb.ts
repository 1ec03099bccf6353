/** The Hebei rows in MariaDB: a database of its own, loaded whole, once per generation of the demonstration. */
import { type Connection, createConnection } from "mysql2/promise";
import { parseMysqlConnection } from "../../adapters/mysql/connectionConfig.ts";
import { mariadb } from "../../adapters/mysql/flavour.ts";
import { GENERATION, type Report } from "../generate/database.ts";
import { copyTables, createTableText, type TableShape } from "./copyTables.ts";

/** Raised when the tables below change; rows have their own number. */
const SHAPE = 1;
/** A statement holds at most 65 535 parameters. */
const ROWS_AT_ONCE = 1_000;
const CONNECT_MS = 3_000;
/** As long as another hub may take to load the same. */
const LOCK_SECONDS = 300;

/** 序号 in the order of the rows, so that rows that are otherwise equal stand as in the file. */
const ROW_NO = "XH BIGINT NOT NULL AUTO_INCREMENT UNIQUE";

/** Codes as clerks typed them stay as they are; beside them stands the code that was meant. */
const USCC_MEANT = "TYSHXYDM_BZ VARCHAR(20) AS (REPLACE(UPPER(TYSHXYDM), ' ', '')) STORED, ZCDM CHAR(6) AS (SUBSTRING(TYSHXYDM, 3, 6)) STORED";

/** The number as 石环罚〔2026〕1号, whatever brackets and blanks were typed. */
const numberMeant = (column: string, type: string): string =>
  `${column}_BZ ${type} AS (${[[" ", ""], ["[", "〔"], ["]", "〕"], ["（", "〔"], ["）", "〕"]].reduce((inner, [typed, meant]) => `REPLACE(${inner}, '${typed}', '${meant}')`, column)}) STORED`;

/** Cells of text as numbers: what is none ("—", blank, 故障) is NULL; -99 stays the number that it is. */
const numbers = (...columns: readonly string[]): string => columns.map((name) => `CASE WHEN ${name} GLOB '*[0-9]' AND ${name} NOT GLOB '*[^0-9.-]*' THEN ${name} END`).join(", ");
const orNull = (...columns: readonly string[]): string => columns.map((name) => `nullif(${name}, '')`).join(", ");

const shapes: readonly TableShape[] = [
  {
    table: "T_KQ_ZDXX",
    columns: { ZDBH: "VARCHAR(10) NOT NULL", ZDMC: "VARCHAR(60)", SSDS: "VARCHAR(20)", JD: "DECIMAL(9,4)", WD: "DECIMAL(9,4)", SFYX: "CHAR(1)" },
    more: [ROW_NO, "PRIMARY KEY (ZDBH)"],
    select: `SELECT ZDBH, ZDMC, SSDS, ${numbers("JD", "WD")}, SFYX FROM T_KQ_ZDXX`,
  },
  {
    table: "T_KQ_XSSJ",
    columns: {
      ZDBH: "VARCHAR(10) NOT NULL", JCSJ: "DATETIME NOT NULL", PM25ND: "DECIMAL(8,0)", PM10ND: "DECIMAL(8,0)", SO2ND: "DECIMAL(8,0)", NO2ND: "DECIMAL(8,0)",
      COND: "DECIMAL(8,1)", O3ND: "DECIMAL(8,1)", SJZT: "VARCHAR(4)",
    },
    more: [ROW_NO, "PRIMARY KEY (ZDBH, JCSJ)", "KEY IX_XSSJ_JCSJ (JCSJ)"],
    select: `SELECT ZDBH, JCSJ, ${numbers("PM25ND", "PM10ND", "SO2ND", "NO2ND", "COND", "O3ND")}, SJZT FROM T_KQ_XSSJ`,
  },
  {
    table: "T_WRY_QYXX",
    columns: { QYMC: "VARCHAR(120)", TYSHXYDM: "VARCHAR(20) NOT NULL", HYDM: "VARCHAR(8)", FDDBR: "VARCHAR(40)", LXDH: "VARCHAR(40)", JSRQ: "VARCHAR(8)" },
    more: [USCC_MEANT, ROW_NO, "PRIMARY KEY (TYSHXYDM)", "KEY IX_QYXX_BZ (TYSHXYDM_BZ)"],
    select: "SELECT * FROM T_WRY_QYXX",
  },
  {
    table: "T_WRY_NHCL",
    columns: { TYSHXYDM: "VARCHAR(20) NOT NULL", NCL: "DECIMAL(16,2)", ZHNH: "DECIMAL(16,2)" },
    more: ["PRIMARY KEY (TYSHXYDM)"],
    select: `SELECT TYSHXYDM, ${numbers("NCL", "ZHNH")} FROM T_WRY_NHCL`,
  },
  {
    table: "T_ZF_XZCF",
    columns: { WSH: "VARCHAR(60) NOT NULL", TYSHXYDM: "VARCHAR(20)", CFRQ: "DATE", FKJE: "DECIMAL(14,4)", SCBZ: "CHAR(1)" },
    more: [numberMeant("WSH", "VARCHAR(60)"), USCC_MEANT, ROW_NO, "PRIMARY KEY (WSH)", "KEY IX_XZCF_QY (TYSHXYDM_BZ)"],
    // 2026/3/5 as 2026-03-05.
    select: `SELECT WSH, TYSHXYDM, printf('%d-%02d-%02d', substr(CFRQ, 1, 4), substr(CFRQ, 6, instr(substr(CFRQ, 6), '/') - 1), substr(CFRQ, 6 + instr(substr(CFRQ, 6), '/'))), ${numbers("FKJE")}, SCBZ FROM T_ZF_XZCF`,
  },
  {
    table: "T_YJ_ZWRYJ",
    columns: { YJBH: "VARCHAR(40) NOT NULL", SSDS: "VARCHAR(20)", YJDJ: "VARCHAR(10)", FBSJ: "DATETIME", QDSJ: "DATETIME", JCSJ: "DATETIME", YJYY: "VARCHAR(200)" },
    more: [numberMeant("YJBH", "VARCHAR(40)"), ROW_NO, "PRIMARY KEY (YJBH)"],
    select: `SELECT YJBH, SSDS, YJDJ, ${orNull("FBSJ", "QDSJ", "JCSJ")}, YJYY FROM T_YJ_ZWRYJ`,
  },
];

/** Answers at once where this generation is loaded already. `url` names any database of the server, or none. */
export async function loadHebei(options: { readonly url: string; readonly sqliteFile: string; readonly report: Report; readonly schema: string }): Promise<Readonly<Record<string, string>>> {
  const { url, sqliteFile, report, schema } = options;
  const own = new URL(url);
  own.pathname = `/${encodeURIComponent(schema)}`;
  // Read as the hub will read it: an address that it would refuse must not take the region away from its file.
  const { address } = parseMysqlConnection({ url: own.href }, mariadb);
  const { database, ...server } = address;
  const connection = await createConnection({ ...server, charset: "utf8mb4", connectTimeout: CONNECT_MS, rowsAsArray: true });
  // A connection that is lost rejects what runs on it; without a listener it would end the process as well.
  connection.on("error", () => undefined);
  try {
    await takeLock(connection, database);
    const version = `generation ${GENERATION}, shape ${SHAPE}`;
    const [found] = await connection.query("SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", [database]);
    if ((found as string[][])[0]?.[0] !== version) await loadAll(connection, sqliteFile, database, version, report);
    report(1);
    return { HEBEI_DATABASE: own.href };
  } finally {
    await connection.end();
  }
}

/** Two hubs that start at once must not load at once. */
async function takeLock(connection: Connection, schema: string): Promise<void> {
  const [answer] = await connection.query("SELECT GET_LOCK(?, ?)", [schema, LOCK_SECONDS]);
  if (Number((answer as number[][])[0]?.[0]) !== 1) throw new Error(`another start has been loading ${schema} for ${LOCK_SECONDS} s`);
}

async function loadAll(connection: Connection, sqliteFile: string, schema: string, version: string, report: Report): Promise<void> {
  const quoted = `\`${schema.replaceAll("`", "``")}\``;
  // The version is said last: a load that was broken off begins anew.
  await connection.query(`DROP DATABASE IF EXISTS ${quoted}`);
  await connection.query(`CREATE DATABASE ${quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
  await connection.query(`USE ${quoted}`);
  await copyTables({
    sqliteFile,
    shapes,
    rowsAtOnce: ROWS_AT_ONCE,
    report,
    create: (shape) => connection.query(createTableText(shape)),
    insert: ({ table, columns }, rows) => {
      const names = Object.keys(columns);
      const row = `(${names.map(() => "?").join(", ")})`;
      return connection.execute(`INSERT INTO ${table} (${names.join(", ")}) VALUES ${rows.map(() => row).join(", ")}`, rows.flat());
    },
  });
  // Planned without statistics, the first queries would read whole tables.
  await connection.query(`ANALYZE TABLE ${shapes.map(({ table }) => table).join(", ")}`);
  await connection.query(`ALTER DATABASE ${quoted} COMMENT = '${version}'`);
}
