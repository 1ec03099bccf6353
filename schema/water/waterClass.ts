import { enumOf } from "../types.ts";

export const waterClass = enumOf("WaterClass", ["水质类别（GB 3838-2002）", "Class of surface water, GB 3838-2002"], {
  I: ["Ⅰ类", "class I"],
  II: ["Ⅱ类", "class II"],
  III: ["Ⅲ类", "class III"],
  IV: ["Ⅳ类", "class IV"],
  V: ["Ⅴ类", "class V"],
  INFERIOR_V: ["劣Ⅴ类", "worse than class V"],
});
