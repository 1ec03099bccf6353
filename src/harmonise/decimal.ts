/**
 * Exact decimals: an exact value (a rational) and a printed one (half-even at a scale, GB/T 8170). semantics.md §4.
 *
 * A Decimal is either a JS number, standing for the decimal that `String(x)` spells (never for the binary fraction), or an
 * exact rational. Numbers keep the hot path free of BigInt; every function accepts both.
 */
export interface Rational {
  readonly n: bigint;
  /** Positive; n/d need not be reduced. */
  readonly d: bigint;
}
export type Decimal = number | Rational;

/** Bounds of what the hub reads as a decimal: 0, or from `decimalMin` to below `decimalMax` in magnitude. */
export const decimalMax = 1e15;
export const decimalMin = 1e-22;
const significantDigitsMax = 18;
const textLengthMax = 100;

const numberPowers: readonly number[] = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const bigPowers: bigint[] = [1n];

/** 10ᵏ. */
export function powerOfTen(k: number): bigint {
  for (let next = bigPowers.length; next <= k; next++) bigPowers.push((bigPowers[next - 1] as bigint) * 10n);
  return bigPowers[k] as bigint;
}

/** n/d with a positive denominator. Throws RangeError where d is 0: constants only. */
export function rational(n: bigint, d: bigint = 1n): Rational {
  if (d === 0n) throw new RangeError("a rational needs a denominator");
  return d < 0n ? { n: -n, d: -d } : { n, d };
}

const numberText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Reads a source's number: plain or with an exponent, as text (surrounding blanks allowed) or as a driver's number.
 *
 * NULL unless it is 0 or 10⁻²² ≤ |x| < 10¹⁵ with at most 18 significant digits. The bound is by magnitude, so that a source can
 * state it over a numeric column, and it is what keeps `exactKey` exact; a REAL of 17 digits (23.333333333333332) is inside.
 */
export function decimalOf(value: string | number | bigint): Decimal | null {
  if (typeof value === "number") return inBounds(value) ? value + 0 : null;
  if (typeof value === "bigint") {
    if (value >= -999999999999999n && value <= 999999999999999n) return Number(value);
    return null;
  }
  const plain = plainNumber(value);
  if (plain !== null) return plain;
  if (value.length > textLengthMax) return null;
  const parts = numberText.exec(trimNumber(value));
  if (!parts) return null;
  const whole = parts[2] ?? "";
  const fraction = parts[3] ?? "";
  if (whole.length + fraction.length === 0) return null;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept.length === 0) return 0;
  if (kept.length > significantDigitsMax) return null;
  // Invariant: |value| = kept · 10^exponent.
  const exponent = Number(parts[4] ?? 0) - fraction.length + (digits.length - kept.length);
  const leading = kept.length + exponent;
  if (leading > 15 || leading < -21) return null;
  const sign = parts[1] === "-" ? "-" : "";
  // Up to 15 digits, String(Number(text)) spells the same decimal (IEEE 754 double, DBL_DIG).
  if (kept.length <= 15) return Number(`${sign}${kept}e${exponent}`);
  const n = BigInt(sign + kept);
  return exponent >= 0 ? { n: n * powerOfTen(exponent), d: 1n } : { n, d: powerOfTen(-exponent) };
}

const inBounds = (value: number): boolean => {
  const size = Math.abs(value);
  return size < decimalMax && (size >= decimalMin || size === 0);
};

/** The common spelling, digits with at most one point and at most 15 digits in all, without a regular expression. */
function plainNumber(text: string): number | null {
  const { length } = text;
  if (length > 17) return null;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = at === 1;
  let n = 0;
  let digits = 0;
  let point = -1;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46 && point < 0) {
      point = digits;
      continue;
    }
    if (code < 48 || code > 57) return null;
    n = n * 10 + code - 48;
    digits++;
  }
  if (digits === 0 || digits > 15) return null;
  // Two exact integers: the quotient is rounded once, so it spells the text.
  const size = point < 0 ? n : n / (numberPowers[digits - point] as number);
  return negative && n !== 0 ? -size : size;
}

const trimNumber = (text: string): string => {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first > 32 && last > 32 && last < 128 ? text : text.trim();
};

