import { describe, expect, test } from "vitest";
import { ConfigProblem } from "../../../adapters/contract/tableReader.ts";
import { parseMysqlConnection } from "../../../adapters/mysql/connectionConfig.ts";
import { mariadb, mysql } from "../../../adapters/mysql/flavour.ts";

test("a URL gives host, port, database, user and password, and nothing else", () => {
  expect(parseMysqlConnection({ url: "mariadb://r%40der:p%3Aw@db.example:3307/%E5%A4%A9%E6%B4%A5" }, mariadb).address).toEqual({ host: "db.example", port: 3307, database: "天津", user: "r@der", password: "p:w" });
  expect(parseMysqlConnection({ url: "mysql://r@[::1]/d" }, mysql).address).toEqual({ host: "::1", port: 3306, database: "d", user: "r" });
});

describe("a connection is refused with its place", () => {
  test.each([
    [{}, "connection"],
    [{ url: "postgres://u@h/d" }, "connection.url"],
    [{ url: "mariadb://u@h/d?multipleStatements=true" }, "connection.url"],
    [{ url: "mariadb://h/d" }, "connection.url"],
    [{ url: "mariadb://u@h/" }, "connection.url"],
    [{ url: "mariadb://u@h/d/e" }, "connection.url"],
    [{ url: "mariadb://u@h/%zz" }, "connection.url"],
    [{ url: "mariadb://u@h/d", host: "h" }, "connection.host"],
    [{ host: "h", user: "u" }, "connection.database"],
    [{ host: "h", database: "d", user: "u", port: "0" }, "connection.port"],
    [{ url: "mariadb://u@h/d", connections: "0" }, "connection.connections"],
    [{ url: "mariadb://u@h/d", ssl: "yes" }, "connection.ssl"],
    [{ url: "mariadb://u@h/d", schema: "s" }, "connection.schema"],
  ] as const)("%j", (connection, path) => {
    const refused = (): unknown => {
      try {
        return parseMysqlConnection(connection, mariadb);
      } catch (cause) {
        return cause;
      }
    };
    const problem = refused();
    expect(problem).toBeInstanceOf(ConfigProblem);
    expect((problem as ConfigProblem).path.join(".")).toBe(path);
  });
});
