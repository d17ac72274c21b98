import type { Severity } from "@/api/wire";

export const severities: readonly Severity[] = [1, 2, 3, 4, 5];

const meanings: Record<Severity, { name: string; meaning: string }> = {
  1: { name: "Critical", meaning: "Immediate action required" },
  2: { name: "High", meaning: "Significant impact" },
  3: { name: "Medium", meaning: "Standard priority" },
  4: { name: "Low", meaning: "Minor issue" },
  5: { name: "Minimal", meaning: "Informational or automated" },
};

export const severityLabel = (severity: Severity) => `SEV ${severity}`;
export const severityName = (severity: Severity) => meanings[severity].name;
/** "SEV 3 Medium" */
export const severityText = (severity: Severity) => `${severityLabel(severity)} ${severityName(severity)}`;
export const severityMeaning = (severity: Severity) => meanings[severity].meaning;

export function parseSeverity(value: unknown): Severity | undefined {
  return severities.find((severity) => String(severity) === String(value));
}
