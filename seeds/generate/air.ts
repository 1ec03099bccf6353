/**
 * Invented air: a regional weather with episodes, and what a station in it measures. The curves follow the shape of real years
 * (winter particles, summer ozone, rush-hour NO2, a few dust days), not any station's record.
 */
import { HOURS, hourOf } from "./year.ts";
import { seededRandom } from "./random.ts";

/** Days of still air or of dust that a whole region shares. */
interface Episode {
  readonly from: string;
  readonly days: number;
  /** 1 = about 300 µg/m³ PM2.5 in winter; for dust about 900 µg/m³ PM10. */
  readonly strength: number;
}

export interface Climate {
  /** One name for one weather: regions that share it share their episodes. */
  readonly name: string;
  readonly meanTemperature: number;
  readonly swing: number;
  readonly haze: readonly Episode[];
  readonly dust: readonly Episode[];
}

/** One weather over Beijing, Tianjin and Hebei. */
export const northChina: Climate = {
  name: "north-china",
  meanTemperature: 13,
  swing: 15,
  haze: [
    { from: "2025-11-21", days: 4, strength: 0.5 },
    { from: "2025-12-26", days: 3, strength: 0.45 },
    { from: "2026-01-12", days: 6, strength: 1 },
    { from: "2026-02-16", days: 2, strength: 0.6 },
  ],
  dust: [
    { from: "2026-03-27", days: 2, strength: 1 },
    { from: "2026-04-15", days: 2, strength: 0.5 },
  ],
};

export const yangtzeDelta: Climate = {
  name: "yangtze-delta",
  meanTemperature: 18,
  swing: 11,
  haze: [{ from: "2026-01-15", days: 4, strength: 0.4 }],
  dust: [],
};

/** One number an hour. */
export interface Weather {
  readonly stillness: Float64Array;
  readonly haze: Float64Array;
  readonly dust: Float64Array;
  /** Cel */
  readonly temperature: Float64Array;
  /** hPa */
  readonly pressure: Float64Array;
  /** m/s */
  readonly windSpeed: Float64Array;
  /** Degrees from north. */
  readonly windDirection: Float64Array;
}

const TURN = 2 * Math.PI;

function episodeCurve(episodes: readonly Episode[]): Float64Array {
  const curve = new Float64Array(HOURS);
  for (const { from, days, strength } of episodes) {
    const first = hourOf(from);
    const length = days * 24;
    for (let i = 0; i < length; i++) {
      const hour = first + i;
      if (hour >= 0 && hour < HOURS) curve[hour] = strength * Math.sin((Math.PI * (i + 0.5)) / length) ** 2;
    }
  }
  return curve;
}

export function makeWeather(climate: Climate): Weather {
  const random = seededRandom(`weather/${climate.name}`);
  const series = (): Float64Array => new Float64Array(HOURS);
  const weather: Weather = {
    stillness: series(),
    haze: episodeCurve(climate.haze),
    dust: episodeCurve(climate.dust),
    temperature: series(),
    pressure: series(),
    windSpeed: series(),
    windDirection: series(),
  };
  let still = 0;
  let warmth = 0;
  let direction = 180;
  for (let hour = 0; hour < HOURS; hour++) {
    const day = hour / 24;
    const clock = hour % 24;
    const summer = Math.cos((TURN * (day - 20)) / 365);
    still = still * 0.985 + random.normal() * 0.17;
    warmth = warmth * 0.99 + random.normal() * 0.45;
    direction = (direction + random.normal() * 14 + 360) % 360;
    const haze = weather.haze[hour] ?? 0;
    weather.stillness[hour] = still;
    weather.temperature[hour] = climate.meanTemperature + climate.swing * summer + 4.5 * Math.cos((TURN * (clock - 15)) / 24) + warmth;
    weather.pressure[hour] = 1016 - 11 * summer + 2 * still + random.normal() * 0.3;
    weather.windSpeed[hour] = Math.max(0.1, 2.1 * Math.exp(-0.45 * still - haze) + 0.8 * Math.cos((TURN * (clock - 14)) / 24) + (weather.dust[hour] ?? 0) * 5);
    weather.windDirection[hour] = direction;
  }
  return weather;
}

