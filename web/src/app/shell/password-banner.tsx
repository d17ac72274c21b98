import { Link } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";

import styles from "@/app/shell/shell.module.css";

export function PasswordBanner() {
  return (
    <aside className={styles.banner} aria-label="Security notice">
      <ShieldAlert aria-hidden="true" />
      <span>
        This account still has its first password, which everybody can look up.{" "}
        <Link to="/profile" className={styles.bannerLink}>
          Change it now
        </Link>
      </span>
    </aside>
  );
}
