"""The programme of a stranger: it asks what the documents allow, and much that they do not, and compares."""

from collections.abc import Mapping
from typing import Any

import requests
import schemathesis
from schemathesis import Case
from schemathesis.checks import CHECKS
from schemathesis.schemas import BaseSchema

from common.contracts.access import Role
from docs import house as documents
from tests.e2e.aiming import aimed, asker, number
from tests.e2e.doors import DOORS, Doors, Operation
from tests.e2e.scene import Scene

METHODS = {"get", "post", "put", "patch", "delete", "options", "trace"}
"""Where they are not documented they are not allowed.  HEAD may be answered wherever GET is; what the gateway's parser
does not know (QUERY) is refused with 400 before anybody can say more."""

STREAMS = ["figure.stream", "public_figure.stream"]
LEFT_OUT = [
    *("positive_data_acceptance", "ignored_auth"),
    *("use_after_free", "ensure_resource_availability", "object_level_authorization"),
]
REFUSALS = ["400", "401", "403", "404", "405", "409", "412", "413", "422", "428"]
"""Any of them is an answer to a request that is wrong in several ways."""


def document(service: str) -> BaseSchema:
    """Read a service's document, but for the streams."""
    schema = schemathesis.openapi.from_dict(documents.openapi(service, sandbox=True))
    schema.config.phases.coverage.unexpected_methods = METHODS
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    schema.config.checks.missing_required_header.expected_statuses = REFUSALS
    return schema.exclude(operation_id=STREAMS)


class Stranger:
    """The programme: it asks at both doors, and compares the answers with the document."""

    def __init__(self, session: requests.Session, doors: Doors, victims: Scene, tokens: Mapping[Role, str]) -> None:
        self._session = session
        self._doors = doors
        self._victims = victims
        self._tokens = tokens
        self._left_out: list[Any] = CHECKS.get_by_names(LEFT_OUT)

    def tries(self, case: Case, service: str) -> None:
        """Try a case as it was made up at one door, and aimed at what exists at the other."""
        nth = number(case)
        first, second = DOORS if nth % 2 else DOORS[::-1]
        self._ask(case, first, service, asker(case, nth))
        aim = aimed(case, self._victims.things, self._victims.home.place.communes[0], self._seen)
        self._ask(aim, second, service, asker(aim, nth // 2))

    def _ask(self, case: Case, door: str, service: str, role: Role | None) -> None:
        headers = {} if role is None else {"Authorization": f"Bearer {self._tokens[role]}"}
        url = self._doors.url(door, service)
        case.call_and_validate(base_url=url, session=self._session, headers=headers, excluded_checks=self._left_out)

    def _seen(self, wanted: Operation) -> str | None:
        """Look at the version there is, as somebody who may."""
        steps = wanted.filled(self._victims.things).split("/")
        things = "/".join(steps[: _DEPTH.get(wanted.name.partition(".")[0], 4)])
        role = Role.OPERATOR if wanted.name.startswith("api_client.") else Role.REGIONAL_COORDINATOR
        url = f"{self._doors.url('service', wanted.service)}{things}"
        answer = self._session.get(url, headers={"Authorization": f"Bearer {self._tokens[role]}"})
        return answer.headers.get("etag")


_DEPTH = {"endpoint": 5, "delivery": 5}
"""How many steps of a path lead to what has the version: `/v1/webhooks/endpoints/{id}`, `/v1/projects/{id}`."""
