import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { overlay } from "@/app/shell/overlays";
import { PasswordBanner } from "@/app/shell/password-banner";
import styles from "@/app/shell/shell.module.css";
import { Sidebar } from "@/app/shell/sidebar";
import { useAppShortcuts } from "@/app/shell/use-app-shortcuts";
import { useConnection } from "@/app/shell/use-connection";
import { useCriticalWatch } from "@/app/shell/use-critical-watch";
import { later } from "@/components/ui/later";
import { Toasts } from "@/components/ui/toast";
import { useSession } from "@/features/session/api/get-session";

const Palette = later(() => import("@/app/palette/palette").then((module) => module.Palette));
const RerouteDialog = later(() => import("@/app/shell/reroute-dialog").then((module) => module.RerouteDialog));
const ShortcutHelp = later(() => import("@/app/shell/shortcut-help").then((module) => module.ShortcutHelp));
const SignOutDialog = later(() => import("@/app/shell/sign-out-dialog").then((module) => module.SignOutDialog));

/** What stands around every page. */
export function Shell() {
  const me = useSession();
  useAppShortcuts(me);
  useCriticalWatch();
  useConnection();
  const main = useFocusOnNewPage();
  const open = overlay.useValue();
  const [menuOpen, setMenuOpen] = useState(false);
  const close = () => overlay.set(null);
  useClosedElsewhere();
  return (
    <>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <div className={styles.shell}>
        <Sidebar me={me} open={menuOpen} onOpen={setMenuOpen} />
        <div className={styles.content} inert={menuOpen}>
          {me.mustChangePassword && <PasswordBanner />}
          <main id="main" ref={main} tabIndex={-1} className={styles.main}>
            <Outlet />
          </main>
        </div>
      </div>
      {open?.kind === "palette" && <Palette mode={open.mode} targets={open.targets} me={me} onClose={close} />}
      {open?.kind === "reroute" && <RerouteDialog seen={open.seen} onClose={close} />}
      {open?.kind === "shortcuts" && <ShortcutHelp me={me} onClose={close} />}
      {open?.kind === "sign-out" && <SignOutDialog me={me} onClose={close} />}
      <Toasts />
      <div id="announcer-polite" className="visually-hidden" role="status" aria-live="polite" data-live-announcer="true" />
      <div id="announcer-assertive" className="visually-hidden" role="alert" aria-live="assertive" data-live-announcer="true" />
    </>
  );
}

/** What lies over a page goes with it, also when one leaves by the browser's Back. */
function useClosedElsewhere(): void {
  const router = useRouter();
  useEffect(() => router.subscribe("onBeforeLoad", ({ pathChanged }) => pathChanged && overlay.set(null)), [router]);
}

/** A new page speaks up: its heading takes the focus, unless the page has put it somewhere already. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null);
  const router = useRouter();
  useEffect(
    () =>
      // Not before it is rendered: what had the focus on the page before it would seem to be its own choice.
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        if (main.current?.contains(document.activeElement) && document.activeElement !== main.current) return;
        const heading = main.current?.querySelector<HTMLElement>("h1[tabindex]") ?? main.current;
        heading?.focus({ preventScroll: true });
      }),
    [router],
  );
  return main;
}
