import type { AuditAction, AuditEntry } from "@/api/wire";

/** What can be shown beneath an entry, if anything: the text of a comment, a whole way of routing. */
export const hasDetail = ({ action, detail }: AuditEntry) => Boolean(detail) && (action.startsWith("COMMENT_") || action === "REROUTED" || action === "TITLE_CHANGED");

const kinds: Record<AuditAction, string> = {
  CREATED: "Created",
  STATUS_CHANGED: "Status",
  SEVERITY_CHANGED: "Severity",
  ASSIGNEE_CHANGED: "Assignee",
  REROUTED: "Routing",
  TITLE_CHANGED: "Title",
  OVERVIEW_CHANGED: "Overview",
  COMMENT_ADDED: "Comment added",
  COMMENT_DELETED: "Comment deleted",
};

export const actionLabel = (action: AuditAction) => kinds[action];
export const auditActions = Object.keys(kinds) as AuditAction[];

/** "changed the status: Open → In Progress", to stand behind the actor's name. */
export function sentence({ action, detail }: AuditEntry): string {
  switch (action) {
    case "CREATED":
      return "created the ticket";
    case "STATUS_CHANGED":
      return `changed the status: ${detail}`;
    case "SEVERITY_CHANGED":
      return `changed the severity: ${detail}`;
    case "ASSIGNEE_CHANGED":
      return `changed the assignee: ${detail}`;
    case "REROUTED":
      return "rerouted the ticket";
    case "TITLE_CHANGED":
      return "changed the title";
    case "OVERVIEW_CHANGED":
      return "changed the overview";
    case "COMMENT_ADDED":
      return "added a comment";
    case "COMMENT_DELETED":
      return "deleted a comment";
  }
}
