import { lazy, Suspense } from "react";

import { Skeleton } from "@/components/ui/states";

const load = () => import("@/components/markdown/markdown");
const Rendered = lazy(() => load().then((module) => ({ default: module.Markdown })));

/** Fetches the renderer ahead of the text it will be needed for. */
export const preloadMarkdown = () => void load();

/** Rendered markdown; the renderer itself comes after the page's first paint. */
export function Markdown(props: { text: string; className?: string }) {
  return (
    <Suspense fallback={<Skeleton lines={3} />}>
      <Rendered {...props} />
    </Suspense>
  );
}
