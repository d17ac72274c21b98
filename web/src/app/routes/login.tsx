import { useRouter, useSearch } from "@tanstack/react-router";

import styles from "@/app/routes/login.module.css";
import { LoginForm } from "@/features/session/components/login-form";
import { safeReturnPath } from "@/lib/url-search";
import { useTitle } from "@/lib/use-title";

export function Login() {
  useTitle("Sign in");
  const router = useRouter();
  const { redirect, ended } = useSearch({ from: "/login" });
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src="/favicon.svg" alt="" width="40" height="40" />
        <h1>Sign in to Tickets</h1>
        {ended && <p className={styles.ended}>Your session has ended. What you were writing is kept.</p>}
        <LoginForm onSignedIn={() => void router.navigate({ href: safeReturnPath(redirect), replace: true })} />
      </div>
    </main>
  );
}
