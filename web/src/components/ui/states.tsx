import { CloudOff, RotateCw } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import styles from "@/components/ui/states.module.css";

/** Nothing here, why, and what one can do about it. */
export function EmptyState({ icon, title, children, action }: { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.state}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Something could not be had; asking again may help. */
export function ErrorState({ error, retry, what = "This" }: { error: Error; retry: () => void; what?: string }) {
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon} aria-hidden="true">
        <CloudOff />
      </span>
      <h2>{what} could not be loaded</h2>
      <p>{error.message}</p>
      <Button icon={<RotateCw />} onClick={retry}>
        Retry
      </Button>
    </div>
  );
}

export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className={styles.skeleton} />
      ))}
    </div>
  );
}

export const skeletonClass = styles.skeleton!;
