/** PostgreSQL with English names and types: a long table with versions and a unit per row, surrogate keys, fines in 万元. */
import { clock, creditCode, type DatabaseSpec, numbers, type Value } from "./database.ts";

const random = numbers(23);
const sites = Array.from({ length: 5 }, (_, i) => ({ id: i + 1, code: `19${60 + i}A` }));
const firms = Array.from({ length: 20 }, (_, i) => ({ id: 500 + i, code: creditCode("370200", i) }));
const parameters = [["PM2.5", 5, 90, 0], ["PM10", 20, 150, 0], ["SO2", 3, 20, 0], ["NO2", 8, 70, 0], ["CO", 0.3, 1.5, 2], ["O3", 20, 160, 0]] as const;

export const northShore: DatabaseSpec = {
  name: "north shore (PostgreSQL, English)",
  kind: "postgres",
  region: "370000",
  tables: {
    monitoring_sites: {
      columns: { id: "bigint PRIMARY KEY", site_code: "text NOT NULL UNIQUE", site_name: "text", county_code: "char(6)", longitude: "float8", latitude: "float8", altitude_m: "numeric(6,1)", operated_by: "text", opened_on: "date", is_active: "boolean" },
      rows: sites.map(({ id, code }, i): Value[] => [id, code, `示例站点${i + 1}`, ["370202", "370203", "370211", "370212", "370213"][i] ?? null, 120.3 + i / 30, 36.1 + i / 40, 20 + i, "Example Operations Ltd", `201${i}-05-01`, i !== 4]),
    },
    hourly_readings: {
      columns: { reading_id: "bigint PRIMARY KEY", site_id: "bigint NOT NULL", parameter: "text NOT NULL", measured_at: "timestamptz NOT NULL", reading: "numeric(10,3)", uom: "text", qc_flag: "char(1)", version: "integer NOT NULL", created_at: "timestamptz" },
      constraints: ["UNIQUE (site_id, parameter, measured_at, version)"],
      rows: sites.flatMap(({ id }, s) =>
        parameters.flatMap(([parameter, low, high, digits], p) =>
          Array.from({ length: 48 }, (_, hour): Value[] => [((s * 6 + p) * 48 + hour) * 2 + 1, id, parameter, `${clock(hour).date} ${clock(hour).time}+08`, random.between(low, high, digits), parameter === "CO" ? "mg/m3" : "ug/m3", random.next() < 0.05 ? "D" : "N", 1, `${clock(hour + 1).date} ${clock(hour + 1).time.slice(0, 3)}06:00+08`]),
        ),
      ),
    },
    companies: {
      columns: { company_id: "bigint PRIMARY KEY", company_name: "text", credit_code: "varchar(18) NOT NULL UNIQUE", sector_code: "text", legal_representative: "text", mobile: "text", street_address: "text", adcode: "integer", permit_class: "text", lng: "float8", lat: "float8", registered_capital: "numeric" },
      rows: firms.map(({ id, code }, i): Value[] => [id, `示例企业${i}有限公司`, code, ["4411", "3110", "2511"][i % 3] ?? null, "赵某", `1390000${2000 + i}`, `青岛市示例街${i}号`, [370202, 370211, 370213][i % 3] ?? null, ["key management", "simplified management", "registration only"][i % 3] ?? null, 120.2 + i / 100, 36.05 + i / 100, 1000 + i]),
    },
    discharge_points: {
      columns: { point_id: "bigint PRIMARY KEY", point_code: "text", company_id: "bigint", stack_height_m: "numeric", inner_diameter_mm: "numeric", receiving_water: "text" },
      rows: firms.flatMap(({ id }, i) => [0, 1].map((n): Value[] => [i * 2 + n + 1, n === 0 ? "DA001" : "DW001", id, n === 0 ? 45 + i : null, n === 0 ? 1200 : null, n === 1 ? "胶州湾" : null])),
    },
    sanctions: {
      columns: { id: "bigint PRIMARY KEY", decision_no: "text UNIQUE", company_id: "bigint", decision_date: "date", fine_wan_yuan: "numeric(12,4)", sanction_kind: "text", is_revoked: "boolean", details: "text" },
      rows: Array.from({ length: 30 }, (_, i): Value[] => [i + 1, `青环罚〔2026〕${i + 1}号`, random.pick(firms).id, clock(i * 60).date, null, "罚款", i % 9 === 0, "示例"].map((value, at) => (at === 4 ? random.pick([2, 5, 10, 3.5]) : value))),
    },
    site_visits: {
      columns: { visit_no: "text PRIMARY KEY", visit_date: "date", company_id: "bigint", inspectors: "text", findings: "text", serial: "bigint UNIQUE NOT NULL" },
      rows: Array.from({ length: 25 }, (_, i): Value[] => [`QD-2026-${i}`, clock(i * 72).date, random.pick(firms).id, "钱某, 孙某", "台账不全（示例）", i + 1]),
    },
    flyway_schema_history: { columns: { installed_rank: "integer PRIMARY KEY", version: "text", description: "text", script: "text", checksum: "integer", success: "boolean" }, rows: [[1, "1", "init", "V1__init.sql", 1, true]] },
    report_cache: { columns: { cache_key: "text PRIMARY KEY", body: "text", expires: "timestamptz" }, rows: [["a", "{}", "2026-01-01 00:00:00+08"]] },
  },
  foreign: ["flyway_schema_history", "report_cache"],
  truth: {
    Station: { code: "site_code", name: "site_name", region: "county_code", position: "longitude + latitude", elevation: "altitude_m", operator: "operated_by", activeFrom: "opened_on", active: "is_active", medium: "=AIR" },
    Observation: { station: "site_id", pollutant: "parameter", start: "measured_at", averaging: "=PT1H", value: "reading", flag: "qc_flag", revision: "version", receivedAt: "created_at", region: "monitoring_sites.county_code" },
    Enterprise: { uscc: "credit_code", name: "company_name", industry: "sector_code", legalRep: "legal_representative", contactPhone: "mobile", address: "street_address", region: "adcode", permitClass: "permit_class", position: "lng + lat" },
    Outlet: { code: "point_code", enterprise: "company_id", height: "stack_height_m", diameter: "inner_diameter_mm", receiving: "receiving_water", region: "companies.adcode" },
    PenaltyDecision: { docNo: "decision_no", enterprise: "company_id", decidedOn: "decision_date", amount: "fine_wan_yuan", revoked: "is_revoked", kind: "sanction_kind", region: "companies.adcode" },
    Inspection: { no: "visit_no", inspectedOn: "visit_date", enterprise: "company_id", officers: "inspectors", findings: "findings", region: "companies.adcode" },
  },
};
