import fc from "fast-check";
import { type GraphQLScalarType, parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { canonicalDecimal, Decimal, decimalDigits, Instant, LocalDate, PollutantCode } from "../../schema/scalars.ts";

const literal = (scalar: GraphQLScalarType, text: string): unknown => scalar.parseLiteral(parseValue(text));

describe("Decimal", () => {
  test.each([
    ["150", "150"],
    ["0.10", "0.1"],
    ["-0", "0"],
    ["-0.0", "0"],
    ['"007.50"', "7.5"],
    ["12345678901234567890.123456789", "12345678901234567890.123456789"],
    ['"-0.00005"', "-0.00005"],
  ])("reads the literal %s as %s, digit by digit", (text, expected) => {
    expect(literal(Decimal, text)).toBe(expected);
  });

  test.each(["1e3", '"1e3"', '"1,000"', '""', '"."', '"1."', '" 1"', "true", '"NaN"', '"١"'])("refuses the literal %s", (text) => {
    expect(() => literal(Decimal, text)).toThrow();
  });

  test("accepts a JSON number only while a float has kept all its digits", () => {
    expect(Decimal.parseValue(0.1)).toBe("0.1");
    expect(Decimal.parseValue(150)).toBe("150");
    expect(() => Decimal.parseValue(Number("0.12345678901234567"))).toThrow("15 digits");
    expect(() => Decimal.parseValue(1e21)).toThrow();
    expect(() => Decimal.parseValue(Number.NaN)).toThrow();
  });

  test("spells equal decimals alike", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(8), fc.nat(3), (n, scale, zeros) => {
        const digits = String(n < 0n ? -n : n).padStart(scale + 1, "0");
        const plain = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
        const text = (n < 0n ? "-" : "") + plain;
        const canonical = canonicalDecimal(text);
        expect(canonical).not.toBeNull();
        expect(canonicalDecimal(`${n < 0n ? "-" : ""}${"0".repeat(zeros)}${plain}${scale === 0 ? "" : "0".repeat(zeros)}`)).toBe(canonical);
        expect(canonical).toMatch(/^(0|-?(?:[1-9]\d*|0\.\d*[1-9]|[1-9]\d*\.\d*[1-9]))$/);
        expect(decimalDigits(canonical as string)).toBeLessThanOrEqual(scale);
      }),
    );
  });
});

describe("Instant", () => {
  test.each([
    ["2016-12-20T00:00+08:00", Date.UTC(2016, 11, 19, 16)],
    ["2016-12-20T00:00:00Z", Date.UTC(2016, 11, 20)],
    ["2016-12-20T00:00:00.5Z", Date.UTC(2016, 11, 20, 0, 0, 0, 500)],
  ])("reads %s", (text, ms) => {
    expect(Instant.parseValue(text)).toBe(ms);
  });

  test.each(["2016-12-20T00:00", "2016-12-20", "2016-02-30T00:00Z", "2016-12-20T24:00Z", "2016-12-20T00:60Z", "2016-12-20T00:00+15:00", "0", ""])(
    "refuses %j",
    (text) => {
      expect(() => Instant.parseValue(text)).toThrow();
    },
  );

  test("refuses a number: epoch seconds and milliseconds look alike", () => {
    expect(() => Instant.parseValue(1482163200000)).toThrow();
  });
});

describe("Date", () => {
  test.each(["2024-02-29", "2026-12-31"])("reads %s", (text) => {
    expect(LocalDate.parseValue(text)).toBe(text);
  });
  test.each(["2023-02-29", "2024-2-9", "2024-13-01", "20240229", "2024-02-29T00:00Z"])("refuses %s", (text) => {
    expect(() => LocalDate.parseValue(text)).toThrow();
  });
});

describe("PollutantCode", () => {
  test("reads a code of HJ 212-2017", () => {
    expect(literal(PollutantCode, '"a34004"')).toBe("a34004");
  });
  test.each(['"PM2.5"', '"a99999"', '"constructor"', "1"])("refuses %s", (text) => {
    expect(() => literal(PollutantCode, text)).toThrow();
  });
});