/** The rational that a decimal stands for. Finite numbers only. */
export function rationalOf(value: Decimal): Rational {
  if (typeof value !== "number") return value;
  const k = fractionDigits(value);
  if (k >= 0) return { n: BigInt(Math.round(value * (numberPowers[k] as number))), d: powerOfTen(k) };
  const parts = numberText.exec(String(value));
  if (!parts) throw new RangeError("not a finite number");
  const fraction = parts[3] ?? "";
  const n = BigInt(`${parts[1]}${parts[2]}${fraction}`);
  const exponent = Number(parts[4] ?? 0) - fraction.length;
  return exponent >= 0 ? { n: n * powerOfTen(exponent), d: 1n } : { n, d: powerOfTen(-exponent) };
}

/** -1, 0 or 1 by the exact values. */
export function compareDecimal(a: Decimal, b: Decimal): -1 | 0 | 1 {
  // Shortest spellings of different doubles lie in disjoint intervals in the same order, so `<` decides.
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  const left = rationalOf(a);
  const right = rationalOf(b);
  const difference = left.n * right.d - right.n * left.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** a · factor, exactly. */
export function multiply(a: Decimal, factor: Rational): Decimal {
  if (factor.n === factor.d) return a;
  if (typeof a === "number") {
    const shifted = shift(a, factor);
    if (shifted !== null) return shifted;
  }
  const left = rationalOf(a);
  return { n: left.n * factor.n, d: left.d * factor.d };
}

/** a + offset, exactly. */
export function add(a: Decimal, offset: Rational): Decimal {
  if (offset.n === 0n) return a;
  const left = rationalOf(a);
  return { n: left.n * offset.d + offset.n * left.d, d: left.d * offset.d };
}

const exponents = new Map<bigint, number>(Array.from({ length: 13 }, (_, k) => [powerOfTen(k), k]));

/** A number moved by a power of ten without BigInt: an integer ≤ 10¹⁵ over an exact power is rounded once, so it spells the quotient. */
function shift(value: number, factor: Rational): number | null {
  const up = exponents.get(factor.n);
  const down = exponents.get(factor.d);
  if (up === undefined || down === undefined) return null;
  const k = fractionDigits(value);
  if (k < 0) return null;
  const n = Math.round(value * (numberPowers[k] as number));
  const digits = k + down - up;
  if (digits >= 0) return n / (numberPowers[digits] as number) + 0;
  const moved = n * (numberPowers[-digits] as number);
  return Math.abs(moved) <= 1e15 ? moved + 0 : null;
}

/** The k ≤ 6 for which a number spells an integer ≤ 10¹⁵ over 10ᵏ, or -1: a test by the quotient, which is rounded once. */
function fractionDigits(value: number): number {
  for (let k = 0; k <= 6; k++) {
    const power = numberPowers[k] as number;
    const n = Math.round(value * power);
    if (n > 1e15 || n < -1e15) return -1;
    if (n / power === value) return k;
  }
  return -1;
}

/** value · 10^scale, half-even; a number where that is safe. `scale` ≤ 22. */
export function scaledInteger(value: Decimal, scale: number): bigint | number {
  if (typeof value === "number") {
    const scaled = value * (numberPowers[scale] as number);
    // Product and spelling are each off by less than an ulp (10⁻⁷ here): away from a tie Math.round is right.
    if (Math.abs(scaled) < 1e9 && Math.abs(Math.abs(scaled % 1) - 0.5) > 1e-5) return Math.round(scaled) + 0;
  }
  const exact = rationalOf(value);
  const rounded = divideHalfEven(exact.n * powerOfTen(scale), exact.d);
  return rounded >= -9007199254740991n && rounded <= 9007199254740991n ? Number(rounded) : rounded;
}

/** n/d to the nearest integer, ties to even; d > 0. */
export function divideHalfEven(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  const twice = (n % d) * 2n;
  const size = twice < 0n ? -twice : twice;
  if (size < d || (size === d && quotient % 2n === 0n)) return quotient;
  return n < 0n ? quotient - 1n : quotient + 1n;
}

/** Half-even at `scale`; trailing zeros trimmed, no exponent, no `-0`. */
export function printDecimal(value: Decimal, scale: number): string {
  if (typeof value === "number") {
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value + 0);
    // A spelling without an exponent that has no more digits than the scale is the printed form already.
    if ((value >= 1e-6 || value <= -1e-6) && Math.abs(value) < 1e15) {
      const text = String(value);
      if (text.length - text.indexOf(".") - 1 <= scale) return text;
    }
  }
  const scaled = scaledInteger(value, scale);
  if (typeof scaled === "number" && scaled <= 1e15 && scaled >= -1e15) {
    const plain = scaled / (numberPowers[scale] as number);
    if (plain >= 1e-6 || plain <= -1e-6 || plain === 0) return String(plain + 0);
  }
  return placePoint(BigInt(scaled), scale);
}

