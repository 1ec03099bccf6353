/** A mutant is judged the same in every run: laws draw from one seed. */
import fc from "fast-check";

fc.configureGlobal({ seed: 20_260_101 });
