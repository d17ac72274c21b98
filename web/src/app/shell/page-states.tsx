import { Link, useRouter } from "@tanstack/react-router";
import { Compass, Lock } from "lucide-react";

import { ApiProblem } from "@/api/client";
import styles from "@/app/shell/page.module.css";
import { buttonClass } from "@/components/ui/button";
import { EmptyState, ErrorState, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/use-title";

export function PagePending() {
  return (
    <div className={styles.page} role="status" aria-label="Loading">
      <h1 className="visually-hidden">Loading</h1>
      <Skeleton lines={8} />
    </div>
  );
}

/** `deleted`: it was there a moment ago. */
export function PageNotFound({ what = "This page", deleted = false }: { what?: string; deleted?: boolean }) {
  useTitle("Not found");
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden" tabIndex={-1}>
        Not found
      </h1>
      <EmptyState icon={<Compass />} title={`${what} ${deleted ? "was deleted" : "does not exist"}`} action={<Home />}>
        {deleted ? "Somebody deleted it meanwhile." : "It may have been deleted, or the address is not quite right."}
      </EmptyState>
    </div>
  );
}

export function PageForbidden() {
  useTitle("Not allowed");
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden" tabIndex={-1}>
        Not allowed
      </h1>
      <EmptyState icon={<Lock />} title="Your role does not allow this" action={<Home />}>
        Ask an admin if you need it.
      </EmptyState>
    </div>
  );
}

function Home() {
  return (
    <Link to="/" className={buttonClass()}>
      Go to all tickets
    </Link>
  );
}

/**
 * What a page shows instead of itself when it fails: 403 and 404 as what they are, all else with Retry. What is not the
 * API's own answer is a fault or a file that an upgrade took away: only loading anew helps.
 */
export function PageError({ error }: { error: unknown }) {
  if (error instanceof ApiProblem && error.status === 404) return <PageNotFound />;
  if (error instanceof ApiProblem && error.status === 403) return <PageForbidden />;
  return <PageFailed error={error} />;
}

function PageFailed({ error }: { error: unknown }) {
  const router = useRouter();
  useTitle("Something went wrong");
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden" tabIndex={-1}>
        Something went wrong
      </h1>
      <ErrorState what="This page" error={error instanceof Error ? error : new Error(String(error))} retry={() => (error instanceof ApiProblem ? void router.invalidate() : location.reload())} />
    </div>
  );
}
