import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOf, spanOf, startOf } from "../../src/harmonise/span.ts";
import { bucketStart, parseDate, parseExcelSerial, parseInstant, printInstant } from "../../src/harmonise/time.ts";
import { parsePattern } from "../../src/harmonise/timePattern.ts";
import { civilOf, dayNumber } from "../../src/harmonise/calendar.ts";
import { zoneOf, type Zone } from "../../src/harmonise/zone.ts";

const zone = (name: string): Zone => zoneOf(name) as Zone;
const shanghai = zone("Asia/Shanghai");
const at = (text: string, name = "Asia/Shanghai"): number => parseInstant(text, zone(name)) as number;
const shown = (text: string, name: string): string => printInstant(at(text, name), name);
const zones = ["Asia/Shanghai", "America/New_York", "Europe/London", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia", "UTC"];
const instants = fc.integer({ min: Date.UTC(1905, 0, 1), max: Date.UTC(2090, 0, 1) });

/** The runtime's own calendar, without the hub's cache. */
const clock = (ms: number, name: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" }).format(ms).replace(" ", "T");

describe("instants", () => {
  test.each([
    ["2016-12-20", "2016-12-20T00:00:00+08:00"], ["2016-12-20 08:30", "2016-12-20T08:30:00+08:00"], ["2016-12-20T08:30:01.25", "2016-12-20T08:30:01.250+08:00"],
    ["2016-12-20T00:00:00Z", "2016-12-20T08:00:00+08:00"], ["2016-12-20 00:00:00+00", "2016-12-20T08:00:00+08:00"], ["2016-12-20T00:00:00-0530", "2016-12-20T13:30:00+08:00"],
    ["1988-07-01T12:00", "1988-07-01T12:00:00+09:00"], ["2024-02-29", "2024-02-29T00:00:00+08:00"],
  ])("%s is %s in Shanghai", (text, expected) => expect(shown(text, "Asia/Shanghai")).toBe(expected));

  test.each(["2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-01T24:00", "2024-01-01T23:60", "0000-01-01", "2024-1-1", "2024-01-01T00", "20240101", "2024-01-01T00:00+19:00", "x", ""])(
    "%j is no instant",
    (text) => expect(parseInstant(text, shanghai)).toBeNull(),
  );

  test.each([
    ["a reading in the gap moves on by the gap", "2024-03-10T02:30", "2024-03-10T03:30:00-04:00"],
    ["the last reading before the gap stays", "2024-03-10T01:59", "2024-03-10T01:59:00-05:00"],
    ["the first reading after the gap stays", "2024-03-10T03:00", "2024-03-10T03:00:00-04:00"],
    ["a reading that the clock shows twice is the earlier one", "2024-11-03T01:30", "2024-11-03T01:30:00-04:00"],
    ["the first reading after the overlap stays", "2024-11-03T02:00", "2024-11-03T02:00:00-05:00"],
  ])("%s", (_, text, expected) => expect(shown(text, "America/New_York")).toBe(expected));

  test("print the clock of the zone and come back", () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), (ms, name) => {
      const whole = Math.floor(ms / 1000) * 1000;
      const text = printInstant(whole, name);
      expect(parseInstant(text, zone("UTC"))).toBe(whole);
      if (!text.endsWith("Z")) expect(text.slice(0, 19)).toBe(clock(whole, name));
    }), { numRuns: 2000 });
  });

  test("of a clock reading show that reading, unless it is in a gap", () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), (ms, name) => {
      const local = clock(Math.floor(ms / 1000) * 1000, name);
      expect(clock(at(local, name), name)).toBe(local);
      expect(at(local, name)).toBeLessThanOrEqual(Math.floor(ms / 1000) * 1000);
    }), { numRuns: 2000 });
  });

  test("of local mean time are printed in UTC, since RFC 3339 has no seconds in offsets", () => {
    expect(shown("1900-01-01", "Asia/Shanghai")).toMatch(/Z$/);
  });

  test("an unknown zone is none", () => expect(zoneOf("Asia/Atlantis")).toBeNull());
});

