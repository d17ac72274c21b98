// Runs before the first paint, so that a chosen theme never flashes the other one.
try {
  const theme = JSON.parse(localStorage.getItem("preferences") ?? "{}").theme;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's theme stands.
}

// What the application asks first, asked before its code is here; features/session/api/get-session.ts takes the answer.
// No preload: what nobody takes, as on the login page, some browsers hand out later, when it is true no more.
if (location.pathname !== "/login") {
  window.askedAtStart = fetch("/api/auth/me", { headers: { Accept: "application/json" } });
  window.askedAtStart.catch(() => undefined);
}
