/** A plan kept is a plan made anew: for other values of its variables, and for every agency with an equal permit. */
import { holds } from "./hold.ts";

holds("a plan kept answers as one made anew", "planReuse", 300, { "plans shared": 0.01 });
