import { hasPostgres } from "../fixtures/postgresServer.ts";
import { describeConnectionFaults } from "./connectionFaults.ts";
import { postgresLies } from "./faultCases.ts";

describeConnectionFaults("postgres", await hasPostgres(), postgresLies);
