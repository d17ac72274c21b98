import { createStore } from "@/lib/store";

const pauseMs = 3_000;
const patienceMs = 5_000;

/** False while not even this client's own files are to be had. That one service does not answer says nothing of it. */
export const connected = createStore(true);

let asking = false;

/** Ask for as long as nobody answers. Whoever doubts that the server can be reached calls this; one asks for all. */
export async function checkConnection(): Promise<void> {
  if (asking) return;
  asking = true;
  while (!(await answers())) {
    connected.set(false);
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
  asking = false;
  connected.set(true);
}

const answers = () =>
  fetch("/favicon.svg", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(patienceMs) }).then(
    ({ ok }) => ok,
    () => false,
  );
