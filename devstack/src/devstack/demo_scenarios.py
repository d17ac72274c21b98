"""What happens at the demo's company: situations that an operations team knows, told with variables (`$host`).

Every text is markdown. In a thread, what begins with `>` is said by who reported it, the rest by who works on it.
"""

from dataclasses import dataclass

from devstack.catalog import CtiPath, Person

COMPANY = "Nordlicht Logistics"
PASSWORD = "harbour-lights-42"
PLAIN = str.maketrans({"á": "a", "é": "e", "ü": "ue", "ø": "oe"})


def _person(name: str, role: str) -> Person:
    username = name.lower().translate(PLAIN).replace(" ", ".")
    return Person(username, name, f"{username}@nordlicht.example", role, PASSWORD)


LEAD = _person("Ingrid Falk", "ADMIN")
AGENTS = tuple(
    _person(name, "AGENT")
    for name in ("Josh Wright", "Amara Okeke", "Tomás Rivera", "Mei Tanaka", "Lukas Grün", "Priya Nair")
)
REPORTERS = tuple(
    _person(name, "USER") for name in ("Hanne Sørensen", "Oliver Bates", "Zoé Marchand", "Karim Haddad", "Ellen Voss")
)


@dataclass(frozen=True)
class Scenario:
    """One kind of ticket. `severities` are equally likely; `automated`: monitoring files it with its key."""

    path: CtiPath
    title: str
    overview: str
    severities: tuple[int, ...]
    thread: tuple[str, ...]
    resolution: str
    automated: bool = False
    mistaken_for: CtiPath | None = None
    weight: int = 1


VARIABLES: dict[str, tuple[str, ...]] = {
    "host": tuple(f"{room}-{n:02}" for room in ("ham-app", "ham-db", "osl-web", "rtm-job") for n in range(1, 19)),
    "cluster": ("ham-k8s-prod", "ham-k8s-stage", "osl-k8s-prod", "rtm-k8s-edge"),
    "site": ("Hamburg", "Oslo", "Rotterdam", "Gdańsk", "Aarhus"),
    "service": ("tracking-api", "checkout", "label-printer", "route-planner", "customs-export", "warehouse-sync"),
    "team": ("Customs", "Dispatch", "Warehouse", "Finance", "Customer care", "Fleet"),
    "domain": tuple(
        f"{name}.nordlicht.example" for name in ("track", "shop", "api", "portal", "mail", "files", "status")
    ),
    "newcomer": (
        "Jonas Petersen",
        "Aisha Rahman",
        "Marta Kowalska",
        "Nils Berg",
        "Chloé Dubois",
        "Samir Aziz",
        "Greta Holm",
        "Pavel Novák",
    ),
    "device": (
        "ThinkPad T14",
        "MacBook Air",
        "Latitude 5450",
        "handheld scanner MC33",
        "label printer ZT411",
        "iPad (loading bay)",
    ),
    "room": ("Elbe", "Fjord", "Maas", "Kiel", "Dock 4", "Skagen"),
    "number": tuple(str(n) for n in range(11, 97)),
    "small": tuple(str(n) for n in range(2, 10)),
    "hour": tuple(f"{n:02}:{m}" for n in range(24) for m in ("05", "20", "40")),
    "day": tuple(f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 29)),
    "release": tuple(f"{year}.{week}.{patch}" for year in ("26",) for week in range(3, 14) for patch in range(4)),
    "table": ("shipments", "parcel_events", "invoices", "tariffs", "stops", "customers"),
    "cve": tuple(f"CVE-2026-{n}" for n in (1187, 2043, 2290, 3316, 4471, 5102, 6038, 7725)),
    "package": ("openssl", "glibc", "nginx", "libxml2", "curl", "sudo"),
}


