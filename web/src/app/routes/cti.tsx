import { Page } from "@/app/shell/page";

export function Cti() {
  return <Page title="Cti">…</Page>;
}
