import { Page } from "@/app/shell/page";
import styles from "@/app/routes/profile.module.css";
import { Avatar } from "@/components/ui/avatar";
import { RoleTag } from "@/components/ui/badge";
import { useSession } from "@/features/session/api/get-session";
import { PasswordForm } from "@/features/session/components/password-form";
import { preferences, setPreference, type Theme } from "@/lib/preferences";

export function Profile() {
  const me = useSession();
  return (
    <Page title="Profile">
      <div className={styles.sections}>
        <section className={styles.person} aria-label="Account">
          <Avatar person={me} size="md" />
          <div>
            <p className={styles.name}>
              {me.displayName} <RoleTag role={me.role} />
            </p>
            <p className={styles.muted}>
              {me.username} · {me.email}
            </p>
          </div>
        </section>
        <section>
          <h2>Password</h2>
          <p className={styles.muted}>Changing it ends your sessions on other devices.</p>
          <PasswordForm username={me.username} />
        </section>
        <Preferences />
      </div>
    </Page>
  );
}

const themes: readonly { theme: Theme; label: string }[] = [
  { theme: "system", label: "As the system" },
  { theme: "light", label: "Light" },
  { theme: "dark", label: "Dark" },
];

function Preferences() {
  const { theme, singleKeys } = preferences.useValue();
  return (
    <section id="preferences">
      <h2>Preferences</h2>
      <p className={styles.muted}>Kept in this browser.</p>
      <fieldset className={styles.themes}>
        <legend>Theme</legend>
        {themes.map((choice) => (
          <label key={choice.theme}>
            <input type="radio" name="theme" checked={theme === choice.theme} onChange={() => setPreference("theme", choice.theme)} /> {choice.label}
          </label>
        ))}
      </fieldset>
      <label className={styles.switch}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => setPreference("singleKeys", event.target.checked)} />
        Shortcuts of a single key, such as <kbd>c</kbd> or <kbd>j</kbd>
      </label>
    </section>
  );
}
