import { localTime, relativeTime, shortAge, utcTime } from "@/lib/time";

interface TimeProps {
  value: string;
  /** "3 hours ago" (default), "3h", or the exact time in the reader's zone. */
  as?: "relative" | "age" | "exact";
}

const shown = { relative: relativeTime, age: shortAge, exact: localTime };

/** A moment. Local and UTC time on hover, whatever is shown. */
export function Time({ value, as = "relative" }: TimeProps) {
  return (
    <time dateTime={value} title={`${localTime(value)}\n${utcTime(value)}`}>
      {shown[as](value)}
    </time>
  );
}
