import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { Page } from "@/app/shell/page";
import { PageForbidden } from "@/app/shell/page-states";
import { ErrorState, Skeleton } from "@/components/ui/states";
import { treeQuery } from "@/features/cti/api/get-tree";
import { useSession } from "@/features/session/api/get-session";
import { NewTicketForm } from "@/features/tickets/components/new-ticket-form";
import { usersQuery } from "@/features/users/api/list-users";
import { useOwnDraft } from "@/lib/own-draft";
import { mayCreateTickets } from "@/lib/policies";

export function NewTicket() {
  const me = useSession();
  const navigate = useNavigate();
  const { data: people = [] } = useQuery(usersQuery);
  const tree = useQuery(treeQuery);
  const draftName = useOwnDraft(me.id, "new-ticket");
  if (!mayCreateTickets(me)) return <PageForbidden />;
  return (
    <Page title="New ticket">
      {tree.data && draftName ? (
        <NewTicketForm
          draftName={draftName}
          me={me}
          people={people}
          tree={tree.data}
          onCreated={({ displayId }) => void navigate({ to: "/tickets/$displayId", params: { displayId } })}
        />
      ) : tree.error ? (
        <ErrorState what="The categories" error={tree.error} retry={() => void tree.refetch()} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Page>
  );
}
