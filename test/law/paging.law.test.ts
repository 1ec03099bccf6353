/** Paging: page by page, forward and backward, at any page size, is the whole list. */
import { holds } from "./hold.ts";

holds("page by page is all at once", "paging", 200, { "pages turned": 0.5 });
