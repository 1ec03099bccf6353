import { ObjectValue, Part } from "../declare.ts";
import { decimal } from "../types.ts";

@ObjectValue({ zh: "经纬度（WGS-84）", en: "Position in WGS-84, degrees" })
export class Position {
  @Part({ zh: "经度", en: "Longitude, degrees east", type: decimal({ scale: 6 }) })
  lon!: string | null;

  @Part({ zh: "纬度", en: "Latitude, degrees north", type: decimal({ scale: 6 }) })
  lat!: string | null;
}
