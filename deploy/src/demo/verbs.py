"""What a step may do: every write of the API that belongs into a dossier, by the name it has in the API's document.

`project.submit` is the operation of that name in `/openapi.json`; a path's `{line}` is filled by the step's key `line`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

KEYS = (
    "campaign",
    "project",
    "action",
    "report",
    "line",
    "session",
    "clearance",
    "film",
    "rights_offer",
    "organisation",
    "coordination",
)
"""What a step may say it is done to; each is a key of the step that takes a name."""

ALONE = ("campaign", "project", "report")
"""Most dossiers have one of each: a step that does not name it means the one of this name."""

_RESOURCES = {"rights_offer": "rights-offers"}


@dataclass(frozen=True, slots=True)
class Verb:
    """One write: where it goes, whose version it is decided on, and what it answers with."""

    name: str
    path: str
    makes: str = ""
    """What the step's `as` names: `project` the answer itself, `sessions` the newest of that list in it."""

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def changes(self) -> str | None:
        """Say whose version the request must name; a creation names none."""
        return self.needs[0] if self.needs else None

    @property
    def answers(self) -> str:
        """Say what kind of thing is answered."""
        return self.makes if self.makes in KEYS else self.name.partition(".")[0]


def resource(kind: str) -> str:
    """Say where things of a kind are read: `project` under `/v1/projects`."""
    return f"/v1/{_RESOURCES.get(kind, f'{kind}s')}"


def _campaign(verb: str, path: str) -> Verb:
    return Verb(f"campaign.{verb}", f"/v1/campaigns/{{campaign}}/{path}")


def _project(verb: str, path: str, makes: str = "") -> Verb:
    return Verb(f"project.{verb}", f"/v1/projects/{{project}}/{path}", makes)


def _action(verb: str, path: str, makes: str = "") -> Verb:
    return Verb(f"action.{verb}", f"/v1/actions/{{action}}/{path}", makes)


def _report(verb: str) -> Verb:
    return Verb(f"report.{verb}", f"/v1/reports/{{report}}/{verb}")


_TABLE = (
    Verb("campaign.draft", "/v1/campaigns", "campaign"),
    _campaign("open", "open"),
    _campaign("change_rules", "change-rules"),
    _campaign("close", "close"),
    Verb("project.draft", "/v1/projects", "project"),
    _project("add_action", "actions", "action"),
    _project("change", "change"),
    _project("prior_contact", "prior-contact"),
    _project("submit", "submit"),
    _project("return", "return"),
    _project("resubmit", "resubmit"),
    _project("declare_eligible", "declare-eligible"),
    _project("declare_ineligible", "declare-ineligible"),
    _project("decide", "decide"),
    _project("reinstate", "reinstate"),
    _project("withdraw", "withdraw"),
    _project("decide_line", "funding-lines/{line}/decide"),
    _project("pay_line", "funding-lines/{line}/pay"),
    _project("accept_account", "funding-lines/{line}/accept-account"),
    _project("send_convention", "convention/send", "conventions"),
    _project("sign_convention", "convention/sign"),
    _project("revise_budget", "budgets/revised"),
    _project("fund", "fund"),
    _project("submit_account", "accounts"),
    _project("close", "close"),
    _project("report", "reports", "report"),
    _action("change", "change"),
    _action("plan_session", "sessions", "sessions"),
    _action("cancel_session", "sessions/{session}/cancel"),
    _action("record_attendance", "sessions/{session}/attendance"),
    _action("change_clearance", "clearances/{clearance}"),
    _action("choose_copy", "sessions/{session}/copy"),
    _action("expect_audience", "sessions/{session}/expected-audience"),
    _action("request_authorisation", "authorisation/request"),
    _action("amend_authorisation", "authorisation/amend"),
    _action("record_opinion", "authorisation/opinion"),
    _action("decide_authorisation", "authorisation/decide"),
    _action("inform_neighbours", "neighbours-informed"),
    _action("declare_move", "declaration"),
    _action("settle_obligation", "obligations"),
    _action("record_permit", "permits", "permits"),
    _action("approve_site", "site-approval"),
    _action("schedule", "schedule"),
    _action("start", "start"),
    _action("postpone", "postpone"),
    _action("reschedule", "reschedule"),
    _action("hold", "hold"),
    _action("cancel", "cancel"),
    _report("return"),
    _report("validate"),
    _report("amend"),
    Verb("film.register", "/v1/films", "film"),
    Verb("film.change", "/v1/films/{film}/change"),
    Verb("film.record_visa", "/v1/films/{film}/visas"),
    Verb("film.clear", "/v1/films/{film}/clear"),
    Verb("film.count_consents", "/v1/films/{film}/consents"),
    Verb("film.restrict", "/v1/films/{film}/restrict"),
    Verb("rights_offer.offer", "/v1/rights-offers", "rights_offer"),
    Verb("rights_offer.change", "/v1/rights-offers/{rights_offer}/change"),
    Verb("rights_offer.withdraw", "/v1/rights-offers/{rights_offer}/withdraw"),
    Verb("organisation.change", "/v1/organisations/{organisation}/change"),
    Verb("organisation.close", "/v1/organisations/{organisation}/close"),
    Verb("coordination.change", "/v1/coordinations/{coordination}/change"),
    Verb("coordination.end", "/v1/coordinations/{coordination}/end"),
    Verb("sandbox.run_actions_timers", "/v1/sandbox/actions/timers"),
    Verb("sandbox.run_reporting_timers", "/v1/sandbox/reporting/timers"),
)

VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _TABLE})
