/** Word from tab to tab of the same browser. Tabs without BroadcastChannel learn it when they get the focus. */
export type TabMessage = { kind: "changed" } | { kind: "signed-out" } | { kind: "signed-in"; userId: string };

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tickets");

export function tellTabs(message: TabMessage): void {
  channel?.postMessage(message);
}

export function hearTabs(listener: (message: TabMessage) => void): () => void {
  const listen = (event: MessageEvent<TabMessage>) => listener(event.data);
  channel?.addEventListener("message", listen);
  return () => channel?.removeEventListener("message", listen);
}