SCENARIOS = (
    Scenario(
        ("Hosting", "Linux servers", "Disk space"),
        "Disk almost full on $host: $number % used",
        """Monitoring sees **$number %** on `/var` of `$host`, growing by about $small % a day.

| Mount | Size | Used | Trend |
| --- | ---: | ---: | --- |
| `/` | 40 GB | 38 % | flat |
| `/var` | 200 GB | **$number %** | rising |
| `/srv` | 500 GB | 61 % | flat |

Runbook: [Disk space](https://wiki.nordlicht.example/runbooks/disk-space)""",
        (3, 3, 4),
        (
            """The journal alone holds $small GB:

```console
$$ journalctl --disk-usage
Archived and active journals take up $small.3G in the file system.
```

I limit it to 1 GB and look at the application logs next.""",
            "Log rotation of `$service` had been switched off for debugging and never came back.",
        ),
        "Rotation is on again, `/var` is down to 42 %. The playbook now sets it, so a debug session cannot lose it.",
        automated=True,
        weight=3,
    ),
    Scenario(
        ("Hosting", "Linux servers", "Patching"),
        "Monthly patches for $host ($day)",
        """Scheduled maintenance of `$host`.

- [ ] announce to **$team**
- [ ] snapshot
- [ ] `apt full-upgrade`, reboot
- [ ] smoke test of `$service`
- [ ] remove the snapshot after a day""",
        (4, 5),
        ("Announced for $hour, ten minutes of interruption at most.", "Snapshot taken. Going ahead."),
        "Done in $small minutes, smoke test green. Snapshot goes tomorrow.",
        weight=2,
    ),
    Scenario(
        ("Hosting", "Linux servers", "Hardware fault"),
        "Degraded RAID on $host",
        """The controller of `$host` reports a failed drive:

```text
Slot $small   FAILED    1.2 TB SAS   media errors: $number
Array 0  DEGRADED  (RAID 6, 1 drive missing)
```

One more drive may fail before data is at risk.""",
        (2, 2, 3),
        (
            "Replacement ordered, arrives with the morning courier in **$site**.",
            "Drive swapped, rebuild runs: about $small hours.",
        ),
        "Rebuild finished, array is optimal again. The old drive went back to the vendor.",
        automated=True,
    ),
    Scenario(
        ("Hosting", "Kubernetes", "Failing pod"),
        "$service restarts in a loop on $cluster",
        """`$service` has restarted **$number times** since $hour.

```yaml
state:
  waiting:
    reason: CrashLoopBackOff
lastState:
  terminated:
    exitCode: 137
    reason: OOMKilled
```

First seen right after release `$release`.""",
        (1, 2, 2, 3),
        (
            "Rolled back to the release before, which is stable. Dispatch can work again.",
            "The new tariff cache keeps every tariff in memory. Limit was 512 MiB, it wants 1.4 GiB.",
            "> Thanks, it is quick again here. When will the new release be back?",
            "As soon as the cache is bounded. The developers have [a change in review](https://git.nordlicht.example/$service/pulls/$number).",
        ),
        "Fixed release is out since $hour: memory is flat at 380 MiB over two hours.",
        automated=True,
        weight=3,
    ),
    Scenario(
        ("Hosting", "Kubernetes", "Node pressure"),
        "Memory pressure on $small nodes of $cluster",
        """The scheduler has begun to evict pods on `$cluster`.

1. Requests are at **$number %** of what can be allocated.
2. `$service` asks for twice what it uses.
3. The autoscaler stands at its maximum.""",
        (2, 3),
        (
            "Raised the maximum by two nodes to get air.",
            "Sent the owners of `$service` their real usage.",
        ),
        "Requests corrected, back to the old number of nodes with room to spare.",
        automated=True,
    ),
    Scenario(
        ("Hosting", "Virtualisation", "Capacity"),
        "New virtual machine for $team: $service test system",
        """**$team** needs a test system for `$service` in *$site*.

| | |
| --- | --- |
| CPUs | $small |
| Memory | 16 GB |
| Disk | 120 GB |
| Until | $day |

Access for the team's usual group, please.""",
        (4,),
        ("> Could it have a copy of last week's data, too?", "Yes, anonymised. The copy takes until tonight."),
        "The machine is up, the group has access, and it is switched off on $day unless you say otherwise.",
    ),
    Scenario(
        ("Network", "Connectivity", "VPN"),
        "VPN drops every $small minutes in $site",
        """Since this morning the VPN drops about every **$small minutes** for people in $site, *Wi-Fi and cable alike*.

> "It says *reconnecting* and then I have to log in again. Calls are impossible." ($team)""",
        (2, 3, 3),
        (
            "Which client version do you have? *Help › About* shows it.",
            "> 5.1.$small, like all of us here I think.",
            "Your firewall closes idle UDP sessions after 120 s since last night; the client's keep-alive is slower.",
        ),
        "Time-out raised to 300 s and the keep-alive lowered to 25 s. No drop since $hour.",
        mistaken_for=("Workplace", "Devices", "Laptop"),
        weight=2,
    ),
    Scenario(
        ("Network", "Connectivity", "Site link"),
        "$site runs on its backup line",
        """The primary line of **$site** is down since $hour; traffic goes over LTE (${small}0 Mbit/s).

Effects:

- video calls are poor
- `warehouse-sync` lags by about $number s
- *telephony is not affected*""",
        (1, 2, 2),
        (
            "Carrier ticket opened, they see a cut fibre near the harbour. Estimate: six hours.",
            "Throttled the backup jobs of the site so that the scanners stay quick.",
            "> Loading bay says it is usable. Thanks for the quick word.",
        ),
        "Primary line is back, failover reversed at $hour. Credit requested from the carrier.",
        automated=True,
    ),
    Scenario(
        ("Network", "Name resolution", "DNS record"),
        "DNS: point $domain to the new load balancer",
        """Please change the record at $hour, not earlier:

```diff
- $domain.  300  IN  CNAME  lb-old.ham.nordlicht.example.
+ $domain.  300  IN  CNAME  lb-$number.ham.nordlicht.example.
```

Fallback is the reverse change.""",
        (3, 4),
        ("TTL lowered to 60 s ahead of time.", "Changed. Half of the traffic has moved after two minutes."),
        "All traffic arrives at the new balancer; TTL is back at 300 s.",
    ),
    Scenario(
        ("Network", "Firewall", "Rule change"),
        "Firewall: let $host reach $domain",
        """| From | To | Port | Reason |
| --- | --- | --- | --- |
| `$host` | `$domain` | 443/tcp | `$service` fetches rates |

Approved by **$team** on $day.""",
        (3, 4, 4),
        ("Is this for good, or for the migration only?", "> For good. It replaces the nightly file transfer."),
        "Rule is in place and documented. Tested from the host: `HTTP/2 200`.",
    ),
    Scenario(
        ("Data", "PostgreSQL", "Slow query"),
        "Slow list of $table: p95 over $small s",
        """The page with $table takes more than **$small seconds** since release `$release`.

```sql
SELECT * FROM $table
WHERE lower(reference) LIKE '%4711%'
ORDER BY created_at DESC
LIMIT 50;
-- Seq Scan on $table (rows=18 million)
```""",
        (2, 3, 3),
        (
            "A trigram index on `lower(reference)` answers it in 40 ms on the copy. I build it tonight.",
            "> Can we do something today? Customer care waits for every call.",
            "The index is being built now, it takes about ${small}0 minutes and blocks nobody.",
        ),
        "Index is there: p95 is 90 ms. Also asked the developers to list their columns instead of `*`.",
        weight=2,
    ),
    Scenario(
        ("Data", "PostgreSQL", "Replication"),
        "Replica of $host lags $number s behind",
        """`pg_stat_replication` shows a growing lag:

```text
 application_name | state     | replay_lag
------------------+-----------+------------
 $host-r1    | streaming | 00:00:$number
```

Reports read stale data as long as this lasts.""",
        (2, 3),
        ("A report of **$team** has held a snapshot for $small hours. I ask them before I end it.",),
        "Report moved to its own replica. Lag is under a second.",
        automated=True,
    ),
    Scenario(
        ("Data", "Backup", "Failed job"),
        "[Backup] $host failed on $day",
        """Nightly backup of `$host` **failed** after $small attempts.

```json
{"job": "$host-nightly", "attempts": $small, "error": "repository is locked by another process"}
```""",
        (3, 4),
        ("A stale lock of the night before. Removed it and started the job by hand.",),
        "Backup is complete and verified by a test restore of three files.",
        automated=True,
        weight=3,
    ),
    Scenario(
        ("Data", "Backup", "Restore request"),
        "Restore $table as of $day $hour",
        """By mistake an import overwrote `$table` at $hour. Please restore the state before
**into a table of its own**, we merge by hand.

- database: `$host`
- table: `$table`
- as of: `$day $hour`""",
        (2, 3),
        (
            "Point-in-time copy is being made, about ${small}0 minutes.",
            "> Perfect. Please don't touch the live table, people have already corrected some rows.",
            "The copy is `restore.${table}_before`, readable for your team.",
        ),
        "Merged by the team; the copy is dropped after a week.",
    ),
    Scenario(
        ("Applications", "Webshop", "Checkout errors"),
        "Checkout answers 502 for about $number % of orders",
        """**Customer facing.** Since $hour about $number % of the orders fail in the last step.

```http
POST /checkout/confirm HTTP/1.1

HTTP/1.1 502 Bad Gateway
```

Payment provider's [status page](https://status.payments.example) is green.""",
        (1, 1, 2),
        (
            "I am on it. Bridge is open in room *$room*.",
            "The certificate of the payment callback was renewed, but `$host` still serves the old one. Draining it.",
            "> Error rate at our end is back to zero. Who tells the customers?",
            "Customer care has the text; orders that failed were **not** charged.",
        ),
        "All nodes reload after a renewal now. Post mortem on $day, *notes will be linked here*.",
        automated=True,
        weight=2,
    ),
    Scenario(
        ("Applications", "Webshop", "Release"),
        "Release $service $release to production",
        """Planned for **$day $hour**.

1. database migration (additive, $small s)
2. roll out to 10 %
3. watch errors and latency for 15 minutes
4. the rest

Way back: previous image, the migration may stay.""",
        (4, 5),
        ("10 % since five minutes, nothing unusual.", "Going to 100 %."),
        "Out everywhere, no error more than usual.",
        weight=2,
    ),
    Scenario(
        ("Applications", "Build pipeline", "Failing job"),
        "Pipeline of $service is red: test $number times out",
        """The main branch of `$service` cannot be built since $hour. The same test passes on laptops.

*Suspicion*: the runners resolve `localhost` to IPv6 first since their update.""",
        (3, 4),
        (
            "Right suspicion: the database listens on IPv4 only in that job.",
            "> So is it ours to change, or yours?",
            "Mine. The runner image gets it back as it was; [change](https://git.nordlicht.example/runners/pulls/$number).",
        ),
        "New runner image is out, main is green.",
    ),
    Scenario(
        ("Applications", "Mail", "Delivery"),
        "Mails to customers of $team arrive late or not at all",
        """Confirmations reach some customers **$small hours late**, others never.

Examples that never arrived:

- order 10${number}77, $day
- order 10${number}93, $day""",
        (2, 3),
        (
            "Our queue holds ${number}00 messages; one large provider defers us: *temporarily rate limited*.",
            "A newsletter went out over the same address at $hour. Moved newsletters to their own.",
        ),
        "The queue is empty, all confirmations are delivered. Newsletters keep their own address.",
        mistaken_for=("Applications", "Webshop", "Checkout errors"),
    ),
    Scenario(
        ("Workplace", "Accounts", "Access request"),
        "Access to $service for $newcomer",
        """$newcomer joins **$team** in $site on $day and needs:

- `$service`, role *clerk*
- the team's shared folder
- VPN

Manager's approval is attached to the HR request.""",
        (4, 4, 5),
        (
            "Account is made; the first password goes by text message.",
            "> Only the shared folder is missing.",
        ),
        "Folder added. Welcome to $newcomer!",
        weight=3,
    ),
    Scenario(
        ("Workplace", "Accounts", "Locked account"),
        "Account of $newcomer is locked again",
        """Locked $small times this week, always at about $hour.

*No unusual places in the sign-in log.*""",
        (3, 4),
        (
            "Is there an old phone or a tablet that still has the old password?",
            "> Yes! The tablet in the car. I had forgotten about it.",
        ),
        "The tablet has the new password; no lock since.",
        mistaken_for=("Security", "Incidents", "Phishing"),
    ),
    Scenario(
        ("Workplace", "Devices", "Laptop"),
        "$device of $team: battery holds $number minutes",
        """The battery of a $device in **$site** is down to **$number minutes**. It is $small years old.

Serial number is on the photo in the shared folder.""",
        (5, 4),
        ("Exchange device is prepared. Bring the old one to room *$room*, any day before ten.",),
        "Exchanged, data moved along. The old one is wiped and recycled.",
        weight=2,
    ),
    Scenario(
        ("Workplace", "Devices", "Meeting room"),
        "Room $room in $site: no sound from the far end",
        """Guests hear us, we don't hear them. Happens with **every** second call.

Tried: other cable, restart, *shouting*.""",
        (4, 5),
        ("The screen takes over the sound when it wakes up. I fix the output to the room's speaker.",),
        "Three test calls, all with sound. A note hangs beside the screen.",
    ),
    Scenario(
        ("Security", "Certificates", "Renewal"),
        "Certificate of $domain expires in $small days",
        """```console
$$ openssl s_client -connect $domain:443 </dev/null 2>/dev/null | openssl x509 -noout -enddate
notAfter=in $small days
```

Automatic renewal has failed since $day: the challenge is answered by the old balancer.""",
        (2, 3),
        ("Challenge path is routed to the new balancer. Renewal runs.",),
        "Renewed for 90 days; monitoring warns 21 days ahead from now on.",
        automated=True,
        weight=2,
    ),
    Scenario(
        ("Security", "Vulnerabilities", "Patch needed"),
        "$cve: update $package on $number hosts",
        """**$cve** in `$package`, reachable from the network in our set-up.

| Environment | Hosts | Patched |
| --- | ---: | ---: |
| production | $number | 0 |
| staging | $small | 0 |

Advisory: <https://advisories.example/$cve>""",
        (1, 2, 2),
        ("Staging is patched, no trouble in the tests.", "Production follows in three waves today, edge first."),
        "All hosts are patched, the scanner confirms it.",
        weight=2,
    ),
    Scenario(
        ("Security", "Incidents", "Phishing"),
        'Phishing mail to $team: "your parcel at $domain"',
        """Several people in **$team** got the same mail at $hour. *$small of them clicked.*

Do **not** open the link:

```text
hxxps://$domain[.]parcel-desk[.]invalid/login
```""",
        (1, 2),
        (
            "Sender and link are blocked, the mail is withdrawn from all mailboxes.",
            "The $small who clicked have new passwords and their sessions are ended.",
            "> I had typed my password, but not pressed enter. Is that all right?",
            "Change it all the same, please. And thank you for saying so!",
        ),
        "No sign-in from elsewhere was seen. Reported to the provider, the page is gone.",
    ),
    Scenario(
        ("Media", "Plex", "Backup"),
        "[Plex] Backup - ${day}T$hour:00",
        "Automated nightly Plex backup completed: **$number GB** in $small minutes.",
        (5,),
        (),
        "Nothing to do.",
        automated=True,
        weight=2,
    ),
)
