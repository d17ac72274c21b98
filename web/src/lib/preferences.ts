import { createStore } from "@/lib/store";
import { readStored, writeStored } from "@/lib/storage";

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  /** WCAG 2.1.4: shortcuts of a single key can be switched off. */
  singleKeys: boolean;
  /** Of the queues in the navigation, none but the current one is shown. */
  queuesFolded: boolean;
}

const key = "preferences"; // public/start.js reads it before the first paint
const defaults: Preferences = { theme: "system", singleKeys: true, queuesFolded: false };

export const preferences = createStore<Preferences>({ ...defaults, ...(readStored(key) as Partial<Preferences> | null) });

export function setPreference<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
  preferences.set((current) => ({ ...current, [name]: value }));
  writeStored(key, preferences.get());
  applyTheme();
}

/** A choice made in one tab holds in all. */
export function followOtherTabs(): void {
  window.addEventListener("storage", (event) => {
    if (event.key !== key) return;
    preferences.set({ ...defaults, ...(readStored(key) as Partial<Preferences> | null) });
    applyTheme();
  });
}

function applyTheme(): void {
  const { theme } = preferences.get();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
