import { hasMariadb } from "../fixtures/mariadbServer.ts";
import { describeConnectionFaults } from "./connectionFaults.ts";
import { mariadbLies } from "./faultCases.ts";

describeConnectionFaults("mariadb", await hasMariadb(), mariadbLies);
