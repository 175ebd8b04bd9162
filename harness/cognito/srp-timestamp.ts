const FORM = /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (?:UTC|GMT) (\d{4})$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How far the client's clock may be from ours. */
const TOLERANCE_MILLISECONDS = 300_000;

/** Reads `EEE MMM d HH:mm:ss UTC yyyy`, English, the day not padded, as Cognito's clients write it. */
export function readTimestamp(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, , month = "", ...numbers] = match;
  const [day = 0, hours = 0, minutes = 0, seconds = 0, year = 0] = numbers.map(Number);
  const monthIndex = MONTHS.indexOf(month);
  if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = new Date(Date.UTC(year, monthIndex, day, hours, minutes, seconds));
  return date.getUTCDate() === day ? date.getTime() : undefined;
}

/** Was this written within the last or next five minutes? */
export function isFreshTimestamp(text: string, nowMilliseconds: number): boolean {
  const at = readTimestamp(text);
  return at !== undefined && Math.abs(nowMilliseconds - at) <= TOLERANCE_MILLISECONDS;
}
