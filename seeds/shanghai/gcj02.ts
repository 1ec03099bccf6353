/**
 * WGS-84 → GCJ-02, the shifted coordinates of Chinese web maps (100 to 700 m off). The formula is the one that public map
 * libraries share; this source stores shifted positions, as many do, so that a mapping has something to undo.
 */
const SEMI_MAJOR = 6378245;
const ECCENTRICITY_SQUARED = 0.00669342162296594323;
const RADIANS = Math.PI / 180;

const waves = (x: number, terms: readonly (readonly [amplitude: number, frequency: number])[]): number =>
  terms.reduce((sum, [amplitude, frequency]) => sum + amplitude * Math.sin(x * frequency * Math.PI), 0) * (2 / 3);

export function toGcj02(lon: number, lat: number): { lon: number; lat: number } {
  const x = lon - 105;
  const y = lat - 35;
  const common = waves(x, [[20, 6], [20, 2]]);
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common + waves(y, [[20, 1], [40, 1 / 3]]) + waves(y, [[160, 1 / 12], [320, 1 / 30]]);
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common + waves(x, [[20, 1], [40, 1 / 3]]) + waves(x, [[150, 1 / 12], [300, 1 / 30]]);
  const curvature = 1 - ECCENTRICITY_SQUARED * Math.sin(lat * RADIANS) ** 2;
  const metresPerDegreeNorth = ((SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED)) / curvature ** 1.5) * RADIANS;
  const metresPerDegreeEast = (SEMI_MAJOR / Math.sqrt(curvature)) * Math.cos(lat * RADIANS) * RADIANS;
  return { lon: lon + east / metresPerDegreeEast, lat: lat + north / metresPerDegreeNorth };
}
