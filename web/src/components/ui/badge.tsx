import styles from "@/components/ui/badge.module.css";
import type { Role, Severity, Status } from "@/api/wire";
import { classNames } from "@/lib/class-names";
import { roleLabel } from "@/lib/person";
import { severityLabel, severityMeaning, severityName } from "@/lib/severity";
import { statusLabel } from "@/lib/status";

export function SeverityBadge({ severity, named = false }: { severity: Severity; named?: boolean }) {
  return (
    <span className={classNames(styles.severity, styles[`sev${severity}`])} title={`${severityName(severity)}: ${severityMeaning(severity)}`}>
      {severityLabel(severity)}
      {named && <span className={styles.name}> {severityName(severity)}</span>}
    </span>
  );
}

export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={styles.status}>
      <StatusIcon status={status} />
      {statusLabel(status)}
    </span>
  );
}

/** A ring that fills as the work goes on; always beside its word. */
export function StatusIcon({ status }: { status: Status }) {
  return (
    <svg className={styles[status]} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      {status === "OPEN" && <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.6" />}
      {status === "IN_PROGRESS" && (
        <>
          <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M7 3.9a3.1 3.1 0 0 1 0 6.2z" fill="currentColor" />
        </>
      )}
      {status === "RESOLVED" && (
        <>
          <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M4.6 7.2 6.3 8.9 9.5 5.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
        </>
      )}
      {status === "CLOSED" && (
        <>
          <circle cx="7" cy="7" r="6.3" fill="currentColor" />
          <path className={styles.tick} d="M4.5 7.2 6.3 9 9.6 5.4" fill="none" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
        </>
      )}
    </svg>
  );
}

export function RoleTag({ role }: { role: Role }) {
  return <span className={styles.tag}>{roleLabel(role)}</span>;
}

export function Count({ value, label }: { value: number; label?: string }) {
  return (
    <span className={styles.count} title={label}>
      {value.toLocaleString("en")}
      {label && <span className="visually-hidden"> {label}</span>}
    </span>
  );
}
