import type { Status } from "@/api/wire";

export const statuses: readonly Status[] = ["OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"];

/** What a list shows unless one asks for more. */
export const notClosed: readonly Status[] = ["OPEN", "IN_PROGRESS", "RESOLVED"];

const labels: Record<Status, string> = {
  OPEN: "Open",
  IN_PROGRESS: "In Progress",
  RESOLVED: "Resolved",
  CLOSED: "Closed",
};

/** Nobody is at work on it any more; it can be reopened. */
export const isDone = (status: Status) => status === "RESOLVED" || status === "CLOSED";

export const statusLabel = (status: Status) => labels[status];

export function parseStatus(value: unknown): Status | undefined {
  return statuses.find((status) => status === value);
}
