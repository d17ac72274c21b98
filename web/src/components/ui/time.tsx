import { useEachMinute } from "@/lib/minutes";
import { countdown, localTime, relativeTime, shortAge, utcTime } from "@/lib/time";

interface TimeProps {
  value: string;
  /** "3 hours ago" (default), "3h", "in 3 hours", or the exact time in the reader's zone. */
  as?: keyof typeof shown;
}

const shown = { relative: relativeTime, age: shortAge, countdown, exact: localTime };

/** A moment. Local and UTC time on hover, whatever is shown; it goes on while the page stays open. */
export function Time({ value, as = "relative" }: TimeProps) {
  const text = useEachMinute(() => shown[as](value));
  return (
    <time dateTime={value} title={`${localTime(value)}\n${utcTime(value)}`}>
      {text}
    </time>
  );
}