describe("dates", () => {
  test.each([["2024-02-29", "2024-02-29"], ["2023-02-29", null], ["2024-2-9", null], ["2024-02-29 00:00", null]])("%s reads as %s", (text, expected) =>
    expect(parseDate(text)).toBe(expected),
  );

  test("day numbers and dates are inverse, over four centuries", () => {
    for (let days = dayNumber(1800, 1, 1); days < dayNumber(2200, 1, 1); days += 7) {
      const { year, month, day } = civilOf(days);
      expect(Date.UTC(year, month - 1, day)).toBe(days * 86_400_000);
      expect(dayNumber(year, month, day)).toBe(days);
    }
  });

  test.each([[1, "1900-01-01"], [59, "1900-02-28"], [61, "1900-03-01"], [45000, "2023-03-15"], [45000.5, "2023-03-15T12:00"], [45000 + 1 / 24, "2023-03-15T01:00"]])(
    "Excel's serial %d is %s",
    (serial, expected) => expect(parseExcelSerial(serial)).toBe(at(expected, "UTC")),
  );
  test.each([0, 60, -1, 3e6, Number.NaN])("Excel's serial %d is none", (serial) => expect(parseExcelSerial(serial)).toBeNull());
});

describe("patterns", () => {
  test.each([
    ["yyyy M d H", "2016 3 1 23", "2016-03-01T23:00"], ["yyyy/M/d", "2024/3/5", "2024-03-05"], ["yyyy/M/d", "2024/12/25", "2024-12-25"], ["M/d/yy", "2/29/24", "2024-02-29"],
    ["yyMMdd", "150702", "2015-07-02"], ["yyyyMMddHHmmss", "20240115090000", "2024-01-15T09:00"], ["yyyyMM", "202403", "2024-03-01"], ["yyyyMM d日", "202403 5日", "2024-03-05"],
    ["yyyy年M月d日", "2024年3月5日", "2024-03-05"], ["yyyy-MM-dd HH:mm", "2016-12-20 00:00", "2016-12-20"],
    ["yyyy-MM-ddTHH:mm:ss.SSSZ", "2024-02-29T23:59:59.007Z", "2024-02-29T23:59:59.007"],
  ])("%s reads %s", (pattern, text, expected) => expect(parsePattern(pattern)?.parse(text)).toBe(at(expected, "UTC")));

  test.each([
    ["yyyy/M/d", "2023/2/29"], ["yyyy/M/d", "2024/3/5 "], ["yyyy/M/d", "24/3/5"], ["yyyy-MM-dd", "2024-3-5"], ["yyyy M d H", "2016 3 1 24"], ["yyyyMMdd", "2024010"], ["yyyyMMdd", "２０２４０１０１"], ["yyyy-MM-ddTHH:mm:ss.SSSZ", "2024-02-29T23:59:59.07Z"],
  ])("%s makes NULL of %j", (pattern, text) => expect(parsePattern(pattern)?.parse(text)).toBeNull());

  test.each(["", "HH:mm", "yyyy d", "yyyy yy", "yyyy-MM HH", "yyyy-MM-dd HH:mm.SSS"])("%j is no pattern", (pattern) => expect(parsePattern(pattern)).toBeNull());

  test.each([["yyyy-MM-dd HH:mm", true, 16], ["yyyyMMdd", true, 8], ["yyMMdd", false, 6], ["yyyy/M/d", false, null], ["dd.MM.yyyy", false, 10], ["yyyy-MM-ddTHH:mm:ss.SSSZ", true, 24]])(
    "%s sorts as time: %s, width %s",
    (pattern, sortable, width) => expect(parsePattern(pattern)).toMatchObject({ sortable, width }),
  );

  test("format and parse are inverse at the pattern's grain", () => {
    const patterns = ["yyyy M d H", "yyyyMMddHHmmss", "yyyy-MM-dd HH:mm", "yyyy/M/d", "M/d/yyyy H:m:s", "yyyyMM d日", "yyyyMMddHHmmssSSS"].map((text) => parsePattern(text)!);
    fc.assert(fc.property(instants, fc.constantFrom(...patterns), (ms, pattern) => {
      const text = pattern.format(ms);
      const back = pattern.parse(text) as number;
      expect(pattern.format(back)).toBe(text);
      expect(back <= ms && ms - back < 86_400_000).toBe(true);
    }));
  });

  test("a sortable pattern sorts as time", () => {
    const pattern = parsePattern("yyyy-MM-dd HH:mm:ss")!;
    fc.assert(fc.property(instants, instants, (a, b) => {
      expect(pattern.format(a) <= pattern.format(b)).toBe(Math.floor(a / 1000) <= Math.floor(b / 1000));
    }));
  });
});

