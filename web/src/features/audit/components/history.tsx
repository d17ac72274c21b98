import { useQuery } from "@tanstack/react-query";
import { History as HistoryIcon } from "lucide-react";
import { useState } from "react";

import type { AuditAction } from "@/api/wire";
import { EmptyState, ErrorState, Skeleton } from "@/components/ui/states";
import { historyQuery } from "@/features/audit/api/get-history";
import { HistoryEntry } from "@/features/audit/components/history-entry";
import styles from "@/features/audit/components/history.module.css";
import { actionLabel, auditActions } from "@/features/audit/sentences";
import { announce } from "@/lib/announce";
import { count } from "@/lib/count";

/** Everything that happened, the newest first; can be narrowed to one kind. */
export function History({ displayId }: { displayId: string }) {
  const { data, error, refetch } = useQuery(historyQuery(displayId));
  const [kind, setKind] = useState<AuditAction | "all">("all");
  if (!data) return error ? <ErrorState what="The history" error={error} retry={() => void refetch()} /> : <Skeleton lines={6} />;

  const present = auditActions.filter((action) => data.some((entry) => entry.action === action));
  const ofKind = (wanted: AuditAction | "all") => (wanted === "all" ? data : data.filter((entry) => entry.action === wanted));
  const shown = ofKind(kind);
  return (
    <section aria-label="History">
      <label className={styles.filter}>
        <span>Show</span>
        <select
          value={kind}
          onChange={(event) => {
            const next = event.target.value as AuditAction | "all";
            setKind(next);
            announce(count(ofKind(next).length, "entry", "entries"));
          }}
        >
          <option value="all">everything</option>
          {present.map((action) => (
            <option key={action} value={action}>
              {actionLabel(action)}
            </option>
          ))}
        </select>
      </label>
      {shown.length === 0 ? (
        <EmptyState icon={<HistoryIcon />} title="Nothing of this kind" />
      ) : (
        <ol className={styles.entries}>
          {shown.map((entry) => (
            <li key={entry.id}>
              <HistoryEntry entry={entry} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
