/** The same question in other words has the same answer, and so has each of several in one operation, in any order. */
import { holds } from "./hold.ts";

holds("other words for a question have its answer", "rewrites", 400, {
  alias: 0.1,
  twice: 0.1,
  absent: 0.1,
  fragment: 0.1,
  "inline fragment": 0.1,
  "@include": 0.1,
  "@skip": 0.1,
  operationName: 0.1,
  variable: 0.1,
  "default value": 0.02,
  together: 0.1,
});