/** scaled / 10^scale as text. */
function placePoint(scaled: bigint, scale: number): string {
  if (scale === 0) return scaled.toString();
  const negative = scaled < 0n;
  const digits = (negative ? -scaled : scaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  const text = fraction === "" ? digits.slice(0, -scale) : `${digits.slice(0, -scale)}.${fraction}`;
  return negative ? `-${text}` : text;
}

/** A decimal from an integer scaled by 10^scale (a printed form coming back from a source). */
export function decimalOfScaled(scaled: bigint | number, scale: number): Decimal {
  if (typeof scaled === "number" && Math.abs(scaled) <= 1e15) return scaled / (numberPowers[scale] as number);
  return { n: BigInt(scaled), d: powerOfTen(scale) };
}

/** The whole decimal without exponent; a fraction that does not end is printed at the digits of `exactKey`. */
export function decimalText(value: Decimal): string {
  if (typeof value === "number") {
    const text = String(value + 0);
    if (!text.includes("e")) return text;
  }
  const { n, d } = rationalOf(value);
  return placePoint(divideHalfEven(n * powerOfTen(keyFraction), d), keyFraction);
}

const keyWhole = 18;
const keyFraction = 54;
const keyScale = powerOfTen(keyFraction);
const keyOffset = powerOfTen(keyWhole + keyFraction);
const keyLength = keyWhole + keyFraction + 1;
const zeros = "0".repeat(keyLength);

/**
 * Text whose code-point order is the order of the exact values: value · 10⁵⁴ cut to an integer, + 10⁷², in 73 digits without the zeros at
 * the end of its fraction (a text sorts before its continuations, as the value does).
 *
 * Values of one source never collide. What a source says has at most 39 fractional digits (18 significant ones from 10⁻²² up:
 * `decimalOf`), and a lens multiplies by p/q and adds r/q. Two different values therefore differ by at least 10⁻³⁹ / lcm(q₁, q₂),
 * and the lcm of the q of one pollutant's units is at most 10¹⁴ (test/harmonise checks the unit table: the molar volumes' 24465 or
 * 22414 times powers of ten), so by 10⁻⁵³: more than one step of the key. Nor does the cut reach a printed tie, for the same reason.
 * Beyond ±10¹⁸ the key stays at the ends.
 */
export function exactKey(value: Decimal): string {
  if (typeof value === "number" && value >= 0 && value < decimalMax) {
    const text = String(value);
    if (!text.includes("e")) {
      const point = text.indexOf(".");
      const whole = point < 0 ? text : text.slice(0, point);
      return `1${zeros.slice(0, keyWhole - whole.length)}${whole}${point < 0 ? "" : text.slice(point + 1)}`;
    }
  }
  const { n, d } = rationalOf(value);
  const steps = (n * keyScale) / d;
  const shifted = steps <= -keyOffset ? 0n : steps >= keyOffset ? 2n * keyOffset - 1n : steps + keyOffset;
  const digits = shifted.toString().padStart(keyLength, "0");
  let end = keyLength;
  while (end > keyWhole + 1 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

/** The value of a key, to within one step (10⁻⁵⁴), with the same key; NULL for any other text. */
export function decimalOfKey(text: string): Decimal | null {
  if (text.length > keyLength || text.length <= keyWhole || !/^[01]\d+$/.test(text)) return null;
  const n = BigInt(text.padEnd(keyLength, "0")) - keyOffset;
  const coarse = n / powerOfTen(keyFraction - 12);
  if (coarse * powerOfTen(keyFraction - 12) === n && coarse >= -1000000000000000n && coarse <= 1000000000000000n) {
    return Number(coarse) / 1e12;
  }
  return { n, d: keyScale };
}
