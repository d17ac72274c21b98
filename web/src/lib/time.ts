const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 3600],
  ["month", 30 * 24 * 3600],
  ["week", 7 * 24 * 3600],
  ["day", 24 * 3600],
  ["hour", 3600],
  ["minute", 60],
];

const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const localFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** "3 hours ago", "in 5 days", "just now". */
export function relativeTime(time: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const unit = units.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? relativeFormat.format(Math.trunc(seconds / unit[1]), unit[0]) : "just now";
}

/** The age of a list row in as few signs as possible: "now", "12m", "3h", "5d", "4mo", "2y". */
export function shortAge(time: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.trunc(seconds / 60)}m`;
  if (seconds < 24 * 3600) return `${Math.trunc(seconds / 3600)}h`;
  const days = Math.trunc(seconds / (24 * 3600));
  if (days < 60) return `${days}d`;
  return days < 730 ? `${Math.trunc(days / 30)}mo` : `${Math.trunc(days / 365)}y`;
}

/** In the reader's zone. */
export const localTime = (time: string) => localFormat.format(new Date(time));

/** "2026-03-30 10:00:00 UTC" */
export const utcTime = (time: string) => `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** "in 14 days" also a moment after it began; in whole days while there are any. */
export function countdown(time: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  if (seconds <= 0) return "within the hour";
  if (seconds >= 24 * 3600) return plural(Math.round(seconds / (24 * 3600)), "day");
  if (seconds >= 3600) return plural(Math.trunc(seconds / 3600), "hour");
  return plural(Math.max(1, Math.trunc(seconds / 60)), "minute");
}

function plural(count: number, unit: string): string {
  return `in ${count} ${unit}${count === 1 ? "" : "s"}`;
}
