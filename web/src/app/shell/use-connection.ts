import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { toastDone, toastFailed, withdrawToast } from "@/components/ui/toast";
import { checkConnection, connected } from "@/lib/connection";

const lost = "The server cannot be reached, and is tried again every few seconds. What you see may be out of date; what you type is kept.";

/** Tells that the server is out of reach, for as long as it is; then everything that is shown is asked for again. */
export function useConnection(): void {
  const client = useQueryClient();
  const isConnected = connected.useValue();
  const was = useRef(true);
  useEffect(() => {
    // What the browser thinks is a reason to ask, no more: a server on this machine is there without any network.
    window.addEventListener("offline", doubt);
    return () => window.removeEventListener("offline", doubt);
  }, []);
  useEffect(() => {
    if (was.current === isConnected) return;
    was.current = isConnected;
    if (!isConnected) return toastFailed(lost);
    withdrawToast(lost);
    toastDone("Connected again.");
    void client.invalidateQueries();
  }, [isConnected, client]);
}

const doubt = () => void checkConnection();
