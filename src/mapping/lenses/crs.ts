/** Row 13: positions to WGS-84. */
import { printDecimal, rationalOf, type Decimal } from "../../harmonise/decimal.ts";
import type { UnifiedObject } from "../../harmonise/unified.ts";

/** Digits after the point that a converted position keeps: 10⁻⁷ degrees is a centimetre. */
const digits = 7;

/** NULL where lon or lat is missing or outside the globe. From GCJ-02 the two parts are computed, and rounded to 10⁻⁷ degrees. */
export function toWgs84(position: UnifiedObject, from: "WGS-84" | "GCJ-02"): UnifiedObject | null {
  const lon = degreesOf(position.lon);
  const lat = degreesOf(position.lat);
  if (lon === null || lat === null || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null;
  if (from === "WGS-84") return position;
  const [wgsLon, wgsLat] = gcj02ToWgs84(lon, lat);
  return { ...position, lon: Number(printDecimal(wgsLon, digits)), lat: Number(printDecimal(wgsLat, digits)) };
}

function degreesOf(part: UnifiedObject[string] | undefined): number | null {
  if (typeof part === "number") return part;
  if (typeof part !== "object" || part === null || !("d" in part)) return null;
  return Number(printDecimal(rationalOf(part as Decimal), 12));
}

/** Fixed-point inversion of the published shift; six steps agree to 10⁻⁹ degrees. Outside China's box there is no shift. */
export function gcj02ToWgs84(lon: number, lat: number): readonly [number, number] {
  if (!isShifted(lon, lat)) return [lon, lat];
  let wgsLon = lon;
  let wgsLat = lat;
  for (let step = 0; step < 6; step++) {
    const [shiftedLon, shiftedLat] = wgs84ToGcj02(wgsLon, wgsLat);
    wgsLon += lon - shiftedLon;
    wgsLat += lat - shiftedLat;
  }
  return [wgsLon, wgsLat];
}

const isShifted = (lon: number, lat: number): boolean => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

const axis = 6378245;
const eccentricitySquared = 0.00669342162296594323;

/** The obfuscation of public maps (GCJ-02), on the Krasovsky 1940 ellipsoid, as commonly reconstructed. */
export function wgs84ToGcj02(lon: number, lat: number): readonly [number, number] {
  const x = lon - 105;
  const y = lat - 35;
  const radians = (lat / 180) * Math.PI;
  const magic = 1 - eccentricitySquared * Math.sin(radians) ** 2;
  const root = Math.sqrt(magic);
  const common = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  return [
    lon + (east * 180) / ((axis / root) * Math.cos(radians) * Math.PI),
    lat + (north * 180) / (((axis * (1 - eccentricitySquared)) / (magic * root)) * Math.PI),
  ];
}
