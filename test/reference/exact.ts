/** The reference model's own decimals: rationals of BigInt, printed half-even. It shares no arithmetic with the hub. */
export interface Exact {
  readonly n: bigint;
  /** Positive. */
  readonly d: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

export function ratio(n: bigint, d = 1n): Exact {
  const by = gcd(n, d) * (d < 0n ? -1n : 1n);
  return by === 0n ? { n: 0n, d: 1n } : { n: n / by, d: d / by };
}

/** Plain or exponent spelling; the caller vouches that it is one. */
export function exact(text: string): Exact {
  const [mantissa = "", exponent = "0"] = text.trim().toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const shift = Number(exponent) - fraction.length;
  const n = BigInt(`${whole === "-" || whole === "" ? `${whole}0` : whole}${fraction}`);
  return shift >= 0 ? ratio(n * 10n ** BigInt(shift)) : ratio(n, 10n ** BigInt(-shift));
}

export const plus = (a: Exact, b: Exact): Exact => ratio(a.n * b.d + b.n * a.d, a.d * b.d);
export const compareExact = (a: Exact, b: Exact): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const isExact = (value: unknown): value is Exact => typeof value === "object" && value !== null && "n" in value && "d" in value;

/** value · 10^scale to the nearest integer, ties to even. */
export function scaled(value: Exact, scale: number): bigint {
  const n = value.n * 10n ** BigInt(scale);
  const size = n < 0n ? -n : n;
  const floor = size / value.d;
  const twice = 2n * (size % value.d);
  const rounded = twice > value.d || (twice === value.d && floor % 2n === 1n) ? floor + 1n : floor;
  return n < 0n ? -rounded : rounded;
}

/** What is printed: trailing zeros trimmed, no exponent, no `-0`. */
export function printExact(value: Exact, scale: number): string {
  const steps = scaled(value, scale);
  const digits = (steps < 0n ? -steps : steps).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${steps < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}${scale === 0 || fraction === "" ? "" : `.${fraction}`}`;
}

/** The printed value as a value: what filters, keys and distinct counts see. */
export const printed = (value: Exact, scale: number): Exact => ratio(scaled(value, scale), 10n ** BigInt(scale));