export interface AirSite {
  readonly code: string;
  /** Multiplies particles and SO2: 1 = a town, 0.6 = hills, 1.4 = heavy industry. */
  readonly industry: number;
  /** Multiplies NO2 and CO. */
  readonly traffic: number;
}

/** µg/m³, CO in mg/m³; NaN = no value. Unrounded: each region spells its numbers in its own way. */
export interface AirSeries {
  readonly pm25: Float64Array;
  readonly pm10: Float64Array;
  readonly so2: Float64Array;
  readonly no2: Float64Array;
  readonly co: Float64Array;
  readonly o3: Float64Array;
}
export const AIR_QUANTITIES = ["pm25", "pm10", "so2", "no2", "co", "o3"] as const satisfies readonly (keyof AirSeries)[];

export function makeAir(weather: Weather, site: AirSite): AirSeries {
  const random = seededRandom(`air/${site.code}`);
  const series = (): Float64Array => new Float64Array(HOURS);
  const air: AirSeries = { pm25: series(), pm10: series(), so2: series(), no2: series(), co: series(), o3: series() };
  let own = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    const clock = hour % 24;
    const at = (of: Float64Array): number => of[hour] ?? 0;
    const winter = 0.5 - 0.5 * Math.cos((TURN * (hour / 24 - 20)) / 365);
    const rush = Math.exp(-((clock - 8) ** 2) / 6) + Math.exp(-((clock - 19) ** 2) / 10);
    const sun = Math.max(0, Math.sin((TURN * (clock - 7)) / 24));
    const heat = Math.max(0, (at(weather.temperature) - 5) / 25);
    const still = Math.exp(0.42 * at(weather.stillness));
    own = own * 0.9 + random.normal() * 0.09;
    const local = Math.exp(own);
    const haze = at(weather.haze);

    const pm25 = (16 + 20 * winter) * site.industry * still * local * (1 + 0.12 * rush) * (1 + 7 * haze);
    air.pm25[hour] = Math.max(1, pm25);
    // Two instruments: now and then the fine one reads more than the coarse one.
    air.pm10[hour] = Math.max(2, pm25 * (1.4 + 0.27 * random.normal()) + 7 * site.industry + 900 * at(weather.dust) * local);
    air.so2[hour] = Math.max(1, (3 + 7 * winter) * site.industry * local * (1 + haze) + random.normal());
    air.no2[hour] = Math.max(2, (14 + 16 * winter) * site.traffic * still ** 0.7 * local * (0.75 + 0.55 * rush) * (1 + 0.9 * haze));
    air.co[hour] = Math.max(0.1, 0.25 * site.traffic + pm25 * 0.0095 + 0.05 * random.normal());
    air.o3[hour] = Math.max(1, (22 + 168 * sun * heat + 26 * heat) * (1 - 0.55 * haze) * (0.9 + 0.1 * local) - 9 * rush * site.traffic);
  }
  return air;
}

/**
 * Hours without any row, and hours whose cell alone is empty: short drop-outs, a few maintenance windows, one long failure.
 * Both are asked by hour, so that every region can say "missing" in its own way.
 */
export function makeGaps(code: string): { rowMissing(hour: number): boolean; cellMissing(): boolean } {
  const random = seededRandom(`gaps/${code}`);
  const missing = new Uint8Array(HOURS);
  for (let i = 0; i < 14; i++) {
    const first = random.integer(0, HOURS - 1);
    missing.fill(1, first, Math.min(HOURS, first + random.integer(1, 4)));
  }
  const failure = random.integer(0, HOURS - 100);
  missing.fill(1, failure, failure + random.integer(10, 60));
  return { rowMissing: (hour) => missing[hour] === 1, cellMissing: () => random.chance(0.006) };
}
