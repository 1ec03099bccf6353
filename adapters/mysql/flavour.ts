/** Where MySQL and MariaDB say the same in different words. */

export interface Flavour {
  readonly kind: "mariadb" | "mysql";
  readonly schemes: readonly string[];
  /** Orders and compares UTF-8 by code points, blanks at the end included. */
  readonly collation: string;
  /** Least version, as numbers. */
  readonly versionMin: readonly [number, number, number];
  /** The variable that says whether transactions can only read. */
  readonly readOnly: string;
  /** The session's mode from what both know: fractions of times are cut, never rounded. */
  sqlMode(common: string): string;
  /** Assignments to session variables beside those that both have. */
  settings(statementTimeoutMs: number): readonly string[];
}

export const mariadb: Flavour = {
  kind: "mariadb",
  schemes: ["mariadb", "mysql"],
  collation: "utf8mb4_nopad_bin",
  versionMin: [10, 6, 0],
  readOnly: "tx_read_only",
  sqlMode: (common) => common,
  settings: (statementTimeoutMs) => [`max_statement_time = ${statementTimeoutMs / 1000}`, "old_mode = ''", "default_regex_flags = ''"],
};

export const mysql: Flavour = {
  kind: "mysql",
  schemes: ["mysql"],
  collation: "utf8mb4_0900_bin",
  versionMin: [8, 0, 17],
  readOnly: "transaction_read_only",
  sqlMode: (common) => `${common},TIME_TRUNCATE_FRACTIONAL`,
  settings: (statementTimeoutMs) => [`max_execution_time = ${statementTimeoutMs}`],
};
