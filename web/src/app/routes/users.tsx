import { Page } from "@/app/shell/page";

export function Users() {
  return <Page title="Users">…</Page>;
}