describe("buckets and spans", () => {
  test.each([
    ["HOUR", "Asia/Shanghai", "2016-12-20T05:59:59", "2016-12-20T05:00:00+08:00"], ["DAY", "Asia/Shanghai", "2016-12-20T05:59", "2016-12-20T00:00:00+08:00"],
    ["MONTH", "Asia/Shanghai", "2016-12-20T05:59", "2016-12-01T00:00:00+08:00"], ["YEAR", "Asia/Shanghai", "2016-12-20T05:59", "2016-01-01T00:00:00+08:00"],
    ["DAY", "America/New_York", "2024-03-10T12:00", "2024-03-10T00:00:00-05:00"], ["DAY", "America/New_York", "2024-11-03T12:00", "2024-11-03T00:00:00-04:00"],
    ["HOUR", "Asia/Kolkata", "2024-03-10T12:45", "2024-03-10T12:00:00+05:30"], ["DAY", "America/Sao_Paulo", "2018-11-04T12:00", "2018-11-04T01:00:00-02:00"],
  ] as const)("%s in %s of %s starts %s", (bucket, name, text, expected) => expect(printInstant(bucketStart(at(text, name), bucket, name) as number, name)).toBe(expected));

  test("an instant lies in its bucket, which is its own start", () => {
    fc.assert(fc.property(instants, fc.constantFrom("HOUR", "DAY", "MONTH", "YEAR"), fc.constantFrom(...zones), (ms, bucket, name) => {
      const start = bucketStart(ms, bucket, name) as number;
      expect(start).toBeLessThanOrEqual(ms);
      expect(bucketStart(start, bucket, name)).toBe(start);
    }), { numRuns: 1000 });
  });

  test.each([[Number.NaN, "UTC"], [1e18, "UTC"], [0, "Nowhere"]])("the bucket of %s in %s is NULL", (ms, name) => expect(bucketStart(ms, "DAY", name)).toBeNull());

  test.each([
    ["PT1H", "2016-12-20T00:00", "2016-12-20T01:00"], ["PT10M", "2016-12-20T00:00", "2016-12-20T00:10"], ["PT8H_ROLLING", "2016-12-20T00:00", "2016-12-20T08:00"],
    ["P1D", "2016-12-20T00:00", "2016-12-21T00:00"], ["P1M", "2024-02-01T00:00", "2024-03-01T00:00"], ["P1Y", "2024-01-01T00:00", "2025-01-01T00:00"], ["SPOT", "2024-01-01T09:12", "2024-01-01T09:12"],
  ])("%s from %s ends %s, and back", (averaging, start, end) => {
    const span = spanOf(averaging)!;
    expect(endOf(at(start), span, shanghai)).toBe(at(end));
    expect(startOf(at(end), span, shanghai)).toBe(at(start));
  });

  test("a day over a change of clocks has 23 hours", () => {
    const name = "America/New_York";
    expect(endOf(at("2024-03-10", name), spanOf("P1D")!, zone(name))! - at("2024-03-10", name)).toBe(23 * 3_600_000);
  });

  test.each(["", "P", "PT", "1H", "P1DT1H", "P-1D", "hour"])("%j is no averaging period", (text) => expect(spanOf(text)).toBeNull());
});
