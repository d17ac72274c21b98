import { Button } from "@/components/ui/button";
import styles from "@/features/tickets/components/outdated.module.css";

/** Above what was read before and could not be read again. */
export function Outdated({ what, error, retry }: { what: string; error: Error; retry: () => void }) {
  return (
    <div className={styles.outdated} role="alert">
      <span>
        {what} may be out of date: {error.message}
      </span>
      <Button onClick={retry}>Retry</Button>
    </div>
  );
}
