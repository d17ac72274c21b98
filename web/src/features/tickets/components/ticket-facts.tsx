import { Route, Timer, UserPlus } from "lucide-react";
import { useRef, useState, type ReactNode } from "react";

import type { SessionUser, Ticket, User } from "@/api/wire";
import { severityChoices } from "@/components/severity-choices";
import { Avatar, PersonName } from "@/components/ui/avatar";
import { SeverityBadge, StatusBadge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { PickMenu } from "@/components/ui/menu";
import { useOpening } from "@/components/ui/opener";
import { Time } from "@/components/ui/time";
import type { Changes } from "@/features/tickets/changes";
import styles from "@/features/tickets/components/ticket-facts.module.css";
import { classNames } from "@/lib/class-names";
import { pathText } from "@/lib/cti";
import { mayEditTickets, offeredStatuses } from "@/lib/policies";
import { parseSeverity, severityMeaning, severityText } from "@/lib/severity";
import { parseStatus, statusLabel } from "@/lib/status";

const AssigneeBox = later(() => import("@/features/tickets/components/assignee-box").then((module) => module.AssigneeBox));

interface TicketFactsProps {
  ticket: Ticket;
  me: SessionUser;
  people: readonly User[];
  onChange: (changes: Changes) => void;
  onReroute: () => void;
}

/** The facts beside a ticket; those one may change are buttons. */
export function TicketFacts({ ticket, me, people, onChange, onReroute }: TicketFactsProps) {
  const editable = mayEditTickets(me);
  return (
    <dl className={styles.facts}>
      <Fact name="Status">
        {editable ? (
          <PickMenu
            label="Status"
            buttonLabel={`Status: ${statusLabel(ticket.status)}`}
            triggerClass={styles.value}
            trigger={<StatusBadge status={ticket.status} />}
            choices={offeredStatuses(me, ticket.status).map((status) => ({ id: status, text: statusLabel(status), content: <StatusBadge status={status} /> }))}
            chosen={[ticket.status]}
            onChoose={([id]) => {
              const status = parseStatus(id);
              if (status && status !== ticket.status) onChange({ status });
            }}
          />
        ) : (
          <StatusBadge status={ticket.status} />
        )}
        {ticket.status === "RESOLVED" && ticket.autoCloseAt && (
          <p className={styles.countdown}>
            <Timer aria-hidden="true" /> Closes by itself <Time value={ticket.autoCloseAt} as="countdown" />
          </p>
        )}
      </Fact>
      <Fact name="Severity">
        {editable ? (
          <PickMenu
            label="Severity"
            buttonLabel={`Severity: ${severityText(ticket.severity)}`}
            triggerClass={styles.value}
            trigger={<SeverityBadge severity={ticket.severity} named />}
            choices={severityChoices((severity) => (
              <span className={styles.meaning}>{severityMeaning(severity)}</span>
            ))}
            chosen={[String(ticket.severity)]}
            onChoose={([id]) => {
              const severity = parseSeverity(id);
              if (severity && severity !== ticket.severity) onChange({ severity });
            }}
          />
        ) : (
          <SeverityBadge severity={ticket.severity} named />
        )}
      </Fact>
      <Fact name="Assignee">
        <AssigneeFact ticket={ticket} me={me} people={people} editable={editable} onChange={onChange} />
      </Fact>
      <Fact name="Routing">
        <RoutingFact ticket={ticket} onReroute={editable ? onReroute : undefined} />
      </Fact>
      <Fact name="Created">
        <Time value={ticket.createdAt} as="exact" />
        <span className={styles.person}>
          <Avatar person={ticket.createdBy} /> <PersonName person={ticket.createdBy} />
        </span>
      </Fact>
      <Fact name="Updated">
        <Time value={ticket.updatedAt} />
      </Fact>
      {ticket.resolvedAt && (
        <Fact name="Resolved">
          <Time value={ticket.resolvedAt} as="exact" />
        </Fact>
      )}
      {ticket.closedAt && (
        <Fact name="Closed">
          <Time value={ticket.closedAt} as="exact" />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function AssigneeFact({ ticket, me, people, editable, onChange }: Omit<TicketFactsProps, "onReroute"> & { editable: boolean }) {
  const [choosing, setChoosing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { coming, openFetched } = useOpening(AssigneeBox.load);
  const close = () => {
    setChoosing(false);
    requestAnimationFrame(() => document.activeElement === document.body && opener.current?.focus());
  };
  const shown = (
    <span className={styles.person}>
      {ticket.assignee ? (
        <>
          <Avatar person={ticket.assignee} /> <PersonName person={ticket.assignee} />
        </>
      ) : (
        <span className={styles.none}>Unassigned</span>
      )}
    </span>
  );
  if (!editable) return shown;
  if (choosing) {
    return <AssigneeBox ticket={ticket} me={me} people={people} onChange={onChange} onClose={close} />;
  }
  return (
    <div className={styles.row}>
      <button ref={opener} type="button" className={styles.value} aria-label={`Assignee: ${ticket.assignee?.displayName ?? "Unassigned"}`} onClick={() => openFetched(() => setChoosing(true))}>
        {shown}
      </button>
      {coming}
      {ticket.assignee?.id !== me.id && (
        <Button kind="quiet" icon={<UserPlus />} className={styles.small} onClick={() => onChange({ assignee: me })}>
          Assign to me
        </Button>
      )}
    </div>
  );
}

function RoutingFact({ ticket, onReroute }: { ticket: Ticket; onReroute?: () => void }) {
  const nodes = [ticket.category, ticket.type, ticket.item];
  return (
    <>
      <ol className={styles.path} aria-label={`Category, type and item: ${pathText(ticket)}`}>
        {nodes.map((node, index) => (
          <li key={index} className={classNames(node.deleted && styles.deleted)} title={node.deleted ? "This was deleted; the ticket keeps its name" : undefined}>
            {node.name}
            {node.deleted && <span className="visually-hidden"> (deleted)</span>}
          </li>
        ))}
      </ol>
      {onReroute && (
        <button type="button" className={buttonClass("quiet", styles.small)} onClick={onReroute}>
          <Route aria-hidden="true" /> Reroute
        </button>
      )}
    </>
  );
}

