/** Non-interference: data sets that give an agency the same view give it byte-identical answers over every door. */
import { holds } from "./hold.ts";

// Much of each network was changed behind the agency's back.
holds("data that an agency cannot see change no byte of its answers", "nonInterference", 2000, { changes: 0.1, "over the door": 0.01 });
