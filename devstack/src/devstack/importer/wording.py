"""An incident's record told as a ticket: what is known, and nothing that the record only knows in hindsight."""

from devstack.importer.incident_log import Record


def title(record: Record) -> str:
    """`INC0000047: Symptom 471 at Location 165`; the number first, so that the ticket can be found by it."""
    subject = record.symptom or record.subcategory or record.category or "Incident"
    return f"{record.number}: {subject}{f' at {record.location}' if record.location else ''}"


def number_in(title: str) -> str:
    """The incident that a ticket of this title tells of."""
    return title.partition(": ")[0]


def overview(record: Record, status: str) -> str:
    """Markdown: a sentence, the record as a table and, once there is one, the resolution."""
    parts = [_report(record), _table(record)]
    if status in ("RESOLVED", "CLOSED"):
        parts.append(_resolution(record, status))
    return "\n\n".join(parts) + "\n"


def _report(record: Record) -> str:
    caller = f"**{record.caller}**" if record.caller else "An unknown caller"
    contact = f" by {record.contact_type.lower()}" if record.contact_type else ""
    place = f" at {record.location}" if record.location else ""
    return f"{caller} reported this{contact}{place}."


def _table(record: Record) -> str:
    rows = {
        "State": record.state,
        "Group": record.assignment_group,
        "Impact": record.impact,
        "Urgency": record.urgency,
        "Configuration item": record.configuration_item,
        "Opened": _joined(record.opened_at, record.opened_by),
        "Problem": record.problem,
        "Change": record.change,
        "Caused by": record.caused_by,
    }
    lines = [f"| {name} | {_cell(value)} |" for name, value in rows.items() if value]
    return "\n".join([f"| Incident | {_cell(record.number)} |", "| --- | --- |", *lines])


def _resolution(record: Record, status: str) -> str:
    """Every row of the log carries its incident's outcome; a ticket learns it when it is resolved."""
    facts = {
        "Code": record.closed_code,
        "Resolved": _joined(record.resolved_at, record.resolved_by),
        "Closed": record.closed_at if status == "CLOSED" else None,
    }
    lines = [f"- {name}: {value}" for name, value in facts.items() if value]
    return "\n".join(["### Resolution", "", *(lines or ["Not recorded."])])


def _joined(*values: str | None) -> str:
    return ", ".join(value for value in values if value)


def _cell(value: str) -> str:
    return value.replace("|", "\\|")
