import { Page } from "@/app/shell/page";

export function Profile() {
  return <Page title="Profile">…</Page>;
}
