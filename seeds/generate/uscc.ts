/**
 * Unified social credit codes of companies that cannot exist: the check digit of GB 32100-2015 is right, but the organisation body
 * `MA00DEM0` + one character fails its own check digit (GB 11714), so no registry ever issued it.
 */
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Last character for the first 17, by GB 32100-2015: (31 − Σ value · weight mod 31) mod 31. */
export function usccCheckDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(first17.charAt(i)), 0);
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

// `6` would be the body's true check digit by GB 11714, so it is left out.
const SERIALS = ALPHABET.replace("6", "");
/** As many codes a region code can have. */
export const USCC_PER_REGION = SERIALS.length;

/** The digit zero stands for the letter O, which the alphabet lacks: `91130100MA00DEM01` + check digit. */
export function demoUscc(regionCode: string, serial: number): string {
  const first17 = `91${regionCode}MA00DEM0${SERIALS.charAt(serial)}`;
  return first17 + usccCheckDigit(first17);
}
