import { type Refusal, refusals } from "./errors.ts";

/** A page of a list, and the token of the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const FORM = /^page-(\d{1,9})$/;
const LARGEST_PAGE = 60;

/** Cuts a page out of a list. Zero asks for as many as a page can hold. A token that was never given out is refused. */
export function pageOf<T>(all: readonly T[], limit: number | undefined, token: string | undefined): Page<T> | Refusal {
  const match = token === undefined ? undefined : FORM.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (match === null) return refusals.invalidParameter("Invalid pagination token");
  const start = Number(match?.[1] ?? 0);
  const end = start + (limit || LARGEST_PAGE);
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`page-${end}`, "utf8").toString("base64url") } : { items };
}
