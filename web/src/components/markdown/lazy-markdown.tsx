import { later } from "@/components/ui/later";
import { Skeleton } from "@/components/ui/states";

const Rendered = later(() => import("@/components/markdown/markdown").then((module) => module.Markdown));

/** Fetches the renderer ahead of the text it will be needed for. */
export const preloadMarkdown = () => void Rendered.load().catch(() => undefined); // the page tells of failures

/** Rendered markdown; the renderer itself comes after the page's first paint. */
export function Markdown(props: { text: string; className?: string }) {
  return <Rendered {...props} fallback={<Skeleton lines={3} />} />;
}
