import { enumOf } from "../types.ts";

/** ISO 8601 durations where there is one. */
export const averaging = enumOf("Averaging", ["平均时间", "Period over which a value is averaged"], {
  PT1M: ["1 分钟", "one minute"],
  PT10M: ["10 分钟", "ten minutes"],
  PT1H: ["1 小时", "one hour"],
  PT4H: ["4 小时", "four hours"],
  PT8H: ["8 小时", "eight hours"],
  PT8H_ROLLING: ["8 小时滑动", "eight hours, rolling"],
  PT24H_ROLLING: ["24 小时滑动", "24 hours, rolling"],
  P1D: ["日", "day"],
  P1M: ["月", "month"],
  P3M: ["季", "quarter"],
  P1Y: ["年", "year"],
  SPOT: ["瞬时采样", "spot sample"],
});
