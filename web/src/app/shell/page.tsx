import type { ReactNode } from "react";

import styles from "@/app/shell/page.module.css";
import { useTitle } from "@/lib/use-title";

/** A plain page: its heading (which takes the focus when the page opens), what stands beside it, its content. */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 tabIndex={-1}>{title}</h1>
        {aside}
      </header>
      {children}
    </div>
  );
}
